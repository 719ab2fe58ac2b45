"""Uploading, checking and publishing a program set. What was published is never changed, only followed."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from gettext import gettext as _
from gettext import ngettext

from django.db import transaction

from agent.domain.errors import LoyaltyError
from agent.domain.occasions.segment import Segment
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from hq.devices.models import Store
from hq.feed.writer import FeedWriter, store_scope
from hq.limits import shares
from hq.programs.models import ContentBlob, ProgramSetVersion
from hq.segments.models import MemberSegment
from sync.wire.feed import ProgramSetRow

ACTIVE_KEY = "active"


def keep_content(data: bytes, now_ms: int) -> ContentBlob:
    """The bytes under their SHA-256, for registers to fetch."""
    sha256 = hashlib.sha256(data).hexdigest()
    blob, _made = ContentBlob.objects.get_or_create(
        sha256=sha256, defaults={"data": data, "size": len(data), "stored_ms": now_ms}
    )
    return blob


def upload(data: bytes, by: str, now_ms: int) -> ProgramSetVersion:
    """Keep a program set as a draft. The same bytes again give the same draft.

    Raises LoyaltyError naming the JSON path of the first bad field, or when this version has other content.
    """
    program_set = decode_program_set(data)
    with transaction.atomic():
        blob = keep_content(data, now_ms)
        version, made = ProgramSetVersion.objects.get_or_create(
            set_id=program_set.set_id,
            version=program_set.version,
            defaults={"content": blob, "uploaded_ms": now_ms, "uploaded_by": by},
        )
        if not made and version.content_id != blob.pk:
            raise LoyaltyError(
                f"Version {program_set.version} of {program_set.set_id} was uploaded with other content.",
                "Raise `version` and upload it again; what was published is never changed.",
                code="version_taken",
            )
    return version


def publish(version: ProgramSetVersion, by: str, now_ms: int) -> None:
    """Make it the one active program set, for every store. Publishing the active one again changes nothing.

    Raises LoyaltyError when no store uses its currency, or when a segment of it has an invitation list's name.
    """
    program_set = decoded(version)
    stores = list(Store.objects.all())
    if stores and all(store.currency != program_set.currency for store in stores):
        raise LoyaltyError(
            f"The program set is in {program_set.currency}, and no store sells in {program_set.currency}.",
            "Correct `currency` and upload it again.",
            code="other_currency",
        )
    with transaction.atomic():
        if version.state != ProgramSetVersion.State.ACTIVE:
            _require_no_lists(program_set)
            active = ProgramSetVersion.objects.select_for_update().filter(
                state=ProgramSetVersion.State.ACTIVE
            )
            active.update(state=ProgramSetVersion.State.RETIRED)
            version.state = ProgramSetVersion.State.ACTIVE
            version.published_ms, version.published_by = now_ms, by
            version.save(update_fields=("state", "published_ms", "published_by"))
        tell_active(stores)
        feed = FeedWriter()
        shares.share_out(feed, program_set, stores)
        feed.write()


def _require_no_lists(program_set: ProgramSet) -> None:
    """Who was invited by name must not leave the list, or get company, by a rule that came later."""
    for program in program_set.programs:
        if not isinstance(program.occasion, Segment):
            continue
        invited = MemberSegment.objects.filter(segment=program.id, kept=False).count()
        if invited:
            said = ngettext(
                "{name} is an invitation list with {count} member, so HQ cannot keep a segment of this name by a rule.",
                "{name} is an invitation list with {count} members, so HQ cannot keep a segment of this name by a rule.",
                invited,
            )
            raise LoyaltyError(
                said.format(name=program.id, count=invited),
                _("Give the segment another id, or take everybody off the list first."),
                code="segment_is_list",
            )


def tell_active(stores: Iterable[Store]) -> None:
    """The feed row that makes these stores' registers fetch the active program set; none when there is none."""
    version = _active_version()
    if version is None:
        return
    row = ProgramSetRow(version=version.version, sha256=version.content.sha256, size=version.content.size)
    feed = FeedWriter()
    for store in stores:
        if store.currency == decoded(version).currency:
            feed.add(store_scope(store.pk), ACTIVE_KEY, row)
    feed.write()


def active() -> ProgramSet | None:
    """The program set of every store, or None before the first was published."""
    found = ProgramSetVersion.objects.filter(state=ProgramSetVersion.State.ACTIVE)
    sha256 = found.values_list("content_id", flat=True).first()
    return None if sha256 is None else _content(sha256)


@functools.lru_cache(maxsize=4)
def _content(sha256: str) -> ProgramSet:
    """Read once: what stands under a hash never changes."""
    return decode_program_set(bytes(ContentBlob.objects.get(pk=sha256).data))


def active_hash() -> str:
    """The SHA-256 of the active set's bytes; empty before the first was published."""
    found = ProgramSetVersion.objects.filter(state=ProgramSetVersion.State.ACTIVE)
    return found.values_list("content_id", flat=True).first() or ""


def _active_version() -> ProgramSetVersion | None:
    found = ProgramSetVersion.objects.filter(state=ProgramSetVersion.State.ACTIVE)
    return found.select_related("content").first()


def decoded(version: ProgramSetVersion) -> ProgramSet:
    """The version's program set."""
    return decode_program_set(bytes(version.content.data))


def warnings(program_set: ProgramSet) -> list[str]:
    """The programs that this version of Regulars switches off, and why: told before publishing."""
    return [
        f"{each.program_id}: {each.refusal.code} ({each.refusal.at})"
        if each.refusal.at
        else f"{each.program_id}: {each.refusal.code}"
        for each in program_set.disabled
    ]
