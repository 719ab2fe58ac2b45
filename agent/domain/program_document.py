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
from agent.domain.errors import LoyaltyError
from agent.domain.experiments import Experiment
from agent.domain.goods import Name
from agent.domain.problems import Problem, document_error, problem_of
from agent.domain.program import Currency, Kind, Program
from agent.domain.program_set import DisabledProgram, ProgramSet
from agent.domain.quote import Refusal
from agent.domain.rewards.multiply import Multiply
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.voucher import Voucher
from agent.domain.stacking import StackingGroup

MAX_PROGRAM_SET_BYTES: Final = 8 * 1024 * 1024
MAX_PROGRAMS: Final = 2_000

# What a program may name in `needs`: everything that this version can do.
FEATURES: Final = frozenset(
    {
        "active_window",
        "activity",
        "amount_off",
        "badge",
        "birthday",
        "bundle",
        "cashback",
        "buy_get",
        "cheapest_of",
        "codes",
        "experience",
        "experiments",
        "gift",
        "groups",
        "has_goods",
        "ladder",
        "leaderboard",
        "limits",
        "min_spend",
        "multiply",
        "next_visit_coupon",
        "not_with",
        "per_money",
        "per_unit",
        "per_visit",
        "percent_off",
        "personal_offers",
        "referral",
        "segment",
        "segments",
        "stamps",
        "tier_rules",
        "tiers",
        "tiers_this_sale",
        "voucher",
        "weekly_hours",
        "welcome",
    }
)


class _Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    format: Literal[1]
    set_id: Name
    version: Annotated[int, msgspec.Meta(ge=1, le=MAX_SAFE_INT)]
    currency: Currency
    groups: Annotated[tuple[StackingGroup, ...], msgspec.Meta(max_length=MAX_PROGRAMS)] = ()
    experiments: Annotated[tuple[Experiment, ...], msgspec.Meta(max_length=200)] = ()
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
    off = {each.program_id for each in disabled}
    tiered = [program for program in programs if program.kind == "tiers"]
    if len(tiered) > 1:
        told = _('must not be "tiers" a second time: a member has one tier')
        raise _wrong(Problem(f"programs[{places[tiered[1].id]}].kind", told))
    groups = _checked_groups(document.groups)
    experiments = {each.id for each in document.experiments}
    for program in programs:
        if program.experiment and program.experiment not in experiments:
            told = _("must be the id of one of the set's `experiments`")
            raise _wrong(Problem(f"programs[{places[program.id]}].experiment", told))
        problem = _reference_problem(program, {each.id: each.kind for each in programs}, off, groups)
        if problem is not None:
            raise _wrong(problem.under(f"programs[{places[program.id]}]"))
    return ProgramSet(
        set_id=document.set_id,
        version=document.version,
        currency=document.currency,
        hash=hashlib.sha256(data).hexdigest(),
        programs=programs,
        groups=document.groups,
        experiments=document.experiments,
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


def _checked_groups(groups: Sequence[StackingGroup]) -> set[str]:
    names: set[str] = set()
    for number, group in enumerate(groups):
        if group.id in names:
            raise _wrong(
                Problem(f"groups[{number}].id", _("is the id of another group; each group needs its own"))
            )
        names.add(group.id)
    return names


def _reference_problem(
    program: Program, kinds: Mapping[str, Kind], off: set[str], groups: set[str]
) -> Problem | None:
    """What a program names must be in this set, and of the right kind."""
    named: list[tuple[str, str, tuple[Kind, ...]]] = []
    if program.cost is not None:
        named.append(("cost.points_of", program.cost.points_of, ("points", "stamps")))
    named.extend(
        ("rewards[0].redeems", reward.redeems, ("experience" if isinstance(reward, Voucher) else "coupon",))
        for reward in program.rewards
        if isinstance(reward, NextVisitCoupon | Voucher)
    )
    for number, rule in enumerate(program.earning):
        if isinstance(rule, Multiply):
            named.append((f"earning[{number}].points_of", rule.points_of, ("points", "stamps", "cashback")))
    if program.tiers is not None and program.tiers.points_of:
        named.append(("tiers.points_of", program.tiers.points_of, ("points",)))
    points_of = getattr(program.occasion, "points_of", "")
    if points_of:
        named.append(("occasion.points_of", points_of, ("points", "stamps")))
    for path, program_id, allowed in named:
        if program_id not in off and kinds.get(program_id) not in allowed:
            names = " / ".join(f'"{kind}"' for kind in allowed)
            told = _("must be the id of a program of the kind {kinds} in this set").format(kinds=names)
            return Problem(path, told)
    for number, other in enumerate(program.not_with):
        if other == program.id or (other not in kinds and other not in off):
            return Problem(f"not_with[{number}]", _("must be the id of another program in this set"))
    if program.group and program.group not in groups:
        return Problem("group", _("must be the id of one of the set's `groups`"))
    return None


def _wrong(problem: Problem) -> LoyaltyError:
    return document_error(
        _("The program set"), problem, _("Correct it and publish the set again."), code="bad_program_set"
    )
