"""An account's tier as it was last worked out, and what people changed by hand."""

from __future__ import annotations

from django.db import models


class TierStanding(models.Model):
    """A cache: it follows from the account's sales, returns and manual changes. `changes` is its history, as JSON."""

    account_id = models.UUIDField(primary_key=True)
    program_id = models.CharField(max_length=64)
    tier = models.CharField(max_length=64, blank=True)
    since = models.DateField(null=True)
    review_on = models.DateField(null=True)
    counts = models.CharField(max_length=8)
    progress = models.BigIntegerField()
    next_tier = models.CharField(max_length=64, blank=True)
    missing = models.BigIntegerField()
    changes = models.BinaryField()

    class Meta:
        db_table = "tier_standing"
        indexes = (models.Index(fields=("review_on",), name="tier_standing_review"),)

    def __str__(self) -> str:
        return f"{self.account_id}, {self.tier}"


class TierByHand(models.Model):
    """A tier that somebody gave, or took away ("" ); never changed, a later one follows it.

    One with an empty `changed_by` is the tier that the member had before tiers were counted here.
    """

    account_id = models.UUIDField(db_index=True)
    on_date = models.DateField()
    tier = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.CharField(max_length=150, blank=True)
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "tier_by_hand"

    def __str__(self) -> str:
        return f"{self.account_id}, {self.tier}"
