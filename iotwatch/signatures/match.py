"""What the signatures answer."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.model import Confidence
from iotwatch.signatures.format import Identifies


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One signature that knows a value, or a place in bytes (``start`` to ``end``, bytes or characters of the value).

    ``confidence`` is never above ``likely`` for what a device says of itself: names can be forged. ``mistaken_for``
    says what else it could be and belongs beside every finding. ``version`` is the firmware version stated.
    ``origin`` is the file of the user's own that says so, and empty for what is shipped.
    """

    signature: str
    vendor: str
    product: str = ""
    country: str = ""
    identifies: Identifies
    field: str
    confidence: Confidence
    because: str
    mistaken_for: str
    source: str
    start: int = 0
    end: int = 0
    purpose: str = ""
    sends_location: bool = False
    version: str = ""
    weak: bool = False
    inside: bool = False
    origin: str = ""

    @property
    def told(self) -> str:
        """Why it is a match, with the file of the user's own where one says so."""
        return f"{self.because} (own rule, {self.origin})" if self.origin else self.because

    @property
    def serves(self) -> frozenset[str]:
        """What the far end is for, by the words of its purpose before any bracket: agps, time, lbs, telemetry, cloud ..."""
        return frozenset(self.purpose.partition(" (")[0].split("/"))


class Scan(msgspec.Struct, frozen=True):
    """The matches in one run of bytes, ordered by place; ``truncated`` names the signatures cut by the hit limit."""

    matches: tuple[Match, ...]
    truncated: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    def __len__(self) -> int:
        return len(self.matches)


class Listing(msgspec.Struct, frozen=True):
    """An official list that names a maker: a fact beside a finding, never its reason. Print as ``list: entry``.

    ``basis`` is name (the list names it), nexus or criterion (the list names a class that is usually read so) or
    affiliation (a parent or brand is named: check). ``date`` is since when, as the source gives it.
    """

    list: str
    entry: str
    date: str
    basis: str
    source: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.list}: {self.entry}"


class Command(msgspec.Struct, frozen=True):
    """What an AT command is for. ``location`` is yes, no, maybe or partial; ``action`` is enables, reads, sends,
    transport, cloud, fota, identity, radio, power, sim, access or no-location."""

    command: str
    vendor: str
    meaning: str
    location: str
    action: str
    unverified: bool
    note: str
    source: str
