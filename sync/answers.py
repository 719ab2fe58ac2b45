"""What HQ's answer says: a message of the expected shape, or one trouble with its sentence.

A captive portal, a proxy's error page and a half-sent body all look like answers; none is believed.
"""

from __future__ import annotations

from gettext import gettext as _
from typing import Final, TypeVar

import msgspec

from sync.outcomes import ClockWrong, HqGarbage, HqRefused, HqTrouble, HqUnreachable
from sync.wire import messages

# Statuses with which a server or a proxy says "not now".
_NOT_NOW: Final = frozenset({408, 425, 429})

T = TypeVar("T")


def decoded(answer: bytes, content_type: str, shape: type[T]) -> T:
    """The message in these bytes. Raises HqGarbage, saying what is there instead."""
    kind = content_type.partition(";")[0].strip()
    if kind != messages.CONTENT_TYPE:
        raise HqGarbage(_("it is {kind}, not MessagePack").format(kind=kind or _("of no type")))
    try:
        return msgspec.msgpack.decode(answer, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise HqGarbage(str(error) or type(error).__name__) from error


def trouble_in(status: int, content_type: str, answer: bytes) -> HqTrouble:
    """What an answer with another status than 2xx means."""
    if status >= 500 or status in _NOT_NOW:
        return HqUnreachable(_("HQ answers that it cannot work now (status {status}).").format(status=status))
    if status < 400:
        return HqGarbage(_("it sends us elsewhere (status {status})").format(status=status))
    try:
        problem = decoded(answer, content_type, messages.Problem)
    except HqGarbage:
        return HqGarbage(_("status {status} without a reason").format(status=status))
    if problem.code == messages.PROBLEM_CLOCK:
        return ClockWrong(problem)
    return HqRefused(problem)
