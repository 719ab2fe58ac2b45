"""Dividing a program's total, uses or money, into shares: a register refuses rather than overruns its own.

A share only grows, since a register may be offline for days with what it was given. So that one busy register does not
refuse while the others hold all of it, half of what is left is kept back, and given where it is used.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Sum

from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from hq.devices.models import Chain, Store
from hq.feed.writer import FeedWriter, chain_scope
from hq.limits.models import ProgramShare, SharePool
from sync.wire.feed import ShareRow


def share_out(feed: FeedWriter, program_set: ProgramSet, stores: Iterable[Store]) -> None:
    """Give every register of these stores its share of every total of the set that is in force now."""
    chosen = [store for store in stores if store.currency == program_set.currency]
    for chain in Chain.objects.filter(state=Chain.State.OK, register__store__in=chosen).select_related(
        "register"
    ):
        top_up(feed, program_set, chain)


def top_up(
    feed: FeedWriter, program_set: ProgramSet, chain: Chain, program_ids: Iterable[str] | None = None
) -> None:
    """Give one register more where less than half of a fair part is left of what it was given."""
    wanted = set(program_ids) if program_ids is not None else None
    for program in program_set.programs:
        if program.limits.shared and (wanted is None or program.id in wanted):
            _top_up(feed, program, chain)


def count_use(chain_id: uuid.UUID, program_id: str, uses: int, given_minor: int) -> None:
    """A posted sale used the program; a void takes it back, with both figures below zero. Without a total it is nothing."""
    share = ProgramShare.objects.select_for_update().filter(program_id=program_id, chain_id=chain_id).first()
    if share is None:
        return
    share.used += uses
    share.given_minor += given_minor
    share.save(update_fields=("used", "given_minor"))


def _top_up(feed: FeedWriter, program: Program, chain: Chain) -> None:
    store_id = chain.register.store_id
    if program.stores and store_id not in program.stores:
        return
    pool, _made = SharePool.objects.select_for_update().get_or_create(pk=program.id)
    share = _locked(program.id, chain.chain_id)
    stores = list(program.stores) or None
    chains = Chain.objects.filter(state=Chain.State.OK)
    registers = chains.filter(register__store__in=stores).count() if stores else chains.count()
    limits = program.limits
    done = ProgramShare.objects.filter(program_id=program.id).aggregate(Sum("used"), Sum("given_minor"))
    more_uses = more_for(
        reserve=limits.total_uses - pool.uses,
        fair=(limits.total_uses - done["used__sum"]) // (2 * max(1, registers)),
        left=share.uses - share.used,
    )
    more_money = more_for(
        reserve=limits.budget_minor - pool.budget_minor,
        fair=(limits.budget_minor - done["given_minor__sum"]) // (2 * max(1, registers)),
        left=share.budget_minor - share.given_minor,
    )
    if more_uses or more_money:
        pool.uses += more_uses
        pool.budget_minor += more_money
        pool.save(update_fields=("uses", "budget_minor"))
        share.uses += more_uses
        share.budget_minor += more_money
        share.save(update_fields=("uses", "budget_minor"))
    row = ShareRow(program_id=program.id, uses=share.uses, budget_minor=share.budget_minor)
    feed.add(chain_scope(chain.chain_id), program.id, row)


def more_for(*, reserve: int, fair: int, left: int) -> int:
    """What a register gets in addition, of the `reserve` that is not given to anybody yet.

    A fair part is half of what nobody has used, divided over the registers; at least one, so that the last of it is
    given too. Until less than half of that is left to the register, it gets nothing.
    """
    fair = max(1, fair)
    return min(reserve, fair - left) if reserve > 0 and left * 2 < fair else 0


def _locked(program_id: str, chain_id: uuid.UUID) -> ProgramShare:
    share, _made = ProgramShare.objects.select_for_update().get_or_create(
        program_id=program_id, chain_id=chain_id
    )
    return share
