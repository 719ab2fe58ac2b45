"""Uses of programs with limits, and the shares of those with a total."""

from __future__ import annotations

from django.db import models


class ProgramUse(models.Model):
    """A sale in which a program with a limit gave something. Its key is the sale's entry, so that it is counted once.

    `void_chain_id` and `void_seq` name the void that took the sale back. `exceeded`: the member had none left.
    """

    pk = models.CompositePrimaryKey("chain_id", "seq", "program_id")
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    program_id = models.CharField(max_length=64)
    account_id = models.UUIDField(null=True)
    business_date = models.DateField()
    given_minor = models.BigIntegerField()
    exceeded = models.BooleanField()
    void_chain_id = models.UUIDField(null=True)
    void_seq = models.BigIntegerField(null=True)

    class Meta:
        db_table = "program_use"
        indexes = (models.Index(fields=("account_id", "program_id"), name="program_use_by_account"),)


class SharePool(models.Model):
    """What was given to all chains of a program's total. Its row is locked by whoever gives more."""

    program_id = models.CharField(max_length=64, primary_key=True)
    uses = models.BigIntegerField(default=0)
    budget_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "share_pool"

    def __str__(self) -> str:
        return self.program_id


class ProgramShare(models.Model):
    """What a chain was given of a program's total, and what its posted sales have used of that."""

    pk = models.CompositePrimaryKey("program_id", "chain_id")
    program_id = models.CharField(max_length=64)
    chain_id = models.UUIDField()
    uses = models.BigIntegerField(default=0)
    budget_minor = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)
    given_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "program_share"
