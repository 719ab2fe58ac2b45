"""What a member told us beside identifiers: name, language, birthday, interests and how to be reached."""

from __future__ import annotations

from agent.domain.fold import fold
from hq.members.models import Member
from hq.membership.models import MemberDetail
from sync.wire.blobs import PersonalData


def write(member: Member, told: PersonalData, locale: str) -> None:
    """Keep what was said; what was not said stays as it is."""
    changed: dict[str, object] = {}
    if told.name:
        changed |= {
            "name": told.name[:200],
            "given_name": told.given_name[:100],
            "search_name": fold(told.name)[:200],
        }
    if told.birthday is not None:
        changed["birthday"] = told.birthday
    if locale:
        changed["locale"] = locale[:16]
    own = Member.objects.filter(account_id=member.account_id, member_id=member.member_id)
    if changed:
        own.update(**changed)
    if told.interests is None and told.channel is None:
        return
    kept = MemberDetail.objects.filter(account_id=member.account_id, member_id=member.member_id)
    before = kept.first()
    wanted = {
        "interests": list(told.interests)
        if told.interests is not None
        else before.interests
        if before
        else [],
        "channel": told.channel[:16] if told.channel is not None else before.channel if before else "",
    }
    if before is None:
        MemberDetail.objects.create(account_id=member.account_id, member_id=member.member_id, **wanted)
    else:
        kept.update(**wanted)


def only_what_is_missing(member: Member, told: PersonalData) -> PersonalData:
    """Of wishes told with a second enrolment, those that the first one's member had not told."""
    kept = MemberDetail.objects.filter(account_id=member.account_id, member_id=member.member_id).first()
    return PersonalData(
        birthday=told.birthday if member.birthday is None else None,
        interests=told.interests if kept is None or not kept.interests else None,
        channel=told.channel if kept is None or not kept.channel else None,
    )
