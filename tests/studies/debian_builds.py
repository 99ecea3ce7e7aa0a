"""Writes the table of build ids: ``python -m tests.studies.debian_builds FOLDER... > iotwatch/detect/questions/builds.toml``.

Each FOLDER holds packages of one release as ``apt-get download`` gives them, for one processor or several.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from elftools.elf.elffile import ELFError, ELFFile

HEAD = """# Build ids of programs that Debian 12 (bookworm) ships, for armhf, arm64 and amd64: software for modems, receivers and
# maps. A package and its version, and the ids of its programs and libraries (GNU .note.gnu.build-id). Source: the packages of
# the release, read by tests/studies/debian_builds.py.
release = "Debian 12"

[packages]"""
_PER_LINE = 2


def ids(package: Path) -> list[str]:
    """The build ids of a package's programs, as readelf gives them."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        return [found for file in sorted(Path(folder).rglob("*")) if (found := _build_id(file))]


def _build_id(file: Path) -> str:
    if not file.is_file() or file.is_symlink():
        return ""
    with file.open("rb") as stream:
        try:
            section = ELFFile(stream).get_section_by_name(".note.gnu.build-id")
        except ELFError:
            return ""
        return "" if section is None else next(section.iter_notes())["n_desc"]


def main() -> None:
    """Print the table."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in map(Path, sys.argv[1:]):
        for package in sorted(folder.glob("*.deb")):
            name, version, _ = package.name.split("_")
            version = version.replace("%3a", ":").partition("+b")[0]
            found[f"{name} {version}"].update(ids(package))
    print(HEAD)
    for name in sorted(found):
        rows = sorted(found[name])
        if rows:
            print(f'"{name}" = [')
            for at in range(0, len(rows), _PER_LINE):
                print("  " + " ".join(f'"{one}",' for one in rows[at : at + _PER_LINE]))
            print("]")


if __name__ == "__main__":
    main()
