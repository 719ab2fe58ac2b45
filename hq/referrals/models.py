"""Referral codes, and who brought whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferralCode(models.Model):
    """The code that a member gives to friends; one for each member, for ever."""

    code = models.CharField(max_length=16, primary_key=True)
    member_id = models.UUIDField(unique=True)

    class Meta:
        db_table = "referral_code"

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A friend who joined with somebody's code: the first one told stands. A refused one has its `reason`.

    `attempt` counts how often the reward was taken back, since a purchase that came back can be followed by another.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the first purchase")
        REWARDED = "rewarded", _("rewarded")
        REFUSED = "refused", _("refused")

    friend_id = models.UUIDField(_("friend"), primary_key=True)
    referrer_id = models.UUIDField(_("brought by"), null=True, db_index=True)
    code = models.CharField(_("code"), max_length=32)
    program_id = models.CharField(_("program"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    attempt = models.IntegerField(default=0)
    sale_id = models.UUIDField(null=True)
    linked_ms = models.BigIntegerField()

    class Meta:
        db_table = "referral"
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")

    def __str__(self) -> str:
        return self.code
