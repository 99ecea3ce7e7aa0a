"""Three people's first hour, command by command, from the README alone: what came, and how long it took.

    python -m tests.studies.walks [--write]

A fleet technician, a lab analyst and a script author work in an empty folder on ``captures/``, which real programs made. Each
command is run as they would type it; what must come is given beside it. ``--write`` puts the table into ``docs/walks.md``.
Exit 1: something that must come did not.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "walks.md"
_MARK = "<!-- walks -->"
_SECONDS = 300
_SHOWN = 90


class Step(NamedTuple):
    """What somebody wants, the command, its exit code, and a text that must come (in what it prints, or in a file)."""

    wants: str
    command: str
    code: int
    shows: str
    file: str = ""


WALKS: dict[str, tuple[Step, ...]] = {
    "Fleet technician": (
        Step("a folder of two cars", "iotwatch scan sweep/ --asset-from folder", 1, "reports where it is"),
        Step("what people know of the sweep", "iotwatch case new case.toml", 0, "legal_basis", "case.toml"),
        Step("what was found in which cars", "iotwatch show fleet", 0, "Position sent"),
        Step("a page for the driver", "iotwatch report -o cars.html", 0, "car-2", "cars.html"),
        Step(
            "a known-good car as the baseline",
            "iotwatch baseline make car-1 -o van.toml --author A --reason 'van of 2024'",
            0,
            "expected =",
            "van.toml",
        ),
        Step("the baseline applied", "iotwatch decide add --baseline van.toml", 0, "decision"),
        Step("what changed by it", "iotwatch show asset", 0, "car-2"),
    ),
    "Lab analyst": (
        Step("one capture", "iotwatch scan sweep/car-2/capture.pcap --db lab.db --exit-zero", 0, "suspicious"),
        Step("why, with the bytes", "iotwatch show finding {id} --db lab.db", 0, "frame"),
        Step(
            "the packets alone", "iotwatch export {id} --db lab.db --format pcap -o cut.pcapng", 0, "\n", "cut.pcapng"
        ),
        Step("one message by hand", "iotwatch decode 78780d01035841905100000000011f720d0a", 0, "gt06"),
        Step(
            "a signature of one's own",
            "iotwatch signatures new acme --to own/acme.toml --title Acme --vendor Acme --country XX --identifies endpoint"
            " --field host --pattern tracker-cloud.example --confidence likely --because 'its name' --mistaken-for 'its site'"
            " --source 'our contract' --says 'tracker-cloud.example' --example gps.tracker-cloud.example"
            " --counterexample cloud.example",
            0,
            "own/acme.toml",
        ),
        Step("is it sound?", "iotwatch signatures check --signatures own", 0, "0 problem(s)"),
        Step("does it hit?", "iotwatch signatures test --signatures own sweep", 0, "tracker-cloud.example"),
        Step(
            "a published list",
            "iotwatch signatures import list.txt --source 'a list of 2026' --to own",
            0,
            "1 far end(s)",
        ),
    ),
    "Script author": (
        Step("findings as lines", "iotwatch export --format jsonl", 0, '"kind":'),
        Step("for CI", "iotwatch export --format sarif -o found.sarif", 0, "2.1.0", "found.sarif"),
        Step("the same again is known", "iotwatch scan sweep/ --asset-from folder", 1, "2 skipped as known"),
        Step("no input that is evidence", "iotwatch scan own --db other.db", 4, "nothing was judged"),
        Step("a typing error", "iotwatch scan nowhere.pcap --db other.db", 4, "there is no such file"),
        Step("one sentence per car from Python", "python fleet_technician.py sweep", 0, "car-2: "),
    ),
}


class Walked(NamedTuple):
    """A step that was walked: the seconds that it took, its first line, and what is wrong (or nothing)."""

    step: Step
    seconds: float
    line: str
    wrong: str


def walk(folder: Path) -> dict[str, list[Walked]]:
    """All steps, in a folder that is prepared as a sweep of two cars."""
    for car, case in (("car-1", "usb-modem"), ("car-2", "gt06-tracker")):
        (folder / "sweep" / car).mkdir(parents=True)
        capture = next(path for path in sorted((ROOT / "captures" / case).iterdir()) if ".pcap" in path.name)
        (folder / "sweep" / car / "capture.pcap").write_bytes(capture.read_bytes())
    (folder / "list.txt").write_text("tracker-cloud.example\n")
    (folder / "fleet_technician.py").write_text((ROOT / "examples" / "fleet_technician.py").read_text())
    return {who: [_walked(step, folder) for step in steps] for who, steps in WALKS.items()}


def _walked(step: Step, folder: Path) -> Walked:
    command = step.command
    if "{id}" in command:
        listed = _run("iotwatch show finding --db lab.db --format json", folder).stdout
        command = command.replace("{id}", re.findall(r'"fingerprint": "([0-9a-f]+)"', listed)[0])
    started = time.monotonic()
    done = _run(command, folder)
    seconds = time.monotonic() - started
    said = done.stdout + done.stderr
    where = (
        (folder / step.file).read_bytes().decode("latin-1") if step.file and (folder / step.file).is_file() else said
    )
    wrong = f"exit {done.returncode} in place of {step.code}" if done.returncode != step.code else ""
    wrong = wrong or ("" if step.shows in " ".join(where.split()) or step.shows in where else f"no {step.shows!r}")
    return Walked(step, seconds, next(filter(None, map(str.strip, said.splitlines())), ""), wrong)


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    first, *words = shlex.split(command)
    program = [sys.executable, "-m", "iotwatch"] if first == "iotwatch" else [sys.executable]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IOTWATCH_")}
    clean |= {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "settings"), "COLUMNS": "100"}
    return subprocess.run(
        [*program, *words], cwd=folder, env=clean, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


def _page(walks: dict[str, list[Walked]]) -> str:
    lines = []
    for who, steps in walks.items():
        total = sum(one.seconds for one in steps)
        lines += ["", f"## {who}", "", f"{len(steps)} commands, {total:.0f} s of waiting.", ""]
        lines += ["| wants | command | first line that came | seconds |", "|---|---|---|---|"]
        for one in steps:
            line = one.line.replace("|", "/")[:70]
            command = one.step.command if len(one.step.command) < _SHOWN else one.step.command[:_SHOWN] + " ..."
            lines.append(f"| {one.step.wants} | `{command}` | {line} | {one.seconds:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Walk, tell, and write the page where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true")
    write = arguments.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        walks = walk(Path(folder))
    wrong = [(who, one) for who, steps in walks.items() for one in steps if one.wrong]
    for who, one in wrong:
        print(f"{who}: {one.step.command}: {one.wrong}: {one.line}")
    print(_page(walks))
    if write:
        head = PAGE.read_text().partition(_MARK)[0]
        PAGE.write_text(head + _MARK + "\n" + _page(walks))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
