"""A grant is received once, and comes back only through the journal."""

from __future__ import annotations

import datetime
import uuid

from agent.service.leases import answer_recall, receive_grants, release_expired, release_left_over, take
from sync.wire.entries import GrantReceived, LotPart, Release
from sync.wire.messages import Grant, LeaseRecall
from tests import builders
from tests.service.shop import Shop

ACCOUNT = builders.ACCOUNT


def released(shop: Shop) -> list[tuple[uuid.UUID | None, int, str]]:
    return [(one.grant_id, one.amount, one.reason) for one in shop.entries() if isinstance(one, Release)]


def test_a_grant_that_hq_repeats_is_received_once(shop: Shop) -> None:
    grant = Grant(
        grant_id=uuid.UUID(int=9), account_id=ACCOUNT, unit=builders.POINTS, amount=5, lots=(LotPart("a", 5),)
    )

    with shop.store.unit_of_work() as db:
        assert receive_grants(db, [grant, grant], shop.clock.now_ms()) == (grant.grant_id,)
    with shop.store.unit_of_work() as db:
        assert receive_grants(db, [grant], shop.clock.now_ms()) == ()

    received = [entry for entry in shop.entries() if isinstance(entry, GrantReceived)]
    assert [(one.grant_id, one.amount, one.lots) for one in received] == [(grant.grant_id, 5, grant.lots)]
    assert shop.held(ACCOUNT) == 5


def test_what_the_program_held_when_it_ended_goes_back_at_the_next_start(shop: Shop) -> None:
    grant_id = shop.give_lease(ACCOUNT, 500)

    assert release_left_over(shop.store, shop.clock.now_ms()) == 1
    assert release_left_over(shop.store, shop.clock.now_ms()) == 0

    assert released(shop) == [(grant_id, 500, "not_used")]


def test_only_what_is_past_its_date_expires(shop: Shop) -> None:
    yesterday = builders.TODAY - datetime.timedelta(days=1)
    lots = (LotPart("old", 100, yesterday), LotPart("today", 20, builders.TODAY), LotPart("ever", 3))
    grant_id = shop.give_lease(ACCOUNT, 123, lots=lots)

    with shop.store.unit_of_work() as db:
        assert release_expired(db, builders.TODAY, shop.clock.now_ms()) == 100

    assert released(shop) == [(grant_id, 100, "expired")]
    assert shop.held(ACCOUNT) == 23


def test_lots_that_look_alike_are_counted_each(shop: Shop) -> None:
    grant_id = shop.give_lease(ACCOUNT, 300, lots=(LotPart("a", 100), LotPart("a", 200)))

    with shop.store.unit_of_work() as db:
        take(db, grant_id, 150, builders.TODAY)

    assert shop.held(ACCOUNT) == 150


def test_a_recall_is_answered_with_what_is_left(shop: Shop) -> None:
    grant_id = shop.give_lease(ACCOUNT, 100)
    recalls = (LeaseRecall(grant_id, 30), LeaseRecall(grant_id, 500), LeaseRecall(grant_id, 1))

    with shop.store.unit_of_work() as db:
        given = [answer_recall(db, recall, shop.clock.now_ms()) for recall in recalls]

    assert given == [30, 70, 0]
    assert released(shop) == [(grant_id, 30, "recalled"), (grant_id, 70, "recalled")]


def test_a_recall_of_something_unknown_is_answered_with_nothing(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        assert answer_recall(db, LeaseRecall(uuid.UUID(int=1), 5), shop.clock.now_ms()) == 0

    assert released(shop) == []
