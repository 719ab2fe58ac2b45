"""Ledger entries, postings, and what is projected from them (the account family of hq.md).

Every row's key begins with the account. An entry's key is (account, chain, seq, n): a journal entry posts at most
once under each step `n`, so projecting it again adds nothing. HQ's own entries use HQ's origin chain.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerEntry(models.Model):
    """A balanced event in one account; `kind` is one of hq.ledger.books' kinds."""

    pk = models.CompositePrimaryKey("account_id", "chain_id", "seq", "n")
    account_id = models.UUIDField()
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    n = models.IntegerField()
    kind = models.CharField(max_length=24)
    store_id = models.CharField(max_length=64, blank=True)
    sale_id = models.UUIDField(null=True)
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "ledger_entry"
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        indexes = (
            models.Index(fields=("account_id", "at_ms"), name="ledger_entry_of_account"),
            models.Index(fields=("at_ms",), name="ledger_entry_time"),
        )


class PostingRow(models.Model):
    """One leg of a ledger entry."""

    pk = models.CompositePrimaryKey("account_id", "chain_id", "seq", "n", "leg")
    account_id = models.UUIDField()
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    n = models.IntegerField()
    leg = models.IntegerField()
    unit = models.CharField(max_length=120)
    bucket = models.CharField(max_length=120)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "posting"


class Balance(models.Model):
    """The sum of the postings of one bucket; a cache that the ledger check recomputes."""

    pk = models.CompositePrimaryKey("account_id", "unit", "bucket")
    account_id = models.UUIDField()
    unit = models.CharField(max_length=120)
    bucket = models.CharField(max_length=120)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "balance"


class BalanceSeen(models.Model):
    """The last entry of a chain that an account's balance counts: a balance row's `includes_seq`."""

    pk = models.CompositePrimaryKey("account_id", "unit", "chain_id")
    account_id = models.UUIDField()
    unit = models.CharField(max_length=120)
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "balance_seen"


class Lot(models.Model):
    """Points earned together that expire together; `amount` is what of them is available."""

    pk = models.CompositePrimaryKey("account_id", "unit", "lot_id")
    account_id = models.UUIDField()
    unit = models.CharField(max_length=120)
    lot_id = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    expires_on = models.DateField(null=True)
    earned_ms = models.BigIntegerField()

    class Meta:
        db_table = "lot"


class LeaseGrant(models.Model):
    """Part of a balance that a chain may spend. `remaining` comes down by spends and releases."""

    pk = models.CompositePrimaryKey("account_id", "grant_id")
    account_id = models.UUIDField()
    grant_id = models.UUIDField(db_index=True)
    chain_id = models.UUIDField()
    unit = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    received = models.BooleanField(default=False)
    granted_ms = models.BigIntegerField()

    class Meta:
        db_table = "lease_grant"
        indexes = (models.Index(fields=("chain_id", "received"), name="lease_grant_open"),)


class GrantLot(models.Model):
    """The lots that a grant was taken from, first the one that expires first."""

    pk = models.CompositePrimaryKey("account_id", "grant_id", "position")
    account_id = models.UUIDField()
    grant_id = models.UUIDField()
    position = models.IntegerField()
    lot_id = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    expires_on = models.DateField(null=True)

    class Meta:
        db_table = "grant_lot"


class Coupon(models.Model):
    """A serialised coupon; its id is its account. `holder` is the chain that may redeem it.

    `value_minor` is what a redeemed one took off.
    """

    coupon_id = models.UUIDField(primary_key=True)
    program_id = models.CharField(max_length=100)
    redeems_program_id = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_until = models.DateField()
    store_id = models.CharField(max_length=64)
    owner_account_id = models.UUIDField(null=True)
    holder = models.UUIDField()
    state = models.CharField(max_length=16)
    issued_ms = models.BigIntegerField()
    value_minor = models.BigIntegerField(default=0)
    # An electronic one: nobody but its owner may use it.
    bound = models.BooleanField(default=False)

    class Meta:
        db_table = "coupon"


class CouponSerial(models.Model):
    """Which coupon the twelve letters of a serial mean: one in all of HQ, whichever stores it counts in."""

    serial = models.CharField(max_length=12, primary_key=True)
    coupon_id = models.UUIDField()

    class Meta:
        db_table = "coupon_serial"
