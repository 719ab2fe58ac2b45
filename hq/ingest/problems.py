"""What HQ answers instead of data: a status, a stable code, one sentence."""

from __future__ import annotations

from typing import Final

from sync.wire.messages import PROBLEM_CLOCK, PROBLEM_REVOKED, PROBLEM_UNKNOWN_KEY

STATUS_OF: Final = {
    "bad_message": 400,
    "bad_signature": 401,
    PROBLEM_CLOCK: 401,
    PROBLEM_UNKNOWN_KEY: 401,
    PROBLEM_REVOKED: 403,
    "bad_code": 403,
    "other_scope": 403,
    "other_chain": 403,
    "unknown_content": 404,
    "post_only": 405,
    "known_key": 409,
    "too_large": 413,
    "other_type": 415,
    "bad_identifier": 422,
    "hq_defect": 500,
    "hq_busy": 503,
}


class Refused(Exception):
    """A request that HQ does not answer with data; `detail` is the one sentence for a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail

    @property
    def status(self) -> int:
        return STATUS_OF[self.code]
