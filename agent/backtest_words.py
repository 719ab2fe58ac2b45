"""A back-test as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _
from gettext import ngettext

from agent.domain.program_set import ProgramSet
from agent.service.backtest.outcome import Outcome, Pair, differences, reasons
from agent.service.backtest.replay import LeftOut, Replayed
from agent.service.period import Period
from agent.terminal_table import Heading, table
from printers.figures import Figures


def outcome_lines(
    outcome: Outcome, program_set: ProgramSet, period: Period, figures: Figures, currency: str
) -> Iterator[str]:
    """The whole answer, line by line."""
    yield _("Program set {name} {version} on the sales from {first} to {last}").format(
        name=program_set.set_id, version=program_set.version, first=period.first, last=period.last
    )
    yield ""
    yield ngettext(
        "{compared} sale compared, {changed} of them changed; {members} touched.",
        "{compared} sales compared, {changed} of them changed; {members} touched.",
        outcome.compared,
    ).format(
        compared=outcome.compared,
        changed=outcome.changed,
        members=ngettext("{count} member", "{count} members", len(outcome.members)).format(
            count=len(outcome.members)
        ),
    )
    yield from _remarks(outcome)
    yield ""
    headings = [Heading(""), Heading(_("Before"), True), Heading(_("After"), True), Heading(_("More"), True)]
    yield from table(headings, _sums(outcome, figures, currency))
    largest = outcome.largest()
    if largest:
        yield ""
        yield _("The largest changes")
        titles = [Heading(_("Receipt")), Heading(_("Date"))]
        titles += [*headings[1:], Heading(_("Because of"))]
        yield from table(titles, (_change(one, program_set, figures) for one in largest))


def _sums(outcome: Outcome, figures: Figures, currency: str) -> Iterator[list[str]]:
    off = outcome.discount_minor
    money = [figures.money(off.before), figures.money(off.after), _more(off.difference, figures)]
    yield [_("Discounts, {currency}").format(currency=currency), *money]
    for title, sums in ((_("Earned, {unit}"), outcome.earned), (_("Spent, {unit}"), outcome.spent)):
        for unit, pair in sorted(sums.items()):
            yield [title.format(unit=unit), *_counts(pair, figures)]
    for title, pair in ((_("Coupons printed"), outcome.coupons), (_("Gifts handed out"), outcome.gifts)):
        if pair.before or pair.after:
            yield [title, *_counts(pair, figures)]


def _counts(pair: Pair, figures: Figures) -> list[str]:
    return [figures.points(pair.before), figures.points(pair.after), figures.signed_points(pair.difference)]


def _remarks(outcome: Outcome) -> Iterator[str]:
    for reason, count in outcome.left_out.items():
        if count:
            yield _left_out(reason, count)
    if outcome.partly_returned:
        yield ngettext(
            "{count} sale of which something came back later is compared as it was sold.",
            "{count} sales of which something came back later are compared as they were sold.",
            outcome.partly_returned,
        ).format(count=outcome.partly_returned)
    missing = outcome.missing
    if missing.codes or missing.claims or missing.coupons:
        yield _(
            "The set has no program for {codes} of the codes, {claims} of the claimed rewards and {coupons} of the"
            " coupons."
        ).format(codes=missing.codes, claims=missing.claims, coupons=missing.coupons)
    if outcome.unproven:
        yield ngettext(
            "For {count} sale the best deal is not proven; it may take off a little more.",
            "For {count} sales the best deal is not proven; they may take off a little more.",
            outcome.unproven,
        ).format(count=outcome.unproven)


def _left_out(reason: LeftOut, count: int) -> str:
    text: str
    match reason:
        case "voided":
            text = ngettext("{count} voided sale is left out.", "{count} voided sales are left out.", count)
        case "returned":
            text = ngettext(
                "{count} sale of which everything came back is left out.",
                "{count} sales of which everything came back are left out.",
                count,
            )
        case "other_engine":
            text = ngettext(
                "{count} sale is not comparable: another version of the engine priced it.",
                "{count} sales are not comparable: another version of the engine priced them.",
                count,
            )
        case "journal_gone":
            text = ngettext(
                "{count} sale is left out: its journal is no longer on this register.",
                "{count} sales are left out: their journal is no longer on this register.",
                count,
            )
        case "not_priceable":
            text = ngettext(
                "{count} sale is left out: its basket cannot be priced.",
                "{count} sales are left out: their baskets cannot be priced.",
                count,
            )
    return text.format(count=count)


def _change(one: Replayed, program_set: ProgramSet, figures: Figures) -> list[str]:
    told = []
    for each in reasons(one, program_set):
        moved = f"{figures.money(each.before_minor)} > {figures.money(each.after_minor)}"
        told.append(f"{each.program_id} {moved}" + (f" ({each.code})" if each.code else ""))
    for parts in (
        differences(one.before.earned, one.after.earned),
        differences(one.before.coupons, one.after.coupons),
        differences(one.before.gifts, one.after.gifts),
    ):
        told += [f"{name} {figures.signed_points(amount)}" for name, amount in parts.items()]
    return [
        one.receipt_number,
        one.business_date.isoformat(),
        figures.money(one.before.discount_minor),
        figures.money(one.after.discount_minor),
        _more(one.cost_minor, figures),
        ", ".join(told),
    ]


def _more(difference_minor: int, figures: Figures) -> str:
    """A plus before what is more; CLDR writes the minus."""
    return ("+" if difference_minor > 0 else "") + figures.money(difference_minor)
