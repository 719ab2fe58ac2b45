"""Logs that rotate and hold no personal data.

What is logged are codes, counts and ids. As a second fence, the formatter hides what looks like a phone number, a card
number or an e-mail address, wherever it came from.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
from pathlib import Path
from typing import Final

MAX_LOG_BYTES: Final = 2 * 1024 * 1024
KEPT_FILES: Final = 5

# Seven digits or more in a row, spaces and dashes allowed between them, but not inside a UUID or a hash.
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z-])\+?\d(?:[ -]?\d){6,}(?![0-9A-Za-z-])")
_EMAIL: Final = re.compile(r"[^\s@<>'\"]+@[^\s@<>'\"]+\.[^\s@<>'\"]+")


class PrivateFormatter(logging.Formatter):
    """One line a record, with numbers of seven digits or more and e-mail addresses hidden, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage()
        if record.exc_info:
            # Not record.exc_text: another handler may have filled it without hiding anything.
            said = f"{said}\n{self.formatException(record.exc_info)}"
        head = f"{self.formatTime(record)} {record.levelname} {record.threadName} {record.name}"
        return f"{head}: {hide_personal_data(said)}"


def hide_personal_data(text: str) -> str:
    """The text without anything that looks like a phone number, a card number or an e-mail address."""
    return _EMAIL.sub("[e-mail]", _NUMBER.sub("[number]", text))


def start_logging(data_dir: Path) -> None:
    """Write the register's log to `<data>/logs/regulars.log`: 2 MiB a file, five older ones kept."""
    folder = data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "regulars.log", maxBytes=MAX_LOG_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(PrivateFormatter())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    # urllib3 logs whole URLs and retries; the courier says in its own words what happened.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
