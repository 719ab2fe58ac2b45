"""What HQ offers a member personally stands at the till as soon as they are found, and is taken off by itself."""

from __future__ import annotations

import datetime
import hashlib

import pytest

from agent.domain.identifiers import identifier_hash
from agent.service.program_sets import install_program_set
from agent.store.members import find_by_hash
from agent.store.personal_offers import put_offers
from demo.local_till import LocalTill
from sync.wire.feed import PersonalOffer, PersonalOffersRow
from tests.builders import percent_off, points_per_money, program_set_bytes
from tests.journeys.cashier import Cashier, item
from tests.journeys.conftest import Open

CARD, BREAD = "2980000074417", "Sourdough"
REASON = "Bought most weeks"


@pytest.fixture
def cashier(open_lane: Open, shop: LocalTill) -> Cashier:
    data = program_set_bytes(
        points_per_money(),
        percent_off(
            "bread-half",
            "0.5",
            {"items": [item(BREAD)]},
            name={"en": "Bread at half price"},
            audience={"who": "offered"},
        ),
        percent_off("all-5", "0.05", name={"en": "5 % off all"}, audience={"who": "offered"}),
        version=90,
    )
    install_program_set(shop.store, data, hashlib.sha256(data).hexdigest(), 90, shop.clock.now_ms())
    (known,) = find_by_hash(shop.store.reader(), identifier_hash(shop.lane.store_key, "card", CARD))
    offer = PersonalOffer(
        program_id="bread-half",
        valid_from=datetime.date(2020, 1, 1),
        valid_until=datetime.date(2099, 12, 31),
        reason=REASON,
    )
    with shop.store.unit_of_work() as db:
        put_offers(db, PersonalOffersRow(member_id=known.row.member_id, offers=(offer,)))
    return open_lane()


def test_a_personal_offer_waits_in_view_with_its_reason_and_then_applies(cashier: Cashier) -> None:
    offers = cashier.screen.selling.offers

    cashier.types_and_enters(CARD)
    (card,) = [button for button in offers.buttons if button.isVisible()]
    assert card.accessibleName() == f"Bread at half price. {REASON}"
    assert not card.isEnabled()

    cashier.types_and_enters(item(BREAD))
    (card,) = [button for button in offers.buttons if button.isVisible()]
    assert card.isChecked()
    assert REASON in card.accessibleName()
