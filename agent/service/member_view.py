"""The member of an open sale as the till shows them: their points, and what is on their stamp cards."""

from __future__ import annotations

from agent.domain.ledger import points_unit, stamp_unit
from agent.domain.member import MemberFacts
from agent.domain.occasions.referral import Referral, shown_code
from agent.domain.program_set import ProgramSet
from agent.service.names import display_name, initials
from agent.service.open_sale import OpenSale
from agent.service.tier_view import NextTier, next_tier
from agent.service.views import MemberView, StampView
from sync.wire.feed import MemberProgramsRow


def member_view(sale: OpenSale, locale: str, online: bool) -> MemberView | None:
    """The member with the points of the store's first points program, and every stamp card."""
    member, facts = sale.member, sale.facts
    if member is None or facts is None:
        return None
    unit = main_unit(sale)
    balance = sale.balances.get(unit)
    return MemberView(
        member_id=member.row.member_id,
        display_name=display_name(member.row),
        initials=initials(member.row),
        tier=sale.quote.tier or member.row.tier,
        hint_kind=member.hint.kind if member.hint else None,
        hint_last4=member.hint.last4 if member.hint else "",
        points=balance.points if balance else 0,
        usable_now=usable_now(sale, unit, online),
        earns_points=sale.earning(unit),
        provisional=facts.provisional,
        counts_points=bool(unit),
        stamps=_stamp_cards(sale, locale),
        birthday_week=facts.in_birthday_week,
        referral_code=referral_code(sale.pin.programs, sale.member_programs) if sale.pin is not None else "",
        badges=_badges(sale, locale),
        activities=sale.activities,
        next_tier=_way(sale, facts),
    )


def _way(sale: OpenSale, facts: MemberFacts) -> NextTier | None:
    """The tier above; above the one that this sale has reached, with what it adds, where it counts itself."""
    if sale.pin is None:
        return None
    return next_tier(facts, sale.pin.programs, sale.quote if sale.quote.tier else None)


def referral_code(programs: ProgramSet, told: MemberProgramsRow | None) -> str:
    """The member's code as people read it; empty where the shop has no referral program."""
    return shown_code(told.referral_code) if told is not None and rewards_friends(programs) else ""


def rewards_friends(programs: ProgramSet) -> bool:
    """Whether members are rewarded for bringing friends."""
    return any(isinstance(program.occasion, Referral) for program in programs.programs)


def printed_code(programs: ProgramSet, told: MemberProgramsRow | None) -> str:
    """The code for the member's receipt; empty where no referral program wants it printed."""
    occasions = (program.occasion for program in programs.programs)
    wanted = any(isinstance(one, Referral) and one.on_receipt for one in occasions)
    return shown_code(told.referral_code) if told is not None and wanted else ""


def _badges(sale: OpenSale, locale: str) -> tuple[str, ...]:
    """The titles of the badges that the member wears and the shop still gives."""
    if sale.member_programs is None or sale.pin is None:
        return ()
    programs = (sale.pin.programs.program(program_id) for program_id in sale.member_programs.badges)
    return tuple(program.title(locale) for program in programs if program is not None)


def usable_now(sale: OpenSale, unit: str, online: bool) -> int:
    """What may be spent of a ledger unit now, before this sale; offline only what is leased here."""
    facts = sale.facts
    if facts is None or facts.provisional:
        return 0
    balance = sale.balances.get(unit)
    held = facts.spendable.get(unit, 0)
    available = balance.available if balance and online else 0
    return max(0, min(balance.points if balance else 0, held + available))


def main_unit(sale: OpenSale) -> str:
    """The points that the member panel shows: what this sale earns, else of the store's first points program.

    Empty where the store has none. Stamps have cards of their own.
    """
    if sale.pin is None:
        return ""
    counting = [program.id for program in sale.pin.programs.programs if program.kind == "points"]
    earned = next((one.unit for one in sale.quote.earned if one.program_id in counting), "")
    return earned or (points_unit(counting[0]) if counting else "")


def points_after(sale: OpenSale) -> int:
    """The member's balance of the main unit once this sale is in it."""
    unit = main_unit(sale)
    balance = sale.balances.get(unit)
    return (balance.points if balance else 0) + sale.earning(unit) - sale.spending(unit)


def _stamp_cards(sale: OpenSale, locale: str) -> tuple[StampView, ...]:
    """The cards that the member has begun, or begins with this sale."""
    if sale.pin is None:
        return ()
    cards = []
    for program in sale.pin.programs.programs:
        if program.kind != "stamps":
            continue
        unit = stamp_unit(program.id)
        balance = sale.balances.get(unit)
        card = StampView(
            program_id=program.id,
            title=program.title(locale),
            stamps=balance.points if balance else 0,
            earns=sale.earning(unit),
            spends=sale.spending(unit),
        )
        if card.stamps or card.earns or card.spends:
            cards.append(card)
    return tuple(cards)
