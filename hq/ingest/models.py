"""The chain family: entries as received, their blobs, and the sales and quarantine projected from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JournalEntry(models.Model):
    """One journal entry, byte for byte, with the chain's hash after it."""

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.IntegerField()
    version = models.IntegerField()
    body = models.BinaryField()
    hash = models.BinaryField(max_length=32)
    received_ms = models.BigIntegerField()

    class Meta:
        db_table = "journal_entry"


class PersonalBlob(models.Model):
    """A member's personal data as it came beside an entry; empty once erased."""

    pk = models.CompositePrimaryKey("chain_id", "blob_id")
    chain_id = models.UUIDField()
    blob_id = models.UUIDField()
    member_id = models.UUIDField()
    data = models.BinaryField()

    class Meta:
        db_table = "personal_blob"


class SaleColumns(models.Model):
    """What lists and figures need of a sale; the whole of it is in its entry's bytes."""

    class State(models.TextChoices):
        POSTED = "posted", _("posted")
        SHORTFALL = "shortfall", _("posted with a shortfall")
        QUARANTINED = "quarantined", _("in quarantine")

    store_id = models.CharField(_("store"), max_length=64)
    register_id = models.CharField(_("register"), max_length=80)
    receipt_number = models.CharField(_("receipt"), max_length=64)
    business_date = models.DateField(_("business date"))
    at_ms = models.BigIntegerField()
    offset_min = models.IntegerField()
    operator_name = models.CharField(_("operator"), max_length=100)
    member_id = models.UUIDField(_("member"), null=True)
    account_id = models.UUIDField(_("account"), null=True)
    line_count = models.IntegerField(_("lines"))
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    points_earned = models.BigIntegerField(_("points earned"))
    points_spent = models.BigIntegerField(_("points spent"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    replayed = models.BooleanField(_("replayed"))
    stale_facts = models.BooleanField(_("stale facts"))

    class Meta:
        abstract = True


class Sale(SaleColumns):
    """`pk` is (chain_id, seq), the entry's."""

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    sale_id = models.UUIDField()

    class Meta:
        db_table = "sale"
        indexes = (
            models.Index(fields=("sale_id",), name="sale_by_id"),
            models.Index(fields=("business_date", "store_id"), name="sale_by_date"),
            models.Index(fields=("account_id", "at_ms"), name="sale_by_account"),
            models.Index(fields=("at_ms",), name="sale_by_time"),
        )


class ConsoleSale(SaleColumns):
    """The same rows for the console, by the sale's id."""

    sale_id = models.UUIDField(_("sale"), primary_key=True)
    chain_id = models.UUIDField(_("chain"))
    seq = models.BigIntegerField(_("entry"))

    class Meta:
        managed = False
        db_table = "sale"
        verbose_name = _("sale")
        verbose_name_plural = _("sales")

    def __str__(self) -> str:
        return self.receipt_number


class ReturnColumns(models.Model):
    """What lists need of a return or a void; the whole of it is in its entry's bytes. `sale_*` is what it came from."""

    class Kind(models.IntegerChoices):
        RETURN = 2, _("return")
        VOID = 3, _("void")

    kind = models.IntegerField(_("kind"), choices=Kind.choices)
    store_id = models.CharField(_("store"), max_length=64)
    register_id = models.CharField(_("register"), max_length=80)
    receipt_number = models.CharField(_("receipt"), max_length=64)
    business_date = models.DateField(_("business date"))
    at_ms = models.BigIntegerField()
    operator_name = models.CharField(_("operator"), max_length=100)
    account_id = models.UUIDField(_("account"), null=True)
    sale_id = models.UUIDField(_("sale"))
    sale_chain_id = models.UUIDField()
    sale_seq = models.BigIntegerField()
    sale_receipt_number = models.CharField(_("of receipt"), max_length=64)
    refund_minor = models.BigIntegerField()
    points_taken = models.BigIntegerField()
    points_given = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=40)
    state = models.CharField(_("state"), max_length=16, choices=SaleColumns.State.choices)

    class Meta:
        abstract = True


class SaleReturn(ReturnColumns):
    """`pk` is (chain_id, seq), the entry's."""

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    return_id = models.UUIDField()

    class Meta:
        db_table = "sale_return"
        indexes = (
            models.Index(fields=("sale_chain_id", "sale_seq"), name="sale_return_of_sale"),
            models.Index(fields=("at_ms",), name="sale_return_by_time"),
        )


class ConsoleReturn(ReturnColumns):
    """The same rows for the console, by the return's id."""

    return_id = models.UUIDField(_("return"), primary_key=True)
    chain_id = models.UUIDField(_("chain"))
    seq = models.BigIntegerField(_("entry"))

    class Meta:
        managed = False
        db_table = "sale_return"
        verbose_name = _("return")
        verbose_name_plural = _("returns")

    def __str__(self) -> str:
        return self.receipt_number


class ReturnedUnit(models.Model):
    """A unit of a sale (its entry's chain and seq) that came back, once: by which return or void."""

    pk = models.CompositePrimaryKey("chain_id", "seq", "line_id", "unit")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    line_id = models.BigIntegerField()
    unit = models.IntegerField()
    by_chain_id = models.UUIDField()
    by_seq = models.BigIntegerField()

    class Meta:
        db_table = "returned_unit"


class QuarantineColumns(models.Model):
    """An authentic entry that HQ could not post. `title` and `detail` say in one sentence each why."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a person")
        SEEN = "seen", _("looked at")
        POSTED = "posted", _("posted since")

    seq = models.BigIntegerField(_("entry"))
    kind = models.IntegerField(_("kind"))
    version = models.IntegerField(_("version"))
    body = models.BinaryField()
    code = models.CharField(_("reason"), max_length=40)
    detail = models.CharField(_("what happened"), max_length=400)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.WAITING)
    since_ms = models.BigIntegerField()
    seen_by = models.CharField(_("looked at by"), max_length=150, blank=True)

    class Meta:
        abstract = True


class Quarantine(QuarantineColumns):
    """`hash` tells apart the entries of a fork, which share a seq. `quarantine_id` is for links."""

    pk = models.CompositePrimaryKey("chain_id", "seq", "hash")
    chain_id = models.UUIDField()
    hash = models.CharField(max_length=64)
    quarantine_id = models.UUIDField(db_index=True)

    class Meta:
        db_table = "quarantine"
        indexes = (models.Index(fields=("state", "since_ms"), name="quarantine_waiting"),)


class ConsoleQuarantine(QuarantineColumns):
    """The same rows for the console, by a single id."""

    quarantine_id = models.UUIDField(primary_key=True)
    chain_id = models.UUIDField(_("chain"))
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        managed = False
        db_table = "quarantine"
        verbose_name = _("entry in quarantine")
        verbose_name_plural = _("entries in quarantine")

    def __str__(self) -> str:
        return str(_("Entry {seq}")).format(seq=self.seq)
