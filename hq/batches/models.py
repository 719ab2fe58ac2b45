"""Coupons that are made many at a time, outside of sales.

A batch is begun in one transaction, which says of each coupon that it belongs to it; they are made after that, in pages.
Whatever stops the making, what is missing is a row of `batch_coupon` without one of `coupon`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CouponBatch(models.Model):
    """What is common to the coupons of a batch; each of them is a row of `coupon` and an account of its own.

    `store_id` is the first of its stores, whose books issue them. A `void_reason` ends it: nothing is made any more.
    """

    batch_id = models.UUIDField(primary_key=True)
    title = models.CharField(_("title"), max_length=100)
    program_id = models.CharField(max_length=64)
    store_id = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_until = models.DateField()
    made_ms = models.BigIntegerField()
    made_by = models.CharField(max_length=150)
    void_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "coupon_batch"
        verbose_name = _("coupon batch")

    def __str__(self) -> str:
        return self.title


class BatchCoupon(models.Model):
    """Which batch a coupon belongs to; an electronic one's owner."""

    coupon_id = models.UUIDField(primary_key=True)
    batch_id = models.UUIDField(db_index=True)
    owner_account_id = models.UUIDField(null=True)

    class Meta:
        db_table = "batch_coupon"


class BatchStore(models.Model):
    """A store in which the batch's coupons count."""

    pk = models.CompositePrimaryKey("batch_id", "store_id")
    batch_id = models.UUIDField()
    store_id = models.CharField(max_length=64)

    class Meta:
        db_table = "batch_store"
