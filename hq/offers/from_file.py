"""Giving the lists of personal offers that stand in a file."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from hq.csv_lines import MAX_FILE_BYTES
from hq.offers import giving
from hq.offers.offer_file import OfferFile, read_offers
from hq.offers.today import today
from hq.programs import publishing

GIVEN_BY: Final = "personal-offers"


def give_from(path: Path, now_ms: int, progress: Callable[[int], None]) -> OfferFile:
    """Give the lists in the file; where it has problems, nothing is given. Raises LoyaltyError for a file that is not
    there."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror),
            _("Check the name of the file."),
            code="no_file",
        ) from error
    read = read_offers(data, publishing.active(), today(now_ms), progress)
    giving.give(read.lists, GIVEN_BY, now_ms)
    return read
