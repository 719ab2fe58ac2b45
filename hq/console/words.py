"""How the console says money, times, kinds and reasons."""

from __future__ import annotations

import datetime
import zoneinfo
from decimal import Decimal
from typing import Final

from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from agent.domain.program_set import ProgramSet

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS

# code of a verdict -> what a person reads.
REASONS: Final = {
    "undecodable": _("Cannot be read"),
    "needs_upgrade": _("Needs a newer HQ"),
    "hash_mismatch": _("A hash does not match"),
    "missing_blob": _("Personal data is missing"),
    "wrong_store": _("From another store or register"),
    "wrong_account": _("From another member's account"),
    "duplicate_sale": _("The same sale came twice"),
    "unbalanced_postings": _("Its points do not add up"),
    "postings_differ": _("Its points are not those of its sale"),
    "replay_difference": _("HQ calculates another result"),
    "unknown_program_set": _("Unknown program set"),
    "unknown_grant": _("A lease that HQ did not grant"),
    "release_exceeds_lease": _("More came back than was leased"),
    "forked": _("From another copy of the register"),
    "hq_defect": _("HQ met a defect"),
    "overspent": _("More was spent than was leased"),
    "unknown_sale": _("A return of a sale that HQ does not have"),
    "sale_waits": _("A return of a sale that waits itself"),
    "returned_twice": _("The same goods came back twice"),
    "voucher_used": _("Points back for a voucher that was used"),
    "return_differs": _("HQ calculates another refund"),
    "exchange_differs": _("An exchange whose return and sale do not agree"),
    "unknown_activity": _("An activity that no program rewards"),
    "attached_twice": _("One receipt was attached twice"),
    "unknown_member": _("Something of a member whom HQ does not have"),
    "card_taken": _("A new card that is another member's"),
    "has_member": _("A receipt that has its member already"),
    "came_back": _("A receipt whose goods came back"),
    "adjustment_differs": _("HQ calculates other points"),
}

LEDGER_KINDS: Final = {
    "redemption": _("Spent"),
    "accrual": _("Earned"),
    "available": _("Made available"),
    "shortfall": _("Shortfall"),
    "merge": _("Moved to the owner"),
    "issue": _("Coupon issued"),
    "release": _("Lease given back"),
    "grant": _("Lease granted"),
    "opening": _("Opening balance"),
    "reversal": _("Return"),
    "taken_back": _("Taken back"),
    "reward": _("Given by HQ"),
    "reward_taken": _("Taken back by HQ"),
}

ENTRY_KINDS: Final = {
    1: _("sale"),
    2: _("return"),
    3: _("void"),
    4: _("member"),
    5: _("lease received"),
    6: _("lease given back"),
    7: _("lease refused"),
    8: _("override"),
    9: _("day"),
    10: _("adjustment"),
    11: _("chain opened"),
    12: _("entry of a fork"),
}

TENDERS: Final = {
    "cash": _("Cash"),
    "card": _("Card"),
    "manufacturer_coupon": _("Manufacturer's coupon"),
    "exchange": _("Goods that came back"),
    "gift_card": _("Gift card"),
    "wallet": _("Wallet"),
}

REFUSED_REFERRALS: Final = {
    "unknown_code": _("not rewarded: nobody has this code"),
    "no_program": _("not rewarded: no program ran"),
    "already_member": _("not rewarded: was a member before"),
    "own_code": _("not rewarded: their own code"),
    "household": _("not rewarded: the same household"),
    "loop": _("not rewarded: they brought each other"),
    "blocked": _("not rewarded: a blocked membership"),
    "most_friends": _("not rewarded: enough friends were"),
}

RETURN_REASONS: Final = {
    "faulty": _("Faulty"),
    "changed_mind": _("Changed mind"),
    "wrong_item": _("Wrong item"),
    "mistake": _("Rung up by mistake"),
    "payment": _("Wrong payment"),
    "other": _("Other"),
}


def reason(code: str) -> str:
    return str(REASONS.get(code, code))


def ledger_kind(kind: str) -> str:
    return str(LEDGER_KINDS.get(kind, kind))


def entry_kind(kind: int) -> str:
    return str(ENTRY_KINDS.get(kind, kind))


def refused_referral(code: str) -> str:
    return str(REFUSED_REFERRALS.get(code, code))


def return_reason(code: str) -> str:
    """The words of a reason; one that was typed as it is."""
    return str(RETURN_REASONS.get(code, code))


def tender(kind: str) -> str:
    return str(TENDERS.get(kind, kind))


def money(amount_minor: int, exponent: int, currency: str = "") -> str:
    """12345 -> 123.45 in the reader's language, with the currency's code where it is given."""
    text = formats.number_format(Decimal(amount_minor).scaleb(-exponent), exponent, force_grouping=True)
    return f"{text} {currency}".strip()


def whole(number: int) -> str:
    return formats.number_format(number, 0, force_grouping=True)


def points_words(earned: int, spent: int) -> str:
    """`+35 -500`, or nothing."""
    told = [f"+{whole(earned)}"] if earned else []
    return " ".join([*told, f"−{whole(spent)}"] if spent else told)


def when(at_ms: int | None, zone: str) -> str:
    """A UTC time as the store's wall clock shows it; "never" without one, and as told where no calendar has it."""
    if at_ms is None:
        return str(_("never"))
    try:
        local = datetime.datetime.fromtimestamp(at_ms / 1000, zoneinfo.ZoneInfo(zone))
    except (OverflowError, ValueError, OSError):
        return f"{at_ms} ms"
    return f"{formats.date_format(local, 'j M Y')}, {local:%H:%M}"


def day(date: datetime.date) -> str:
    """A date as the reader's language has it."""
    return str(formats.date_format(date, "j M Y"))


def when_utc(at_ms: int | None) -> str:
    """A time of HQ itself, which belongs to no store."""
    return when(at_ms, "UTC") if at_ms is None else f"{when(at_ms, 'UTC')} UTC"


def language() -> str:
    """The reader's language as program sets name it."""
    return (get_language() or "en").replace("-hans", "_Hans")


def titles(program_set: ProgramSet | None) -> dict[str, str]:
    """program id -> its name in the reader's language."""
    return {program.id: program.title(language()) for program in program_set.programs} if program_set else {}


def ago(since_ms: int) -> str:
    """How long something lasts, in its largest unit."""
    if since_ms < _MINUTE_MS:
        return str(_("less than a minute"))
    if since_ms < _HOUR_MS:
        return ngettext("{n} minute", "{n} minutes", since_ms // _MINUTE_MS).format(n=since_ms // _MINUTE_MS)
    if since_ms < _DAY_MS:
        return ngettext("{n} hour", "{n} hours", since_ms // _HOUR_MS).format(n=since_ms // _HOUR_MS)
    return ngettext("{n} day", "{n} days", since_ms // _DAY_MS).format(n=since_ms // _DAY_MS)


def skew(clock_skew_ms: int) -> str:
    """How a register's clock stands to HQ's."""
    if abs(clock_skew_ms) < _MINUTE_MS:
        return str(_("right"))
    told = _("{time} ahead") if clock_skew_ms > 0 else _("{time} behind")
    return str(told).format(time=ago(abs(clock_skew_ms)))


def chip(text: str, look: str = "", icon: str = "") -> SafeString:
    """A short state with its colour and, where it helps, an icon. `look`: good, waiting, bad or plain."""
    drawn = (
        format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', icon)
        if icon
        else ""
    )
    return format_html('<span class="hq-chip {}">{}{}</span>', look, drawn, text)
