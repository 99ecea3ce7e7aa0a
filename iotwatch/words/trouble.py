"""Why a source is not whole, as the column ``sources.trouble`` holds it; ``sources.reason`` says it to a person."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """``NONE`` is a whole source; ``UNOPENED`` is encrypted, or of a form that is not read; ``NO_ROOM`` is a full disk under
    the temporary files, and ends with it: such a source is read again. ``INTERNAL`` is a fault of ours, so
    that what is missing says nothing of the file."""

    NONE = ""
    NOT_EVIDENCE = "not-evidence"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    UNOPENED = "unopened"
    LIMIT = "limit"
    NO_ROOM = "no-room"
    INTERNAL = "internal"
