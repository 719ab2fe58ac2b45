"""Program sets and other content, by hash (reference tables)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContentBlob(models.Model):
    """Bytes that registers fetch in ranges by their SHA-256 (lower-case hex)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    size = models.BigIntegerField()
    stored_ms = models.BigIntegerField()

    class Meta:
        db_table = "content_blob"


class ProgramSetVersion(models.Model):
    """One version of a program set. Exactly one is active once any was published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    set_id = models.CharField(_("program set"), max_length=100)
    version = models.IntegerField(_("version"))
    content = models.ForeignKey(ContentBlob, models.PROTECT, related_name="+", verbose_name=_("content"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    uploaded_ms = models.BigIntegerField()
    uploaded_by = models.CharField(_("uploaded by"), max_length=150)
    published_ms = models.BigIntegerField(null=True)
    published_by = models.CharField(_("published by"), max_length=150, blank=True)

    class Meta:
        db_table = "program_set_version"
        verbose_name = _("program set")
        verbose_name_plural = _("program sets")
        constraints = (
            models.UniqueConstraint(fields=("set_id", "version"), name="one_content_per_version"),
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state="active"), name="one_active_program_set"
            ),
        )

    def __str__(self) -> str:
        return f"{self.set_id}, {self.version}"
