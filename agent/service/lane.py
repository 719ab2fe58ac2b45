"""This register as its services see it: built once by bootstrap, handed to each."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.service.ports import Clock, CouponSigner, Entropy, HqLink
from agent.store.chains import read_chain
from agent.store.database import Store
from agent.store.register import Register, read_register
from agent.store.settings import read_store
from agent.store.sqlite import Connection
from sync.wire.feed import StoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What a register's services share. `store_key` (32 bytes) keys the hashes of identifiers."""

    store: Store
    clock: Clock
    entropy: Entropy
    signer: CouponSigner
    link: HqLink
    store_key: bytes


def this_register(db: Connection) -> Register:
    """Who this register is. Raises LoyaltyError before its enrolment."""
    register = read_register(db)
    if register is None:
        raise LoyaltyError(
            _("This register is not enrolled yet."),
            _("Enrol it with a one-time code from HQ."),
            code="not_enrolled",
        )
    return register


def may_spend(db: Connection) -> bool:
    """Whether this register may spend what its chain holds, points and coupons.

    Once HQ has stopped the chain it may not: a copy of a forked journal holds the very same, and what a revoked
    register held may have been booked as lost.
    """
    chain = read_chain(db, this_register(db).chain_id)
    return chain is not None and chain.state == "ok"


def this_store(db: Connection) -> StoreRow:
    """The store's settings. Raises LoyaltyError before HQ has sent them."""
    store = read_store(db)
    if store is None:
        raise LoyaltyError(
            _("This register does not know its store yet."),
            _("Connect it to HQ once; it goes on without HQ after that."),
            code="no_store",
        )
    return store
