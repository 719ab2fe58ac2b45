"""What members were given outside baskets: one row for each occasion of a program, which is never given twice."""

from __future__ import annotations

from django.db import models


class OccasionGrant(models.Model):
    """Points that HQ gave: the key is the occasion, so that telling of it again gives nothing.

    `account_id` is the account that got them, `seq` HQ's own ledger entry; `taken_ms` is set once they were taken back.
    """

    pk = models.CompositePrimaryKey("member_id", "program_id", "occasion")
    member_id = models.UUIDField()
    program_id = models.CharField(max_length=64)
    occasion = models.CharField(max_length=120)
    account_id = models.UUIDField()
    store_id = models.CharField(max_length=64)
    unit = models.CharField(max_length=120)
    points = models.BigIntegerField()
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    entered_by = models.CharField(max_length=150, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    taken_ms = models.BigIntegerField(null=True)

    class Meta:
        db_table = "occasion_grant"
        indexes = (models.Index(fields=("program_id", "at_ms"), name="occasion_grant_of_program"),)
