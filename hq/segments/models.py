"""Who belongs to which segment."""

from __future__ import annotations

from django.db import models


class MemberSegment(models.Model):
    """A member in a segment that HQ keeps: a row as long as they belong to it."""

    pk = models.CompositePrimaryKey("member_id", "segment")
    member_id = models.UUIDField()
    segment = models.CharField(max_length=64)
    since_ms = models.BigIntegerField()

    class Meta:
        db_table = "member_segment"
        indexes = (models.Index(fields=("segment",), name="member_segment_of"),)


class SegmentRound(models.Model):
    """The last business date for which a store's members were looked at."""

    store_id = models.CharField(max_length=64, primary_key=True)
    on = models.DateField()
    program_set = models.CharField(max_length=64)

    class Meta:
        db_table = "segment_round"

    def __str__(self) -> str:
        return f"{self.store_id}, {self.on}"
