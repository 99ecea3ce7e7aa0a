"""Options that several verbs share; each has one flat environment name, ``IOTWATCH_<OPTION>``.

Global options stand before the verb, between nested ones or after it; of several the last wins.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from click.core import ParameterSource

from iotwatch.files.case import Case
from iotwatch.files.own import VARIABLE

if TYPE_CHECKING:
    from iotwatch.files.drive import Drive
    from iotwatch.files.known_places import KnownPlace
    from iotwatch.report.reader import EvidenceReader, Reader

Function = Callable[..., Any]


class Talk(msgspec.Struct, frozen=True):
    """How much is said, and how: ``color`` is ``None`` where the terminal decides."""

    verbose: int = 0
    quiet: bool = False
    color: bool | None = None
    progress: bool = True


def option(*names: str, **settings: Any) -> Callable[[Function], Function]:
    """``click.option`` with the environment name made from the long name."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    return click.option(*names, envvar="IOTWATCH_" + long[2:].upper().replace("-", "_"), show_envvar=False, **settings)


def heard(ctx: click.Context, name: str, otherwise: Any) -> Any:
    """What the line has said so far of the global option ``name``, at whatever level; ``otherwise`` where it is silent."""
    return ctx.meta.get(f"iotwatch.{name}", otherwise)


