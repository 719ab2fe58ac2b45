"""Programs as data: one versioned JSON document, named by the SHA-256 of its published bytes.

Each program is decoded alone and its `needs` first: one that this version cannot run is switched off alone, while
a misspelt field anywhere refuses the whole set, so that a condition can never vanish. docs/program-set.md shows
the document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from typing import Annotated, Final, Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.bounds import MAX_SAFE_INT, ProgramId
from agent.domain.conditions.active_window import ActiveWindow
from agent.domain.conditions.audience import Audience
from agent.domain.conditions.has_goods import HasGoods
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.errors import LoyaltyError
from agent.domain.goods import Goods, GoodsKey, Name, selector_keys
from agent.domain.problems import Problem, document_error, problem_of
from agent.domain.quote import Refusal
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.per_money import PerMoney
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rewards.points_money_off import PointsMoneyOff

MAX_PROGRAM_SET_BYTES: Final = 8 * 1024 * 1024
MAX_PROGRAMS: Final = 2_000

# What a program may name in `needs`: everything that this version can do.
FEATURES: Final = frozenset(
    {
        "active_window",
        "amount_off",
        "has_goods",
        "min_spend",
        "next_visit_coupon",
        "per_money",
        "percent_off",
        "points_money_off",
        "tiers",
    }
)

Kind = Literal["points", "points_reward", "promotion", "next_visit_coupon", "coupon"]
Trigger = Literal["automatic", "choice", "coupon"]
Condition = MinSpend | HasGoods
Reward = PercentOff | AmountOff | PointsMoneyOff | NextVisitCoupon
Locale = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]

# kind -> (its trigger, the rewards that it may give; a points program has earning rules instead).
_SHAPES: Final[dict[Kind, tuple[Trigger, tuple[type[Reward], ...]]]] = {
    "points": ("automatic", ()),
    "points_reward": ("choice", (PointsMoneyOff,)),
    "promotion": ("automatic", (PercentOff, AmountOff)),
    "next_visit_coupon": ("automatic", (NextVisitCoupon,)),
    "coupon": ("coupon", (PercentOff, AmountOff)),
}


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One program. `name` is for screens and `receipt_text` for paper, both by locale.

    `currency` is that of its amounts, the set's where it is empty. Programs of a higher `priority` come first
    within their phase. `stores` empty: every store.
    """

    id: ProgramId
    needs: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()
    kind: Kind
    trigger: Trigger = "automatic"
    name: Annotated[dict[Locale, Text], msgspec.Meta(min_length=1, max_length=50)]
    receipt_text: Annotated[dict[Locale, Text], msgspec.Meta(max_length=50)] = {}
    currency: Currency | Literal[""] = ""
    active: ActiveWindow | None = None
    stores: Annotated[tuple[Name, ...], msgspec.Meta(max_length=10_000)] = ()
    audience: Audience = Audience()
    conditions: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=20)] = ()
    rewards: Annotated[tuple[Reward, ...], msgspec.Meta(max_length=1)] = ()
    earning: Annotated[tuple[PerMoney, ...], msgspec.Meta(max_length=20)] = ()
    priority: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)] = 0

    def title(self, locale: str) -> str:
        """The name for screens, in this language, else English, else the first."""
        return _in_language(self.name, locale)

    def text(self, locale: str) -> str:
        """The text for receipts, in this language, else English, else the first; the name where there is none."""
        return _in_language(self.receipt_text or self.name, locale)

    @property
    def has_amounts(self) -> bool:
        """Whether anything in it is counted in money."""
        if self.earning or any(isinstance(condition, MinSpend) for condition in self.conditions):
            return True
        return any(isinstance(reward, AmountOff | PointsMoneyOff) for reward in self.rewards)

    @property
    def goods(self) -> tuple[Goods, ...]:
        """The goods that it gives something for."""
        given = [reward.goods for reward in self.rewards if not isinstance(reward, NextVisitCoupon)]
        return (*given, *(rule.goods for rule in self.earning))

    def problem(self) -> Problem | None:
        """What is wrong inside this program, beyond the types of its fields."""
        trigger, rewards = _SHAPES[self.kind]
        if self.trigger != trigger:
            return Problem(
                "trigger",
                _('must be "{trigger}" for the kind "{kind}"').format(trigger=trigger, kind=self.kind),
            )
        if not rewards:
            if self.rewards:
                return Problem("rewards", _('must be empty for the kind "points", which has `earning`'))
            if not self.earning:
                return Problem("earning", _("must have at least one rule"))
        elif self.earning:
            return Problem("earning", _('must be empty for the kind "{kind}"').format(kind=self.kind))
        elif not self.rewards:
            return Problem("rewards", _("must have one reward"))
        elif not isinstance(self.rewards[0], rewards):
            allowed = ", ".join(str(reward.__struct_config__.tag) for reward in rewards)
            wanted = _('must be one of {allowed} for the kind "{kind}"').format(
                allowed=allowed, kind=self.kind
            )
            return Problem("rewards[0].type", wanted)
        return self._problem_of_a_part()

    def _problem_of_a_part(self) -> Problem | None:
        parts = [
            ("audience", self.audience),
            ("active", self.active),
            *((f"rewards[{number}]", reward) for number, reward in enumerate(self.rewards)),
            *((f"earning[{number}]", rule) for number, rule in enumerate(self.earning)),
        ]
        for path, part in parts:
            problem = part.problem() if part is not None else None
            if problem is not None:
                return problem.under(path)
        return None


