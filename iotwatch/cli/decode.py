"""``iotwatch decode``: which dialect is this message, and what does it say?"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from iotwatch.cli import EXIT_INCOMPLETE, EXIT_UNREADABLE
from iotwatch.cli.answers import as_json, outcome_of, part_of, why_json
from iotwatch.cli.options import Talk, database, option, own_signatures, reading, talking
from iotwatch.cli.saying import say
from iotwatch.model import iso

if TYPE_CHECKING:
    from iotwatch.open.answer import Chosen
    from iotwatch.open.pasted import Pasted, Told

MAX_MESSAGE = 1 << 20


@click.command("decode")
@click.argument("message", required=False, metavar="[MESSAGE|-]")
@option("--json", "document", is_flag=True, help="One JSON object, or where there are several messages a list of them.")
@option("--jsonl", is_flag=True, help="One JSON object in per line (payload_hex, id), one out, in the same order.")
@option("--why", is_flag=True, help="Tell how the decoder was chosen: anchors, claims, rivals, refusals.")
@option(
    "--jobs", type=click.IntRange(0, 256), default=0, help="With --jsonl: worker processes (default: as many as pay)."
)
@option(
    "--learn",
    type=click.Path(path_type=Path, file_okay=False),
    help="No MESSAGE: write a dialect to this folder for each layout that a known place or track proved in the database.",
)
@database
@own_signatures
@talking
def command(
    message: str | None,
    document: bool,
    jsonl: bool,
    why: bool,
    jobs: int,
    learn: Path | None,
    database: Path,
    talk: Talk,
) -> None:
    """Tell which dialect a message is and what it says. No port is asked for.

    MESSAGE is what you have: hex in any form, a dump, base64, source code, lines of a log, or the message's text; - reads it
    from standard input. Several messages stand one a line. How it was read is told on stderr. With --jsonl and a MESSAGE its
    answers are JSON lines too. Exit codes: 0 read, 2 wrong usage, 3 some could not be read, 4 none could.

    With --learn FOLDER the messages are those of a sweep (scan --known-position, --track): their protocol becomes a dialect file,
    with which the next car is read without a known place (scan --signatures FOLDER). Its examples are raw messages.
    """
    if learn is not None:
        if message is not None:
            raise click.UsageError("--learn takes the messages of the database, and no MESSAGE")
        sys.exit(_learn(database, learn))
    if jsonl and message in (None, "-"):
        from iotwatch.cli.lines import answer_lines

        sys.exit(answer_lines(sys.stdin.fileno(), sys.stdout.buffer, why=why, jobs=jobs))
    if message is None:
        raise click.UsageError("give a message, or - for standard input")
    from iotwatch.open.pasted import read_pasted
    from iotwatch.open.pasted import why as chosen

    data = sys.stdin.buffer.read(MAX_MESSAGE + 1) if message == "-" else os.fsencode(message)
    if not data.strip():
        raise click.UsageError("there is no message in what was given")
    pasted = read_pasted(data)
    told = [chosen(one) for one in pasted.messages] if why else [[] for _ in pasted.messages]
    rows = [
        {**_told_json(one), **({"why": why_json(choices)} if why else {})}
        for one, choices in zip(pasted.messages, told, strict=True)
    ]
    if jsonl:
        for row in rows:
            click.echo(msgspec.json.encode(row))
    elif document:
        click.echo(json.dumps(rows[0] if len(rows) == 1 else rows, indent=2))
    elif why:
        for choices in told:
            _print_why(choices, talk)
    else:
        _print(pasted, talk)
    if not talk.quiet:
        _say_how(pasted)
    sys.exit(_exit_code([one.error is not None for one in pasted.messages], left=bool(pasted.left)))


def _learn(database: Path, folder: Path) -> int:
    from iotwatch.handoff.learn import learn

    with reading(database, masked=False) as reader:
        learned = learn(reader, folder)
    for path in learned.written:
        click.echo(str(path))
    for reason in learned.left_out:
        say(f"not learned: {reason}", err=True)
    if not learned.written and not learned.left_out:
        say("nothing in the database was proved by a known place: see scan --known-position and --track", err=True)
    if learned.written:
        say("the examples are NOT masked; try them with `iotwatch signatures check --signatures` FOLDER", err=True)
    return _exit_code([False] * len(learned.written) + [True] * len(learned.left_out), left=False)


def _exit_code(broken: list[bool], *, left: bool) -> int:
    return EXIT_UNREADABLE if all(broken) else EXIT_INCOMPLETE if left or any(broken) else 0


def _say_how(pasted: Pasted) -> None:
    """How the input was read, on one line of stderr; what else it could have been, and what nobody claims, on others."""
    forms = dict.fromkeys(one.read_as for one in pasted.messages)
    count = len(pasted.messages)
    many = "" if count == 1 else f": {count:,} messages"
    passed = f", {pasted.passed:,} line(s) without one passed over" if pasted.passed else ""
    left = f", {pasted.left:,} line(s) over the limit left out" if pasted.left else ""
    say(f"read as {'; '.join(forms)}{many}{passed}{left}", err=True)
    for form, dialect in pasted.others:
        say(f"it could be {form.one} too: {dialect} would claim it", err=True)
    silent = sum(not one.answer.dialect and one.error is None for one in pasted.messages)
    if silent:
        say("no dialect claims these bytes" if count == 1 else f"no dialect claims {silent:,} of them", err=True)


def _told_json(one: Told) -> dict[str, Any]:
    """A message of what was pasted, in the shape of the JSON lines, with how it was read."""
    head = {"id": one.id or None, "line": one.line, "read_as": one.read_as}
    return {**head, "error": one.error.text} if one.error is not None else {**head, **as_json(one.answer)}


def _print(pasted: Pasted, talk: Talk) -> None:
    """A table: what one message says a row each, or of several messages a row each."""
    from iotwatch.report.console.tables import print_rows

    if len(pasted.messages) == 1:
        rows = [{"what": name, "told": value} for name, value in _cells(pasted.messages[0]).items() if value]
    else:
        rows = [_short_cells(one) for one in pasted.messages]
    print_rows(rows, color=talk.color, whole=frozenset({"device", "place", "time"}))


def _short_cells(one: Told) -> dict[str, str]:
    """What fits a row of 80 columns: the first place, and how many there are of what else is told."""
    told = _cells(one)
    said = one.answer
    counts = (("more place", said.fixes[1:]), ("cell", said.cells), ("access point", said.access_points))
    more = [f"{len(items)} {name}" + "s" * (len(items) > 1) for name, items in counts if items]
    first = said.fixes[0] if said.fixes else None
    wrong = ["wrong check"] * (said.checksum == "bad") + ["not valid"] * (first is not None and first.valid is False)
    noted = [*wrong, *more]
    time = iso(first.time) if first else None
    return {
        "id": told["id"],
        "dialect": told["dialect"],
        "device": told["device"],
        "place": f"{first.latitude:.5f}, {first.longitude:.5f}" if first else "",
        "time": time.partition(".")[0].replace("T", " ") if time else "",
        "told": ", ".join(filter(None, [*noted, told["vin"], told["error"]])),
    }


def _cells(one: Told) -> dict[str, str]:
    said = one.answer
    places = [
        f"{fix.latitude:.6f}, {fix.longitude:.6f}" + (" (not valid)" if fix.valid is False else "")
        for fix in said.fixes
    ]
    return {
        "id": one.id,
        "dialect": said.dialect,
        "confidence": said.confidence.name.lower() if said.dialect else "",
        "device": "; ".join(said.device_ids),
        "vin": said.vin,
        "place": "; ".join(places),
        "time": "; ".join(iso(fix.time) or "no time" for fix in said.fixes),
        "cells": "; ".join(f"{cell.mcc}-{cell.mnc}-{cell.lac}-{cell.cid}" for cell in said.cells),
        "wifi": "; ".join(point.bssid for point in said.access_points),
        "check": said.checksum if said.checksum != "none" else "",
        "doubts": "; ".join(doubt.text for doubt in said.doubts),
        "rivals": ", ".join(said.rivals),
        "error": one.error.text if one.error is not None else "",
    }


def _print_why(told: list[Chosen], talk: Talk) -> None:
    """A table for each payload: who took part, how well each is proven, and what came of it."""
    from iotwatch.report.console.tables import print_rows

    for carrier, size, choice in told:
        click.echo(f"{size:,} bytes" + (f" carried by {carrier}" if carrier else ""))
        if parts := choice.parts():
            print_rows([{**part_of(part), "outcome": outcome_of(part)} for part in parts], color=talk.color)
        else:
            click.echo("no anchor fits")
