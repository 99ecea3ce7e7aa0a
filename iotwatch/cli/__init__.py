"""The command line: one file per verb; each parses, makes one library call and prints.

stdout is data, stderr is progress and logs. Heavy imports live inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

import click

from iotwatch.cli import ending, streams
from iotwatch.cli.options import database, hear_globals, heard, talk_options
from iotwatch.cli.saying import say
from iotwatch.errors import (
    IotwatchError,
    LimitReached,
    NotStored,
    OptionError,
    OutputError,
    SignatureError,
    StoreError,
)
from iotwatch.files.printable import visible
from iotwatch.version import __version__

# verb -> (module, first line of help): the help page must not import the commands.
VERBS = {
    "scan": "Analyse captures, firmware and logs; store findings; print one verdict per asset.",
    "show": "Show what the database holds: assets, findings, positions, beacons, sources ...",
    "decode": "Tell which tracker dialect a message is, and what it says.",
    "report": "Write a report for people: HTML in one file, Markdown or JSON.",
    "schema": "Print the JSON Schema of the JSON report.",
    "browse": "Look through the database in a browser, on this host alone.",
    "export": "Write findings with their evidence for other programs.",
    "extract": "Write what is inside an image as files, with a list.",
    "case": "Begin a case file: what the people know of a sweep.",
    "baseline": "Make a file of factory-fit equipment from a car that is known to be good.",
    "decide": "Say what is expected or explained, and by whom.",
    "diff": "Tell what is new, gone or changed between two assets, databases or files.",
    "rejudge": "Judge stored observations again with the detectors and signatures of today.",
    "watch": "Scan what settles in a folder, as it comes.",
    "merge": "Take over the results of other hosts' databases.",
    "purge": "Remove what may no longer be kept, for good.",
    "signatures": "List, check and test the signatures.",
    "doctor": "Tell what is installed and what each absence costs.",
    "demo": "Scan a planted car: proves that every detector works here.",
}
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_UNREADABLE = 4
EXIT_BROKEN_DATA = 5
EXIT_BUG = 70
EXIT_NOT_WRITTEN = 74

# The exit code of each error; of several rows that fit the first one counts.
_CODES: tuple[tuple[type[IotwatchError], int], ...] = (
    (OptionError, EXIT_USAGE),
    (NotStored, EXIT_USAGE),
    (LimitReached, EXIT_INCOMPLETE),
    (SignatureError, EXIT_BROKEN_DATA),
    (StoreError, EXIT_NOT_WRITTEN),
    (OutputError, EXIT_NOT_WRITTEN),
    (IotwatchError, EXIT_UNREADABLE),
)


class _Told(click.ClickException):
    """An error of ours as one line with its exit code; no line where the error has no text."""

    def __init__(self, error: IotwatchError) -> None:
        super().__init__(str(error))
        self._error = error

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return next(code for kind, code in _CODES if isinstance(self._error, kind))

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002
        if self.message:
            say(f"Error: {self.message}", err=True)


class _Lazy(click.Group):
    """A group that imports a verb's module when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"iotwatch.cli.{cmd_name}").command
        hear_globals(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except IotwatchError as error:
            raise _Told(error) from error
        except Exception as error:
            if damage := _damage(heard(ctx, "database", ctx.params["database"])):
                raise _Told(StoreError(damage)) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _damage(database: Path) -> str:
    """The line for a database in which a row is none of ours; empty where there is none, so that the trouble is ours."""
    from iotwatch.store import Store
    from iotwatch.store.damage import named

    if not database.is_file():
        return ""
    with Store(database, create=False) as store:
        damage = named(store)
    path = visible(str(database))
    return f"the database {path} is damaged: {damage}; `iotwatch purge --damaged` takes that out" if damage else ""


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="iotwatch")
@database
@talk_options
def group(**_: object) -> None:
    """Find the hidden SIM in a car: cellular modules, beacons, and location leaving it.

    Behaviour is observed, intent is not judged. Nothing here opens a network connection.
    """


def main() -> NoReturn:
    """Run the command line; turns every error into one line and the documented exit code."""
    # numpy starts a pool of threads that nothing here uses; without it a start costs a third less.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    streams.install()
    ending.heed()
    code = _run()
    try:
        sys.stdout.flush()
    except OutputError as error:
        code = _ended(_Told(error))
    sys.exit(code)


def _run() -> int:
    try:
        # What a command returns is no exit code; click gives one for --help and --version.
        ended = group.main(standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_BUG
    except click.ClickException as error:
        return _ended(error)
    except IotwatchError as error:  # before any verb: the help page
        return _ended(_Told(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was finished is stored, the same command goes on from there", err=True)
        return ending.exit_code()
    except Exception as error:
        from iotwatch.cli.crash import write_crash

        click.echo(f"Internal error: {type(error).__name__}. Please report the file {write_crash(error)}", err=True)
        return EXIT_BUG


def _ended(error: click.ClickException) -> int:
    error.show()
    return error.exit_code
