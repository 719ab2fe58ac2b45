"""The register's secrets: in the operating system's keyring, else in files of mode 0600, which is reported.

Two secrets exist: the Ed25519 signing key made at enrolment, and the store's key for identifier hashes.
"""

from __future__ import annotations

import base64
import os
from gettext import gettext as _
from pathlib import Path
from typing import Final, Literal

from agent.domain.errors import LoyaltyError

SIGNING_KEY: Final = "signing_key"
STORE_KEY: Final = "store_key"
_SERVICE: Final = "regulars"


class KeyStore:
    """Named 32-byte secrets of one data folder. `degraded` when any is, or would be, in a file."""

    def __init__(self, data_dir: Path, kind: Literal["keyring", "file"]) -> None:
        self._folder = data_dir / "keys"
        self._account = str(data_dir.resolve())
        self._keyring = kind == "keyring" and _usable_keyring()

    @property
    def degraded(self) -> bool:
        return not self._keyring

    def read(self, name: str) -> bytes | None:
        """The secret, or None where there is none. Raises LoyaltyError for one that is damaged or cannot be read."""
        path = self._folder / name
        kept: bytes | None = None
        if path.exists():
            kept = path.read_bytes()
        elif self._keyring:
            kept = self._in_keyring(name)
        if kept is None:
            return None
        try:
            secret = base64.b64decode(kept, validate=True)
        except ValueError as error:
            raise _damaged(name) from error
        if len(secret) != 32:
            raise _damaged(name)
        return secret

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret in place of the one before it; durable when this returns. Raises LoyaltyError."""
        text = base64.b64encode(secret).decode()
        path = self._folder / name
        try:
            if self._keyring and self._put_in_keyring(name, text):
                # A file would be read before the keyring.
                path.unlink(missing_ok=True)
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = self._folder / f".{name}.new"
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(handle, text.encode())
                os.fsync(handle)
            finally:
                os.close(handle)
            aside.replace(path)
        except OSError as error:
            raise LoyaltyError(
                _("The register's keys cannot be written: {reason}.").format(reason=error.strerror),
                _("Check the folder {folder} and its owner, then enrol again.").format(folder=self._folder),
                code="keys_unwritable",
            ) from error

    def _in_keyring(self, name: str) -> bytes | None:
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(_SERVICE, f"{self._account}#{name}")
        except KeyringError as error:
            raise LoyaltyError(
                _("The system's keyring cannot be read: {reason}.").format(reason=error),
                _("Unlock it, then start Regulars again."),
                code="keyring_locked",
            ) from error
        return text.encode() if text is not None else None

    def _put_in_keyring(self, name: str, text: str) -> bool:
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, f"{self._account}#{name}", text)
        except KeyringError:
            self._keyring = False
        return self._keyring


def _usable_keyring() -> bool:
    import keyring
    from keyring.backends import chainer, fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        return bool(backend.backends)
    return not isinstance(backend, (fail.Keyring, null.Keyring))


def _damaged(name: str) -> LoyaltyError:
    named = {
        SIGNING_KEY: _("The register's signing key is damaged."),
        STORE_KEY: _("The store's key is damaged."),
    }
    return LoyaltyError(
        named[name],
        _("Enrol this register again with a new code from HQ."),
        code="damaged_key",
    )