class DisabledProgram(msgspec.Struct, frozen=True):
    """A program of the set that cannot run here, with the reason; the others run."""

    program_id: str
    name: dict[str, str]
    refusal: Refusal


class ProgramSet:
    """A program set that may be evaluated. `hash` is the SHA-256 of its bytes in lower-case hex."""

    def __init__(
        self,
        *,
        set_id: str,
        version: int,
        currency: str,
        hash: str,  # noqa: A002 - the designs' word
        programs: Sequence[Program],
        disabled: Sequence[DisabledProgram] = (),
    ) -> None:
        self.set_id = set_id
        self.version = version
        self.currency = currency
        self.hash = hash
        self.programs: tuple[Program, ...] = tuple(sorted(programs, key=lambda program: program.id))
        self.disabled: tuple[DisabledProgram, ...] = tuple(disabled)
        self.stores: dict[str, frozenset[str]] = {
            p.id: frozenset(p.stores) for p in self.programs if p.stores
        }
        self._by_id: dict[str, Program] = {program.id: program for program in self.programs}
        self._disabled_by_id = {each.program_id: each for each in disabled}
        self._for_any_basket: list[int] = []
        self._by_goods: dict[GoodsKey, list[int]] = {}
        for number, program in enumerate(self.programs):
            self._index(number, program)

    def program(self, program_id: str) -> Program | None:
        """The program of this id, where it can run here."""
        return self._by_id.get(program_id)

    def disabled_program(self, program_id: str) -> DisabledProgram | None:
        """The switched-off program of this id."""
        return self._disabled_by_id.get(program_id)

    def about(self, keys: frozenset[GoodsKey]) -> list[Program]:
        """The programs that could give something for a basket with these goods, by id."""
        met = set(self._for_any_basket)
        by_goods = self._by_goods
        for key in keys:
            found = by_goods.get(key)
            if found is not None:
                met.update(found)
        return [self.programs[number] for number in sorted(met)]

    def _index(self, number: int, program: Program) -> None:
        goods = program.goods
        if not goods or any(each.everything for each in goods):
            self._for_any_basket.append(number)
            return
        for each in goods:
            for key in selector_keys(each):
                self._by_goods.setdefault(key, []).append(number)


class _Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    format: Literal[1]
    set_id: Name
    version: Annotated[int, msgspec.Meta(ge=1, le=MAX_SAFE_INT)]
    currency: Currency
    programs: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(max_length=MAX_PROGRAMS)]


