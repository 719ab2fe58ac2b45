"""Sales that were attached to a member afterwards, cards that count no more, and what else a member told us."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttachedSale(models.Model):
    """A sale of nobody (its entry's chain and seq) whose points went to an account, once.

    `by_chain_id` and `by_seq` are of the adjustment entry, or of HQ's own act. `earned` is JSON, with the shares of
    its units: what a return of the goods takes back.
    """

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    sale_id = models.UUIDField()
    account_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField()
    by_chain_id = models.UUIDField()
    by_seq = models.BigIntegerField()
    earned = models.BinaryField()
    business_date = models.DateField()
    at_ms = models.BigIntegerField()
    by_name = models.CharField(max_length=150)

    class Meta:
        db_table = "attached_sale"
        permissions = (("attach_card", _("Can attach a forgotten card to a sale")),)


class LostCard(models.Model):
    """A card that its member has lost: found by HQ's own keyed hash, and nobody's from then on."""

    digest = models.CharField(max_length=64, primary_key=True)
    value = models.CharField(max_length=254)
    account_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField()
    at_ms = models.BigIntegerField()
    by_name = models.CharField(max_length=150)

    class Meta:
        db_table = "lost_card"
        permissions = (
            ("replace_card", _("Can block and replace a card")),
            ("join_members", _("Can merge members and make households")),
        )


class LeftHousehold(models.Model):
    """Who left a shared account: `account_id` was opened for them then, `left_id` stays with the others."""

    account_id = models.UUIDField(primary_key=True)
    left_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField(db_index=True)
    at_ms = models.BigIntegerField()
    by_name = models.CharField(max_length=150)

    class Meta:
        db_table = "left_household"

    def __str__(self) -> str:
        return f"{self.member_id} left {self.left_id}"


class MemberDetail(models.Model):
    """What a member told us beside name and birthday; `interests` is a list of words."""

    pk = models.CompositePrimaryKey("account_id", "member_id")
    account_id = models.UUIDField()
    member_id = models.UUIDField()
    interests = models.JSONField(default=list)
    channel = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "member_detail"
