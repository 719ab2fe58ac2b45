"""What a program gives, in words: every part of it, for the cashier, for the member, or for HQ."""

from __future__ import annotations

from agent.domain.ledger import is_money, is_stamps
from agent.domain.quote import Applied
from agent.domain.reasons.voice import Reader, Voice, points, stamps


def what_it_gives(applied: Applied, reader: Reader, voice: Voice, *, in_stamps: bool = False) -> str:
    """`takes off 4.00, uses 500 points`. `in_stamps`: what it earns is stamps."""
    parts = []
    if applied.discount_minor:
        parts.append(_discount(reader, voice).format(amount=voice.money(applied.discount_minor)))
    if applied.gift_units:
        words = _gifts(applied.gift_units, reader, voice)
        parts.append(words.format(count=voice.count(applied.gift_units)))
    if applied.points_cost:
        counted = stamps if is_stamps(applied.unit) else points
        parts.append(_cost(reader, voice).format(points=counted(voice, applied.points_cost)))
    if applied.points_earned:
        counted = stamps if in_stamps or is_stamps(applied.unit) else points
        told = counted(voice, applied.points_earned)
        if is_money(applied.unit):
            told = voice.gettext("{amount} for the wallet").format(amount=voice.money(applied.points_earned))
        parts.append(_earning(reader, voice).format(points=told))
    if applied.coupons_issued:
        parts.append(voice.gettext("a coupon for the next visit"))
    if applied.vouchers_issued:
        parts.append(voice.gettext("a voucher on the receipt"))
    if applied.coupon_id is not None and not parts:
        parts.append(voice.gettext("its voucher is used"))
    return ", ".join(parts) or voice.gettext("applies")


def _discount(reader: Reader, voice: Voice) -> str:
    match reader:
        case "cashier":
            return voice.gettext("takes off {amount}")
        case "member":
            return voice.gettext("you save {amount}")
        case "hq":
            return voice.gettext("{amount} taken off")


def _gifts(count: int, reader: Reader, voice: Voice) -> str:
    match reader:
        case "cashier":
            return voice.ngettext("{count} gift to hand over", "{count} gifts to hand over", count)
        case "member":
            return voice.ngettext("{count} gift for you", "{count} gifts for you", count)
        case "hq":
            return voice.ngettext("{count} gift handed over", "{count} gifts handed over", count)


def _cost(reader: Reader, voice: Voice) -> str:
    match reader:
        case "cashier":
            return voice.gettext("uses {points}")
        case "member":
            return voice.gettext("for {points}")
        case "hq":
            return voice.gettext("{points} spent")


def _earning(reader: Reader, voice: Voice) -> str:
    match reader:
        case "cashier":
            return voice.gettext("earns {points}")
        case "member":
            return voice.gettext("you get {points}")
        case "hq":
            return voice.gettext("{points} earned")
