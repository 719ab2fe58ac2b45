"""Finding a member: by card, phone or e-mail here and then at HQ, or by their name."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import identifier_hash, last_four, normal_identifier
from agent.domain.member import IdentifierKind, MemberFacts, birthday_is_near
from agent.domain.payment_cards import holds_payment_card
from agent.domain.program_set import ProgramSet
from agent.service.lane import Lane, may_spend, this_store
from agent.service.member_history import read_history
from agent.service.names import display_name, initials
from agent.service.ports import HqAway, new_id
from agent.service.views import MemberChoice
from agent.store.balances import Balance, read_balances
from agent.store.feed_state import alias_of
from agent.store.leases import open_leases
from agent.store.members import KnownMember, find_by_hash, is_lost, put_member, read_member
from agent.store.name_search import search_names
from agent.store.personal_offers import read_offers
from agent.store.sqlite import Connection
from agent.store.tiers import progress_of
from sync.wire.blobs import ClearIdentifier
from sync.wire.entries import IdentifierRef
from sync.wire.feed import MemberRow

SEARCH_LIMIT: Final = 20
# How long an unknown identifier may keep the checkout's worker; then the sale goes on without HQ.
LOOKUP_TIMEOUT_S: Final = 1.0


class SeveralMembers(LoyaltyError):
    """Two members share an identifier until HQ has joined them; `choices` are for one tap."""

    def __init__(self, choices: tuple[MemberChoice, ...]) -> None:
        super().__init__(
            _("Several members have this number."), _("Tap the one who is here."), code="several"
        )
        self.choices = choices


@dataclass(frozen=True, slots=True)
class PresentMember:
    """The member of a basket. `hint` is the identifier by which they were found.

    `unsent` is set for one made here a moment ago: the clear identifier that HQ will need; the sale writes it.
    """

    row: MemberRow
    provisional: bool
    hint: IdentifierRef | None
    unsent: ClearIdentifier | None = None


def find_member(lane: Lane, kind: IdentifierKind, text: str) -> PresentMember:
    """The member with this identifier; one with a provisional account where nobody knows it.

    Raises LoyaltyError for text that is no identifier of this kind, a blocked member, and a lost card.
    """
    reader = lane.store.reader()
    value = normal_identifier(kind, text, this_store(reader).country)
    ref = hashed(lane, kind, value)
    known = _only_one(find_by_hash(reader, bytes.fromhex(ref.hash)))
    if known is not None:
        return present(known, ref)
    require_not_lost(reader, ref)
    if kind == "card" and holds_payment_card(value):
        raise payment_card_refused()
    row = ask_hq(lane, kind, value)
    if row is not None:
        require_not_lost(reader, ref)
        return present(KnownMember(row), ref)
    member_id = new_id(lane.clock.now_ms(), lane.entropy)
    made_here = MemberRow(member_id=member_id, account_id=member_id, identifiers=(ref,))
    return PresentMember(made_here, True, ref, ClearIdentifier(kind, value, ref.hash))


def known_member(
    db: Connection, lane: Lane, kind: IdentifierKind, text: str, country: str
) -> PresentMember | None:
    """The member with this identifier, asked of nobody else; None also for text that is no such identifier.

    Raises LoyaltyError for a blocked member, and for a card that was reported lost.
    """
    try:
        value = normal_identifier(kind, text, country)
    except LoyaltyError:
        return None
    ref = hashed(lane, kind, value)
    known = _only_one(find_by_hash(db, bytes.fromhex(ref.hash)))
    if known is None:
        require_not_lost(db, ref)
    return present(known, ref) if known is not None else None


def choose_member(lane: Lane, member_id: uuid.UUID) -> PresentMember:
    """The member that somebody picked from a list."""
    known = read_member(lane.store.reader(), member_id)
    if known is None:
        raise LoyaltyError(
            _("This member is not known here any more."), _("Search again."), code="member_gone"
        )
    return present(known, known.row.identifiers[0] if known.row.identifiers else None)


def search_members(lane: Lane, text: str, limit: int = SEARCH_LIMIT) -> tuple[MemberChoice, ...]:
    """Members whose name was typed, or begins so, with a typing mistake or without; the likeliest first."""
    return tuple(_choice(row) for row in search_names(lane.store.reader(), text, min(limit, SEARCH_LIMIT)))


def ask_hq(lane: Lane, kind: IdentifierKind, value: str) -> MemberRow | None:
    """HQ's member with this normal identifier, kept here from now on; None where it knows none or is away."""
    if not lane.link.online():
        return None
    try:
        row = lane.link.lookup(kind, value, LOOKUP_TIMEOUT_S)
    except HqAway:
        return None
    if row is None or row.erased:
        return None
    try:
        with lane.store.unit_of_work() as db:
            put_member(db, row)
    except (ValueError, OverflowError):
        # A hash that is none, a number that no column holds: such an answer is as good as no line.
        return None
    return row


