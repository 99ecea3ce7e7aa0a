"""Which software is in an image and in which version, for a list of components.

Sources: Debian policy chapter 5 (``status``, ``control``), opkg (the same form), Alpine's ``installed``, buildroot's
``manifest.csv``, freedesktop.org's ``os-release``, and the versions that programs carry as text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from iotwatch.observe.firmware.markers import Hit
from iotwatch.observe.firmware.statement import Statement
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

MOST = 10_000
_STANZA = regex(rb"(?:\A|\n)Package: ?([^\n]{1,100})\n((?:[^\n]+\n){0,60}[^\n]*)")
_FIELD = regex(rb"(?:\A|\n)(Version|Architecture|Status): ?([^\n]{1,120})")
_ALPINE = regex(rb"(?:\A|\n)P:([^\n]{1,100})\nV:([^\n]{1,100})\n(?:A:([^\n]{1,20}))?")
_RELEASE = regex(rb"^(NAME|ID|VERSION_ID|VERSION|BUILD_ID)=\"?([^\"\n]{1,100})\"?\s*$", re.MULTILINE)
_PROP = regex(
    rb"^(ro\.build\.display\.id|ro\.product\.model|ro\.build\.id|[\w.]{0,60}version[\w.]{0,60})=([^\n]{2,100})",
    re.MULTILINE,
)
# A day behind it is that of the release.
_VERSION = regex(r"(?P<version>[0-9][!-~]*)(?: +[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})?$")


def components(path: str, data: bytes, texts: Iterable[Hit]) -> Iterator[Statement]:
    """The components that a file lists or is, at most 10,000."""
    yield from islice(_listed(path, data), MOST)
    for hit in texts:
        found = data[hit.start : hit.end].decode("latin-1")
        version = _VERSION.search(found.replace(hit.marker.value, "", 1))
        if version is not None:
            yield _component(hit.marker.value, version["version"], "text of the program", hit.start, hit.end)


def _component(name: str, version: str, source: str, start: int, end: int, architecture: str = "") -> Statement:
    """One piece of software; ``list`` in its facts is where its name and version come from."""
    facts = {"name": name, "version": version, "list": source}
    if architecture:
        facts["architecture"] = architecture
    return Statement(Kind.COMPONENT, f"{name} {version}", start, end, facts)


def _listed(path: str, data: bytes) -> Iterator[Statement]:
    name = path.rpartition("/")[2]
    if data.startswith(b"Package:"):
        yield from _debian(path, data)
    elif data.startswith(b"C:Q1") or name == "installed":
        for found in _ALPINE.finditer(data):
            yield _component(*(_text(found[1]), _text(found[2]), "apk", *found.span()), _text(found[3] or b""))
    elif name == "os-release":
        yield from _release(data)
    elif name == "build.prop" or data.startswith((b"ro.", b"build.version")):
        for found in _PROP.finditer(data):
            yield _component(_text(found[1]), _text(found[2]).strip(), "build.prop", *found.span())
    elif data.startswith((b'"PACKAGE","VERSION"', b"PACKAGE,VERSION")):
        yield from _manifest(data)


def _debian(path: str, data: bytes) -> Iterator[Statement]:
    kind = "opkg" if "opkg" in path or "/ipk" in path or ".ipk" in path else "dpkg"
    for found in _STANZA.finditer(data):
        fields = {field[1]: _text(field[2]) for field in _FIELD.finditer(found[2])}
        if b"Version" in fields and "deinstall" not in fields.get(b"Status", ""):
            version, architecture = fields[b"Version"], fields.get(b"Architecture", "")
            start = found.start(1)
            yield _component(_text(found[1]), version, kind, start, found.end(), architecture)


def _release(data: bytes) -> Iterator[Statement]:
    fields = {found[1]: found for found in _RELEASE.finditer(data)}
    name = fields.get(b"NAME") or fields.get(b"ID")
    version = fields.get(b"VERSION_ID") or fields.get(b"VERSION") or fields.get(b"BUILD_ID")
    if name is not None and version is not None:
        start, end = min(name.start(), version.start()), max(name.end(), version.end())
        yield _component(_text(name[2]), _text(version[2]), "os-release", start, end)


def _manifest(data: bytes) -> Iterator[Statement]:
    at = data.find(b"\n") + 1
    for line in data[at:].splitlines(keepends=True):
        row = next(csv.reader([line.decode("utf-8", "replace")]), [])
        if len(row) >= 2 and row[0] and row[1]:
            yield _component(row[0][:100], row[1][:100], "buildroot", at, at + len(line))
        at += len(line)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()
