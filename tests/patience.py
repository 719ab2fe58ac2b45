"""How long a test waits for what must happen.

Long, for a machine that is slow or has other things to do: it costs nothing when all goes well. A test that something
does not happen at all waits a short time of its own, and cannot fail by that.
"""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 60.0
PATIENCE_MS: Final = 60_000
