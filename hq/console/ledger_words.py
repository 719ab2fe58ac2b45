"""Ledger units and buckets in words: programs by their titles, chains by their registers, stores by their names."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agent.domain.ledger import is_money
from hq.console import words
from hq.devices.models import Chain, Store
from hq.programs import publishing

_OF_HQ = {
    "available": gettext_lazy("Available"),
    "pending": gettext_lazy("Pending"),
    "breakage": gettext_lazy("Breakage"),
    "lost": gettext_lazy("Lost"),
}
_OF_STORE = {
    "issued": gettext_lazy("Issued by {store}"),
    "redeemed": gettext_lazy("Redeemed at {store}"),
    "shortfall": gettext_lazy("Shortfall of {store}"),
}


class LedgerWords:
    """What one page needs, looked up once. What it does not know it says as the ledger does."""

    def __init__(self) -> None:
        self._titles = words.titles(publishing.active())
        self._stores = dict(Store.objects.values_list("store_id", "name"))
        chains = Chain.objects.select_related("register")
        self._registers = {str(chain.pk): chain.register.name for chain in chains}
        self._exponents = dict(Store.objects.values_list("currency", "currency_exponent"))

    def unit(self, unit: str) -> str:
        """`points:club` -> the program's title; `coupon:<id>` -> a coupon; `money:RON` -> the currency."""
        kind, _colon, name = unit.partition(":")
        if kind == "coupon":
            return _("Coupon")
        if kind == "money":
            return name
        return self._titles.get(name, unit)

    def amount(self, unit: str, amount: int) -> str:
        """So many points or stamps; of stored value so much money."""
        if not is_money(unit):
            return words.whole(amount)
        return words.money(amount, self._exponents.get(unit.partition(":")[2], 2))

    def bucket(self, bucket: str) -> str:
        """`lease:<chain>` -> the register that holds it; `issued:<store>` -> the store by its name."""
        kind, _colon, name = bucket.partition(":")
        if kind == "lease":
            return _("Leased to {register}").format(register=self._registers.get(name, name))
        if kind in _OF_STORE:
            return str(_OF_STORE[kind]).format(store=self._stores.get(name, name))
        return str(_OF_HQ.get(kind, bucket))
