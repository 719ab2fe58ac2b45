"""Builds everything once. The only file that knows every package, and the register's only clock."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent.config import Config, load_config
from agent.domain.errors import LoyaltyError
from agent.jobs import CHECKPOINT_EVERY_S, UPKEEP_EVERY_S, Jobs
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.checkout import Checkout
from agent.service.lane import Lane, this_register
from agent.service.ports import Clock, Entropy, HqLink, NoHq, new_id
from agent.service.upkeep import Upkeep
from agent.single_instance import SingleInstance
from agent.store.database import Store
from agent.store.register import Register, read_register
from sync.courier import Courier, Pace, open_link
from sync.signing import RegisterKey
from sync.wire.entries import Operator

if TYPE_CHECKING:
    from printers.spooler import Spooler

DATABASE: Final = "register.db"
# A simulated clock for replays, shared with HQ: a file that holds UTC ms as decimal digits.
CLOCK_FILE: Final = "REGULARS_CLOCK_FILE"


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class FileClock(SystemClock):
    """A clock that stands where a file says, for replays; timeouts still follow real time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now_ms(self) -> int:
        return int(self._path.read_text("ascii"))


class SystemEntropy:
    """The operating system's random bytes."""

    def token(self, length: int) -> bytes:
        return secrets.token_bytes(length)


def the_clock() -> SystemClock:
    """The machine's clock, or the simulated one that a replay names."""
    told = os.environ.get(CLOCK_FILE)
    return FileClock(Path(told)) if told else SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A register that runs: its services, its courier, its spooler and its timetable."""

    config: Config
    identity: Register
    lane: Lane
    courier: Courier | None
    spooler: Spooler | None
    jobs: Jobs

    def checkout(self, operator: Operator) -> Checkout:
        """A checkout of its own for this operator, for one thread."""
        return Checkout(self.lane, operator, self.config.screen.locale)

    def start(self) -> None:
        """Begin to print, to send and to keep house; returns at once."""
        if self.spooler is not None:
            self.spooler.start()
        if self.courier is not None:
            self.courier.start()
        self.jobs.start()

    def stop(self) -> None:
        """Stop everything and close the database. What is unsent or unprinted goes on at the next start."""
        self.jobs.stop()
        if self.courier is not None:
            self.courier.stop()
        if self.spooler is not None:
            self.spooler.stop()
        self.lane.store.close()


def build_agent(
    data_dir: Path, *, config: Config | None = None, clock: Clock | None = None, pace: Pace | None = None
) -> Agent:
    """The enrolled register of this data folder, not started yet.

    Raises LoyaltyError for wrong settings, an unusable database or keys, or a register that is not enrolled.
    """
    config = config if config is not None else load_config(data_dir)
    clock = clock if clock is not None else the_clock()
    keys = KeyStore(data_dir, config.secrets)
    if not (data_dir / DATABASE).exists():
        raise _not_enrolled()
    store = Store(data_dir / DATABASE)
    try:
        identity = this_register(store.reader())
        signing, store_key = keys.read(SIGNING_KEY), keys.read(STORE_KEY)
        if signing is None or store_key is None:
            raise LoyaltyError(
                "This register's keys are missing.",
                "Put the folder `keys` of its backup back, or enrol it again with a new code from HQ.",
                code="no_keys",
            )
        return _assemble(data_dir, config, store, identity, RegisterKey(signing), store_key, clock, pace)
    except BaseException:
        store.close()
        raise


def _assemble(
    data_dir: Path,
    config: Config,
    store: Store,
    identity: Register,
    key: RegisterKey,
    store_key: bytes,
    clock: Clock,
    pace: Pace | None,
) -> Agent:
    entropy: Entropy = SystemEntropy()
    courier = open_link(store, config.hq.url, key, clock, entropy, pace) if config.hq.url else None
    link: HqLink = courier if courier is not None else NoHq()
    lane = Lane(store=store, clock=clock, entropy=entropy, signer=key, link=link, store_key=store_key)
    upkeep = Upkeep(store)
    jobs = Jobs()
    jobs.every(CHECKPOINT_EVERY_S, "checkpoint", upkeep.checkpoint_when_idle)
    jobs.every(UPKEEP_EVERY_S, "backup", lambda: upkeep.back_up_daily(clock.now_ms()))
    jobs.every(UPKEEP_EVERY_S, "tidy", lambda: upkeep.tidy(clock.now_ms()))
    return Agent(
        config=config,
        identity=identity,
        lane=lane,
        courier=courier,
        spooler=_spooler(data_dir, config, store, clock, entropy),
        jobs=jobs,
    )


@contextlib.contextmanager
def running_agent(
    data_dir: Path, *, config: Config | None = None, clock: Clock | None = None, pace: Pace | None = None
) -> Iterator[Agent]:
    """The register of this folder, started, alone on its data, and stopped again at the end."""
    with SingleInstance(data_dir):
        agent = build_agent(data_dir, config=config, clock=clock, pace=pace)
        try:
            agent.start()
            yield agent
        finally:
            agent.stop()
