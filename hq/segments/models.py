"""Who belongs to which segment."""

from __future__ import annotations

from django.db import models


class MemberSegment(models.Model):
    """A member in a segment: a row as long as they belong to it. `kept`: HQ put them there by a rule."""

    pk = models.CompositePrimaryKey("member_id", "segment")
    member_id = models.UUIDField()
    segment = models.CharField(max_length=64)
    kept = models.BooleanField()
    since_ms = models.BigIntegerField()

    class Meta:
        db_table = "member_segment"
        indexes = (models.Index(fields=("segment",), name="member_segment_of"),)


class MemberRound(models.Model):
    """How far the daily look at a store's members has come: the business date, the programs, and the last member."""

    store_id = models.CharField(max_length=64, primary_key=True)
    on = models.DateField()
    program_set = models.CharField(max_length=64)
    reached = models.UUIDField(null=True)
    done = models.BooleanField()

    class Meta:
        db_table = "member_round"

    def __str__(self) -> str:
        return f"{self.store_id}, {self.on}"
