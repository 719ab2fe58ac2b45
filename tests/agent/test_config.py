"""The register's settings: checked at start, each error naming the key and the fix."""

import pytest

from agent.config import FILE_NAME, MAX_CONFIG_BYTES, load_config, parse_config
from agent.domain.errors import LoyaltyError


def test_a_register_without_a_settings_file_starts_with_defaults(tmp_path):
    config = load_config(tmp_path)

    assert config.role == "till"
    assert config.printer.kind == "none"
    assert config.hq.url == ""


def test_settings_are_read_from_the_data_folder(tmp_path):
    (tmp_path / FILE_NAME).write_text(
        'role = "plugin"\n[hq]\nurl = "https://hq.example"\n[printer]\nkind = "tcp"\naddress = "10.0.0.9:9100"\n'
    )

    config = load_config(tmp_path)

    assert (config.role, config.hq.url, config.printer.address) == (
        "plugin",
        "https://hq.example",
        "10.0.0.9:9100",
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('colour = "red"', "colour"),
        ('[printer]\nkind = "laser"', "printer.kind"),
        ('[printer]\nkind = "tcp"', "printer.address"),
        ('[printer]\nkind = "tcp"\naddress = "10.0.0.9"', "printer.address"),
        ('[printer]\nkind = "tcp"\naddress = "10.0.0.9:99999"', "printer.address"),
        ("[printer]\nbaud = 12", "printer.baud"),
        ('[hq]\nurl = "hq.example"', "hq.url"),
        ('[hq]\nurl = "http://hq.example"', "https://"),
        ('[hq]\nurl = "http://[::1"', "hq.url"),
        ("[hq", "TOML"),
        ('role = "\udcff"', "TOML"),
        ("#" * (MAX_CONFIG_BYTES + 1), str(MAX_CONFIG_BYTES)),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(text, named):
    with pytest.raises(LoyaltyError) as refused:
        parse_config(text.encode("utf-8", "surrogateescape"), "register.toml")

    assert named in refused.value.title
    assert refused.value.title.startswith("The settings register.toml are not usable")
    assert "\n" not in refused.value.title
    assert refused.value.advice


def test_http_reaches_only_this_machine_itself():
    config = parse_config(b'[hq]\nurl = "http://127.0.0.1:8400"', "register.toml")

    assert config.hq.url == "http://127.0.0.1:8400"
