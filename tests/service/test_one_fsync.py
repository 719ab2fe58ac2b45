"""A sale costs exactly one fsync, seen from outside the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# os.sched_yield() is a system call that nothing else here makes: it marks where a sale begins and ends.
_SELL = """
import os, sys
from pathlib import Path
from tests.service.shop import Shop

shop = Shop(Path(sys.argv[1]))
shop.store.checkpoint()
shop.know_member(phone="0722123456", points=600)
for number in range(12):
    if number == 6:
        assert shop.store.checkpoint()
    shop.checkout.enter("0722123456" if number % 2 else "0733000111")
    shop.checkout.enter("2*105")
    shop.checkout.tender("cash")
    os.sched_yield()
    shop.checkout.finish()
    os.sched_yield()
shop.close()
"""


def test_every_sale_is_one_fsync_even_right_after_a_checkpoint(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed here")
    log = tmp_path / "calls"
    done = subprocess.run(
        [
            strace,
            "-f",
            "-o",
            str(log),
            "-e",
            "trace=fsync,fdatasync,sched_yield",
            sys.executable,
            "-c",
            _SELL,
            str(tmp_path / "shop"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    if "ptrace" in done.stderr and not log.read_text().strip():
        pytest.skip("this machine does not let a program be traced")
    assert done.returncode == 0, done.stderr

    between = log.read_text().split("sched_yield()")
    assert len(between) == 25
    assert [part.count("sync(") for part in between[1::2]] == [1] * 12
