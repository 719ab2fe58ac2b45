"""A register as HQ sees one: a key, a chain, a journal of real entries, and signed requests over HTTP."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import msgspec
import requests

from agent.domain.basket import Line
from agent.domain.evaluate import evaluate
from agent.domain.identifiers import identifier_hash
from agent.domain.ledger import Posting, coupon_unit, issued_bucket, lease_bucket, move, redeemed_bucket
from agent.domain.member import IdentifierKind, MemberFacts
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Claim, CouponClaim, QuoteInput, Share
from sync.client import HqClient, HqTime
from sync.signing import RegisterKey
from sync.wire import messages
from sync.wire.blobs import ClearIdentifier, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import (
    ChainOpened,
    Consent,
    CouponIssued,
    CouponRedeemed,
    Entry,
    GrantReceived,
    LeaseSpend,
    MemberEntry,
    Operator,
    Release,
    SaleEntry,
    Stamp,
    Tender,
    encode_entry,
)
from sync.wire.feed import KIND_OF, ROWS, Row
from sync.wire.journal import GENESIS, entry_hash
from tests import builders
from tests.hq.served import ServedHq
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock

OPERATOR = Operator("1", "Elena P.")
DEMO = builders.a_program_set()


class Lane:
    """A register's journal and its conversation with HQ. Entries are appended, then pushed."""

    def __init__(
        self, hq: ServedHq, key: RegisterKey, chain_id: uuid.UUID, enrolled: messages.Enrolled
    ) -> None:
        self.hq = hq
        self.key = key
        self.chain_id = chain_id
        self.register_id = enrolled.register_id
        self.store_id = enrolled.store
        self.store_key = enrolled.store_key
        self.journal: list[messages.PushedEntry] = []
        self.hashes: list[bytes] = [GENESIS]
        self.blobs: list[PiiBlob] = []
        self.acked = 0
        self.cursor = ""
        clock = TestClock()
        self.client = HqClient(
            hq.url, key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S
        )

    @classmethod
    def enrolled(cls, hq: ServedHq, code: str = "") -> Lane:
        """A new register of the test shop, its chain opened but not pushed."""
        key = RegisterKey(os.urandom(32))
        chain_id = uuid.uuid4()
        clock = TestClock()
        client = HqClient(
            hq.url, key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S
        )
        answer = client.enrol(
            messages.Enrol(
                code=code or new_code(), public_key=key.public_key, chain_id=chain_id, name="Register 1"
            )
        )
        client.close()
        lane = cls(hq, key, chain_id, answer)
        lane.append(
            ChainOpened(
                chain_id=chain_id,
                register_id=lane.register_id,
                store_id=lane.store_id,
                reason="enrolment",
                software="tests",
                stamp=a_stamp(),
            )
        )
        return lane

    def __enter__(self) -> Lane:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    # The journal

    def append(self, entry: Entry) -> int:
        """Journal an entry; its seq."""
        return self.append_bytes(*encode_entry(entry))

    def append_bytes(self, kind: int, version: int, body: bytes) -> int:
        seq = len(self.journal) + 1
        self.journal.append(messages.PushedEntry(seq, kind, version, body))
        self.hashes.append(entry_hash(self.hashes[-1], self.chain_id, seq, kind, version, body))
        return seq

    # The wire

    def push_message(self, since: int | None = None, wants: Sequence[messages.Want] = ()) -> messages.Push:
        since = self.acked if since is None else since
        return messages.Push(
            chain_id=self.chain_id,
            from_seq=since + 1,
            prev_hash=self.hashes[since],
            entries=tuple(self.journal[since:]),
            blobs=tuple(self.blobs),
            wants=tuple(wants),
            clock=time.time_ns() // 1_000_000,
        )

    def push(self, since: int | None = None, wants: Sequence[messages.Want] = ()) -> messages.Pushed:
        """Send what is unsent (or everything after `since`) and take the answer's cursor."""
        answer = self.client.push(self.push_message(since, wants))
        self.acked = answer.acked_seq
        return answer

    def sync(self) -> messages.Pushed:
        """Push, and let HQ project."""
        answer = self.push()
        self.hq.settle()
        return answer

    def pull(self) -> list[Row]:
        """Every feed row since the last pull."""
        found: list[Row] = []
        while True:
            page = self.client.pull(
                messages.Pull(cursor=self.cursor, scopes=(f"store:{self.store_id}", f"chain:{self.chain_id}"))
            )
            found += [decode_row(row) for row in page.rows]
            self.cursor = page.next_cursor
            if not page.more:
                return found

    def outcomes(self) -> dict[int, tuple[str, str]]:
        """seq -> (state, code) from a pull."""
        return {row.seq: (row.state, row.code) for row in self.pull() if KIND_OF[type(row)] == "outcome"}

    def ask(self, account_id: uuid.UUID, unit: str, target: int) -> tuple[messages.Grant, ...]:
        """Ask for a lease; the grants that came, journalled as received."""
        grants = self.push(wants=[messages.Want(account_id, unit, target)]).grants
        for grant in grants:
            self.append(
                GrantReceived(
                    grant_id=grant.grant_id,
                    account_id=grant.account_id,
                    unit=grant.unit,
                    amount=grant.amount,
                    lots=grant.lots,
                    stamp=a_stamp(),
                )
            )
        return grants

    def post_raw(self, path: str, body: bytes, *, at_ms: int = 0, **headers: str) -> requests.Response:
        """A signed request with any body, signed now unless told."""
        request = requests.Request(
            "POST", self.hq.url + path, data=body, headers={"Content-Type": messages.CONTENT_TYPE, **headers}
        ).prepare()
        self.key.sign_request(request, body, at_ms or time.time_ns() // 1_000_000)
        with requests.Session() as session:
            return session.send(request, timeout=PATIENCE_S)

    # What a shop does

    def release(self, grant: messages.Grant, amount: int) -> int:
        return self.append(
            Release(
                grant_id=grant.grant_id,
                account_id=grant.account_id,
                unit=grant.unit,
                amount=amount,
                reason="taken_off",
                stamp=a_stamp(),
                postings=move(grant.account_id, grant.unit, amount, lease_bucket(self.chain_id), "available"),
            )
        )

    def enrol_member(
        self,
        *identifiers: tuple[IdentifierKind, str],
        name: str = "Ana Pop",
        member_id: uuid.UUID | None = None,
    ) -> uuid.UUID:
        """Enrol a member here; the member's id, which is the account's too."""
        member_id = member_id or uuid.uuid4()
        blob = self.personal_data(member_id, *identifiers, name=name)
        self.append(self.a_member_entry(member_id, blob))
        return member_id

    def a_member_entry(self, member_id: uuid.UUID, blob: PiiBlob) -> MemberEntry:
        """What the till would journal for an enrolment whose personal data are in `blob`."""
        return MemberEntry(
            member_id=member_id,
            account_id=member_id,
            store_id=self.store_id,
            operator=OPERATOR,
            stamp=a_stamp(),
            consents=(Consent("program", True), Consent("sms", False)),
            locale="ro",
            pii=(blob_ref(blob.blob_id, blob.data),),
        )

    def personal_data(
        self, member_id: uuid.UUID, *identifiers: tuple[IdentifierKind, str], name: str = ""
    ) -> PiiBlob:
        """A blob that will travel with the next pushes."""
        data = PersonalData(
            name=name,
            identifiers=tuple(
                ClearIdentifier(kind, value, identifier_hash(self.store_key, kind, value).hex())
                for kind, value in identifiers
            ),
        )
        blob = PiiBlob(uuid.uuid4(), member_id, pack_blob(os.urandom(16), data))
        self.blobs.append(blob)
        return blob

    def sell(self, *lines: Line, **facts: Any) -> SaleEntry:
        """Journal a sale as the till makes one; `facts` as in `a_sale`."""
        sale = self.a_sale(*lines, **facts)
        self.append(sale)
        return sale

    def a_sale(
        self,
        *lines: Line,
        program_set: ProgramSet = DEMO,
        member: MemberFacts | None = None,
        claims: Sequence[str] = (),
        coupons: Sequence[CouponClaim] = (),
        spends: Sequence[messages.Grant] = (),
        coupon_grants: dict[uuid.UUID, uuid.UUID] | None = None,
        blob: PiiBlob | None = None,
        shares: dict[str, Share] | None = None,
        **changed: Any,
    ) -> SaleEntry:
        """What the till would journal for these lines; `spends` are the grants that the claims are paid from."""
        stamp = a_stamp()
        quote_input = QuoteInput(
            basket=builders.a_basket(*lines),
            member=member,
            claims=tuple(Claim(program_id) for program_id in claims),
            coupons=tuple(coupons),
            shares=shares or msgspec.UNSET,
            context=builders.a_context(
                store_id=self.store_id,
                register_id=self.register_id,
                offer_time_ms=stamp.at_ms,
                business_date=stamp.business_date,
            ),
            program_set_hash=program_set.hash,
        )
        quote = evaluate(quote_input, program_set)
        issued = tuple(
            CouponIssued(
                coupon_id=uuid.uuid4(),
                program_id=grant.program_id,
                redeems_program_id=grant.redeems_program_id,
                valid_from=grant.valid_from,
                valid_until=grant.valid_until,
            )
            for grant in quote.coupons_issued
        )
        redeemed = tuple(
            CouponRedeemed(
                coupon_id=one.coupon_id,
                program_id=one.program_id,
                discount_minor=one.discount_minor,
                grant_id=(coupon_grants or {}).get(one.coupon_id),
            )
            for one in quote.applied
            if one.coupon_id is not None
        )
        leases = _leases(spends, sum(one.points for one in quote.spent))
        legs: list[Posting] = []
        lease, redeemed_at = lease_bucket(self.chain_id), redeemed_bucket(self.store_id)
        for earned in quote.earned:
            assert member is not None
            if earned.points:
                legs += move(
                    member.account_id, earned.unit, earned.points, issued_bucket(self.store_id), "pending"
                )
        for spend in leases:
            legs += move(spend.account_id, spend.unit, spend.amount, lease, redeemed_at)
        for new in issued:
            legs += move(new.coupon_id, coupon_unit(new.coupon_id), 1, issued_bucket(self.store_id), lease)
        for used in redeemed:
            legs += move(used.coupon_id, coupon_unit(used.coupon_id), 1, lease, redeemed_at)
        facts: dict[str, Any] = {
            "sale_id": uuid.uuid4(),
            "receipt_number": f"1-{len(self.journal):06}",
            "store_id": self.store_id,
            "register_id": self.register_id,
            "role": "till",
            "operator": OPERATOR,
            "stamp": stamp,
            "quote_input": quote_input,
            "goods_minor": quote.goods_minor,
            "discount_minor": quote.discount_minor,
            "total_minor": quote.total_minor,
            "discounts": quote.discounts,
            "tenders": (Tender("cash", quote.total_minor),),
            "earned": quote.earned,
            "spent": quote.spent,
            "postings": tuple(legs),
            "lease_spends": leases,
            "coupons_redeemed": redeemed,
            "coupons_issued": issued,
            "pii": (blob_ref(blob.blob_id, blob.data),) if blob else (),
            "gifts": quote.gifts,
            "withheld": quote.withheld,
        }
        return SaleEntry(**{**facts, **changed})


def _leases(grants: Sequence[messages.Grant], points: int) -> tuple[LeaseSpend, ...]:
    spends = []
    for grant in grants:
        part = min(points, grant.amount)
        points -= part
        spends.append(
            LeaseSpend(grant_id=grant.grant_id, account_id=grant.account_id, unit=grant.unit, amount=part)
        )
    return tuple(spends)


def new_code(store_id: str = builders.STORE) -> str:
    """A one-time code, as `enrolment-code` prints it."""
    from hq import clock
    from hq.devices.enrolment import new_code as make
    from hq.devices.models import Store

    return make(Store.objects.get(pk=store_id), clock.now_ms())


def a_stamp() -> Stamp:
    return Stamp(builders.NOW_MS, builders.OFFSET_MIN, builders.TODAY)


def decode_row(row: messages.FeedRow) -> Row:
    return msgspec.msgpack.decode(row.body, type=ROWS[row.kind])
