"""What programs gave: entry by entry, so that none counts twice, and added up by day, so that a page need not add."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class GivenColumns(models.Model):
    """Amounts in minor units of the store's currency. `came_back`: what returns took back, positive too.

    A void is no return: it is subtracted from what was given, on the sale's own day.
    """

    store_id = models.CharField(max_length=64)
    program_id = models.CharField(max_length=64)
    business_date = models.DateField()
    came_back = models.BooleanField()
    uses = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    points_given = models.BigIntegerField()
    points_taken = models.BigIntegerField()
    coupons_issued = models.BigIntegerField()
    coupons_redeemed = models.BigIntegerField()
    gift_units = models.BigIntegerField()
    cashback_minor = models.BigIntegerField()

    class Meta:
        abstract = True


class ProgramPart(GivenColumns):
    """One program's part in one entry: a sale, a return or a void. `sale_*` is the sale that it is about."""

    pk = models.CompositePrimaryKey("chain_id", "seq", "program_id")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    sale_chain_id = models.UUIDField()
    sale_seq = models.BigIntegerField()
    account_id = models.UUIDField(null=True)

    class Meta:
        db_table = "program_part"
        indexes = (
            models.Index(
                fields=("business_date", "store_id", "program_id", "account_id", "came_back", "uses"),
                name="program_part_members",
            ),
        )


class ProgramDay(GivenColumns):
    """All parts of a business date together."""

    pk = models.CompositePrimaryKey("business_date", "store_id", "program_id", "came_back")

    class Meta:
        db_table = "program_day"
        verbose_name = _("program figure")
        verbose_name_plural = _("program figures")


class EarlierEntries(models.Model):
    """A chain whose entries up to `last_seq` were posted before HQ kept these figures; `reached` are counted since."""

    chain_id = models.UUIDField(primary_key=True)
    reached = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    class Meta:
        db_table = "program_figures_earlier"

    def __str__(self) -> str:
        return f"{self.chain_id}: {self.reached} of {self.last_seq}"
