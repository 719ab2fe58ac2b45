"""Counting fsyncs process-wide: a few lines of C preloaded into a second start of the same program."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

_STARTED = "REGULARS_FSYNCS_COUNTED"


def restart_counted(module: str) -> None:
    """Start this program again with the counter preloaded, once; returns in that second start.

    Ends the program with one sentence where there is no C compiler.
    """
    if os.environ.get(_STARTED):
        return
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("Counting fsyncs needs a C compiler: install gcc and libc6-dev, then run this again.")
    with tempfile.TemporaryDirectory(prefix="regulars-fsyncs-") as folder:
        library = Path(folder) / "count_fsyncs.so"
        source = Path(__file__).with_name("count_fsyncs.c")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        preload = " ".join(filter(None, [str(library), os.environ.get("LD_PRELOAD", "")]))
        environment = {**os.environ, _STARTED: "1", "LD_PRELOAD": preload}
        done = subprocess.run([sys.executable, "-m", module, *sys.argv[1:]], env=environment, check=False)
    sys.exit(done.returncode)


def fsync_counter() -> Callable[[], int]:
    """A function that says how many fsyncs this process has made. Needs `restart_counted` first."""
    counter = ctypes.CDLL(None).regulars_fsync_calls
    counter.restype = ctypes.c_long
    return lambda: int(counter())
