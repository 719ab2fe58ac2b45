"""Goods: what is scanned or typed becomes lines with the right prices, and a refusal changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.domain.basket import MAX_LINES
from agent.domain.errors import LoyaltyError
from agent.service.basket_lines import LineFacts
from tests import builders
from tests.service.shop import Shop


def lines(shop: Shop) -> list[tuple[str, str, int]]:
    return [(line.name, str(line.quantity), line.extended_minor) for line in shop.checkout.state().lines]


def test_an_empty_till_waits(shop: Shop) -> None:
    state = shop.checkout.state()

    assert (state.phase, state.lines, state.total_minor) == ("empty", (), 0)


def test_an_item_is_sold_by_its_code_and_by_its_barcode(shop: Shop) -> None:
    shop.checkout.enter("102")
    state = shop.checkout.enter(" 5941234567890 ")

    assert lines(shop) == [("Sourdough bread", "1", 1290), ("Whole milk 1 l", "1", 849)]
    assert (state.phase, state.goods_minor, state.item_count) == ("selling", 2139, 2)


@pytest.mark.parametrize("code", ["036000291452", "0036000291452", "00036000291452"])
def test_zeros_that_a_scanner_puts_before_a_barcode_do_not_matter(shop: Shop, code: str) -> None:
    shop.checkout.enter(code)

    assert lines(shop)[0][0] == "Sourdough bread"


@pytest.mark.parametrize("typed", ["3*102", "3 * 102", "3x102", "3X 102", "3×102"])
def test_a_quantity_before_a_code_sells_so_many(shop: Shop, typed: str) -> None:
    shop.checkout.enter(typed)

    assert lines(shop) == [("Sourdough bread", "3", 3870)]


def test_the_same_item_twice_in_a_row_is_one_line(shop: Shop) -> None:
    for code in ("100", "100", "102", "100"):
        shop.checkout.enter(code)

    assert [quantity for _, quantity, _ in lines(shop)] == ["2", "1", "1"]


def test_goods_by_weight_are_priced_exactly_and_rounded_once(shop: Shop) -> None:
    shop.checkout.enter("1,264*103")

    assert lines(shop) == [("Bananas", "1.264", 1010)]


def test_goods_by_weight_need_a_weight(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match=r"sold by kg.* 1\.25\*103"):
        shop.checkout.enter("103")

    assert lines(shop) == []


@pytest.mark.parametrize(("typed", "words"), [("0*102", "cannot be sold"), ("1.5*102", "steps of 1")])
def test_a_quantity_that_makes_no_sense_says_so_and_changes_nothing(
    shop: Shop, typed: str, words: str
) -> None:
    shop.checkout.enter("100")
    before = shop.checkout.state()

    with pytest.raises(LoyaltyError, match=words):
        shop.checkout.enter(typed)

    assert shop.checkout.state() == before


def test_a_barcode_in_the_quantity_is_seen_as_a_mistake(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="more of Sourdough bread than one line"):
        shop.checkout.enter("594123*102")


def test_an_unknown_code_says_what_to_do(shop: Shop) -> None:
    with pytest.raises(LoyaltyError) as refused:
        shop.checkout.enter("99887")

    assert refused.value.title == "99887 is not known here."
    assert "Member" in refused.value.advice


def test_a_payment_cards_number_is_not_repeated_anywhere(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="payment card") as refused:
        shop.checkout.enter("4111 1111 1111 1111")

    assert "4111" not in str(refused.value)


def test_a_barcode_that_looks_like_a_payment_card_still_sells(shop: Shop) -> None:
    from agent.store.catalog import put_item
    from sync.wire.feed import ItemRow

    with shop.store.unit_of_work() as db:
        put_item(db, ItemRow(item_code="9", name="Tea", codes=("44000000000008",), price=Decimal(500)))

    shop.checkout.enter("44000000000008")

    assert lines(shop) == [("Tea", "1", 500)]


def test_quantities_change_and_lines_go(shop: Shop) -> None:
    shop.checkout.enter("100")
    shop.checkout.enter("102")
    first, second = (line.line_id for line in shop.checkout.state().lines)

    shop.checkout.change_quantity(first, Decimal(4))
    state = shop.checkout.remove_line(second)

    assert lines(shop) == [("Whole milk 1 l", "4", 3396)]
    assert state.lines[0].newest
    with pytest.raises(LoyaltyError, match="not in the basket"):
        shop.checkout.remove_line(second)


def test_a_line_number_is_never_used_again(shop: Shop) -> None:
    shop.checkout.enter("100")
    removed = shop.checkout.state().lines[0].line_id
    shop.checkout.remove_line(removed)

    assert shop.checkout.enter("102").lines[0].line_id != removed


def test_a_hosts_line_stands_as_it_was_told(shop: Shop) -> None:
    fuel = LineFacts(
        item_code="6534178",
        name="Gasoline",
        quantity=Decimal("18342.0"),
        extended_minor=40_00,
        unit_price=Decimal("0.218"),
        price_source="override",
    )
    nothing = LineFacts(item_code="1", name="Unknown", quantity=Decimal(0), extended_minor=0)
    shop.checkout.add_line(fuel)
    state = shop.checkout.add_line(nothing)

    assert lines(shop) == [("Gasoline", "18342", 4000), ("Unknown", "0", 0)]
    assert state.total_minor == 4000
    with pytest.raises(LoyaltyError, match="another till"):
        shop.checkout.change_quantity(state.lines[0].line_id, Decimal(1))


@pytest.mark.parametrize(
    "facts",
    [
        {"extended_minor": -1},
        {"quantity": Decimal("NaN")},
        {"quantity": Decimal(-1)},
        {"unit_price": Decimal("Infinity")},
        {"extended_minor": 10**13},
    ],
)
def test_a_hosts_line_without_sense_is_refused_whole(shop: Shop, facts: dict[str, object]) -> None:
    told: dict[str, object] = {"item_code": "1", "name": "Fuel", "quantity": Decimal(1), "extended_minor": 1}

    with pytest.raises(LoyaltyError, match="Fuel"):
        shop.checkout.add_line(LineFacts(**{**told, **facts}))  # type: ignore[arg-type]

    assert lines(shop) == []


def test_a_basket_has_an_end(shop: Shop) -> None:
    line = LineFacts(item_code="1", name="A", quantity=Decimal(1), extended_minor=1)
    for _ in range(20):
        shop.checkout.add_line(line)
    # Filling it one by one through the engine would take a minute; the limit is what is checked.
    sale = shop.checkout._sale
    from dataclasses import replace

    shop.checkout._sale = replace(sale, lines=sale.lines * (MAX_LINES // 20))

    with pytest.raises(LoyaltyError, match=str(MAX_LINES)):
        shop.checkout.add_line(line)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_typed_is_nothing_done(shop: Shop, text: str) -> None:
    assert shop.checkout.enter(text).phase == "empty"


@pytest.mark.parametrize("text", ["x" * 300, "10\x0042"])
def test_what_no_scanner_sends_is_refused(shop: Shop, text: str) -> None:
    with pytest.raises(LoyaltyError, match="cannot be read"):
        shop.checkout.enter(text)


def test_an_abandoned_basket_leaves_nothing(shop: Shop) -> None:
    shop.checkout.enter("100")

    assert shop.checkout.abandon().phase == "empty"
    assert shop.sales() == []


def test_a_total_that_was_said_aloud_stands_although_hq_publishes_other_programs(shop: Shop) -> None:
    shop.know_member(card="1234567")
    shop.checkout.enter("100")
    said = shop.checkout.enter("1234567").total_minor

    shop.publish(builders.points_per_money(), version=2)
    shop.checkout.enter("102")
    line_id = shop.checkout.state().lines[1].line_id

    assert shop.checkout.remove_line(line_id).total_minor == said == 849 - 170


def test_after_half_an_hour_what_is_in_force_now_counts(shop: Shop) -> None:
    shop.know_member(card="1234567")
    shop.checkout.enter("100")
    shop.checkout.enter("1234567")
    shop.publish(builders.points_per_money(), version=2)

    shop.clock.move(minutes=29)
    assert shop.checkout.enter("102").saved_minor == 170
    shop.clock.move(minutes=2)
    assert shop.checkout.enter("104").saved_minor == 0


def test_a_price_that_changes_at_hq_does_not_change_a_line(shop: Shop) -> None:
    from agent.store.catalog import put_item
    from tests.service.shop import ITEMS

    shop.checkout.enter("100")
    with shop.store.unit_of_work() as db:
        import msgspec

        put_item(db, msgspec.structs.replace(ITEMS[0], price=Decimal(999)))
    line_id = shop.checkout.state().lines[0].line_id

    assert shop.checkout.change_quantity(line_id, Decimal(2)).total_minor == 1698


def test_deposits_are_not_counted_as_items(shop: Shop) -> None:
    shop.checkout.enter("2*100")

    assert shop.checkout.enter("2*104").item_count == 2
