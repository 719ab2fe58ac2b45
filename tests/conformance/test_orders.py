"""What people do with orders in other files: claims, returns, voids, parked orders, wallets, settings in between."""

from __future__ import annotations

from tests.conformance.builders import POINTS, TEN_PERCENT, agrees, line, outcome, program, reward, step


def test_the_customer_says_which_of_several_gifts_it_shall_be() -> None:
    gift = reward("free_item", "added_line", cost_points="5", products=["CUP", "BAG"], reward_qty="1")

    agrees(
        step([line("A", "1", "10")], "claim:r=BAG", free_items=[{"sku": "BAG", "qty": "1"}], total="10.00"),
        programs=[program("points", gift, earn={"per": "none"})],
        member={"points": {"p": "5"}},
    )


def test_a_void_gives_points_and_uses_back() -> None:
    once = {**TEN_PERCENT, "max_uses_total": 1}

    agrees(
        step([line("A", "1", "100")], "commit", total="90.00", points={"pts": {"balance": "90"}}),
        step([line("A", "1", "100")], total="100.00"),
        step(None, "void", points={"pts": {"balance": "0"}}),
        step([line("A", "1", "100")], total="90.00"),
        programs=[once, POINTS],
        member={"points": {"pts": "0"}},
    )


def test_goods_that_come_back_in_parts_take_all_their_points_with_them() -> None:
    agrees(
        step([line("A", "3", "10.33")], "commit", total="30.99", points={"pts": {"earned": "30"}}),
        step(None, "refund:A qty=1", "commit", refund="10.33"),
        step(None, "refund:A qty=2", "commit", refund="20.66", points={"pts": {"balance": "0"}}),
        programs=[POINTS],
        member={"points": {"pts": "0"}},
    )


def test_a_parked_order_books_nothing_until_it_is_committed() -> None:
    agrees(
        step([line("A", "1", "40")], "park", points={"pts": {"balance": "5"}}),
        step(None, "reopen", "commit", total="40.00", points={"pts": {"balance": "45"}}),
        programs=[POINTS],
        member={"points": {"pts": "5"}},
    )


def test_a_setting_may_be_changed_and_programs_switched_on_and_off() -> None:
    agrees(
        step([line("A", "1", "100")], "set:p.r.value=30", total="70.00"),
        step([line("A", "1", "100")], "enable_only:none", total="100.00"),
        step([line("A", "1", "100")], total="70.00"),
        programs=[TEN_PERCENT],
    )


def test_a_budget_that_does_not_cover_a_discount_gives_none() -> None:
    code = program(
        "promo_code",
        reward("amount_off", "order", value="10"),
        when={"trigger": "code", "code": "TEN"},
        budget={"type": "spend", "limit": "15", "used": "0"},
    )

    agrees(
        step([line("A", "1", "100")], "enter_code:TEN", "commit", total="90.00"),
        step([line("A", "1", "100")], "enter_code:TEN", total="100.00", rejected="budget_exceeded"),
        step([line("A", "1", "100")], "enter_code:NIX", total="100.00", rejected="unknown_code"),
        programs=[code],
    )


def test_a_member_uses_an_offer_only_so_often() -> None:
    code = program(
        "promo_code",
        reward("percent_off", "order", value="10"),
        when={"trigger": "code", "code": "TEN"},
        max_uses_per_member=1,
    )

    agrees(
        step([line("A", "1", "100")], "member:ann", "enter_code:TEN", "commit", total="90.00"),
        step([line("A", "1", "100")], "member:ann", "enter_code:TEN", rejected="usage_limit_reached"),
        step([line("A", "1", "100")], "member:bob", "enter_code:TEN", total="90.00"),
        programs=[code],
        member={"ann": {}, "bob": {}},
    )


def test_a_wallet_pays_what_it_has_and_the_rest_is_left_to_pay() -> None:
    agrees(
        step(
            [line("A", "1", "100")],
            "use_wallet",
            "commit",
            total="60.00",
            wallet={"w": "0", "used": "40.00"},
            points={"pts": {"earned": "100"}},
        ),
        programs=[program("ewallet", program_id="w"), POINTS],
        member={"points": {"pts": "0"}, "wallets": {"w": {"balance": "40"}}},
    )


def test_a_card_that_is_scanned_finds_its_member() -> None:
    agrees(
        step([line("A", "1", "1")], "scan:4400 12", member="Ann"),
        programs=[POINTS],
        member={"ann": {"name": "Ann", "card": "440012"}, "bob": {"name": "Bob", "card": "440013"}},
    )


def test_a_reward_that_is_claimed_and_cannot_be_had_gives_nothing() -> None:
    dear = program(
        "automatic_promotion",
        reward("percent_off", "order", value="10", cost_points="1000"),
        earn={"per": "money", "points": "1"},
    )

    agrees(
        step([line("A", "1", "100")], "claim:r", total="100.00", discounts=[]),
        step([line("A", "10", "100")], "claim:r", total="900.00"),
        programs=[dear],
    )
    misspelt = outcome(step([line("A", "1", "100")], "claim:q", total="100.00"), programs=[dear])
    assert misspelt.what == 'the reward "q"'


def test_a_members_points_and_group_may_be_set_between_two_sales() -> None:
    vip = program(
        "automatic_promotion", reward("percent_off", "order", value="10"), when={"member_group": "vip"}
    )

    agrees(
        step([line("A", "1", "100")], "claim:pts.r", total="100.00"),
        step([line("A", "1", "100")], "set:member.points.pts=100", "claim:pts.r", total="90.00"),
        step([line("A", "1", "100")], "set:member.group=vip", total="90.00"),
        programs=[vip, POINTS],
        member={"points": {"pts": "0"}},
    )
