"""What the till says: sentences made from the services' codes and figures."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

from agent.domain.quote import Applied, Refusal
from agent.service.names import tier_title
from agent.service.tier_view import NextTier
from agent.service.views import (
    GiftView,
    MemberChoice,
    MemberView,
    Notice,
    OfferView,
    PrinterState,
    PrintFailure,
    PrintQuestion,
    RegisterStatus,
    StampView,
    TenderView,
    WhyView,
)
from ui.figures import Figures
from ui.till.refusals import giving_words, refusal_words


def points_words(points: int, figures: Figures) -> str:
    """`225 points`."""
    return ngettext("{count} point", "{count} points", points).format(count=figures.count(points))


def stamps_words(stamps: int, figures: Figures) -> str:
    """`3 stamps`."""
    return ngettext("{count} stamp", "{count} stamps", stamps).format(count=figures.count(stamps))


def card_words(card: StampView, figures: Figures) -> str:
    """What is on a stamp card, and what this sale does to it: `Coffee card: 4 stamps, +2 now`."""
    words = _("{card}: {stamps}").format(card=card.title, stamps=stamps_words(card.stamps, figures))
    if card.spends:
        words = _("{words}, {count} used").format(words=words, count=figures.count(card.spends))
    if card.earns:
        words = _("{words}, +{count} now").format(words=words, count=figures.count(card.earns))
    return words


def gift_words(gift: GiftView, figures: Figures) -> str:
    """What to hand over, with its count where it is more than one."""
    if gift.units == 1:
        return gift.item_name
    return _("{count} x {item}").format(count=figures.count(gift.units), item=gift.item_name)


def hand_over_words(gifts: tuple[GiftView, ...], figures: Figures) -> str:
    """`Hand over: 2 x Chocolate`; nothing where nothing is given."""
    return (
        _("Hand over: {gifts}").format(gifts=", ".join(gift_words(one, figures) for one in gifts))
        if gifts
        else ""
    )


def used_words(offers: list[OfferView], figures: Figures) -> str:
    """What these rewards cost, points and stamps apart: `500 points and 9 stamps used`."""
    points = sum(offer.points_cost for offer in offers if not offer.in_stamps)
    stamps = sum(offer.points_cost for offer in offers if offer.in_stamps)
    if points and stamps:
        return _("{points} and {stamps} used").format(
            points=points_words(points, figures), stamps=stamps_words(stamps, figures)
        )
    if stamps:
        return _("{stamps} used").format(stamps=stamps_words(stamps, figures))
    return _("{points} used").format(points=points_words(points, figures))


def offer_amount(offer: OfferView, figures: Figures) -> str:
    """What stands on the right of an offer: what it takes off, or what is missing."""
    if offer.state == "nearly" and offer.refusal is not None:
        return _reason(offer, offer.refusal, figures)
    if offer.voucher == "used" and offer.state == "applied":
        return figures.money(0)
    return figures.taken_off(offer.amount_minor) if offer.amount_minor and offer.state != "refused" else ""


def offer_detail(offer: OfferView, figures: Figures) -> str:
    """The second line of an offer."""
    if offer.state == "removed":
        return _("Taken off, tap to put it back")
    if offer.state == "refused" and offer.refusal is not None:
        return _reason(offer, offer.refusal, figures)
    if offer.code:
        return _("Code {code}").format(code=offer.code)
    if offer.until is not None:
        return _("Their coupon, until {date}").format(date=figures.date(offer.until))
    if offer.coupon_id is not None:
        return _("Voucher used") if offer.voucher == "used" else _("Coupon")
    if offer.points_cost:
        left = figures.count(max(0, offer.usable_points - offer.points_cost))
        if offer.state == "applied":
            if offer.voucher:
                return _("Voucher prints, tap to keep points")
            return _("Used, tap to keep them")
        if offer.in_stamps:
            return _("For {stamps}").format(stamps=stamps_words(offer.points_cost, figures))
        if offer.voucher:
            return _("A voucher, leaves {points} usable").format(points=left)
        return _("Leaves {points} usable").format(points=left)
    if offer.state == "offered":
        return offer.reason or _("For this member")
    if offer.reason:
        return offer.reason
    if offer.voucher:
        return _("A voucher on the receipt")
    return _("In this sale") if offer.state == "applied" else ""


def refused_line(offer: OfferView, figures: Figures) -> str:
    """An offer that does not apply, in one grey line: `Birthday 10%: already used on 3 Nov`."""
    if offer.refusal is None:
        return offer.title
    reason = _reason(offer, offer.refusal, figures)
    return _("{offer}: {reason}").format(offer=offer.title, reason=reason)


def _reason(offer: OfferView, refusal: Refusal, figures: Figures) -> str:
    return refusal_words(refusal, figures, in_stamps=offer.in_stamps, other=offer.other_title)


def why_words(why: WhyView, figures: Figures) -> str:
    """What an offer gives in this sale, or why it gives nothing."""
    if isinstance(why.told, Applied):
        return giving_words(why.told, figures, in_stamps=why.in_stamps)
    return refusal_words(why.told, figures, in_stamps=why.in_stamps, other=why.other_title)


def hint_words(member: MemberView | MemberChoice) -> str:
    """How the member was found: `Card ending 4417`."""
    if not member.hint_last4:
        return ""
    sentence = {
        "card": _("Card ending {last4}"),
        "phone": _("Phone ending {last4}"),
        "email": _("E-mail ending {last4}"),
    }.get(member.hint_kind or "", "")
    return sentence.format(last4=member.hint_last4)


def member_name(member: MemberView | MemberChoice) -> str:
    """The name, or what can be said of a member who has given none."""
    return member.display_name or (
        _("New member") if isinstance(member, MemberView) and member.provisional else _("Member")
    )


def tier_name(tier: str) -> str:
    """The tier's name in the screen's language."""
    return tier_title(tier)


def next_tier_words(following: NextTier | None, figures: Figures) -> str:
    """`120.00 more to Gold`; empty where there is no tier above."""
    if following is None:
        return ""
    tier = tier_title(following.tier)
    if not following.missing:
        return _("{tier} from the next visit").format(tier=tier)
    if following.in_points:
        return _("{points} more to {tier}").format(points=points_words(following.missing, figures), tier=tier)
    return _("{amount} more to {tier}").format(amount=figures.money(following.missing), tier=tier)


def wallet_words(member: MemberView, figures: Figures) -> str:
    """`Wallet 12.40`, and what this sale brings into it; empty where there is none."""
    if not member.has_wallet:
        return ""
    held = _("Wallet {amount}").format(amount=figures.money(member.wallet_minor))
    if not member.wallet_earns_minor:
        return held
    return _("{wallet}, this sale brings {amount}").format(
        wallet=held, amount=figures.money(member.wallet_earns_minor)
    )


def tender_name(tender: TenderView) -> str:
    """`Cash`, `Card`."""
    known = {
        "cash": _("Cash"),
        "card": _("Card"),
        "exchange": _("Goods that came back"),
        "gift_card": _("Gift card"),
        "wallet": _("Wallet"),
    }
    return known.get(tender.kind, _("Manufacturer's coupon"))


def hq_words(status: RegisterStatus, figures: Figures) -> str:
    """The strip's word for HQ, with numbers."""
    unsent = status.unsent_sales
    to_send = ngettext("{count} sale to send", "{count} sales to send", unsent).format(
        count=figures.count(unsent)
    )
    match status.hq:
        case "online":
            return _("Online, {to_send}").format(to_send=to_send) if unsent else _("Online, all sales sent")
        case "offline":
            if status.offline_since_ms is None:
                return _("Offline")
            return _("Offline since {time}").format(time=figures.time(status.offline_since_ms))
        case "forked":
            return _("Not sending: HQ must check this register")
        case "revoked":
            return _("Not sending: HQ has closed this register")
        case "none":
            return _("Works without HQ")


