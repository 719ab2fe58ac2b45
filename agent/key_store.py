"""The register's secrets: in the operating system's keyring, else in files of mode 0600, which is reported.

Two secrets exist: the Ed25519 signing key made at enrolment, and the store's key for identifier hashes.
"""

from __future__ import annotations

import base64
import os
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
        """The secret, or None where there is none. Raises LoyaltyError for one that is damaged."""
        path = self._folder / name
        text: str | None = None
        if path.exists():
            text = path.read_text("ascii")
        elif self._keyring:
            import keyring

            text = keyring.get_password(_SERVICE, f"{self._account}#{name}")
        if text is None:
            return None
        try:
            secret = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise _damaged(name) from error
        if len(secret) != 32:
            raise _damaged(name)
        return secret

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret; durable when this returns."""
        text = base64.b64encode(secret).decode()
        if self._keyring:
            import keyring
            from keyring.errors import KeyringError

            try:
                keyring.set_password(_SERVICE, f"{self._account}#{name}", text)
            except KeyringError:
                self._keyring = False
            else:
                return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._folder / f".{name}.new"
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, text.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        aside.replace(self._folder / name)


def _usable_keyring() -> bool:
    import keyring
    from keyring.backends import chainer, fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        return bool(backend.backends)
    return not isinstance(backend, (fail.Keyring, null.Keyring))


def _damaged(name: str) -> LoyaltyError:
    return LoyaltyError(
        f"The register's {name.replace('_', ' ')} is damaged.",
        "Enrol this register again with a new code from HQ.",
        code="damaged_key",
    )
