"""Members: found by name or by a whole identifier, with what they hold and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agent.domain.errors import LoyaltyError
from hq import clock
from hq.console import ledger_page, member_actions, people, words
from hq.console.ledger_words import LedgerWords
from hq.console.member_actions import Done
from hq.console.member_programs import enter_activity, enter_alias, programs_context
from hq.console.overview import points_of_account
from hq.console.pages import ReadOnlyPage
from hq.console.sale_pages import sale_lines
from hq.console.tier_lines import standing_lines, tiers_in_force
from hq.devices.models import Store
from hq.feed import news
from hq.ingest.models import ConsoleSale
from hq.ledger.books import Books
from hq.members import aliases
from hq.members.models import AccountStore, Consent, ConsoleMember, Identifier, Member
from hq.membership import joining
from hq.membership.models import LostCard, MemberDetail
from hq.tiers.standings import change_by_hand

SHOWN: Final = 50


@admin.register(ConsoleMember)
class MemberPages(ReadOnlyPage):
    """The roll of members."""

    page_template = "console/member.html"
    list_display = ("shown_name", "points", "tier", "enrolled", "enrolled_at")
    list_filter = ("enrolled_store", "tier")
    search_fields = ("search_name",)
    search_help_text = _("Name, or whole phone, e-mail or card")
    ordering = ("search_name", "member_id")

    def has_change_permission(self, request: HttpRequest, obj: ConsoleMember | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsoleMember]:
        members: QuerySet[ConsoleMember] = super().get_queryset(request).filter(merged_into=None)
        self.known.stores = Store.objects.in_bulk()
        return members.annotate(points_held=points_of_account())

    def get_urls(self) -> list[URLPattern]:
        return [
            self.doing("card", self.replace_card),
            self.doing("merge", self.merge),
            self.doing("household", self.household),
            self.doing("leave", self.leave),
            self.doing("activity", self.activity),
            self.doing("alias", self.alias),
            self.doing("tier", self.change_tier),
            *super().get_urls(),
        ]

    def replace_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Block the member's cards, and give a new one where one was typed."""
        return self._do(request, object_id, member_actions.replace_card, "a card was replaced")

    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """This member turned out to be the one whose number was typed."""
        return self._do(request, object_id, member_actions.merge, "merged")

    def household(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """This member shares an account with the one whose number was typed."""
        return self._do(request, object_id, member_actions.household, "shares an account")

    def leave(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """This member leaves the account that they share; it stays with the others."""
        return self._do(request, object_id, member_actions.leave, "left the shared account")

    def _do(
        self,
        request: HttpRequest,
        object_id: str,
        action: Callable[[HttpRequest, ConsoleMember], Done],
        audit: str,
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        member = self.found(request, object_id)
        done = action(request, member)
        if not done.well:
            messages.add_message(request, messages.WARNING, done.said)
            return redirect(self.page_url(member.pk))
        self.log_change(request, member, audit)
        messages.add_message(request, messages.SUCCESS, done.said)
        return redirect(self.page_url(done.look_at))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConsoleMember], search_term: str
    ) -> tuple[QuerySet[ConsoleMember], bool]:
        return (people.search(queryset, search_term) if search_term.strip() else queryset), False

    @admin.display(description=_("Name"), ordering="search_name")
    def shown_name(self, member: ConsoleMember) -> str:
        return str(member)

    @admin.display(description=_("Points"), ordering="points_held")
    def points(self, member: Any) -> str:
        return words.whole(member.points_held or 0)

    @admin.display(description=_("Enrolled"), ordering="enrolled_ms")
    def enrolled(self, member: ConsoleMember) -> str:
        store = self.known.stores.get(member.enrolled_store)
        return words.when(member.enrolled_ms, store.zone) if store else words.when_utc(member.enrolled_ms)

    @admin.display(description=_("Enrolled at"), ordering="enrolled_store")
    def enrolled_at(self, member: ConsoleMember) -> str:
        store = self.known.stores.get(member.enrolled_store)
        return store.name if store else member.enrolled_store

    def page_context(self, request: HttpRequest, obj: ConsoleMember) -> dict[str, Any]:
        account = aliases.owner_of(obj.account_id)
        member = Member.objects.get(account_id=obj.account_id, member_id=obj.pk)
        accounts = aliases.of(account)
        said = LedgerWords()
        held = news.held_together(Books(), account)
        stores = AccountStore.objects.filter(account_id=account).values_list("store_id", flat=True)
        sales = ConsoleSale.objects.filter(account_id__in=accounts).order_by("-at_ms")[:SHOWN]
        return {
            "balances": sorted(
                (said.unit(unit), said.amount(unit, own.total), said.amount(unit, own.available))
                for unit, own in held.items()
            ),
            "identifiers": Identifier.objects.filter(member_id=obj.pk).order_by("kind", "value"),
            "consents": Consent.objects.filter(member_id=obj.pk).order_by("-at_ms"),
            "stores": Store.objects.filter(pk__in=list(stores)).order_by("name"),
            "aliases": accounts[1:],
            "sharing": joining.shares_with(member),
            "lost_cards": LostCard.objects.filter(member_id=obj.pk).order_by("-at_ms"),
            "detail": MemberDetail.objects.filter(member_id=obj.pk).first(),
            "may_replace_card": member_actions.may_replace_card(request) and not obj.merged_into,
            "may_join": member_actions.may_join(request) and not obj.merged_into,
            "lines": ledger_page.of_accounts(accounts, SHOWN),
            "one_account": True,
            "sales": sale_lines(list(sales), named=True),
            "enrolled": f"{self.enrolled(obj)}, {self.enrolled_at(obj)}",
            "standing": standing_lines(account),
            "tier_url": reverse("admin:members_consolemember_tier", args=[obj.pk]),
            "may_change_tier": request.user.has_perm("tiers.add_tierbyhand"),
            "ledger_url": f"{reverse('admin:ledger')}?q={obj.pk}",
            **programs_context(request, obj),
        }

    def activity(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Staff enter what the member did without buying."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        member = self.found(request, object_id)
        said, audit, level = enter_activity(request, member)
        return self.done(request, member, said, audit=audit, level=level)

    def alias(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Staff let the member take part in the leaderboard, or no longer."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        member = self.found(request, object_id)
        said, audit, level = enter_alias(request, member)
        return self.done(request, member, said, audit=audit, level=level)

    def change_tier(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give a tier by hand, or take one away, with a reason; it is in the history with who did it."""
        member = self.found(request, object_id)
        if not request.user.has_perm("tiers.add_tierbyhand"):
            raise PermissionDenied
        wrong: LoyaltyError | None = None
        if request.method == "POST":
            tier, reason = request.POST.get("tier", ""), request.POST.get("reason", "")
            try:
                change_by_hand(member.account_id, tier, reason, request.user.get_username(), clock.now_ms())
            except LoyaltyError as error:
                wrong = error
            else:
                said = gettext("The tier of {member} is changed.").format(member=member)
                return self.done(request, member, said, audit=f"tier {tier or '-'}: {reason[:150]}")
        context = {
            "title": gettext("Tier of {member}").format(member=member),
            "original": member,
            "tiers": tiers_in_force(),
            "reason": request.POST.get("reason", ""),
            "wrong": wrong,
            "back_url": self.page_url(member.pk),
        }
        return self.draw(request, "console/change_tier.html", context)
