"""HQ's commit counter and the rows that it sends down."""

from __future__ import annotations

from django.db import models


class HqState(models.Model):
    """The one row of HQ itself.

    `commit_number` counts feed commits and HQ's own ledger entries; it is locked by whoever steps it, so that a
    reader never sees a number before a smaller one. `incarnation` changes when HQ was restored from a backup.
    `origin` is the chain id of HQ's own ledger entries, `lookup_key` keys the identifier table.
    """

    id = models.IntegerField(primary_key=True, default=1)
    incarnation = models.CharField(max_length=32)
    origin = models.UUIDField()
    lookup_key = models.BinaryField(max_length=32)
    commit_number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "hq_state"


class FeedRow(models.Model):
    """The latest state of one thing in one scope; an older state of it is replaced, not kept."""

    pk = models.CompositePrimaryKey("scope", "kind", "row_key")
    scope = models.CharField(max_length=120)
    kind = models.CharField(max_length=24)
    row_key = models.CharField(max_length=200)
    commit_number = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "feed_row"
        indexes = (models.Index(fields=("scope", "commit_number"), name="feed_row_order"),)
