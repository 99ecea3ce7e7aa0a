"""``case.toml``: what the people know about a sweep, written by hand or begun by ``scan --case`` when it is absent."""

from __future__ import annotations

from pathlib import Path

import msgspec

from iotwatch.errors import SourceError
from iotwatch.model import Case

TEMPLATE = """\
# What is known about this sweep. Leave empty what is not known: it prints as "not stated".
operator = ""
asset = ""
place = ""
legal_basis = ""
# Devices under test: MAC, OUI, address, network or IMEI. All others are counted and not kept.
scope = []
notes = ""

# [[phases]]              # parked, ignition, driving or locked
# name = "parked"
# from = 2026-01-31T10:00:00Z
# to = 2026-01-31T10:20:00Z

# [[sites]]               # places that matter by themselves
# name = "depot"
# latitude = 50.0
# longitude = 4.0
# radius = 300            # metres
"""


def read_case(path: Path) -> Case:
    """Read a case file; write an empty one to fill in when there is none. ``SourceError`` names the key that is wrong."""
    try:
        if not path.exists():
            path.write_text(TEMPLATE, encoding="utf-8")
        return msgspec.toml.decode(path.read_bytes(), type=Case)
    except OSError as error:
        raise SourceError(f"cannot use the case file {path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"the case file {path} is broken: {error}") from error
