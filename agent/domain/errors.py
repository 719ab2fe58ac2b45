"""The one error type that people are shown.

A `LoyaltyError` says in two lines what happened and what to do. Our own bugs are never turned into one.
"""

from __future__ import annotations


class LoyaltyError(Exception):
    """Something that a person can act on: `title` says what happened, `advice` what to do.

    `code` is stable, for tests, logs and the doors of other tills; people never see it. `path` is the JSON path of
    the field at fault, where a document was refused.
    """

    def __init__(self, title: str, advice: str, *, code: str = "", path: str = "") -> None:
        super().__init__(f"{title} {advice}".strip())
        self.title = title
        self.advice = advice
        self.code = code
        self.path = path
