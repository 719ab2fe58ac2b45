"""The log rotates and holds no personal data."""

import logging

import pytest

from agent.logs import hide_personal_data, start_logging


@pytest.fixture
def root_logger():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.parametrize(
    "told", ["+40722418906", "0722 418 906", "0722-418-906", "ioana.m@example.ro", "2400000004417"]
)
def test_a_phone_card_or_address_never_reaches_the_log(tmp_path, root_logger, told):
    start_logging(tmp_path)

    logging.getLogger("sync.courier").warning("HQ answered for %s", told)
    try:
        raise ValueError(told)
    except ValueError:
        logging.getLogger("sync.courier").exception("it failed")

    text = (tmp_path / "logs" / "regulars.log").read_text()
    assert told not in text
    assert "it failed" in text


def test_ids_of_sales_stay_readable_in_the_log():
    sale = "sale 0199a5f2-1c3b-7d4e-8f60-718293a4b5c6 seq 412 in 12 ms"

    assert hide_personal_data(sale) == sale


def test_the_log_rotates(tmp_path, root_logger):
    start_logging(tmp_path)
    line = "printer.state " + "paper out " * 100

    for _ in range(4000):
        root_logger.info(line)

    assert 2 <= len(list((tmp_path / "logs").iterdir())) <= 6
