"""Each program's lock holds what its code imports: tests run in one environment, shops in two others."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What each program is made of; start-up's imports count for the register.
PROGRAMS = {
    "register": ("agent", "ui", "printers", "sync", "demo"),
    "hq": ("hq", "agent/domain", "sync/wire"),
}
OURS = {"agent", "ui", "printers", "sync", "hq", "demo", "benchmarks", "tests"}
# These demo modules run inside HQ or in the data's own environment.
ELSEWHERE = {"demo/hq_settings.py", "demo/die_after_commit.py", "demo/complete_journey/unpack.py"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_everything_that_is_imported_is_locked(program):
    lock = (ROOT / f"requirements-{program}.lock").read_text("utf-8")
    locked = {_normal(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    distributions = packages_distributions()

    missing = {
        f"{path}: {module}"
        for folder in PROGRAMS[program]
        for path, module in _imports(ROOT / folder)
        if not any(_normal(name) in locked for name in distributions.get(module, [module]))
    }

    assert missing == set()


def _imports(folder: Path) -> set[tuple[str, str]]:
    found = set()
    for path in folder.rglob("*.py"):
        place = path.relative_to(ROOT).as_posix()
        if place in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in OURS:
                    found.add((place, top))
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
