"""HQ in figures, for scripts and for the dashboard's head: what is stored, posted and waiting."""

from __future__ import annotations

from django.db import connection


def figures() -> dict[str, int]:
    """Counts by name. `waiting` entries are stored and not projected yet."""
    queries = {
        "entries": "SELECT COUNT(*) FROM journal_entry",
        "sales": "SELECT COUNT(*) FROM sale",
        "posted": "SELECT COUNT(*) FROM sale WHERE state <> 'quarantined'",
        "not_replayed": "SELECT COUNT(*) FROM sale WHERE replayed = %s",
        "stale_facts": "SELECT COUNT(*) FROM sale WHERE stale_facts = %s",
        "limit_exceeded": "SELECT COUNT(*) FROM program_use WHERE exceeded = %s AND void_seq IS NULL",
        "shortfall": "SELECT COUNT(*) FROM sale WHERE state = 'shortfall'",
        "quarantined": "SELECT COUNT(*) FROM quarantine WHERE state <> 'posted'",
        "waiting": "SELECT COALESCE(SUM(acked_seq - projected_seq), 0) FROM chain",
        "forked_chains": "SELECT COUNT(*) FROM chain WHERE state = 'forked'",
        "members": "SELECT COUNT(*) FROM member WHERE merged_into IS NULL",
    }
    bound = {"not_replayed": [False], "stale_facts": [True], "limit_exceeded": [True]}
    with connection.cursor() as cursor:
        found = {}
        for name, query in queries.items():
            cursor.execute(query, bound.get(name, []))
            found[name] = int(cursor.fetchone()[0])
    return found


def members_by_segment() -> dict[str, int]:
    """How many members are in each segment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT segment, COUNT(*) FROM member_segment GROUP BY segment ORDER BY segment")
        return {segment: int(count) for segment, count in cursor.fetchall()}
