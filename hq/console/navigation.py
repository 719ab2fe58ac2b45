"""What the sidebar shows, and the number beside Quarantine."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from hq.ingest.models import Quarantine


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar, for staff who may see each page."""
    return [
        {
            "items": [
                _item(_("Overview"), "dashboard", "admin:index"),
                _item(
                    _("Sales"),
                    "receipt_long",
                    "admin:ingest_consolesale_changelist",
                    "ingest.view_consolesale",
                ),
                _item(
                    _("Returns"),
                    "assignment_return",
                    "admin:ingest_consolereturn_changelist",
                    "ingest.view_consolereturn",
                ),
                _item(
                    _("Members"),
                    "group",
                    "admin:members_consolemember_changelist",
                    "members.view_consolemember",
                ),
                _item(_("Ledger"), "account_balance", "admin:ledger", "ledger.view_ledgerentry"),
                _item(
                    _("Programs"),
                    "sell",
                    "admin:programs_programsetversion_changelist",
                    "programs.view_programsetversion",
                ),
                _item(
                    _("What programs gave"),
                    "bar_chart",
                    "admin:program_figures",
                    "program_figures.view_programday",
                ),
                _item(_("Personal offers"), "redeem", "admin:offers", "offers.view_memberoffer"),
                _item(
                    _("Coupon batches"), "confirmation_number", "admin:batches", "batches.view_couponbatch"
                ),
                _item(_("Gift cards"), "card_giftcard", "admin:gift_cards", "ledger.view_ledgerentry"),
                _item(_("Invitations"), "mail", "admin:invitations", "segments.view_membersegment"),
                _item(_("Experiments"), "science", "admin:experiments", "experiments.view_armsale"),
                _item(_("Leaderboard"), "leaderboard", "admin:leaderboard", "badges.view_participant"),
                {
                    **_item(
                        _("Quarantine"),
                        "inventory_2",
                        "admin:ingest_consolequarantine_changelist",
                        "ingest.view_consolequarantine",
                    ),
                    "badge": waiting(),
                    "badge_variant": "warning",
                },
            ]
        },
        {
            "separator": True,
            "items": [
                _item(
                    _("Registers"),
                    "point_of_sale",
                    "admin:devices_register_changelist",
                    "devices.view_register",
                ),
                _item(_("Stores"), "storefront", "admin:devices_store_changelist", "devices.view_store"),
                _item(_("Staff"), "badge", "admin:auth_user_changelist", "auth.view_user"),
                _item(_("Audit"), "history", "admin:admin_logentry_changelist", "admin.view_logentry"),
            ],
        },
    ]


def waiting() -> int:
    """How many entries wait for a person."""
    return Quarantine.objects.filter(state=Quarantine.State.WAITING).count()


def _item(title: Any, icon: str, name: str, permission: str = "") -> dict[str, Any]:
    def allowed(request: HttpRequest) -> bool:
        return not permission or request.user.has_perm(permission)

    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": allowed}
