"""`regulars-hq`: serve HQ, enrol and revoke registers, load a shop, export what HQ has stored.

Every command takes --data DIR, the folder with HQ's database and secrets (made if it is new). Whatever is not a
command of ours is one of Django's (createsuperuser, changepassword).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from hq import data_folder
from hq.batches import cli as coupon_batches

# Django's own commands that make sense on a running shop's database.
DJANGO_COMMANDS: Final = (
    "createsuperuser",
    "changepassword",
    "check",
    "migrate",
    "makemigrations",
    "clearsessions",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 with one sentence on standard error when it did not."""
    parser = _parser()
    told, rest = parser.parse_known_args(sys.argv[1:] if arguments is None else list(arguments))
    if rest and told.command not in DJANGO_COMMANDS:
        parser.error(_("unknown argument: {argument}").format(argument=" ".join(rest)))
    try:
        _prepare(Path(told.data) if told.data else data_folder.folder(), getattr(told, "public_name", None))
        if told.command in DJANGO_COMMANDS:
            return _django(told.command, rest)
        work: Callable[[argparse.Namespace], int] = told.work
        return work(told)
    except LoyaltyError as error:
        print(error.title, file=sys.stderr)
        print(error.advice, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="regulars-hq", description=_("The central server: it receives sales and runs the programs.")
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = _command(commands, "serve", _("serve registers and the console"), _serve)
    serve.add_argument("--host", default="127.0.0.1", help=_("the address to listen on (this machine only)"))
    serve.add_argument(
        "--public-name",
        action="append",
        metavar="NAME",
        help=_("a name under which a proxy with TLS brings people and registers here"),
    )
    serve.add_argument("--port", type=int, default=8600, help=_("the port; 0 takes a free one"))

    code = _command(commands, "enrolment-code", _("a one-time code for a new register"), _enrolment_code)
    code.add_argument("--store", required=True, help=_("the store's id"))

    revoke = _command(
        commands,
        "revoke-register",
        _("take nothing from a register any more, which is lost or replaced"),
        _revoke,
    )
    revoke.add_argument("--register", required=True, help=_("the register's id"))

    load = _command(commands, "load-shop", _("load a store, its items, members and programs"), _load_shop)
    load.add_argument("file", type=Path, help=_("a JSON file"))

    _command(
        commands, "segments", _("look at every member now: segments, badges, birthdays, codes"), _segments
    )

    offers = _command(
        commands, "personal-offers", _("give members the lists of personal offers in a CSV file"), _offers
    )
    offers.add_argument("file", type=Path, help=_("member, program, until, and if wanted from and reason"))

    invite = _command(commands, "invite", _("put the members in a CSV file on an invitation list"), _invite)
    invite.add_argument("list", help=_("its name, as programs' audiences name it"))
    invite.add_argument("file", type=Path, help=_("a CSV file with the column member"))
    invite.add_argument(
        "--replace", action="store_true", help=_("members who are not in the file leave the list")
    )

    batches = commands.add_parser("coupon-batch", help=_("many coupons of one program at once"))
    coupon_batches.add_actions(
        batches.add_subparsers(dest="action", required=True, metavar="ACTION"), _command
    )

    export = _command(commands, "export-journal", _("every stored entry as CSV"), _export_journal)
    export.add_argument("--csv", type=Path, required=True, help=_("the file to write"))

    report = _command(commands, "report", _("figures of a period: what each program gave"), _report)
    report.add_argument("kind", choices=["programs"], help=_("which report"))
    report.add_argument(
        "--from", dest="first", required=True, metavar="DATE", help=_("the first business date")
    )
    report.add_argument("--to", dest="last", required=True, metavar="DATE", help=_("the last business date"))
    report.add_argument("--store", default="", help=_("one store's id; without it all stores"))
    report.add_argument("--csv", action="store_true", help=_("CSV instead of a table"))

    _command(commands, "review-tiers", _("review every member's tier; for every night"), _review_tiers)

    _command(commands, "status", _("what is stored, posted and waiting, as JSON"), _status)
    for name in DJANGO_COMMANDS:
        _command(commands, name, _("Django's own command"), None)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    work: Callable[[argparse.Namespace], int] | None,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text, add_help=work is not None)
    parser.add_argument("--data", metavar="DIR", help=_("HQ's data folder"))
    parser.set_defaults(work=work)
    return parser


