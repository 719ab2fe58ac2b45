from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OccasionsConfig(AppConfig):
    name = "hq.occasions"
    label = "occasions"
    verbose_name = _("Occasions")
