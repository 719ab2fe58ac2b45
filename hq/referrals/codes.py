"""Each member's code for friends: made from a keyed hash, so that nobody can guess one, and kept for ever."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Final

from django.db import connection

from agent.domain.occasions.referral import Referral, code_of
from agent.domain.program_set import ProgramSet
from hq.columns import as_uuid, key

# Two members whose hashes make one code are rare; so many in a row do not happen.
_MOST_TRIES: Final = 32


def has_program(program_set: ProgramSet | None) -> bool:
    """Whether the shop rewards members for bringing friends."""
    return program_set is not None and any(isinstance(one.occasion, Referral) for one in program_set.programs)


def give_code(lookup_key: bytes, member_id: uuid.UUID) -> str:
    """The member's code, made if there is none."""
    with connection.cursor() as cursor:
        for number in range(_MOST_TRIES):
            known = code_of_member(member_id)
            if known:
                return known
            told = b"referral\x00" + member_id.bytes + bytes((number,))
            code = code_of(hmac.digest(lookup_key, told, hashlib.sha256))
            cursor.execute(
                "INSERT INTO referral_code (code, member_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [code, key(member_id)],
            )
    raise AssertionError(f"no code for {member_id} in {_MOST_TRIES} tries")


def code_of_member(member_id: uuid.UUID) -> str:
    """The code that the member has; "" where they have none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM referral_code WHERE member_id = %s", [key(member_id)])
        row = cursor.fetchone()
    return row[0] if row else ""


def member_with(code: str) -> uuid.UUID | None:
    """Whose code it is; `code` is in its normal form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT member_id FROM referral_code WHERE code = %s", [code])
        row = cursor.fetchone()
    return as_uuid(row[0]) if row else None
