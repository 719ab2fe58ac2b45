"""Program sets: what is read, what is switched off alone, and how a mistake is told."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.program import Kind
from agent.domain.program_document import MAX_PROGRAM_SET_BYTES, decode_program_set
from agent.domain.quote import Refusal
from tests.builders import (
    a_basket,
    a_context,
    a_program,
    a_program_set,
    a_quote,
    a_quote_input,
    amount_off,
    dairy_20,
    demo_programs,
    milk,
    percent_off,
    points_per_money,
    points_reward,
    program_set_bytes,
)


def the_error(data: bytes) -> LoyaltyError:
    with pytest.raises(LoyaltyError) as caught:
        decode_program_set(data)
    assert caught.value.code == "bad_program_set"
    assert "nvalid" not in str(caught.value)
    return caught.value


def test_a_set_is_named_by_the_hash_of_its_published_bytes() -> None:
    data = program_set_bytes(*demo_programs())

    program_set = decode_program_set(data)

    assert program_set.hash == hashlib.sha256(data).hexdigest()
    assert {each.id for each in program_set.programs} == {
        "points", "reward-5", "dairy-20", "ten-over-100", "next-visit", "next-visit-10",
    }  # fmt: skip
    assert program_set.disabled == ()


def test_names_are_in_the_readers_language_else_english_else_the_first() -> None:
    program = a_program_set(
        a_program("p", "points", name={"ro": "Puncte", "en": "Points", "zh_Hans": "积分"}, earning=[_rule()])
    ).program("p")

    assert program is not None
    assert [program.title(locale) for locale in ("ro", "ro_RO", "tr", "zh_Hans", "zh")] == [
        "Puncte", "Puncte", "Points", "积分", "积分",
    ]  # fmt: skip
    assert program.text("ro") == "Puncte"


def test_a_program_that_needs_a_newer_register_is_switched_off_alone() -> None:
    newer = {
        "id": "bundle",
        "kind": "bundle",
        "needs": ["bundle_price", "percent_off"],
        "name": {"en": "Bundle"},
        "bundles": 3,
    }
    program_set = a_program_set(newer, dairy_20())

    assert [each.program_id for each in program_set.disabled] == ["bundle"]
    quote_input = a_quote_input(a_basket(milk()), program_set)
    assert explain(quote_input, program_set, "bundle") == Refusal("needs_newer_register", at="bundle_price")
    assert explain(quote_input, program_set, "dairy-20") != Refusal("unknown_program")
    assert a_quote(a_basket(milk(10_00)), newer, dairy_20()).discount_minor == 2_00


def test_a_program_with_amounts_in_another_currency_is_switched_off_alone() -> None:
    program_set = a_program_set(
        amount_off("euro", 5_00, currency="EUR"), percent_off("percent", "0.1", currency="EUR")
    )

    assert [(each.program_id, each.refusal.code) for each in program_set.disabled] == [
        ("euro", "other_currency")
    ]
    assert program_set.program("percent") is not None


def test_a_set_in_another_currency_than_the_stores_gives_no_amounts() -> None:
    in_euro = a_context(currency="EUR")

    quote = a_quote(a_basket(milk(10_00)), amount_off("five", 5_00), dairy_20(), context=in_euro)

    assert [each.program_id for each in quote.applied] == ["dairy-20"]


def _rule() -> dict[str, Any]:
    return {"type": "per_money", "points": "1", "per_minor": 100}


def _rewarded(**reward: Any) -> dict[str, Any]:
    return a_program("p", "promotion", rewards=[reward])


def _min_spend(**fields: Any) -> dict[str, Any]:
    return dairy_20(conditions=[{"type": "min_spend", **fields}])


@pytest.mark.parametrize(
    ("program", "path", "says"),
    [
        (
            _min_spend(amount_minor="5"),
            "programs[1].conditions[0].amount_minor",
            "must be a whole number, not text",
        ),
        (_min_spend(amount_minor=0), "programs[1].conditions[0].amount_minor", "must be at least 1"),
        (_min_spend(), "programs[1].conditions[0].amount_minor", "is missing"),
        (
            _min_spend(amount_minor=1, amuont=1),
            "programs[1].conditions[0].amuont",
            "use one of amount_minor, goods",
        ),
        (
            dairy_20(conditions=[{"type": "min_spent"}]),
            "programs[1].conditions[0].type",
            "has_goods, min_spend",
        ),
        (dairy_20(conditions=[{}]), "programs[1].conditions[0].type", "is missing"),
        (dairy_20(condition=[]), "programs[1].condition", "is not a known field"),
        (percent_off("p", "1.2"), "programs[1].rewards[0].rate", "at most 1"),
        (percent_off("p", "0"), "programs[1].rewards[0].rate", "more than 0"),
        (percent_off("p", "NaN"), "programs[1].rewards[0].rate", "more than 0"),
        (percent_off("p", "1E-400000000"), "programs[1].rewards[0].rate", "six decimals"),
        (percent_off("p", "much"), "programs[1].rewards[0].rate", "must be a decimal number"),
        (amount_off("p", -5), "programs[1].rewards[0].amount_minor", "must be at least 1"),
        (
            percent_off("p", "0.1", {"categories": [[]]}),
            "programs[1].rewards[0].goods.categories[0]",
            "at least 1",
        ),
        (points_reward(points_of="pionts"), "programs[1].cost.points_of", 'of the kind "points"'),
        (points_per_money("p", points="0.0001"), "programs[1].earning[0].points", "three decimals"),
        (a_program("p", "points"), "programs[1].earning", "must have at least one rule"),
        (a_program("p", "promotion"), "programs[1].rewards", "must have one reward"),
        (
            a_program("p", "stamp"),
            "programs[1].kind",
            "use one of activity, badge, birthday, cashback, coupon, experience, leaderboard, next_visit_coupon, points",
        ),
        (a_program("p", "stamps"), "programs[1].earning", "must have at least one rule"),
        (dairy_20(trigger="code"), "programs[1].code", 'where `trigger` is "code"'),
        (dairy_20(code="MILK"), "programs[1].code", 'where `trigger` is "code"'),
        (dairy_20(group="fresh"), "programs[1].group", "one of the set's `groups`"),
        (dairy_20(not_with=["dairy-20"]), "programs[1].not_with[0]", "another program in this set"),
        (dairy_20(cost={"points_of": "first", "points": 5}), "programs[1].cost", 'the kind "points_reward"'),
        (dairy_20(hours=[{"from": "25:00"}]), "programs[1].hours[0].from", "must match the pattern"),
        (
            dairy_20(hours=[{"from": "09:00", "until": "09:00"}]),
            "programs[1].hours[0].until",
            "the same time",
        ),
        (
            _rewarded(type="cheapest_of", of=2, units=2),
            "programs[1].rewards[0].units",
            "must be less than `of`",
        ),
        (
            _rewarded(type="bundle", price_minor=500, parts=[{"goods": {}}]),
            "programs[1].rewards[0].parts[0].goods",
            "must name items or categories",
        ),
        (
            _rewarded(type="ladder", steps=[{"from_minor": 100}]),
            "programs[1].rewards[0].steps[0]",
            "either a `rate` or an `amount_minor`",
        ),
        (
            _rewarded(
                type="ladder", steps=[{"from_minor": 9, "rate": "0.1"}, {"from_minor": 9, "rate": "0.2"}]
            ),
            "programs[1].rewards[0].steps[1].from_minor",
            "more than in the step before",
        ),
        (a_program("Not An Id", "promotion"), "programs[1].id", "must match the pattern"),
        (dairy_20(trigger="coupon"), "programs[1].trigger", 'must be one of "automatic"'),
        (dairy_20(name={}), "programs[1].name", "must have at least 1"),
        (dairy_20(name={"en": 5}), "programs[1].name[...]", "must be text"),
        (dairy_20(audience={"who": "tiers"}), "programs[1].audience.tiers", "at least one tier"),
        (dairy_20(active={"from": "2026-02-30"}), "programs[1].active.from", "that exists"),
        (dairy_20(active={"from": "tomorrow"}), "programs[1].active.from", "must match the pattern"),
        (
            dairy_20(active={"from": "2026-02-02", "until": "2026-02-01"}),
            "programs[1].active.until",
            "not be before",
        ),
        (dairy_20(id="first"), "programs[1].id", "also the id of programs[0]"),
        ("text", "programs[1]", "must be an object"),
    ],
)
def test_an_error_names_the_path_of_the_bad_field_and_what_to_do(program: Any, path: str, says: str) -> None:
    error = the_error(program_set_bytes(percent_off("first", "0.1"), program))

    assert f"`{path}` " in error.title
    assert says in error.title
    assert error.title.count(". ") == 0


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"format": 2}, "`format` cannot be 2; use one of 1"),
        ({"currency": "lei"}, "`currency` must match"),
        ({"version": 0}, "`version` must be at least 1"),
        ({"groups": [{"id": "a"}, {"id": "a"}]}, "`groups[1].id` is the id of another group"),
        ({"programs": {}}, "`programs` must be a list, not an object"),
        ({"programms": []}, "`programms` is not a known field; use one of currency, experiments, format"),
    ],
)
def test_an_error_in_the_document_itself_is_named_too(document: dict[str, Any], says: str) -> None:
    whole = {"format": 1, "set_id": "s", "version": 1, "currency": "RON", "programs": [], **document}

    assert says in the_error(json.dumps(whole).encode()).title


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"programs":[' + b"[" * 100_000]
)
def test_bytes_that_are_no_program_set_are_told_in_one_sentence(data: bytes) -> None:
    assert the_error(data).title.startswith("The program set cannot be used: ")


def test_a_program_set_has_a_size_limit() -> None:
    assert "bytes" in the_error(b" " * (MAX_PROGRAM_SET_BYTES + 1)).title


def test_the_example_in_the_manual_is_a_program_set() -> None:
    page = (Path(__file__).parents[2] / "docs" / "program-set.md").read_text(encoding="utf-8")
    example = page.partition("```json")[2].partition("```")[0]

    program_set = decode_program_set(example.encode())

    assert {each.kind for each in program_set.programs} == set(get_args(Kind))
    assert program_set.disabled == ()


scraps: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "0.1",
        "NaN",
        [],
        {},
        [[]],
        {"type": "min_spend"},
        "x" * 300,
        "🙂",
        {"en": "x"},
    ]
).map(deepcopy)  # a scrap may be changed again by the next mangling


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mangled_program_set_crashes_the_reader(data: st.DataObject) -> None:
    document = msgspec.json.decode(program_set_bytes(*demo_programs()))
    _mangle(document, data)

    said = ""
    try:
        decode_program_set(json.dumps(document).encode())
    except LoyaltyError as error:
        said = error.title

    assert said == "" or said.startswith("The program set cannot be used: `")


def _mangle(node: Any, data: st.DataObject) -> None:
    """Walk down at random, then replace, remove or add something there."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None or not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            break
        node = node[key]
    what = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if key is not None and what == "remove":
        del node[key]
    elif key is not None and what == "replace":
        node[key] = data.draw(scraps)
    elif isinstance(node, dict):
        node[data.draw(st.sampled_from(["goods", "type", "needs", "active", "colour"]))] = data.draw(scraps)
    else:
        node.append(data.draw(scraps))
