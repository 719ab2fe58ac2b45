"""What the programs of an experiment took off sales, what holdouts kept back, and the counts that were made of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArmSale(models.Model):
    """One sale's part in an experiment, read from its entry once it is projected; amounts in minor units."""

    pk = models.CompositePrimaryKey("chain_id", "seq", "experiment")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    experiment = models.CharField(max_length=64)
    given_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField()

    class Meta:
        db_table = "arm_sale"
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        indexes = (models.Index(fields=("experiment",), name="arm_sale_of"),)

    def __str__(self) -> str:
        return f"{self.experiment}, {self.chain_id}/{self.seq}"


class KeptCount(models.Model):
    """A comparison as it was counted once. `what` is the key of a run or a pilot, `figures` are JSON."""

    what = models.CharField(max_length=200)
    first = models.DateField()
    last = models.DateField()
    at_ms = models.BigIntegerField()
    figures = models.TextField()

    class Meta:
        db_table = "kept_count"
        indexes = (models.Index(fields=("what", "first", "last"), name="kept_count_of"),)

    def __str__(self) -> str:
        return f"{self.what}, {self.first} to {self.last}"
