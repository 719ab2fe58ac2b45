"""Taking goods back at the lane of these tests: what a cashier does, and what the books say then."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

import msgspec
import pytest

from agent.domain.receipt import Receipt
from agent.domain.returns import ReturnRules
from agent.service.returns import ReturnDesk
from agent.store import returns as returns_store
from agent.store import settings
from agent.store.balances import read_balances
from agent.store.database import CommitUnknown
from agent.store.print_jobs import jobs_of_sale
from agent.store.returns import ReturnRow
from agent.store.sqlite import Connection, DatabaseError
from sync.wire.entries import ReturnEntry, SaleEntry
from tests import builders
from tests.service.shop import STORE, Shop

CARD = "2980000000016"


def rules(shop: Shop, **fields: object) -> None:
    """HQ's feed has brought these switches."""
    row = msgspec.structs.replace(STORE, returns=ReturnRules(**fields))  # type: ignore[arg-type]
    with shop.store.unit_of_work() as db:
        settings.put_store(db, row)


def returns(shop: Shop) -> list[ReturnEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, ReturnEntry)]


def a_member(shop: Shop, points: int = 0) -> uuid.UUID:
    return shop.know_member(card=CARD, points=points).account_id


def shown(shop: Shop, account_id: uuid.UUID) -> int:
    balance = read_balances(shop.store.reader(), account_id).get(builders.POINTS)
    return balance.points if balance else 0


class Undone(Exception):
    """The power went before the disk had written."""


@contextlib.contextmanager
def the_disk_says_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch, *, saved: bool) -> Iterator[None]:
    """Within this, a commit gets no answer from the disk, which then cannot be read; what was `saved` is there after."""
    committed, read = shop.store.unit_of_work, returns_store.read_return
    unanswered = False

    @contextlib.contextmanager
    def unit_of_work() -> Iterator[Connection]:
        nonlocal unanswered
        with contextlib.suppress(Undone), committed() as db:
            yield db
            if not saved:
                raise Undone
        unanswered = True
        raise CommitUnknown("disk I/O error")

    def read_return(db: Connection, return_id: uuid.UUID) -> ReturnRow | None:
        if unanswered:
            raise DatabaseError("disk I/O error")
        return read(db, return_id)

    with monkeypatch.context() as broken:
        broken.setattr(shop.store, "unit_of_work", unit_of_work)
        broken.setattr(returns_store, "read_return", read_return)
        yield


def give_back(desk: ReturnDesk, sale: SaleEntry, *lines: tuple[int, int], reason: str = "faulty") -> None:
    desk.find(sale.receipt_number)
    if not lines:
        desk.choose_all()
    for line_id, count in lines:
        desk.choose(line_id, count)
    desk.give_reason(reason)
    desk.refund_to("cash")
    desk.commit()


def a_sale_that_prints_a_coupon(shop: Shop) -> SaleEntry:
    sale = shop.sell("2*105")
    assert len(sale.coupons_issued) == 1
    return sale


def code_of(shop: Shop, sale: SaleEntry) -> str:
    """What the printed coupon's QR code holds."""
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    return msgspec.json.decode(job.body, type=Receipt).coupons[0].qr_payload
