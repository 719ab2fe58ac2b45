"""`regulars till`: the register of a data folder behind the till's screen."""

from __future__ import annotations

import logging
import os
import time
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Final

import printers
from agent.bootstrap import Agent, running_agent
from agent.config import Config
from agent.domain.errors import LoyaltyError
from agent.domain.member import IdentifierKind
from agent.logs import start_logging
from agent.service.enrolment import enrol
from agent.service.lane import this_store
from agent.service.member_news import MemberNews
from agent.service.moment import offset_at
from agent.service.returns import ReturnDesk
from agent.store.settings import read_operators
from sync.wire.entries import Consent, Operator
from sync.wire.feed import StoreRow

if TYPE_CHECKING:
    from ui.till.services import TillServices
    from ui.widgets.paper import Subscribe

FIRST_FILL_S: Final = 60.0
# Names in Chinese letters show where the system has no font for them.
WIDE_FONT: Final = Path(printers.__file__).parent / "fonts" / "DroidSansFallbackFull.ttf"
_LOOK_EVERY_S: Final = 0.1

_log = logging.getLogger(__name__)


def run_till(data_dir: Path, *, config: Config | None = None, paper: Subscribe | None = None) -> int:
    """Open the till and return its exit status once it is closed. Raises LoyaltyError where it cannot start.

    `config` stands in for the folder's register.toml; `paper` is where a virtual printer's pictures come from.
    """
    start_logging(data_dir)
    _require_a_screen()
    with running_agent(data_dir, config=config, backlog="ask") as agent:
        wait_for_store(agent)
        from ui.app import run_till as open_window
        from ui.till.services import ScannerKeys

        screen, scanner = agent.config.screen, agent.config.scanner
        return open_window(
            till_services(agent),
            scheme=screen.theme,
            scanner=ScannerKeys(scanner.prefix, scanner.suffix),
            full_screen=screen.full_screen,
            paper=paper,
            more_fonts=[WIDE_FONT],
        )


def till_services(agent: Agent) -> TillServices:
    """What the till's screen is handed: a checkout of its own, enrolment, and the names that it shows."""
    from ui.till.services import TillServices

    store = this_store(agent.lane.store.reader())
    operator = first_operator(agent)
    locale = agent.config.screen.locale or store.locale

    def join(
        kind: IdentifierKind, text: str, agreed: tuple[str, ...], friends_code: str, news: MemberNews
    ) -> object:
        consents = [Consent(one, given=True) for one in agreed]
        return enrol(
            agent.lane, operator, kind, text, consents, locale=locale, referral_code=friends_code, news=news
        )

    return TillServices(
        lane=agent.lane,
        checkout=agent.checkout(operator),
        returns=ReturnDesk(agent.lane, operator, locale),
        enrol=join,
        store_name=store.name,
        register_name=agent.identity.name,
        operator_name=operator.name,
        country=store.country,
        currency=store.currency,
        currency_exponent=store.currency_exponent,
        offset_min=lambda at_ms: offset_at(store.zone, at_ms),
        locale=locale,
    )


def first_operator(agent: Agent) -> Operator:
    """Who is signed on: the first of the store's operators, or the register itself where HQ named none."""
    operators = read_operators(agent.lane.store.reader())
    if operators:
        return Operator(operators[0].operator_id, operators[0].name)
    return Operator(agent.identity.register_id, agent.identity.name)


def wait_for_store(agent: Agent, timeout_s: float = FIRST_FILL_S) -> StoreRow:
    """The store's settings; a register that was just enrolled waits a little for HQ's first page.

    Raises LoyaltyError when they do not come.
    """
    until = agent.lane.clock.monotonic_s() + (timeout_s if agent.courier is not None else 0.0)
    while True:
        try:
            return this_store(agent.lane.store.reader())
        except LoyaltyError:
            if agent.lane.clock.monotonic_s() >= until:
                raise
        time.sleep(_LOOK_EVERY_S)


def _require_a_screen() -> None:
    """Qt ends the whole program where it finds no screen; a sentence is kinder."""
    if os.name == "posix" and os.uname().sysname == "Linux":
        shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
        if not shown:
            raise LoyaltyError(
                _("There is no screen to open the till on."),
                _("Start it from a desktop, or use ./run demo --headless to see it work."),
                code="no_screen",
            )
