"""`regulars ...`: the commands of the register, in plain words.

Errors for people are two sentences on standard error and exit status 1; our own bugs end with their traceback.
Each command imports what it needs when it runs, so that `--help` and `quote` start at once.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from gettext import gettext as _
from pathlib import Path
from typing import Final, TextIO

from agent.config import default_data_dir
from agent.domain.errors import LoyaltyError

# What a shell answers for a program that a signal has ended: SIGINT, SIGPIPE.
STOPPED: Final = 130
PIPE_CLOSED: Final = 141


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 it could not (with the reason), 2 wrong words."""
    parser = _parser()
    told = parser.parse_args(arguments)
    try:
        status = int(told.run(told))
        sys.stdout.flush()
        return status
    except LoyaltyError as error:
        print(f"{error.title} {error.advice}".strip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`); Python's own last flush must not complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="regulars", description=_("Regulars: loyalty at the register."))
    parser.add_argument(
        "--data",
        type=Path,
        default=None,
        metavar="DIR",
        help=_("the register's data folder (default: REGULARS_DATA, else the user's data folder)"),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    till = commands.add_parser("till", help=_("open the till on this screen"))
    till.set_defaults(run=_till)

    enrol = commands.add_parser("enrol", help=_("enrol this register at HQ with a one-time code"))
    enrol.add_argument("--hq", required=True, metavar="URL", help=_("HQ's address, https://..."))
    enrol.add_argument("--code", required=True, help=_("the code that HQ's register page shows"))
    enrol.add_argument("--name", default="", help=_("how HQ and receipts call this register"))
    enrol.set_defaults(run=_enrol)

    quote = commands.add_parser(
        "quote", help=_("price a basket: a quote_input as JSON in, the quote as JSON out")
    )
    asked = quote.add_mutually_exclusive_group(required=True)
    asked.add_argument("file", nargs="?", metavar="FILE|-", help=_("the quote_input, - for standard input"))
    asked.add_argument(
        "--schema",
        choices=["quote-input", "quote"],
        help=_("print the JSON Schema of what goes in or comes out"),
    )
    quote.add_argument(
        "--program-set", type=Path, metavar="FILE", help=_("default: the one that the register uses")
    )
    quote.set_defaults(run=_quote)

    explain = commands.add_parser("explain", help=_("say why a program gives what it gives, or nothing"))
    explain.add_argument("file", metavar="FILE|-", help=_("the quote_input, - for standard input"))
    explain.add_argument("program_id", metavar="PROGRAM_ID", help=_("any id, in the program set or not"))
    explain.add_argument(
        "--for",
        dest="reader",
        choices=["cashier", "member", "hq"],
        default="cashier",
        help=_("who reads the sentence"),
    )
    explain.add_argument(
        "--program-set", type=Path, metavar="FILE", help=_("default: the one that the register uses")
    )
    explain.set_defaults(run=_explain)

    render = commands.add_parser("render", help=_("show ESC/POS bytes as a picture or as text"))
    render.add_argument("file", metavar="FILE|-", help=_("the printer's bytes, - for standard input"))
    shown = render.add_mutually_exclusive_group(required=True)
    shown.add_argument("--png", type=Path, metavar="OUT", help=_("write a picture of the paper"))
    shown.add_argument("--text", action="store_true", help=_("print the paper's text"))
    render.add_argument("--paper", choices=["80mm", "58mm"], default="80mm", help=_("the paper's width"))
    render.set_defaults(run=_render)

    replay = commands.add_parser("replay", help=_("play real supermarket baskets through the checkout"))
    replay.add_argument("--source", required=True, choices=["complete-journey"])
    replay.add_argument(
        "--baskets", required=True, type=_count, metavar="N", help=_("how many baskets to play")
    )
    replay.add_argument(
        "--out", type=Path, metavar="DIR", help=_("where its registers and HQ live; it goes on there")
    )
    replay.set_defaults(run=_replay)

    report = commands.add_parser(
        "report",
        add_help=False,
        help=_("sales, points, coupons, returns and more from this register's own books"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument(
        "-h", "--help", action=_ReportHelp, nargs=0, help=_("show this help with every kind of report")
    )
    report.add_argument("kind", metavar="KIND", help=_("which report"))
    _add_period(report)
    report.add_argument("--csv", action="store_true", help=_("CSV with a header instead of a table"))
    report.set_defaults(run=_report)

    backtest = commands.add_parser(
        "backtest", help=_("show what another program set would have made of this register's sales")
    )
    backtest.add_argument(
        "program_set",
        type=Path,
        metavar="PROGRAM_SET",
        help=_("the program set's file, as HQ would publish it"),
    )
    _add_period(backtest)
    form = backtest.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help=_("a CSV row for each sale that changes"))
    form.add_argument("--json", action="store_true", help=_("the sums as a JSON document"))
    backtest.set_defaults(run=_backtest)

    doctor = commands.add_parser(
        "doctor", help=_("check database, printer, clock, disk and HQ, and say what to do")
    )
    doctor.set_defaults(run=_doctor)
    return parser


class _ReportHelp(argparse.Action):
    """`regulars report --help`: the kinds are read only when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> None:
        from agent.service.reports.kinds import described

        kinds = (f"  {kind:10} {about}" for kind, about in described())
        parser.epilog = "\n".join([_("kinds:"), *kinds])
        parser.print_help()
        parser.exit()


def _add_period(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from",
        dest="first",
        required=True,
        metavar="DATE",
        help=_("the first business date, like 2026-11-01"),
    )
    command.add_argument(
        "--to", dest="last", required=True, metavar="DATE", help=_("the last business date; it is included")
    )


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 10_000_000:
        return int(text)
    raise argparse.ArgumentTypeError(
        _("{text} is not a number of baskets, for example 500").format(text=text)
    )


def _data_dir(told: argparse.Namespace) -> Path:
    return told.data if told.data is not None else default_data_dir()


def _till(told: argparse.Namespace) -> int:
    from agent.start_till import run_till

    return run_till(_data_dir(told))


def _enrol(told: argparse.Namespace) -> int:
    from agent.bootstrap import enrol_register

    enrolled = enrol_register(_data_dir(told), told.hq, told.code, told.name)
    said = _("This is register {register} of store {store} now.")
    print(said.format(register=enrolled.register_id, store=enrolled.store_id))
    return 0


def _quote(told: argparse.Namespace) -> int:
    from agent.domain.quote_input_checks import MAX_QUOTE_INPUT_BYTES
    from agent.domain.quote_schema import schema
    from agent.quote_command import problem_line, quote_command

    if told.schema is not None:
        sys.stdout.buffer.write(schema(told.schema))
        return 0
    try:
        # One byte more than may be, so that an endless file is refused like a long one.
        asked = _read(told.file, MAX_QUOTE_INPUT_BYTES + 1)
        answer = quote_command(asked, told.program_set, _data_dir(told))
    except LoyaltyError as error:
        sys.stderr.buffer.write(problem_line(error))
        return 1
    sys.stdout.buffer.write(answer + b"\n")
    return 0


def _report(told: argparse.Namespace) -> int:
    from agent.report_command import nothing_to_report, report_command
    from agent.service.period import period_of
    from agent.service.reports.kinds import report_of

    report_of(told.kind)
    period = period_of(told.first, told.last)
    out = _out(for_programs=told.csv)
    if not report_command(told.kind, period, as_csv=told.csv, data_dir=_data_dir(told), out=out):
        print(nothing_to_report(period), file=sys.stderr)
    return 0


def _backtest(told: argparse.Namespace) -> int:
    from agent.backtest_command import Form, backtest_command
    from agent.service.period import period_of

    period = period_of(told.first, told.last)
    form: Form = "csv" if told.csv else "json" if told.json else "table"
    out = _out(for_programs=form != "table")
    return backtest_command(told.program_set, period, form, _data_dir(told), out)


def _explain(told: argparse.Namespace) -> int:
    from agent.domain.quote_input_checks import MAX_QUOTE_INPUT_BYTES
    from agent.explain_command import explain_command

    data = _read(told.file, MAX_QUOTE_INPUT_BYTES + 1)
    print(explain_command(data, told.program_id, told.reader, told.program_set, _data_dir(told)))
    return 0


def _render(told: argparse.Namespace) -> int:
    from printers.profile import profile_for
    from printers.stream.render import render

    rendering = render(_read(told.file), profile_for(told.paper))
    if told.text:
        print(rendering.text(), end="")
        return 0
    try:
        rendering.picture().save(told.png, format="PNG")
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be written: {reason}.").format(path=told.png, reason=error.strerror),
            _("Choose another place."),
        ) from error
    return 0


def _replay(told: argparse.Namespace) -> int:
    import importlib

    try:
        command = importlib.import_module("demo.complete_journey.command")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "demo":
            raise
        raise LoyaltyError(
            _("The replay of real baskets is not part of an installed register."),
            _("Run it from a checkout: ./run regulars replay."),
        ) from error
    return int(command.replay_command(told.baskets, told.out))


def _doctor(told: argparse.Namespace) -> int:
    from agent.doctor import examine

    findings = examine(_data_dir(told))
    for finding in findings:
        print(finding.line())
    return 0 if all(finding.well for finding in findings) else 1


def _out(*, for_programs: bool) -> TextIO:
    """Standard output: always UTF-8 for programs; a terminal that cannot show a letter shows a question mark."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if for_programs:
            sys.stdout.reconfigure(encoding="utf-8", errors="strict")
        else:
            sys.stdout.reconfigure(errors="replace")
    return sys.stdout


def _read(name: str, most_bytes: int = -1) -> bytes:
    """The file's first bytes, or standard input's; -1 is all. One clear sentence where it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read(most_bytes)
    try:
        with Path(name).open("rb") as file:
            return file.read(most_bytes)
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be read: {reason}.").format(path=name, reason=error.strerror),
            _("Check the name and try again."),
            code="cannot_read",
        ) from error
