"""The words of a receipt in its own language, which need not be the screen's: one gettext catalog a language."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Final

from printers.figures import locale_of

DOMAIN: Final = "regulars"
# Catalogs lie beside the packages: locale/<language>/LC_MESSAGES/regulars.mo.
CATALOGS: Final = Path(__file__).resolve().parent.parent / "locale"


@lru_cache(maxsize=16)
def words_for(locale: str, catalogs: Path = CATALOGS) -> gettext.NullTranslations:
    """The catalog of this language; the English texts of the program where there is none."""
    known = locale_of(locale)
    wanted = [str(known), known.language]
    return gettext.translation(DOMAIN, localedir=str(catalogs), languages=wanted, fallback=True)
