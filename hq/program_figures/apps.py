from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramFiguresConfig(AppConfig):
    name = "hq.program_figures"
    label = "program_figures"
    verbose_name = _("Program figures")
