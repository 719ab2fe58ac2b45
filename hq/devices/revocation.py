"""Revoking a register: a person says that nothing is taken from it any more. Its leases stay booked to it."""

from __future__ import annotations

from gettext import gettext as _

from django.db import transaction

from agent.domain.errors import LoyaltyError
from hq.devices.models import Chain, Register


def revoke(register_id: str, now_ms: int) -> bool:
    """Close the register and its chains; False when it was revoked before. Raises LoyaltyError for an unknown one.

    What HQ stored of it before is posted as always. The register goes on selling and hears of it at its next
    contact; a chain that forked keeps that state, which tells more.
    """
    with transaction.atomic():
        register = Register.objects.select_for_update().filter(pk=register_id).first()
        if register is None:
            raise LoyaltyError(
                _("HQ has no register {register}.").format(register=register_id),
                _("The console's page of registers shows their ids."),
                code="no_register",
            )
        if register.state == Register.State.REVOKED:
            return False
        register.state, register.revoked_ms = Register.State.REVOKED, now_ms
        register.save(update_fields=("state", "revoked_ms"))
        Chain.objects.filter(register=register, state=Chain.State.OK).update(state=Chain.State.REVOKED)
    return True
