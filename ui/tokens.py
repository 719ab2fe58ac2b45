"""The colours of the till, by role, light and dark. Contrast is checked by a test, not by eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One colour for each role, as #RRGGBB. `on_x` is text upon `x`; `x_line` the border around `x`."""

    window: str
    surface: str
    sunken: str
    key: str
    key_pressed: str
    line: str
    control: str
    text: str
    text_2: str
    text_3: str
    primary: str
    primary_pressed: str
    on_primary: str
    tint: str
    on_tint: str
    tint_line: str
    newest: str
    notice: str
    on_notice: str
    notice_line: str
    amber: str
    amber_track: str
    tier: str
    on_tier: str
    danger: str
    on_danger: str
    danger_line: str
    bar: str
    on_bar: str
    on_bar_2: str
    bar_line: str
    brand: str
    on_brand: str


LIGHT: Final = Tokens(
    window="#F4F3EF",
    surface="#FFFFFF",
    sunken="#ECEAE4",
    key="#FFFFFF",
    key_pressed="#E1DED6",
    line="#DCD9D1",
    control="#86837A",
    text="#181B19",
    text_2="#474B47",
    text_3="#5E625D",
    primary="#0C5A47",
    primary_pressed="#084234",
    on_primary="#FFFFFF",
    tint="#E3F1EB",
    on_tint="#0A4A3A",
    tint_line="#A9CFC0",
    newest="#EEF6F2",
    notice="#FFF3DA",
    on_notice="#5A3A00",
    notice_line="#D9B25C",
    amber="#A86500",
    amber_track="#D6D2C8",
    tier="#F6E6BC",
    on_tier="#553D00",
    danger="#FCEBE8",
    on_danger="#7C1616",
    danger_line="#DDA49C",
    bar="#1E2421",
    on_bar="#F5F6F3",
    on_bar_2="#C6CCC8",
    bar_line="#3D4541",
    brand="#5CCFA8",
    on_brand="#04241A",
)

DARK: Final = Tokens(
    window="#111413",
    surface="#1A1E1C",
    sunken="#141816",
    key="#272D2A",
    key_pressed="#38403C",
    line="#333A36",
    control="#7E8882",
    text="#F3F5F2",
    text_2="#C3CAC5",
    text_3="#A0A9A3",
    primary="#5CCFA8",
    primary_pressed="#8ADFC2",
    on_primary="#04241A",
    tint="#15342A",
    on_tint="#A6EBD2",
    tint_line="#2E5B4B",
    newest="#182721",
    notice="#33280F",
    on_notice="#F7DDA4",
    notice_line="#6B5623",
    amber="#E6AC45",
    amber_track="#3A403C",
    tier="#43350F",
    on_tier="#F8DE9E",
    danger="#3A1916",
    on_danger="#FBC9C4",
    danger_line="#6E332D",
    bar="#0B0D0C",
    on_bar="#F3F5F2",
    on_bar_2="#BFC6C1",
    bar_line="#333A36",
    brand="#5CCFA8",
    on_brand="#04241A",
)

SCHEMES: Final[dict[Scheme, Tokens]] = {"light": LIGHT, "dark": DARK}
