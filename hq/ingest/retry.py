"""Trying an entry in quarantine once more: HQ was upgraded, or the program set was published since."""

from __future__ import annotations

from django.db import transaction

from hq.devices.models import Chain
from hq.ingest import quarantine
from hq.ingest.desk import StoredEntry
from hq.ingest.models import ConsoleQuarantine, Quarantine
from hq.ingest.projector import project_again
from hq.ingest.verdict import POSTED, Verdict, held


def try_again(waiting: Quarantine | ConsoleQuarantine, now_ms: int) -> Verdict:
    """Project the entry again, unless a colleague's click has posted it since the page was drawn.

    What was posted of it stays posted once; an entry of a fork is never posted.
    """
    if waiting.code == "forked":
        return held("forked", "The entry belongs to another copy of the journal.")
    entry = StoredEntry(
        waiting.seq, waiting.kind, waiting.version, bytes(waiting.body), bytes.fromhex(waiting.hash)
    )
    with transaction.atomic():
        Chain.objects.select_for_update().get(pk=waiting.chain_id)
        if quarantine.is_posted(waiting.chain_id, entry):
            return POSTED
        return project_again(waiting.chain_id, entry, now_ms)
