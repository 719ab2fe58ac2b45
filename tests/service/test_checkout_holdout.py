"""A member in a holdout pays the full price, and the journal says what the offer would have been."""

from __future__ import annotations

import hashlib
import uuid

import msgspec

from agent.domain.experiments import Experiment, arm_of_account
from agent.domain.program_document import decode_program_set
from agent.domain.quote import Withheld
from agent.domain.sale_check import check_sale
from agent.service.program_sets import install_program_set
from agent.store import members
from sync.wire.feed import MemberRow
from tests import builders
from tests.service.shop import Shop

EXPERIMENT = Experiment(id="autumn", key="autumn-2026-dairy", holdout_permille=500)
OFFER = builders.a_program(
    "all-20",
    "promotion",
    audience={"who": "members"},
    experiment="autumn",
    rewards=[{"type": "percent_off", "rate": "0.2"}],
)
CARD = "2600004417"


def publish(shop: Shop) -> bytes:
    document = msgspec.json.decode(builders.program_set_bytes(OFFER, version=2))
    document["experiments"] = [msgspec.to_builtins(EXPERIMENT)]
    data: bytes = msgspec.json.encode(document)
    install_program_set(shop.store, data, hashlib.sha256(data).hexdigest(), 2, shop.clock.now_ms())
    return data


def know(shop: Shop, arm: str) -> None:
    account = next(each for n in range(1, 99) if arm_of_account(EXPERIMENT, each := uuid.UUID(int=n)) == arm)
    with shop.store.unit_of_work() as db:
        members.put_member(
            db, MemberRow(member_id=account, account_id=account, identifiers=(shop.identifier("card", CARD),))
        )


def test_a_sale_to_the_holdout_is_journalled_with_what_was_withheld(shop: Shop) -> None:
    data = publish(shop)
    know(shop, "held_out")
    shop.checkout.enter(CARD)

    sale = shop.sell("105")

    assert (sale.total_minor, sale.discount_minor) == (100_00, 0)
    assert sale.withheld == (Withheld(program_id="all-20", experiment="autumn", discount_minor=20_00),)
    assert not list(check_sale(sale, decode_program_set(data)))


def test_hq_notices_a_sale_that_hides_what_was_withheld(shop: Shop) -> None:
    data = publish(shop)
    know(shop, "held_out")
    shop.checkout.enter(CARD)
    sale = msgspec.structs.replace(shop.sell("105"), withheld=())

    found = [each.code for each in check_sale(sale, decode_program_set(data))]

    assert found == ["withheld_differs_from_replay"]


def test_a_sale_to_the_others_has_the_offer_and_nothing_withheld(shop: Shop) -> None:
    publish(shop)
    know(shop, "given")
    shop.checkout.enter(CARD)

    sale = shop.sell("105")

    assert (sale.discount_minor, sale.withheld) == (20_00, ())