def offline_words(status: RegisterStatus, figures: Figures) -> tuple[str, str]:
    """The two halves of the offline strip: since when, and what becomes of the sales."""
    unsent = status.unsent_sales
    saved = ngettext(
        "{count} sale saved, it will be sent.", "{count} sales saved, they will be sent.", unsent
    ).format(count=figures.count(unsent))
    since = _("Offline.")
    if status.offline_since_ms is not None:
        since = _("Offline since {time}.").format(time=figures.time(status.offline_since_ms))
    return since, saved if unsent else _("Sales go on as usual.")


def waiting_at_hq_words(count: int, figures: Figures) -> str:
    """Sales that HQ has and that somebody must look at."""
    return ngettext(
        "{count} sale waits for a person at HQ", "{count} sales wait for a person at HQ", count
    ).format(count=figures.count(count))


def printer_words(printer: PrinterState) -> tuple[str, bool]:
    """The strip's word for the printer, and whether somebody must do something about it."""
    match printer.code:
        case "ready":
            return _("Printer ready"), False
        case "none":
            return _("No printer"), False
        case "paper_low":
            return _("Printer is low on paper"), True
        case "paper_out":
            return _("Printer out of paper"), True
        case "cover_open":
            return _("Printer cover is open"), True
        case "offline" | "off":
            return _("Printer does not answer"), True
        case "unknown":
            return _("Printer gives no status"), False
    return _("Printer needs a look"), True


