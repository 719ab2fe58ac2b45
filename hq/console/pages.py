"""The console's pages for what registers wrote: lists of Django's admin, details of our own, nothing to edit."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin


class ReadOnlyPage(ModelAdmin):  # type: ignore[misc]
    """A list, and for each row a page drawn by `page_template` with what `page_context` finds."""

    page_template: ClassVar[str]
    list_per_page = 50
    list_filter_sheet = False
    actions = None
    list_select_related: ClassVar[bool | tuple[str, ...]] = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # What `get_queryset` looked up for the columns: this page is one object, and every thread draws with it.
        self.known = threading.local()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the template of one row's page shows."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.found(request, object_id)
        return self.draw(
            request,
            self.page_template,
            {"title": str(obj), "original": obj, **self.page_context(request, obj)},
        )

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for staff who may see it. Raises Http404 or PermissionDenied."""
        obj = self.get_object(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        return obj

    def draw(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        """A page inside the console's frame."""
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                "may_change": self.has_change_permission(request),
                "list_url": self.list_url(),
                **context,
            },
        )

    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def page_url(self, object_id: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[str(object_id)])

    def doing(self, name: str, view: Any) -> URLPattern:
        """The address of something that staff may do with one row: `<row>/<name>/`."""
        found: URLPattern = path(
            f"<path:object_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )
        return found

    def require_change(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for a POST by staff who may change it."""
        obj = self.found(request, object_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def done(
        self, request: HttpRequest, obj: Any, said: str, *, audit: str, level: int = messages.SUCCESS
    ) -> HttpResponse:
        """Say what was done, write it into the audit log, and go back to the row."""
        self.log_change(request, obj, audit)
        messages.add_message(request, level, said)
        return redirect(self.page_url(obj.pk))