class _Head(msgspec.Struct, kw_only=True):
    """The part of a program that every version reads."""

    id: ProgramId
    needs: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()
    name: dict[str, str] = {}


_DOCUMENT: Final = msgspec.json.Decoder(_Document)
_HEAD: Final = msgspec.json.Decoder(_Head)
_PROGRAM: Final = msgspec.json.Decoder(Program)


def decode_program_set(data: bytes) -> ProgramSet:
    """The program set in these bytes.

    Raises LoyaltyError (code `bad_program_set`) that names the JSON path of the first bad field and what must be
    there. A program that needs a newer register, or whose amounts are in another currency, is switched off alone.
    """
    if len(data) > MAX_PROGRAM_SET_BYTES:
        raise _wrong(Problem("", _("has more than {most} bytes").format(most=MAX_PROGRAM_SET_BYTES)))
    try:
        document = _DOCUMENT.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(problem_of(error, _Document)) from error
    programs: list[Program] = []
    disabled: list[DisabledProgram] = []
    places: dict[str, int] = {}
    for number, raw in enumerate(document.programs):
        read = _read_program(raw, f"programs[{number}]", document.currency)
        program_id = read.id if isinstance(read, Program) else read.program_id
        if program_id in places:
            taken = _("is also the id of programs[{number}]; each program needs its own").format(
                number=places[program_id]
            )
            raise _wrong(Problem(f"programs[{number}].id", taken))
        places[program_id] = number
        if isinstance(read, Program):
            programs.append(read)
        else:
            disabled.append(read)
    _check_references(programs, {each.program_id for each in disabled}, places)
    return ProgramSet(
        set_id=document.set_id,
        version=document.version,
        currency=document.currency,
        hash=hashlib.sha256(data).hexdigest(),
        programs=programs,
        disabled=disabled,
    )


def _read_program(raw: msgspec.Raw, path: str, currency: str) -> Program | DisabledProgram:
    try:
        head = _HEAD.decode(raw)
        if not FEATURES.issuperset(head.needs):
            refusal = Refusal(
                refusal_codes.NEEDS_NEWER_REGISTER, at=",".join(sorted(set(head.needs) - FEATURES))
            )
            return DisabledProgram(head.id, head.name, refusal)
        program = _PROGRAM.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(problem_of(error, Program).under(path)) from error
    problem = program.problem()
    if problem is not None:
        raise _wrong(problem.under(path))
    if program.has_amounts and program.currency not in ("", currency):
        refusal = Refusal(refusal_codes.OTHER_CURRENCY, at=program.currency)
        return DisabledProgram(program.id, program.name, refusal)
    return program


def _check_references(programs: Sequence[Program], disabled: set[str], places: Mapping[str, int]) -> None:
    """A reward that names another program must name one of this set, of the right kind."""
    kinds: dict[str, Kind] = {program.id: program.kind for program in programs}
    for program in programs:
        for reward in program.rewards:
            if isinstance(reward, PointsMoneyOff):
                field, named, kind = "points_of", reward.points_of, "points"
            elif isinstance(reward, NextVisitCoupon):
                field, named, kind = "redeems", reward.redeems, "coupon"
            else:
                continue
            if named not in disabled and kinds.get(named) != kind:
                path = f"programs[{places[program.id]}].rewards[0].{field}"
                wanted = _('must be the id of a program of the kind "{kind}" in this set').format(kind=kind)
                raise _wrong(Problem(path, wanted))


def _in_language(texts: Mapping[str, str], locale: str) -> str:
    language = locale.partition("_")[0]
    regional = next((name for name in sorted(texts) if name.startswith(f"{language}_")), "")
    for wanted in (locale, language, regional, "en"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()))


def _wrong(problem: Problem) -> LoyaltyError:
    return document_error(
        _("The program set"),
        problem,
        _("Correct it and publish the set again."),
        code="bad_program_set",
    )
