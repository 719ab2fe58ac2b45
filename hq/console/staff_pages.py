"""Staff: who may sign on to the console, and the audit of what they did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffPages(UserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    """People and their rights."""

    form = UserChangeForm
    # Rights are given by somebody who has them all; the others may add, rename and switch off.
    _RIGHTS: ClassVar = ("is_superuser", "groups", "user_permissions")

    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        kept = tuple(super().get_readonly_fields(request, obj))
        return kept if request.user.is_superuser else (*kept, *self._RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not the account of somebody with more rights: its password would be a way to them."""
        above = isinstance(obj, User) and (
            (obj.is_superuser and not request.user.is_superuser)
            or not obj.get_all_permissions() <= request.user.get_all_permissions()
        )
        return not above and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: what a person did stays in the audit. Who has left is switched off."""
        return False


@admin.register(Group)
class GroupPages(GroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Rights that several people share; only somebody who has them all changes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(LogEntry)
class AuditPages(ModelAdmin):  # type: ignore[misc]
    """What staff changed, newest first; nobody edits it."""

    list_display = ("action_time", "user", "content_type", "object_repr", "shown_message")
    list_filter = ("user", "content_type")
    list_display_links = None
    list_select_related = ("user", "content_type")
    ordering = ("-action_time",)
    actions = None

    @admin.display(description=_("What"))
    def shown_message(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
