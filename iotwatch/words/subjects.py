"""Whom an observation is about: a device key such as ``ip:192.0.2.7``, ``usb:1-2``, ``tty:ttyUSB2`` or ``path:/bin/x``."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class SubjectKind(StrEnum):
    """What names the device. ``NONE`` is no device, or one that is named in a way of its own."""

    NONE = ""
    ADDRESS = "ip"
    HARDWARE = "mac"
    USB = "usb"
    PORT = "tty"
    FILE = "path"


_KINDS = {kind.value: kind for kind in SubjectKind}


class Subject(NamedTuple):
    """A device key in its two parts; ``str`` of it is the key as it is stored."""

    kind: SubjectKind
    name: str

    @classmethod
    def of(cls, key: str) -> Subject:
        """The parts of a stored key; what begins with no known kind is the name as a whole."""
        kind, colon, name = key.partition(":")
        known = _KINDS.get(kind) if colon else None
        return cls(known, name) if known else cls(SubjectKind.NONE, key)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.kind else self.name

    @property
    def address(self) -> str:
        """The network address, empty for what has another kind of name."""
        return self.name if self.kind is SubjectKind.ADDRESS else ""

    @property
    def wired(self) -> bool:
        """Whether it stands on a wire inside the car: a USB device or serial port, or the only thing that a log is of."""
        return self.kind in (SubjectKind.USB, SubjectKind.PORT) or not (self.kind or self.name)
