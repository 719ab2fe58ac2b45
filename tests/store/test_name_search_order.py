"""Two registers with the same members answer the same, whatever order their sets happen to have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SEARCHES = """
import itertools, random, sys, uuid
from pathlib import Path
from agent.store.database import Store
from agent.store.members import put_member
from agent.store.name_search import search_names
from sync.wire.feed import MemberRow

store = Store(Path(sys.argv[1]) / "register.db")
chance = random.Random(4)
syllables = ["".join(letters) for letters in itertools.product("mnrlst", "aeiou")]
words = ["".join(chance.choices(syllables, k=chance.randint(2, 3))) for _nth in range(400)]
with store.unit_of_work() as db:
    for number in range(1, 3000):
        one = uuid.UUID(int=number)
        name = f"{chance.choice(words).title()} {chance.choice(words).title()}"
        put_member(db, MemberRow(member_id=one, account_id=one, name=name))
for _nth in range(120):
    typed = chance.choice(words)
    at = chance.randrange(len(typed))
    typed = typed[:at] + chance.choice("mnaeiou") + typed[at + 1 : chance.randint(3, 6)]
    print(typed, [row.name for row in search_names(store.reader(), typed, 20)])
store.close()
"""


def searched(folder: Path, seed: int) -> str:
    folder.mkdir()
    return subprocess.run(
        [sys.executable, "-c", _SEARCHES, str(folder)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def test_the_same_words_find_the_same_members_in_every_process(tmp_path: Path) -> None:
    answers = {searched(tmp_path / str(seed), seed) for seed in (1, 2, 3)}

    assert len(answers) == 1
