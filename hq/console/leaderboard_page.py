"""The leaderboard as everybody may see it: ranks, aliases and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agent.domain.occasions.badge import MIN_PARTICIPANTS
from hq import clock
from hq.badges.board import Board, Place, boards
from hq.console import words
from hq.programs import publishing

MAY_SEE = "badges.view_participant"
_COUNTED = {
    "visits": gettext_lazy("Purchases"),
    "activities": gettext_lazy("Activities"),
    "friends": gettext_lazy("Friends brought"),
}


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """`places` is empty while too few take part, or nobody has anything yet; then `note` says which."""

    title: str
    counted: str
    places: tuple[Place, ...]
    note: str


def leaderboard_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    program_set = publishing.active()
    found = boards(program_set, clock.now_ms()) if program_set is not None else []
    return {"title": _("Leaderboard"), "boards": [_shown(board) for board in found]}


def _shown(board: Board) -> ShownBoard:
    title, counted = board.program.title(words.language()), str(_COUNTED[board.counts])
    note = ""
    if not board.is_shown:
        note = ngettext(
            "The leaderboard is shown once {least} members take part; {count} does so far.",
            "The leaderboard is shown once {least} members take part; {count} do so far.",
            board.participants,
        ).format(least=words.whole(MIN_PARTICIPANTS), count=words.whole(board.participants))
    elif not board.places:
        note = _("Nobody has anything in this period yet.")
    return ShownBoard(title, counted, board.places, note)