def facts_now(
    lane: Lane, member: PresentMember, on: datetime.date, programs: ProgramSet
) -> tuple[MemberFacts, dict[str, Balance]]:
    """`read_facts` of this register at this moment."""
    return read_facts(lane.store.reader(), member, on, programs, online=lane.link.online())


def read_facts(
    db: Connection, member: PresentMember, on: datetime.date, programs: ProgramSet, *, online: bool = False
) -> tuple[MemberFacts, dict[str, Balance]]:
    """What the engine reads of the member on a business date, and their balances for the screen.

    Uses are counted for those `programs` that limit them. `online`: HQ's word on a first purchase is its last.
    """
    row = member.row
    account_id = alias_of(db, row.account_id)
    balances = read_balances(db, account_id)
    counters, last_used = read_history(db, row, account_id, on, programs, online=online)
    facts = MemberFacts(
        member_id=row.member_id,
        account_id=account_id,
        tier=row.tier,
        balances={unit: balance.points for unit, balance in sorted(balances.items())},
        spendable={} if member.provisional else read_spendable(db, account_id, on),
        counters={**counters, **progress_of(db, account_id)},
        segments=row.segments,
        in_birthday_week=birthday_is_near(row.birthday, on),
        provisional=member.provisional,
        last_used=last_used,
        offered=tuple(one.program_id for one in read_offers(db, row.member_id, on)),
    )
    return facts, balances


def read_spendable(db: Connection, account_id: uuid.UUID, on: datetime.date) -> dict[str, int]:
    """What this register holds leases for and may spend, by ledger unit."""
    spendable: dict[str, int] = {}
    if not may_spend(db):
        return spendable
    for lease in open_leases(db, account_id):
        usable = lease.usable(on)
        if usable:
            spendable[lease.unit] = spendable.get(lease.unit, 0) + usable
    return spendable


def hashed(lane: Lane, kind: IdentifierKind, value: str) -> IdentifierRef:
    """A normal identifier as it is kept: keyed hash and last four characters."""
    return IdentifierRef(kind, identifier_hash(lane.store_key, kind, value).hex(), last_four(value))


def present(known: KnownMember, hint: IdentifierRef | None) -> PresentMember:
    """A known member in the basket. Raises LoyaltyError when HQ has blocked them."""
    if known.row.blocked:
        raise LoyaltyError(
            _("This membership is blocked."),
            _("The sale can go on without it; HQ can say more."),
            code="blocked",
        )
    return PresentMember(known.row, known.provisional, hint)


def require_not_lost(db: Connection, ref: IdentifierRef) -> None:
    """Raise LoyaltyError for a card that its member has lost: it finds nobody, and nobody joins with it."""
    if ref.kind == "card" and is_lost(db, bytes.fromhex(ref.hash)):
        raise LoyaltyError(
            _("This card was reported lost, so it finds nobody."),
            _("Ask for the new card or the phone number."),
            code="lost_card",
        )


def payment_card_refused() -> LoyaltyError:
    """Nothing that looks like a payment card's number is ever kept."""
    return LoyaltyError(
        _("This looks like the number of a payment card, so it was not kept."),
        _("Scan the member's card, or type their phone number."),
        code="payment_card",
    )


def _only_one(found: tuple[KnownMember, ...]) -> KnownMember | None:
    """The member found; a provisional one only where there is no other. Raises SeveralMembers."""
    members = [known for known in found if not known.provisional]
    if len({known.row.account_id for known in members}) > 1:
        raise SeveralMembers(tuple(_choice(known.row) for known in members))
    return members[0] if members else next(iter(found), None)


def _choice(row: MemberRow) -> MemberChoice:
    hint = row.identifiers[0] if row.identifiers else None
    return MemberChoice(
        member_id=row.member_id,
        display_name=display_name(row),
        initials=initials(row),
        tier=row.tier,
        hint_kind=hint.kind if hint else None,
        hint_last4=hint.last4 if hint else "",
    )
