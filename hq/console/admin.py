"""Brings the console's pages to Django's admin, which looks for this module."""

from __future__ import annotations

from hq.console import (
    device_pages,
    member_pages,
    program_pages,
    quarantine_pages,
    return_pages,
    sale_pages,
    staff_pages,
)

__all__ = [
    "device_pages",
    "member_pages",
    "program_pages",
    "quarantine_pages",
    "return_pages",
    "sale_pages",
    "staff_pages",
]
