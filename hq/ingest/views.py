"""The wire: ENROL, PUSH, PULL, LOOKUP, BLOB (formats.md, Wire)."""

from __future__ import annotations

from typing import Final

import msgspec
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from hq import clock
from hq.devices.enrolment import enrol
from hq.devices.signing_key import hq_keys
from hq.feed.pages import page
from hq.feed.state import identity
from hq.feed.writer import FeedWriter, chain_scope, store_scope
from hq.ingest import push as pushes
from hq.ingest import signed_request
from hq.ingest.answering import Asking, answer, wire_view
from hq.ingest.problems import Refused
from hq.ingest.projector import project_chain
from hq.ingest.wants import answer_wants
from hq.ingest.worker import wake
from hq.ledger import grants
from hq.ledger.books import Books
from hq.members import aliases, roll
from hq.membership import cards, cards_elsewhere
from hq.membership.accounts import Accounts
from sync.wire.messages import (
    MAX_RANGE_BYTES,
    BlobPart,
    BlobRange,
    Enrol,
    Enrolled,
    LookedUp,
    Lookup,
    Pull,
    Pulled,
    Push,
    Pushed,
)
from sync.wire.signatures import key_name

_ENROL: Final = msgspec.msgpack.Decoder(Enrol)
_KEY_BYTES: Final = 32
# Beyond any content; SQL counts in 32 bits on some databases.
_MAX_OFFSET: Final = 2**31 - 2


@csrf_exempt
def enrol_view(request: HttpRequest) -> HttpResponse:
    """A new register: signed by the key that it brings."""
    return answer(request, lambda: _enrol(request))


def _enrol(request: HttpRequest) -> Enrolled:
    now_ms = clock.now_ms()
    body = signed_request.read_body(request)
    message = signed_request.decode(request, body, _ENROL)
    if len(message.public_key) != _KEY_BYTES:
        raise Refused(
            "bad_message", f"`public_key` must have {_KEY_BYTES} bytes, not {len(message.public_key)}."
        )
    brought = {key_name(message.public_key): message.public_key}
    created_s = signed_request.check_signature(request, body, brought.get)
    signed_request.require_fresh(created_s, now_ms)
    try:
        made = enrol(message, now_ms)
    except LoyaltyError as error:
        raise Refused(error.code, f"{error.title} {error.advice}") from error
    return Enrolled(
        register_id=made.register.pk,
        store=made.store.pk,
        store_key=bytes(made.store.store_key),
        hq_keys=hq_keys(),
        hq_time=now_ms,
        hq_incarnation=identity().incarnation,
    )


@wire_view(Push, fresh=False, revoked_too=True)
def push_view(asking: Asking, push: Push) -> Pushed:
    """Entries up, grants down. With wants it waits for the projection up to this chain's cursor."""
    pushes.require_sound(push)
    stored = pushes.store(push, asking.register, asking.now_ms)
    if stored.state == "ok" and push.wants and not _has_gap(push, stored):
        project_chain(push.chain_id, asking.now_ms)
        answer_wants(push.chain_id, asking.register.store_id, push.wants, asking.now_ms)
    elif stored.added:
        wake()
    return Pushed(
        acked_seq=stored.acked_seq,
        acked_hash=stored.acked_hash,
        grants=grants.unreceived(push.chain_id) if stored.state == "ok" else (),
        hq_time=clock.now_ms(),
        hq_incarnation=identity().incarnation,
        chain_state=stored.state,
    )


def _has_gap(push: Push, stored: pushes.Stored) -> bool:
    """Whether the register has entries that HQ lacks: then HQ cannot know what its chain still holds."""
    return push.from_seq + len(push.entries) - 1 > stored.acked_seq


@wire_view(Pull)
def pull_view(asking: Asking, pull: Pull) -> Pulled:
    """The feed of the register's own store and chains."""
    allowed = {store_scope(asking.register.store_id)}
    allowed.update(chain_scope(chain.pk) for chain in asking.register.chains.all())
    scopes = tuple(dict.fromkeys(pull.scopes))
    for scope in scopes:
        if scope not in allowed:
            raise Refused("other_scope", f"{asking.register.name} may not read {scope[:100]}.")
    if not scopes:
        raise Refused("bad_message", "`scopes` must name at least one scope.")
    return page(pull.cursor, scopes)


@wire_view(Lookup)
def lookup_view(asking: Asking, lookup: Lookup) -> LookedUp:
    """The member behind an identifier, who then belongs to this store's members too."""
    store = asking.register.store
    if lookup.kind == "gift_card":
        return _gift_card(asking, lookup.value)
    try:
        value = normal_identifier(lookup.kind, lookup.value, store.country)
    except LoyaltyError as error:
        raise Refused("bad_identifier", f"{error.title} {error.advice}") from error
    mark = roll.digest(identity().lookup_key, lookup.kind, value)
    # Whoever asks for a lost card hears of its member, with the card among those that count no more.
    known = roll.identifier(mark) or cards.lost(mark)
    if known is None:
        return LookedUp()
    with transaction.atomic():
        feed = FeedWriter()
        owner = aliases.owner_of(known.account_id)
        Accounts(Books(), feed, asking.now_ms).join_store(owner, store.pk)
        feed.write()
    for person in roll.people_of(owner):
        if person.member_id == known.member_id:
            return LookedUp(member=person.row_for(bytes(store.store_key)))
    return LookedUp()


def _gift_card(asking: Asking, number: str) -> LookedUp:
    """What is on a gift card that another store sold."""
    with transaction.atomic():
        feed = FeedWriter()
        try:
            found = cards_elsewhere.find(
                Accounts(Books(), feed, asking.now_ms), asking.register.store, number
            )
        except LoyaltyError as error:
            raise Refused("bad_identifier", f"{error.title} {error.advice}") from error
        feed.write()
    return LookedUp() if found is None else LookedUp(gift_card=found)


@wire_view(BlobRange)
def blob_view(asking: Asking, asked: BlobRange) -> BlobPart:
    """Part of a content blob. Every register may read content; it is the shop's rules, not people's data."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(data, %s, %s), size FROM content_blob WHERE sha256 = %s",
            [min(asked.offset, _MAX_OFFSET) + 1, min(asked.length, MAX_RANGE_BYTES), asked.sha256.hex()],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused("unknown_content", f"HQ has no content with the hash {asked.sha256.hex()[:12]}...")
    return BlobPart(data=bytes(row[0] or b""), size=row[1])
