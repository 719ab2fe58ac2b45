"""The staff's pages under /console/: the frame, the start page and the ledger."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite


class HqAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Django's admin in unfold's looks, with an overview for its start page."""

    index_template = "console/overview.html"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from hq.console.overview import overview

        found: TemplateResponse = super().index(request, {**overview(request.user), **(extra_context or {})})
        return found

    def extra_urls(self) -> list[URLPattern]:
        """Pages that belong to no model."""
        return [
            path("ledger/", self.admin_view(self._ledger), name="ledger"),
            path("offers/", self.admin_view(self._offers), name="offers"),
            path("gift-cards/", self.admin_view(self._gift_cards), name="gift_cards"),
            path("invitations/", self.admin_view(self._invitations), name="invitations"),
            path("experiments/", self.admin_view(self._experiments), name="experiments"),
            path("experiments.csv", self.admin_view(self._experiments_csv), name="experiments_csv"),
            path("coupon-batches/", self.admin_view(self._batches), name="batches"),
            path("coupon-batches/<uuid:batch_id>.csv", self.admin_view(self._batch_file), name="batch_file"),
            path("program-figures/", self.admin_view(self._program_figures), name="program_figures"),
            path(
                "program-figures.csv", self.admin_view(self._program_figures_csv), name="program_figures_csv"
            ),
            path("leaderboard/", self.admin_view(self._leaderboard), name="leaderboard"),
        ]

    def _experiments(self, request: HttpRequest) -> HttpResponse:
        from hq.console.experiments_page import count_again, experiments_context

        request.current_app = self.name
        if request.method == "POST":
            return redirect(count_again(request))
        return TemplateResponse(
            request,
            "console/experiments.html",
            {**self.each_context(request), **experiments_context(request)},
        )

    def _experiments_csv(self, request: HttpRequest) -> HttpResponse:
        from hq.console.experiments_page import experiments_csv

        return experiments_csv(request)

    def _program_figures(self, request: HttpRequest) -> HttpResponse:
        from hq.console.program_figures_page import program_figures_context

        request.current_app = self.name
        return TemplateResponse(
            request,
            "console/program_figures.html",
            {**self.each_context(request), **program_figures_context(request)},
        )

    def _program_figures_csv(self, request: HttpRequest) -> HttpResponse:
        from hq.console.program_figures_page import program_figures_csv

        return program_figures_csv(request)

    def _leaderboard(self, request: HttpRequest) -> HttpResponse:
        from hq.console.leaderboard_page import leaderboard_context

        request.current_app = self.name
        return TemplateResponse(
            request,
            "console/leaderboard.html",
            {**self.each_context(request), **leaderboard_context(request)},
        )

    def _offers(self, request: HttpRequest) -> HttpResponse:
        from hq.console.offers_page import offers_context

        request.current_app = self.name
        context, taken = offers_context(request)
        if taken:
            return redirect("admin:offers")
        return TemplateResponse(request, "console/offers.html", {**self.each_context(request), **context})

    def _gift_cards(self, request: HttpRequest) -> HttpResponse:
        from hq.console.gift_cards_page import gift_cards_context

        request.current_app = self.name
        return TemplateResponse(
            request, "console/gift_cards.html", {**self.each_context(request), **gift_cards_context(request)}
        )

    def _invitations(self, request: HttpRequest) -> HttpResponse:
        from hq.console.invitations_page import invitations_context

        request.current_app = self.name
        context, taken = invitations_context(request)
        if taken:
            return redirect("admin:invitations")
        return TemplateResponse(
            request, "console/invitations.html", {**self.each_context(request), **context}
        )

    def _batches(self, request: HttpRequest) -> HttpResponse:
        from hq.console.batches_page import batches_context

        request.current_app = self.name
        context, done = batches_context(request)
        if done:
            return redirect("admin:batches")
        return TemplateResponse(request, "console/batches.html", {**self.each_context(request), **context})

    def _batch_file(self, request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
        from hq.console.batches_page import batch_file

        return batch_file(request, batch_id)

    def _ledger(self, request: HttpRequest) -> HttpResponse:
        from hq.console.ledger_page import ledger_context

        request.current_app = self.name
        return TemplateResponse(
            request, "console/ledger.html", {**self.each_context(request), **ledger_context(request)}
        )
