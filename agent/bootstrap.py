"""Builds everything once. The only file that knows every package, and the register's only clock."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent import __version__
from agent.config import Config, load_config, remember_hq, require_hq_may_be
from agent.domain.errors import LoyaltyError
from agent.jobs import CHECKPOINT_EVERY_S, UPKEEP_EVERY_S, Jobs
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service import register_identity
from agent.service.checkout import Checkout
from agent.service.lane import Lane, this_register
from agent.service.ports import Clock, Entropy, HqLink, NoHq, new_id
from agent.service.print_queue import BacklogPolicy
from agent.service.upkeep import Upkeep
from agent.single_instance import SingleInstance
from agent.store.chains import read_chain, set_state
from agent.store.database import Store
from agent.store.register import Register, read_register
from printers.build import build_printer
from printers.spooler import Spooler
from sync.courier import STOP_TIMEOUT_S, Courier, Pace, open_link
from sync.signing import RegisterKey
from sync.wire.entries import Operator

DATABASE: Final = "register.db"
SOFTWARE: Final = f"regulars {__version__}"
# A simulated clock for replays, shared with HQ: a file that holds UTC ms as decimal digits.
CLOCK_FILE: Final = "REGULARS_CLOCK_FILE"

_log = logging.getLogger(__name__)


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
    spooler: Spooler
    jobs: Jobs

    def checkout(self, operator: Operator) -> Checkout:
        """A checkout of its own for this operator, for one thread."""
        return Checkout(self.lane, operator, self.config.screen.locale)

    def start(self) -> None:
        """Begin to print, to send and to keep house; returns at once."""
        self.spooler.start()
        if self.courier is not None:
            self.courier.start()
        self.jobs.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Stop everything and close the database. What is unsent or unprinted goes on at the next start.

        A worker that does not end in time (an HQ that answers slowly, a printer that takes no byte) keeps the database
        open until it has ended, or the program has: then this returns False, and nothing under way is lost.
        """
        self.jobs.stop()
        ended = self.courier.stop(timeout_s) if self.courier is not None else True
        ended = self.spooler.stop() and ended
        if ended:
            self.lane.store.close()
        else:
            _log.info("a worker is still busy; the database is closed when it has ended")
            threading.Thread(target=self._close_later, name="closing", daemon=True).start()
        return ended

    def _close_later(self) -> None:
        if self.courier is not None:
            self.courier.wait_ended()
        self.spooler.wait_ended()
        self.lane.store.close()


def build_agent(
    data_dir: Path,
    *,
    config: Config | None = None,
    clock: Clock | None = None,
    pace: Pace | None = None,
    backlog: BacklogPolicy = "print",
) -> Agent:
    """The enrolled register of this data folder, not started yet. `backlog`: what its printer does with old jobs
    where the settings do not say.

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
                _("This register's keys are missing."),
                _("Put the folder `keys` of its backup back, or enrol it again with a new code from HQ."),
                code="no_keys",
            )
        return _assemble(
            data_dir, config, store, identity, RegisterKey(signing), store_key, clock, pace, backlog
        )
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
    backlog: BacklogPolicy,
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
        spooler=build_printer(config.printer, store, clock, data_dir, default_backlog=backlog),
        jobs=jobs,
    )


@contextlib.contextmanager
def running_agent(
    data_dir: Path,
    *,
    config: Config | None = None,
    clock: Clock | None = None,
    pace: Pace | None = None,
    backlog: BacklogPolicy = "print",
) -> Iterator[Agent]:
    """The register of this folder, started, alone on its data, and stopped again at the end."""
    with SingleInstance(data_dir):
        agent = build_agent(data_dir, config=config, clock=clock, pace=pace, backlog=backlog)
        try:
            agent.start()
            yield agent
        finally:
            agent.stop()


def enrol_register(
    data_dir: Path, hq_url: str, code: str, name: str = "", *, clock: Clock | None = None
) -> Register:
    """Make this data folder a register of the store whose one-time code this is.

    Writes keys, identity, the chain's first entry, and HQ's address into register.toml. A register that may send
    nothing more (its chain forked, HQ revoked it, its key is lost) is enrolled again: it keeps what it has, and its
    unsent entries go on in a new chain. Raises LoyaltyError when the folder is a register that is in order, or with
    HQ's reason; then nothing has changed.
    """
    from sync.enrolment import enrol

    clock = clock if clock is not None else the_clock()
    with SingleInstance(data_dir):
        config = load_config(data_dir)
        require_hq_may_be(data_dir, config, hq_url)
        keys = KeyStore(data_dir, config.secrets)
        store = Store(data_dir / DATABASE)
        try:
            known = read_register(store.reader())
            if known is not None and _is_in_order(store, known, keys):
                raise LoyaltyError(
                    _("This is register {register} of store {store} already.").format(
                        register=known.register_id, store=known.store_id
                    ),
                    _("Use another data folder for another register."),
                    code="enrolled_already",
                )
            name = name or (known.name if known is not None else _("Register"))
            entropy = SystemEntropy()
            secret = entropy.token(32)
            chain_id = new_id(clock.now_ms(), entropy)
            enrolled = enrol(hq_url, RegisterKey(secret), clock, code=code, chain_id=chain_id, name=name)
            if known is not None and known.store_id != enrolled.store:
                raise LoyaltyError(
                    _("This code is for store {other}; this register belongs to {store}.").format(
                        other=enrolled.store, store=known.store_id
                    ),
                    _("Ask HQ for a code of that store, or use another data folder."),
                    code="other_store",
                )
            if known is not None:
                # From the new key on, the old chain cannot be sent: also where the power goes before the new one stands.
                _retire(store, known.chain_id)
            keys.write(SIGNING_KEY, secret)
            keys.write(STORE_KEY, enrolled.store_key)
            remember_hq(data_dir, config, hq_url)
            return register_identity.open_register(
                store,
                register_id=enrolled.register_id,
                store_id=enrolled.store,
                name=name,
                chain_id=chain_id,
                role=config.role,
                software=SOFTWARE,
                at_ms=clock.now_ms(),
            )
        finally:
            store.close()


def _is_in_order(store: Store, register: Register, keys: KeyStore) -> bool:
    """Whether this register can go on as it is: HQ takes its chain, and its keys are whole."""
    chain = read_chain(store.reader(), register.chain_id)
    if chain is None or chain.state != "ok":
        return False
    try:
        return keys.read(SIGNING_KEY) is not None and keys.read(STORE_KEY) is not None
    except LoyaltyError as error:
        if error.code == "damaged_key":
            return False
        raise


def _retire(store: Store, chain_id: uuid.UUID) -> None:
    chain = read_chain(store.reader(), chain_id)
    if chain is not None and chain.state == "ok":
        with store.unit_of_work() as db:
            set_state(db, chain_id, "revoked")


def _not_enrolled() -> LoyaltyError:
    return LoyaltyError(
        _("This register is not enrolled yet."),
        _("Enrol it with a one-time code from HQ: regulars enrol --hq https://... --code CODE."),
        code="not_enrolled",
    )
