"""Joining a store: a one-time code from HQ and the register's new key, for an identity."""

from __future__ import annotations

import uuid
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.service.ports import Clock
from sync.client import HqClient
from sync.hq_time import HqTime
from sync.outcomes import HqRefused, HqTrouble
from sync.signing import RegisterKey
from sync.wire.messages import Enrol, Enrolled

_STORE_KEY_BYTES = 32


def enrol(
    hq_url: str, key: RegisterKey, clock: Clock, *, code: str, chain_id: uuid.UUID, name: str
) -> Enrolled:
    """Ask HQ for a place in its store. The caller keeps the key and `store_key` before anything else.

    Raises LoyaltyError: an address that may not be used, an HQ that is away, a code that it does not accept.
    """
    client = HqClient(hq_url, key, HqTime(clock), clock)
    try:
        enrolled = client.enrol(
            Enrol(code=code.strip(), public_key=key.public_key, chain_id=chain_id, name=name)
        )
    except HqRefused as refused:
        raise LoyaltyError(
            _("HQ does not enrol this register: {reason}").format(reason=refused.problem.detail),
            _("Ask whoever runs HQ for a new code."),
            code=refused.problem.code,
        ) from refused
    except HqTrouble as trouble:
        raise LoyaltyError(
            trouble.title, _("Check the address and the connection, then enrol again.")
        ) from trouble
    finally:
        client.close()
    if len(enrolled.store_key) != _STORE_KEY_BYTES:
        raise LoyaltyError(
            _("HQ's answer cannot be read: the store's key has {count} bytes.").format(
                count=len(enrolled.store_key)
            ),
            _("Ask whoever runs HQ."),
        )
    return enrolled
