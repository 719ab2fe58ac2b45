"""A sale of this register, found again by its receipt, with what has come back of it so far.

The right to return a sold unit belongs to the chain that sold it (sync.md): only this register's own sales are found
here, since nobody here can know what other registers have taken back of theirs.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.ledger import coupon_unit
from agent.domain.no_programs import no_programs
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote import GiftGrant, Quote
from agent.domain.returns import CouponStanding, rest_of, returned_units
from agent.domain.sold_units import Units, all_units, together
from agent.service.lane import may_spend, this_register
from agent.store import journal
from agent.store.coupons import read_coupon
from agent.store.leases import open_leases
from agent.store.program_sets import kept_program_sets
from agent.store.register import Register, receipt_number
from agent.store.returns import is_receipt_of_return, returns_of_sale
from agent.store.sales import SaleRow, find_by_receipt, read_sale
from agent.store.sqlite import Connection
from sync.wire.entries import ReturnEntry, SaleEntry, VoidEntry, decode_entry

_NUMBER: Final = re.compile(r"(?:(?P<label>[0-9A-Za-z]{1,8})-)?0*(?P<number>\d{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSale:
    """A sale with its journal entry, and its returns so far.

    `programs` is the set that it was priced by, while it is kept here; `names` is that one or the one in force.
    """

    row: SaleRow
    entry: SaleEntry
    earlier: tuple[ReturnEntry, ...]
    programs: ProgramSet | None
    names: ProgramSet

    @property
    def gone(self) -> dict[int, frozenset[int]]:
        """The units that came back already."""
        return returned_units(self.earlier)

    @property
    def left(self) -> dict[int, frozenset[int]]:
        """The units that can still come back."""
        gone = self.gone
        every = all_units(self.entry.quote_input.basket)
        return {line_id: units - gone.get(line_id, frozenset()) for line_id, units in every.items()}

    @property
    def account_id(self) -> uuid.UUID | None:
        member = self.entry.quote_input.member
        return member.account_id if member is not None else None

    def rest_quote(self, chosen: Units) -> Quote | None:
        """What the rest of the sale would have cost; None where nothing is left, or its programs are no longer here."""
        rest = rest_of(self.entry, together(self.gone, chosen))
        if rest is None or self.programs is None:
            return None
        with suppress(LoyaltyError):
            return evaluate(rest, self.programs)
        return None


def gifts_to_ask_for(sale: PastSale, chosen: Units) -> tuple[GiftGrant, ...]:
    """What was handed over for nothing, and what stays bought would not get; nothing where that cannot be known."""
    if not sale.entry.gifts:
        return ()
    before = sale.rest_quote({}) if sale.gone else None
    had = before.gifts if before is not None else sale.entry.gifts
    rest = rest_of(sale.entry, together(sale.gone, chosen))
    after = sale.rest_quote(chosen)
    if rest is not None and after is None:
        return ()
    due = {(one.program_id, one.item_code): one.units for one in after.gifts} if after is not None else {}
    found = []
    for gift in had:
        units = gift.units - due.get((gift.program_id, gift.item_code), 0)
        if units > 0:
            found.append(msgspec.structs.replace(gift, units=units))
    return tuple(found)


def find_sale(db: Connection, text: str) -> PastSale:
    """The sale of a receipt number, as it is printed or without its register and zeros.

    Raises LoyaltyError for another register's receipt, an unknown number, and a sale that was taken back whole.
    """
    register = this_register(db)
    match = _NUMBER.fullmatch(text.strip())
    label = match["label"] if match is not None else None
    if match is None:
        raise _unknown(text)
    number = receipt_number(label or register.label, int(match["number"]))
    row = find_by_receipt(db, number)
    if row is None and is_receipt_of_return(db, number):
        raise LoyaltyError(
            _("{number} is the receipt of goods that came back.").format(number=number),
            _("Type the number of the sale; it stands on this receipt too."),
            code="receipt_of_return",
        )
    if row is None and label is not None and label != register.label:
        raise _of_another_register(label)
    if row is None:
        raise _unknown(text)
    return load_sale(db, row)


def sale_again(db: Connection, sale_id: uuid.UUID) -> PastSale:
    """The sale as it stands now. Raises LoyaltyError like `find_sale`."""
    row = read_sale(db, sale_id)
    if row is None:
        raise _unknown("")
    return load_sale(db, row)


def load_sale(db: Connection, row: SaleRow) -> PastSale:
    """A sale with everything that a return needs of it."""
    require_may_return(db)
    entry = _entry(db, row.chain_id, row.seq)
    if not isinstance(entry, SaleEntry):
        raise LoyaltyError(
            _("The journal of this sale is no longer on this register."),
            _("A manager can refund it by hand; HQ still has the sale."),
            code="sale_not_here",
        )
    earlier = []
    for done in returns_of_sale(db, row.sale_id):
        other = _entry(db, done.chain_id, done.seq)
        if isinstance(other, VoidEntry):
            raise LoyaltyError(
                _("The sale {receipt} was voided.").format(receipt=row.receipt_number),
                _("Nothing of it can come back again."),
                code="voided",
            )
        if not isinstance(other, ReturnEntry):
            raise LoyaltyError(
                _("What came back of this sale before is no longer on this register."),
                _("A manager can refund it by hand; HQ still has it."),
                code="sale_not_here",
            )
        earlier.append(other)
    programs = _programs_of(db, entry)
    sale = PastSale(
        row=row,
        entry=entry,
        earlier=tuple(earlier),
        programs=programs,
        names=programs or _newest(db, entry.quote_input.context.currency),
    )
    if not any(sale.left.values()):
        raise LoyaltyError(
            _("Everything of the sale {receipt} has come back already.").format(receipt=row.receipt_number),
            _("Check the number of the receipt."),
            code="all_returned",
        )
    return sale


def require_may_return(db: Connection) -> Register:
    """This register. Raises LoyaltyError where HQ has stopped its journal: a copy of it holds the same right."""
    if not may_spend(db):
        raise LoyaltyError(
            _("HQ has stopped this register's journal, so it cannot know what came back elsewhere."),
            _("Enrol the register again, then take the goods back."),
            code="chain_stopped",
        )
    return this_register(db)


def coupon_standings(db: Connection, sale: PastSale) -> Mapping[uuid.UUID, CouponStanding]:
    """What this register knows of the coupons that the sale printed."""
    chain_id = this_register(db).chain_id
    found = {}
    for issued in sale.entry.coupons_issued:
        coupon = read_coupon(db, issued.coupon_id)
        if coupon is None:
            continue
        granted = any(
            lease.unit == coupon_unit(issued.coupon_id) for lease in open_leases(db, issued.coupon_id)
        )
        found[issued.coupon_id] = CouponStanding(
            # One that HQ has lent goes back by its lease first, and HQ makes it void.
            held=coupon.state == "held" and coupon.chain_id == chain_id and not granted,
            used=coupon.state == "redeemed",
            value_minor=coupon.value_minor,
        )
    return found


def _entry(db: Connection, chain_id: uuid.UUID, seq: int) -> object:
    stored = journal.read_entry(db, chain_id, seq)
    return decode_entry(stored.kind, stored.version, stored.body) if stored is not None else None


def _programs_of(db: Connection, entry: SaleEntry) -> ProgramSet | None:
    """The set that the sale names, among those that are kept."""
    currency = entry.quote_input.context.currency
    for data in (*kept_program_sets(db), no_programs(currency)):
        with suppress(LoyaltyError):
            decoded = decode_program_set(data)
            if decoded.hash == entry.quote_input.program_set_hash:
                return decoded
    return None


def _newest(db: Connection, currency: str) -> ProgramSet:
    for data in kept_program_sets(db):
        with suppress(LoyaltyError):
            return decode_program_set(data)
    return decode_program_set(no_programs(currency))


def _unknown(text: str) -> LoyaltyError:
    return LoyaltyError(
        _("This register has no receipt {number}.").format(number=text.strip()[:40]),
        _("Type the number at the top of the receipt, like 2-0291."),
        code="unknown_receipt",
    )


def _of_another_register(label: str) -> LoyaltyError:
    return LoyaltyError(
        _(
            "Receipts that begin with {label} are of another register, and only that one knows what came back."
        ).format(label=label),
        _("Take the goods back there."),
        code="other_register",
    )
