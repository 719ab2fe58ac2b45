"""The register's secrets survive a restart and are readable by their owner alone."""

import stat

import keyring
import keyring.backend
import keyring.errors
import pytest

from agent.domain.errors import LoyaltyError
from agent.key_store import SIGNING_KEY, KeyStore


def test_a_key_is_read_back_after_a_restart(tmp_path):
    KeyStore(tmp_path, "file").write(SIGNING_KEY, bytes(range(32)))

    assert KeyStore(tmp_path, "file").read(SIGNING_KEY) == bytes(range(32))


def test_a_key_in_a_file_is_for_its_owner_alone_and_reported(tmp_path):
    keys = KeyStore(tmp_path, "file")
    keys.write(SIGNING_KEY, bytes(32))

    assert stat.S_IMODE((tmp_path / "keys" / SIGNING_KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert keys.degraded


def test_a_key_that_was_never_made_is_none(tmp_path):
    assert KeyStore(tmp_path, "file").read(SIGNING_KEY) is None


@pytest.mark.parametrize("damage", ["not base64 at all", "AAAA"])
def test_a_damaged_key_asks_for_a_new_enrolment(tmp_path, damage):
    KeyStore(tmp_path, "file").write(SIGNING_KEY, bytes(32))
    (tmp_path / "keys" / SIGNING_KEY).write_text(damage)

    with pytest.raises(LoyaltyError) as refused:
        KeyStore(tmp_path, "file").read(SIGNING_KEY)

    assert refused.value.code == "damaged_key"


def test_a_key_of_bytes_that_are_no_text_is_damaged_too(tmp_path):
    KeyStore(tmp_path, "file").write(SIGNING_KEY, bytes(32))
    (tmp_path / "keys" / SIGNING_KEY).write_bytes(b"\xff\xfe\xff")

    with pytest.raises(LoyaltyError, match="The register's signing key is damaged"):
        KeyStore(tmp_path, "file").read(SIGNING_KEY)


def test_keys_that_cannot_be_written_are_said_in_two_lines(tmp_path):
    (tmp_path / "keys").write_text("a file stands where the folder should be")

    with pytest.raises(LoyaltyError, match="The register's keys cannot be written") as refused:
        KeyStore(tmp_path, "file").write(SIGNING_KEY, bytes(32))

    assert refused.value.advice


class PocketKeyring(keyring.backend.KeyringBackend):
    """A keyring like the desktop's, in memory; it can be locked."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}
        self.locked = False

    def get_password(self, service, username):
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")
        self.kept[service, username] = password


@pytest.fixture
def pocket():
    before = keyring.get_keyring()
    made = PocketKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_new_key_in_the_keyring_takes_the_place_of_an_older_file(tmp_path, pocket):
    KeyStore(tmp_path, "file").write(SIGNING_KEY, bytes(32))

    KeyStore(tmp_path, "keyring").write(SIGNING_KEY, bytes(range(32)))

    assert KeyStore(tmp_path, "keyring").read(SIGNING_KEY) == bytes(range(32))
    assert not (tmp_path / "keys" / SIGNING_KEY).exists()


def test_a_locked_keyring_is_said_in_two_lines(tmp_path, pocket):
    KeyStore(tmp_path, "keyring").write(SIGNING_KEY, bytes(range(32)))
    pocket.locked = True

    with pytest.raises(LoyaltyError, match="The system's keyring cannot be read: it is locked") as refused:
        KeyStore(tmp_path, "keyring").read(SIGNING_KEY)

    assert refused.value.advice
