from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BatchesConfig(AppConfig):
    name = "hq.batches"
    label = "batches"
    verbose_name = _("Coupon batches")
