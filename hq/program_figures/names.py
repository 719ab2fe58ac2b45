"""What programs are called: by the active set, or by the newest published one that still had them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from hq.programs.models import ProgramSetVersion

# The newest published sets that are looked at; a program that none of them has keeps its id.
MOST_VERSIONS: Final = 100


class _Named(msgspec.Struct):
    id: str
    kind: str = ""
    name: dict[str, str] = {}


class _Set(msgspec.Struct):
    programs: tuple[_Named, ...]


_READ: Final = msgspec.json.Decoder(_Set)


@dataclass(frozen=True, slots=True)
class ProgramName:
    """A program's kind, and its name by language."""

    program_id: str
    kind: str = ""
    name: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return self.name.get(language) or self.name.get("en") or self.program_id


def names_of(program_ids: Iterable[str]) -> dict[str, ProgramName]:
    """Each of these programs with its name."""
    missing = set(program_ids)
    found = {program_id: ProgramName(program_id) for program_id in missing}
    versions = (
        ProgramSetVersion.objects.exclude(published_ms=None)
        .order_by("-published_ms", "-pk")
        .values_list("content__data", flat=True)[:MOST_VERSIONS]
    )
    for data in versions.iterator(chunk_size=1) if missing else ():
        for one in _READ.decode(bytes(data)).programs:
            if one.id in missing:
                missing.discard(one.id)
                found[one.id] = ProgramName(one.id, one.kind, one.name)
        if not missing:
            break
    return found