def printer_notice(printer: PrinterState) -> Notice | None:
    """Two lines for a printer that needs a hand; None while it works or where there is none."""
    advice = _("The receipt will print when it is ready.")
    match printer.code:
        case "ready" | "none" | "unknown" | "paper_low":
            return None
        case "paper_out":
            return Notice(_("The printer is out of paper."), _("The receipt will print when paper is in."))
        case "cover_open":
            return Notice(_("The printer's cover is open."), _("The receipt will print when it is closed."))
        case "offline" | "off":
            return Notice(
                _("The printer does not answer."),
                _("Check its power and cable. Receipts are kept until then."),
            )
    return Notice(_("The printer needs a look."), advice)


def receipt_words(status: RegisterStatus, receipt_number: str, figures: Figures) -> tuple[str, str, str, str]:
    """What became of the receipt: the chip's word, its colour and icon, and a sentence."""
    waiting = status.printer.waiting
    if any(question.receipt_number == receipt_number for question in status.print_questions):
        return (
            _("Not sure"),
            "notice",
            "circle-help",
            _("Receipt {number} may or may not be on paper.").format(number=receipt_number),
        )
    if any(failure.receipt_number == receipt_number for failure in status.print_failures):
        return (
            _("Not printed"),
            "notice",
            "triangle-alert",
            _("Receipt {number} did not print.").format(number=receipt_number),
        )
    if not waiting:
        return (
            _("Sent"),
            "tint",
            "check",
            _("Receipt {number} went to the printer.").format(number=receipt_number),
        )
    chip = ngettext("{count} waiting", "{count} waiting", waiting).format(count=figures.count(waiting))
    if printer_words(status.printer)[1] or status.printer.code == "none":
        return (
            chip,
            "sunken",
            "clock",
            _("Receipt {number}. Nothing is lost, the next sale can start.").format(number=receipt_number),
        )
    return chip, "sunken", "clock", _("Receipt {number} is printing.").format(number=receipt_number)


def printed_with_words(titles: tuple[str, ...]) -> str:
    """The coupons on this receipt: `Printed with it: 10% off the next visit`."""
    return _("Printed with it: {coupons}").format(coupons=", ".join(titles)) if titles else ""


def question_notice(question: PrintQuestion, figures: Figures) -> Notice:
    """Did it print? Yes and no are beside it."""
    return Notice(
        _("Did receipt {number} print?").format(number=question.receipt_number),
        _("{total} at {time}. A reprint says COPY.").format(
            total=figures.money(question.total_minor), time=figures.time(question.created_ms)
        ),
    )


def failure_notice(failure: PrintFailure) -> Notice:
    """A receipt that did not print. Printing it again and leaving it out are beside it."""
    title = _("Receipt {number} did not print.").format(number=failure.receipt_number)
    if failure.can_print:
        return Notice(title, _("The sale is saved. Print it again, or leave it out."))
    return Notice(title, _("The sale is saved, but this receipt cannot be printed any more."))


def backlog_notice(count: int, figures: Figures) -> Notice:
    """Old receipts wait: print them all, or none."""
    title = ngettext("{count} old receipt has not printed.", "{count} old receipts have not printed.", count)
    return Notice(
        title.format(count=figures.count(count)), _("Print them now, or leave them out. The sales are saved.")
    )