def _hear(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """The value of a global option given last on the line, before that of the environment."""
    name = parameter.name or ""
    if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        ctx.meta[f"iotwatch.{name}"] = value  # all levels of the line have one ``meta``
    return heard(ctx, name, value)


def database(function: Function, **settings: Any) -> Function:
    """--db."""
    return option(
        "--db",
        "database",
        type=click.Path(path_type=Path),
        default=Path("iotwatch.db"),
        show_default=True,
        callback=_hear,
        help="Database file.",
        **settings,
    )(function)


def talk_options(function: Function, **settings: Any) -> Function:
    """-v, -q, --color and --no-progress, as four parameters."""
    settings["callback"] = _hear
    function = option("--no-progress", is_flag=True, help="No progress bar on stderr.", **settings)(function)
    function = option("--color/--no-color", default=None, help="Force colours on or off.", **settings)(function)
    function = option("-q", "--quiet", is_flag=True, help="Only data and errors.", **settings)(function)
    return option("-v", "--verbose", count=True, help="More on stderr; twice for most.", **settings)(function)


def hear_globals(command: click.Command) -> None:
    """Let ``command`` and the verbs nested in it take every global option, those too that they have no use for."""
    known = {parameter.name for parameter in command.params}
    if "database" not in known:
        database(command, expose_value=False)
    if "verbose" not in known:
        talk_options(command, expose_value=False)
    for nested in command.commands.values() if isinstance(command, click.Group) else ():
        hear_globals(nested)


def talking(function: Function) -> Function:
    """The four options of ``talk_options``, handed to ``function`` as one ``talk``; logging is set up by them."""

    @functools.wraps(function)
    def wrapped(*arguments: Any, verbose: int, quiet: bool, color: bool | None, no_progress: bool, **rest: Any) -> Any:
        level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
        logging.basicConfig(level=level, format="%(levelname)s %(message)s")
        return function(*arguments, talk=Talk(verbose, quiet, color, not no_progress and not quiet), **rest)

    return talk_options(wrapped)


def sweep_options(function: Function) -> Function:
    """--asset, --scope and --case, as ``asset``, ``scope`` and ``case``: what the people say of a sweep."""
    function = option(
        "--case",
        type=click.Path(path_type=Path),
        callback=_case,
        help="case.toml of the sweep (`iotwatch case new FILE` begins one).",
    )(function)
    function = option(
        "--scope", multiple=True, help="A device under test: MAC, OUI, address, network or IMEI. Repeatable."
    )(function)
    return option(
        *("--asset", "--vehicle", "asset"),
        default="",
        help="Name of the car or device that all inputs belong to (default: each its own).",
    )(function)


def known_positions(function: Function) -> Function:
    """--known-position, --track and --radius, as ``known`` and ``drives``: where the car was, as it is looked for in payloads,
    and how it moved."""

    @functools.wraps(function)
    def wrapped(
        *arguments: Any, known_position: tuple[str, ...], track: tuple[Path, ...], radius: float, **rest: Any
    ) -> Any:
        known, drives = _known(known_position, track, radius)
        return function(*arguments, known=known, drives=drives, **rest)

    radius = option("--radius", type=float, default=100.0, show_default=True, help="Metres around a known position.")
    places = option(
        "--known-position",
        multiple=True,
        metavar="LAT,LON[@FROM/TO]",
        help="Where the car was (degrees; ISO 8601 times): looked for in payloads of unknown protocols. Repeatable.",
    )
    tracks = option(
        "--track",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Where the car drove: GPX, NMEA 0183 or CSV (time,lat,lon), looked for like known positions, and compared with when"
        " far ends are sent to. Repeatable.",
    )
    return places(tracks(radius(wrapped)))


def _known(places: Iterable[str], tracks: Iterable[Path], radius: float) -> tuple[list[KnownPlace], list[Drive]]:
    from iotwatch.files.known_places import read_known_place

    known = [read_known_place(one, radius) for one in places]
    drives: list[Drive] = []
    if tracks:
        from iotwatch.observe.known_place.track import read_track

        for track in (read_track(one, radius) for one in tracks):
            known += track.places
            drives.append(track.drive)
    return known, drives


def _case(ctx: click.Context, _parameter: click.Parameter, path: Path | None) -> Case | None:
    from iotwatch.files.case import read_case

    return read_case(path) if path and not ctx.resilient_parsing else None


def masking(function: Function) -> Function:
    """--unmask, handed on as ``masked``, which is true unless it was given."""
    told = "Show identifiers and positions in full."
    return option("--unmask", "masked", is_flag=True, callback=lambda _, __, given: not given, help=told)(function)


@contextmanager
def reading(database: Path, *, masked: bool) -> Iterator[Reader]:
    """The database as the reports read it; ``NotStored`` when it is absent."""
    from iotwatch.report.reader import Reader
    from iotwatch.store import Store

    with Store(database, create=False) as store:
        yield Reader(store, masked=masked)


@contextmanager
def handing_on(database: Path, *, masked: bool) -> Iterator[EvidenceReader]:
    """The same for those who hand on evidence itself."""
    from iotwatch.report.reader import EvidenceReader
    from iotwatch.store import Store

    with Store(database, create=False) as store:
        yield EvidenceReader(store, masked=masked)


def output_format(*choices: str) -> Callable[[Function], Function]:
    """--format, the first choice being the default."""
    kind = click.Choice(choices)
    return option("--format", "form", type=kind, default=choices[0], show_default=True, help="Output form.")


def own_signatures(function: Function) -> Function:
    """--signatures, told to whoever asks for ``own_folders`` until the command ends, its worker processes too."""
    return option(
        "--signatures",
        multiple=True,
        expose_value=False,
        callback=_own_signatures,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder of your own signatures and dialects, beside the built-in ones. Repeatable.",
    )(function)


def key_logs(function: Function) -> Function:
    """--keylog, told like own signatures."""
    return option(
        "--keylog",
        multiple=True,
        expose_value=False,
        callback=_keylogs,
        type=click.Path(path_type=Path, dir_okay=False),
        help="Secrets of TLS connections (a file of SSLKEYLOGFILE): what they said is read in clear, by tshark. Repeatable.",
    )(function)


def _keylogs(ctx: click.Context, _parameter: click.Parameter, files: tuple[Path, ...]) -> None:
    if not files or ctx.resilient_parsing:
        return
    from iotwatch.files import keylog

    _set_for(ctx, keylog.VARIABLE, files)
    for _ in keylog.given():  # what is wrong with one is told before anything is read
        pass


def _set_for(ctx: click.Context, variable: str, paths: tuple[Path, ...]) -> None:
    """Name paths in the environment until the command ends."""
    before = os.environ.get(variable)
    os.environ[variable] = os.pathsep.join(str(path.resolve()) for path in paths)
    ctx.call_on_close(lambda: _restore(variable, before))


def _own_signatures(ctx: click.Context, _parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    if not folders or ctx.resilient_parsing:
        return
    _set_for(ctx, VARIABLE, folders)


def _restore(variable: str, before: str | None) -> None:
    if before is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = before
