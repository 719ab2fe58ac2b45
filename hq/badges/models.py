"""Badges that members wear, and who takes part in the leaderboard, under which alias."""

from __future__ import annotations

from django.db import models


class MemberBadge(models.Model):
    """A badge once earned stays."""

    pk = models.CompositePrimaryKey("member_id", "program_id")
    member_id = models.UUIDField()
    program_id = models.CharField(max_length=64)
    since_ms = models.BigIntegerField()

    class Meta:
        db_table = "member_badge"


class Participant(models.Model):
    """A member who asked to take part. The alias is all that others see; `alias_key` keeps two from sharing one."""

    member_id = models.UUIDField(primary_key=True)
    alias = models.CharField(max_length=40)
    alias_key = models.CharField(max_length=80, unique=True)
    since_ms = models.BigIntegerField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        db_table = "leaderboard_participant"

    def __str__(self) -> str:
        return self.alias