def _prepare(data: Path, public_names: Sequence[str] | None) -> None:
    """The environment that hq.settings reads, and Django."""
    if os.environ.get("DATABASE_URL"):
        raise LoyaltyError(
            _("HQ keeps its data in its own SQLite file so far, and DATABASE_URL names another database."),
            _("Unset DATABASE_URL and start again."),
            code="other_database",
        )
    os.environ[data_folder.ENVIRONMENT] = str(data.absolute())
    if public_names:
        os.environ["REGULARS_HQ_HOSTS"] = " ".join(public_names)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hq.settings")
    data_folder.prepare(data.absolute())
    data_folder.require_secrets(data.absolute())
    import django

    django.setup()


def _serve(told: argparse.Namespace) -> int:
    from hq.database import prepare_database
    from hq.serving import HqServer, require_free

    require_free(told.host, told.port)
    prepare_database()
    HqServer(told.host, told.port).run()
    return 0


def _enrolment_code(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.devices.enrolment import new_code
    from hq.devices.models import Store

    prepare_database()
    store = Store.objects.filter(pk=told.store).first()
    if store is None:
        raise LoyaltyError(
            _("HQ has no store {store}.").format(store=told.store),
            _("Load it first with load-shop, or check its id."),
            code="no_store",
        )
    print(new_code(store, clock.now_ms()))
    return 0


def _revoke(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.devices.models import Register
    from hq.devices.revocation import revoke

    prepare_database()
    now = revoke(told.register, clock.now_ms())
    said = _("{register} is revoked.") if now else _("{register} was revoked before.")
    print(said.format(register=Register.objects.get(pk=told.register)))
    return 0


def _load_shop(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.shop_loading import load_shop

    prepare_database()
    loaded = load_shop(told.file, clock.now_ms())
    print(
        _("{store}: {items} items, {members} members, {operators} operators").format(
            store=loaded.store_id, items=loaded.items, members=loaded.members, operators=loaded.operators
        )
    )
    return 0


def _segments(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.daily_look import look_at_everybody
    from hq.database import prepare_database
    from hq.figures import members_by_segment

    prepare_database()
    look_at_everybody(clock.now_ms())
    print(json.dumps(members_by_segment()))
    return 0


def _offers(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.offers.from_file import give_from

    prepare_database()
    read = give_from(told.file, clock.now_ms(), _lines_read)
    for problem in read.problems:
        print(problem, file=sys.stderr)
    if read.problems:
        print(_("Nothing was given. Correct the lines and try again."), file=sys.stderr)
        return 1
    count = len(read.lists)
    told_all = ngettext("{count} member has a new list", "{count} members have a new list", count)
    print(told_all.format(count=count))
    return 0


def _invite(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.segments.inviting import invite_from

    prepare_database()
    read, changed = invite_from(
        told.file, told.list, clock.now_ms(), replace=told.replace, progress=_lines_read
    )
    for problem in read.problems:
        print(problem, file=sys.stderr)
    if read.problems:
        print(_("Nobody was invited. Correct the lines and try again."), file=sys.stderr)
        return 1
    came = ngettext("{count} member came", "{count} members came", changed.came)
    left = ngettext("{count} left", "{count} left", changed.left)
    print(f"{came.format(count=changed.came)}, {left.format(count=changed.left)}")
    return 0


def _lines_read(lines: int) -> None:
    if sys.stderr.isatty():
        print(_("{count} lines checked").format(count=lines), end="\r", file=sys.stderr)


def _export_journal(told: argparse.Namespace) -> int:
    from hq.database import prepare_database
    from hq.journal_export import export_journal

    prepare_database()
    count = export_journal(told.csv)
    print(_("{count} entries").format(count=count))
    return 0


def _report(told: argparse.Namespace) -> int:
    from hq.database import prepare_database
    from hq.program_figures.from_command import report_programs

    prepare_database()
    if not report_programs(told.first, told.last, told.store, as_csv=told.csv, out=sys.stdout):
        said = _("There is nothing to report from {first} to {last}.")
        print(said.format(first=told.first, last=told.last), file=sys.stderr)
    return 0


def _review_tiers(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.database import prepare_database
    from hq.tiers.standings import review

    prepare_database()
    changed = review(clock.now_ms())
    print(ngettext("{count} tier changed", "{count} tiers changed", changed).format(count=changed))
    return 0


def _status(told: argparse.Namespace) -> int:
    from hq.database import prepare_database
    from hq.figures import figures

    prepare_database()
    print(json.dumps(figures()))
    return 0


def _django(command: str, rest: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    from hq.database import prepare_database

    if command in ("createsuperuser", "changepassword"):
        prepare_database()
    execute_from_command_line(["regulars-hq", command, *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main())
