"""Stores and registers (reference tables), and the chains that registers write."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Store(models.Model):
    """A shop. `store_key` keys the identifier hashes of its registers (formats.md, Identifiers)."""

    store_id = models.CharField(_("store"), max_length=64, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    receipt_lines = models.JSONField(_("receipt head"), default=list, blank=True)
    country = models.CharField(_("country"), max_length=2)
    zone = models.CharField(_("time zone"), max_length=64)
    day_cutoff_min = models.IntegerField(_("day ends, minutes after midnight"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    currency_exponent = models.IntegerField(_("decimals of the currency"), default=2)
    locale = models.CharField(_("language"), max_length=16, default="en")
    store_key = models.BinaryField(max_length=32)

    class Meta:
        db_table = "store"
        verbose_name = _("store")
        verbose_name_plural = _("stores")

    def __str__(self) -> str:
        return self.name


class Register(models.Model):
    """A lane's terminal, known by its Ed25519 key."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        REVOKED = "revoked", _("revoked")

    register_id = models.CharField(_("register"), max_length=80, primary_key=True)
    store = models.ForeignKey(Store, models.PROTECT, related_name="registers", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=100)
    public_key = models.BinaryField(max_length=32)
    key_id = models.CharField(_("key"), max_length=16, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.ACTIVE)
    enrolled_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(null=True)

    class Meta:
        db_table = "register"
        verbose_name = _("register")
        verbose_name_plural = _("registers")

    def __str__(self) -> str:
        return f"{self.name} ({self.register_id})"


class Chain(models.Model):
    """One life of a register's journal, and HQ's cursors in it.

    `acked_seq` and `acked_hash` are the last entry stored, `projected_seq` the last one posted or quarantined.
    `reported` is false after HQ was restored, until the chain has sent everything again: until then nobody is
    granted a lease, since HQ may have forgotten what this chain holds.
    """

    class State(models.TextChoices):
        OK = "ok", _("in order")
        FORKED = "forked", _("forked")
        REVOKED = "revoked", _("revoked")

    chain_id = models.UUIDField(_("chain"), primary_key=True)
    register = models.ForeignKey(Register, models.PROTECT, related_name="chains", verbose_name=_("register"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OK)
    acked_seq = models.BigIntegerField(_("stored up to"), default=0)
    acked_hash = models.BinaryField(max_length=32)
    projected_seq = models.BigIntegerField(_("posted up to"), default=0)
    reported = models.BooleanField(default=True)
    opened_ms = models.BigIntegerField()
    last_seen_ms = models.BigIntegerField(null=True)
    clock_skew_ms = models.BigIntegerField(default=0)

    class Meta:
        db_table = "chain"
        verbose_name = _("chain")
        verbose_name_plural = _("chains")

    def __str__(self) -> str:
        return str(self.chain_id)


class EnrolmentCode(models.Model):
    """A one-time code: its first four characters find it, the rest is kept as a keyed hash only."""

    lookup = models.CharField(max_length=4, primary_key=True)
    digest = models.CharField(max_length=64)
    store = models.ForeignKey(Store, models.CASCADE)
    created_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    tries_left = models.IntegerField()
    used_by = models.ForeignKey(Register, models.CASCADE, null=True)

    class Meta:
        db_table = "enrolment_code"

    def __str__(self) -> str:
        return f"{self.lookup}-****-****"
