"""The staff's pages under /console/."""

from __future__ import annotations

from unfold.sites import UnfoldAdminSite


class HqAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Django's admin in unfold's looks."""
