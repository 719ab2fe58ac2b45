"""The account family: accounts, members, identifiers, consents, aliases (hq.md, schema rules).

A primary key holds the column by which the table is spread (`account_id`), so most keys are composite. Django's
admin cannot show such a model; a second, unmanaged model on the same table gives it a single key for its pages.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """Whose balances they are. `kind`: member, household, provisional, bearer (a coupon's own account)."""

    account_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    opened_ms = models.BigIntegerField()

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return str(self.account_id)


class MemberColumns(models.Model):
    """What is known of a member. `merged_into` names the member that a second enrolment turned out to be."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    # The name as it is searched: folded for case and accents, so that "munteanu ș" and "Munteanu S" meet.
    search_name = models.CharField(max_length=200, blank=True, db_index=True)
    tier = models.CharField(_("tier"), max_length=64, blank=True)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    blocked = models.BooleanField(_("blocked"), default=False)
    enrolled_ms = models.BigIntegerField()
    enrolled_store = models.CharField(_("enrolled at"), max_length=64)
    merged_into = models.UUIDField(_("merged into"), null=True, blank=True)

    class Meta:
        abstract = True


class Member(MemberColumns):
    """A customer enrolled. `pk` is (account_id, member_id)."""

    pk = models.CompositePrimaryKey("account_id", "member_id")
    account_id = models.UUIDField()
    member_id = models.UUIDField(db_index=True)

    class Meta:
        db_table = "member"


class ConsoleMember(MemberColumns):
    """The same rows for the console, by their single id."""

    member_id = models.UUIDField(_("member"), primary_key=True)
    account_id = models.UUIDField(_("account"))

    class Meta:
        managed = False
        db_table = "member"
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.name or str(_("Member without a name"))


class Identifier(models.Model):
    """A phone, e-mail or card: found by HQ's own keyed hash, owned by one member.

    The first enrolment projected owns it; a later one becomes an alias.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=254)
    account_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField()

    class Meta:
        db_table = "identifier"

    def __str__(self) -> str:
        return f"{self.kind} ...{self.value[-4:]}"


class UnclaimedIdentifier(models.Model):
    """A provisional account that waits for the owner of an identifier."""

    pk = models.CompositePrimaryKey("digest", "account_id")
    digest = models.CharField(max_length=64)
    account_id = models.UUIDField()
    since_ms = models.BigIntegerField()

    class Meta:
        db_table = "unclaimed_identifier"


class Consent(models.Model):
    """What a member agreed to, by the entry that says so. Never changed; a later entry adds a row."""

    pk = models.CompositePrimaryKey("account_id", "member_id", "kind", "chain_id", "seq")
    account_id = models.UUIDField()
    member_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    chain_id = models.UUIDField()
    seq = models.BigIntegerField()
    given = models.BooleanField()
    how = models.CharField(max_length=32)
    terms_version = models.CharField(max_length=32, blank=True)
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "consent"


class Alias(models.Model):
    """`provisional_id` turned out to belong to `account_id`. The first one projected stays."""

    provisional_id = models.UUIDField(primary_key=True)
    account_id = models.UUIDField(db_index=True)
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "alias"


class AccountStore(models.Model):
    """The stores whose registers know this account: where it was enrolled, looked up, or bought."""

    pk = models.CompositePrimaryKey("account_id", "store_id")
    account_id = models.UUIDField()
    store_id = models.CharField(max_length=64)
    since_ms = models.BigIntegerField()

    class Meta:
        db_table = "account_store"
