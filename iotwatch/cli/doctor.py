"""``iotwatch doctor``: what is installed, and what each absence costs."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import click

from iotwatch.cli import EXIT_BUG, EXIT_INCOMPLETE
from iotwatch.cli.options import Talk, database, handing_on, key_logs, option, talking
from iotwatch.cli.saying import say
from iotwatch.errors import IotwatchError, UnpackError
from iotwatch.files.printable import stored_path
from iotwatch.files.scratch import scratch
from iotwatch.version import __version__

_PROGRAMS = {
    "tshark": "the long tail of protocols (GSMTAP, S1AP, SUPL ...) is not dissected, and no key log opens TLS",
    "suricata": "exported Suricata rules are not tried",
}
_PACKAGES = {
    "pybinwalk": "parts of raw flash dumps are found by fewer magics",
    "yara_x": "firmware text is not searched",
    "numpy": "captures cannot be read",
    "stix2": "no export as STIX: pip install 'iotwatch[export]'",
    "datasette": "no database in the browser: pip install 'iotwatch[browse]'",
    "pyarrow": "no export as Parquet: pip install 'iotwatch[parquet]'",
}


@click.command("doctor")
@database
@option("--evidence", is_flag=True, help="Check the stored sources: hashes, and every evidence taken again.")
@key_logs
@talking
def command(database: Path, evidence: bool, talk: Talk) -> None:
    """Tell what is installed and what each absence costs, and prove on a planted car that every detector fires here.

    Exit code 70 when one did not. With --evidence: list every stored source with its SHA-256, the versions and the time of
    its scan, and tell what changed since; exit code 3 when anything did.
    """
    if evidence:
        sys.exit(_evidence(database, talk))
    from iotwatch.enrich import databases
    from iotwatch.files.keylog import given
    from iotwatch.signatures import load
    from iotwatch.signatures.check import check

    click.echo(f"iotwatch {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    for name, cost in _PROGRAMS.items():
        path = shutil.which(name)
        click.echo(f"  {name}: {_version(path)}" if path else f"  {name}: absent - {cost}")
    for name, cost in _PACKAGES.items():
        click.echo(f"  {name}: {_package(name)}" if find_spec(name) else f"  {name}: absent - {cost}")
    for log in given():
        click.echo(f"  key log {log.sha256[:16]}: secrets of {len(log.secrets):,} TLS connection(s)")
    for what, said in databases():
        click.echo(f"  {what} of an address: {said}")
    click.echo(f"  sandbox of the firmware readers: {_sandbox()}")
    signatures = load()
    problems = check(signatures)
    click.echo(f"  signatures: {len(signatures.all())}, {len(problems)} problem(s), version {signatures.version[:12]}")
    sys.exit(0 if _planted_car() else EXIT_BUG)


def _sandbox() -> str:
    """What is in force, and what could be done from inside all the same."""
    from iotwatch.unpack import sandbox

    try:
        missing, walls = "; ".join(sandbox.state().missing), sandbox.walls()
    except UnpackError as error:
        return str(error)
    held = f"{len(walls.tried) - len(walls.done)} of {len(walls.tried)} ways out tried from inside are shut"
    left = f" (open: {', '.join(walls.done)})" if walls.done else ""
    return f"{missing or 'all limits in force'}; {held}{left}"


def _planted_car() -> bool:
    """Scan the demo's car in a temporary folder, and tell whether every detector fired and the verdict came."""
    from iotwatch.cli.demo import VERDICT, outcome, scan_car

    start = time.monotonic()
    try:
        with scratch() as folder:
            database = folder / "demo.db"
            scan_car(database)
            silent, verdict = outcome(database)
    except IotwatchError as error:
        click.echo(f"  planted car: not tried - {error}")
        return False
    troubles = [f"{name} did not fire" for name in silent]
    if verdict != VERDICT:
        troubles.append(f"its verdict is {verdict or 'missing'} and should be {VERDICT}")
    seconds = time.monotonic() - start
    told = "; ".join(troubles) or f"every detector fired, {VERDICT}"
    click.echo(f"  planted car: {told}, in {seconds:.1f} s (`iotwatch demo --db FILE` keeps it)")
    return not troubles


def _evidence(database: Path, talk: Talk) -> int:
    from iotwatch.handoff.integrity import check

    sources = held = changed = 0
    with handing_on(database, masked=True) as reader:
        for one in check(reader):
            sources, held, changed = sources + 1, held + one.evidence, changed + bool(one.changes)
            word = ("CHANGED" if stored_path(one.path).exists() else "GONE") if one.changes else "ok"
            say(
                f"{word}  {one.sha256}  {one.path}  asset {one.asset}, {one.evidence} evidence(s),"
                f" iotwatch {one.version}, signatures {one.signatures_version[:12]}, scanned {one.scanned}"
            )
            for change in one.changes:
                say(f"  {change}")
    if not talk.quiet:
        checked = f"checked {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with iotwatch {__version__}"
        click.echo(
            f"{sources} source(s), {changed} changed; {held} evidence(s) stand where they were; {checked}", err=True
        )
    return EXIT_INCOMPLETE if changed else 0


def _package(name: str) -> str:
    try:
        return metadata.version(name.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return "present"


def _version(path: str) -> str:
    try:
        found = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    return (found.stdout.splitlines() or ["present"])[0]
