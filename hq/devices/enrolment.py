"""Enrolling a register: a one-time code from HQ and a key made at the register.

A code is `XXXX-XXXX-XXXX` in Crockford's base 32. Its first four characters find it and the other eight are kept
only as a keyed hash; it lives 30 minutes, is good for one register and for five tries.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from agent.domain.errors import LoyaltyError
from hq.devices.models import Chain, EnrolmentCode, Register, Store
from sync.wire.journal import GENESIS
from sync.wire.messages import Enrol
from sync.wire.signatures import key_name

LIFETIME_MS: Final = 30 * 60 * 1000
TRIES: Final = 5
MAX_NAME: Final = 100
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKUP: Final = 4
_LENGTH: Final = 12
# Crockford reads these as digits.
_MISREAD: Final = str.maketrans("OIL", "011")


def new_code(store: Store, now_ms: int) -> str:
    """A fresh code for a register of this store, told once and kept as a hash."""
    while True:
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        try:
            with transaction.atomic():
                EnrolmentCode.objects.filter(expires_ms__lt=now_ms, used_by=None).delete()
                EnrolmentCode.objects.create(
                    lookup=letters[:_LOOKUP],
                    digest=_digest(letters),
                    store=store,
                    created_ms=now_ms,
                    expires_ms=now_ms + LIFETIME_MS,
                    tries_left=TRIES,
                )
        except IntegrityError:
            continue
        return "-".join(letters[i : i + 4] for i in range(0, _LENGTH, 4))


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What became of a code."""

    register: Register
    store: Store


def enrol(message: Enrol, now_ms: int) -> Enrolment:
    """Make the register and its chain, and use the code up.

    The same register asking again with the same key, chain and code (its answer was lost) gets the same answer.
    Raises LoyaltyError for a code that is unknown, used, out of tries or out of time, and for a known key or chain.
    """
    with transaction.atomic():
        code = _code_of(message.code)
        problem = _check(code, message, now_ms)
        if code is not None and problem is None:
            return _open(code, message, now_ms)
    raise problem or _no_such_code()


def _code_of(text: str) -> EnrolmentCode | None:
    letters = _letters(text)
    return EnrolmentCode.objects.select_for_update().filter(lookup=letters[:_LOOKUP]).first()


def _check(code: EnrolmentCode | None, message: Enrol, now_ms: int) -> LoyaltyError | None:
    """Why the code does not open the door; a wrong try is counted."""
    if code is None or code.tries_left <= 0 or now_ms > code.expires_ms:
        return _no_such_code()
    if not constant_time_compare(code.digest, _digest(_letters(message.code))):
        code.tries_left -= 1
        code.save(update_fields=("tries_left",))
        return _no_such_code()
    if code.used_by is not None and not _asks_again(code.used_by, message):
        return _no_such_code()
    return None


def _asks_again(register: Register, message: Enrol) -> bool:
    return (
        register.state == Register.State.ACTIVE
        and bytes(register.public_key) == message.public_key
        and register.chains.filter(pk=message.chain_id).exists()
    )


def _open(code: EnrolmentCode, message: Enrol, now_ms: int) -> Enrolment:
    if code.used_by is not None:
        return Enrolment(code.used_by, code.store)
    key_id = key_name(message.public_key)
    if Register.objects.filter(key_id=key_id).exists() or Chain.objects.filter(pk=message.chain_id).exists():
        raise LoyaltyError(
            "This register's key or journal is known to HQ already.",
            "Start the register with a new key and a new journal.",
            code="known_key",
        )
    register = Register.objects.create(
        register_id=_free_register_id(code.store),
        store=code.store,
        name=message.name.strip()[:MAX_NAME] or "Register",
        public_key=message.public_key,
        key_id=key_id,
        enrolled_ms=now_ms,
    )
    open_chain(register, message.chain_id, now_ms)
    code.used_by = register
    code.save(update_fields=("used_by",))
    return Enrolment(register, code.store)


def open_chain(register: Register, chain_id: uuid.UUID, now_ms: int) -> Chain:
    """The empty journal of a register."""
    return Chain.objects.create(chain_id=chain_id, register=register, acked_hash=GENESIS, opened_ms=now_ms)


def _free_register_id(store: Store) -> str:
    """`<store>-<n>`, counted up; an id is never given twice, since registers are never deleted."""
    number = Register.objects.filter(store=store).count() + 1
    while Register.objects.filter(pk=f"{store.pk}-{number}").exists():
        number += 1
    return f"{store.pk}-{number}"


def _letters(text: str) -> str:
    typed = "".join(c for c in text.upper() if c.isalnum())[:40]
    return typed.translate(_MISREAD)


def _digest(letters: str) -> str:
    return salted_hmac("regulars.enrolment_code", letters, algorithm="sha256").hexdigest()


def _no_such_code() -> LoyaltyError:
    return LoyaltyError(
        "This enrolment code cannot be used.",
        "Ask HQ for a new one: a code lives 30 minutes and is good for one register and five tries.",
        code="bad_code",
    )
