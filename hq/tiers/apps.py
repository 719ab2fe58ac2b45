from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TiersConfig(AppConfig):
    name = "hq.tiers"
    label = "tiers"
    verbose_name = _("Tiers")
