"""``iotwatch doctor``: what is installed, and what each absence costs."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import subprocess
from importlib import metadata
from importlib.util import find_spec

import click

from iotwatch import __version__
from iotwatch.errors import UnpackError

_PROGRAMS = {
    "tshark": "the long tail of protocols (GSMTAP, S1AP, SUPL ...) is not dissected",
}
_PACKAGES = {
    "pybinwalk": "parts of raw flash dumps are found by fewer magics",
    "yara_x": "firmware text is not searched",
    "numpy": "captures cannot be read",
}


@click.command("doctor")
def command() -> None:
    """Tell what is installed and what each absence costs."""
    from iotwatch.signatures import check, load
    from iotwatch.unpack import sandbox

    click.echo(f"iotwatch {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    for name, cost in _PROGRAMS.items():
        path = shutil.which(name)
        click.echo(f"  {name}: {_version(path)}" if path else f"  {name}: absent - {cost}")
    for name, cost in _PACKAGES.items():
        click.echo(f"  {name}: {_package(name)}" if find_spec(name) else f"  {name}: absent - {cost}")
    try:
        missing = "; ".join(sandbox.state().missing)
    except UnpackError as error:
        missing = str(error)
    click.echo(f"  sandbox of the firmware readers: {missing or 'all limits in force'}")
    signatures = load()
    problems = check(signatures)
    click.echo(f"  signatures: {len(signatures.all())}, {len(problems)} problem(s), version {signatures.version[:12]}")


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
