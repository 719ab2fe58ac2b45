"""What HQ offers members personally."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberOffer(models.Model):
    """A program that one member is offered, from a business date to another. `rank` 1 is the best for them."""

    pk = models.CompositePrimaryKey("member_id", "program_id")
    member_id = models.UUIDField()
    program_id = models.CharField(max_length=64)
    rank = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    given_ms = models.BigIntegerField()
    given_by = models.CharField(max_length=150)

    class Meta:
        db_table = "member_offer"
        verbose_name = _("personal offer")
        indexes = (models.Index(fields=("program_id",), name="member_offer_of"),)
