"""The register's secrets survive a restart and are readable by their owner alone."""

import stat

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
