"""The console's Django app, and the admin site that it brings."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AppConfig):
    name = "hq.console"
    label = "console"


class HqAdminConfig(AdminConfig):
    default_site = "hq.console.site.HqAdminSite"
