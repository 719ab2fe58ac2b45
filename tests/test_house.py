"""The house keeps its shape: every module on its shelf, files short, locks without addresses.

ARCHITECTURE.md names the shelves, pyproject.toml holds the import rules between them. A new module that stands on no
shelf would escape those rules, so it fails here until both say where it belongs.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agent", "ui", "printers", "sync", "hq", "demo", "benchmarks")
MAX_LINES = 500

# Packages whose every module is on the same shelf, and single modules. A new one is added here, and where an import
# rule of pyproject.toml lists its neighbours, there too.
SHELVES = {
    "start-up": {
        "agent.backtest_command", "agent.backtest_words", "agent.bootstrap", "agent.cli", "agent.__main__", "agent.config", "agent.doctor", "agent.jobs",
        "agent.key_store", "agent.explain_command", "agent.logs", "agent.quote_command", "agent.report_command", "agent.single_instance", "agent.start_till",
        "agent.terminal_table",
    },
    "screen": {"ui"},
    "printers": {"printers"},
    "talk with HQ": {
        "sync.answers", "sync.backoff", "sync.catalog", "sync.client", "sync.connection", "sync.contact",
        "sync.courier", "sync.enrolment", "sync.hq_time", "sync.leases", "sync.outcomes", "sync.push",
        "sync.signing",
    },
    "doors": {"agent.pos"},
    "services": {"agent.service"},
    "store": {"agent.store"},
    "wire": {"sync.wire"},
    "domain": {"agent.domain"},
    "HQ": {"hq"},
    "beside the product": {"demo", "benchmarks"},
}  # fmt: skip
BESIDE_THE_REGISTER = {"HQ", "beside the product"}
SHELF_OF = {module: shelf for shelf, modules in SHELVES.items() for module in modules}


def modules() -> list[str]:
    """Every module of the product, the demo and the benchmarks, by its dotted name; packages without their __init__."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def shelf(module: str) -> str | None:
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if found := SHELF_OF.get(".".join(parts[:end])):
            return found
    return None


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, those inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_every_module_stands_on_a_shelf():
    containers = {"agent", "sync"}  # packages that hold several shelves and no code of their own
    astray = [module for module in modules() if module not in containers and shelf(module) is None]
    assert astray == [], "say in tests/test_house.py and pyproject.toml on which shelf these stand"


def import_rules() -> dict[str, dict[str, Any]]:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    return {contract["id"]: contract for contract in tools["importlinter"]["contracts"]}


def test_every_module_of_the_register_is_in_the_layers():
    ruled = {name.strip(" ()") for layer in import_rules()["shelves"]["layers"] for name in layer.split(":")}
    product = [
        module for shelf_, found in SHELVES.items() if shelf_ not in BESIDE_THE_REGISTER for module in found
    ]
    assert sorted(product) == sorted(ruled)


@pytest.mark.parametrize(
    ("rule", "shelves"),
    [
        ("screen-stands-alone", ["talk with HQ"]),
        ("printers-stand-alone", ["talk with HQ"]),
        ("hq-shares-two-packages", ["talk with HQ", "start-up"]),
    ],
)
def test_a_rule_about_a_shelf_names_all_of_it(rule, shelves):
    named = set(import_rules()[rule]["forbidden_modules"])
    assert [module for shelf_ in shelves for module in sorted(SHELVES[shelf_] - named)] == []


def test_hq_takes_only_wire_and_domain_from_the_register():
    allowed = ("sync.wire", "agent.domain", "agent.__version__")
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "hq").rglob("*.py"))
        for name in sorted(imports_of(path))
        if name.split(".")[0] in PACKAGES and name.split(".")[0] != "hq" and not name.startswith(allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ["agent", "ui", "printers", "sync"])
def test_only_the_store_speaks_sql(package):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.is_relative_to(ROOT / "agent" / "store")
        for name in sorted(imports_of(path))
        if name.split(".")[0] in ("sqlite3", "pysqlite3", "sqlite_utils", "django")
    ]
    assert wrong == []


def test_no_file_is_longer_than_five_hundred_lines():
    long_ones = {
        str(path.relative_to(ROOT)): lines
        for folder in (*PACKAGES, "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := len(path.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert long_ones == {}, "look for the second noun in it"


def test_no_module_is_called_after_nothing():
    drawers = {"utils", "helpers", "common", "manager", "misc"}
    wrong = [name for name in modules() if name.rsplit(".", 1)[-1] in drawers and name != "ui.manager"]
    assert wrong == [], "name the thing"


def test_no_package_hides_a_module_of_the_standard_library():
    hidden = [
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name in sys.stdlib_module_names
    ]
    assert hidden == []


@pytest.mark.parametrize("name", ["register", "hq", "dev", "data", "solver"])
class TestLocks:
    def test_a_lock_holds_packages_and_hashes_and_no_address(self, name):
        lock = (ROOT / f"requirements-{name}.lock").read_text("utf-8")
        known = re.compile(r"[a-z0-9._-]+==[^ ;@/]+( ; [^@/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
        assert [line for line in lock.splitlines() if not known.fullmatch(line)] == []

    def test_pandas_and_numpy_stay_out(self, name):
        # sqlite-utils imports them when it finds them: two seconds at each start. HiGHS needs numpy, and lives apart.
        unwanted = "pandas|pyarrow" if name == "solver" else "pandas|numpy|pyarrow"
        lock = (ROOT / f"requirements-{name}.lock").read_text("utf-8")
        assert re.findall(rf"^(?:{unwanted})==", lock, re.MULTILINE) == []

    def test_every_requirement_says_why_it_is_there_and_is_locked(self, name):
        lock = (ROOT / f"requirements-{name}.lock").read_text("utf-8")
        for line in (ROOT / f"requirements-{name}.in").read_text("utf-8").splitlines():
            wanted = re.match(r"[A-Za-z][\w.-]*", line)
            if wanted:
                assert f"\n{wanted[0].lower().replace('_', '-')}==" in "\n" + lock
                assert name == "dev" or "#" in line, f"{wanted[0]}: why?"


def test_the_environments_agree_on_every_version_that_they_share():
    versions: dict[str, set[str]] = {}
    for name in ("register", "hq", "dev"):
        for package, version in re.findall(
            r"^([a-z0-9.-]+)==(\S+)", (ROOT / f"requirements-{name}.lock").read_text("utf-8"), re.MULTILINE
        ):
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_qt_is_older_than_the_release_that_aborts():
    # PySide6 6.12.0 aborts on Python 3.11 after some hundred Signal.emit().
    lock = (ROOT / "requirements-register.lock").read_text("utf-8")
    version = re.search(r"^pyside6-essentials==(\d+)\.(\d+)", lock, re.MULTILINE)
    assert version is not None
    assert (6, 10) <= (int(version[1]), int(version[2])) < (6, 12)


def test_the_notice_names_every_package_that_ships():
    shipped = {
        package
        for name in ("register", "hq")
        for package in re.findall(
            r"^([a-z0-9.-]+)==", (ROOT / f"requirements-{name}.lock").read_text("utf-8"), re.MULTILINE
        )
    }
    notice = (ROOT / "NOTICE").read_text("utf-8")
    licences = dict(re.findall(r"^    ([a-z0-9.-]+) {2,}(\S.*)$", notice, re.MULTILINE))
    assert set(licences) == shipped
    assert [package for package, licence in licences.items() if re.search(r"(?<!L)A?GPL", licence)] == []
