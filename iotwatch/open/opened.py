"""What an opener makes of a blob, and what it works with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

from iotwatch.decode.message import Message
from iotwatch.files.limits import ReadLimits
from iotwatch.files.shelf import Shelf
from iotwatch.model import Artefact, Coverage, Damage, Stretch
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.names import Names
from iotwatch.observe.traffic.scope import Scope
from iotwatch.open.blob import Blob
from iotwatch.read.stream import Stream
from iotwatch.signatures import Signatures
from iotwatch.store.rows import ContactRow, FlowRow
from iotwatch.words.vantage import Vantage

if TYPE_CHECKING:
    from iotwatch.files.keylog import KeyLog
    from iotwatch.observe.blind import BlindSearch
    from iotwatch.observe.known_place import Lookout


class Facts(msgspec.Struct, frozen=True):
    """What the source is. Times are microseconds UTC, ``link_types`` maps names to packets; ``stretches`` are when it listened."""

    kind: str = "unknown"
    format: str = "unknown"
    packets: int = 0
    link_types: dict[str, int] = {}
    first: int | None = None
    last: int | None = None
    damage: tuple[Damage, ...] = ()
    vantage: Vantage = Vantage.OTHER
    stretches: tuple[Stretch, ...] = ()


class Opened(msgspec.Struct, frozen=True):
    """What one blob gave. ``messages`` are taken one by one, and what they carry becomes blobs too.

    ``unread`` counts bytes of the source that stay of no known format, ``complete`` is false when some of it was not read.
    ``rest`` is asked once the messages were taken, for what only they decide.
    """

    facts: Facts | None = None
    blobs: tuple[Blob, ...] = ()
    messages: Iterable[Message] = ()
    artefacts: tuple[Artefact, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    flows: Collection[FlowRow] = ()
    contacts: tuple[Collection[ContactRow], ...] = ()
    unread: int = 0
    complete: bool = True
    rest: Callable[[], Opened] | None = None


class Kit(msgspec.Struct, frozen=True):
    """What openers work with; they fill ``collector`` and ``names``. ``flows`` are those that the source gave so far.

    ``named`` says that the user named the source himself: then a text is a log whatever its lines are. ``lookout`` looks for
    the known places, ``blind`` for moving ones in unknown forms; ``samples`` is what the user says of bare samples of a
    receiver (``read.sweeps.samples.by_words``). What was found inside waits on ``shelf``; ``containers`` gives the path of each
    that was opened, by its SHA-256. ``keylogs`` open TLS.
    """

    signatures: Signatures
    collector: Collector = msgspec.field(default_factory=Collector)
    names: Names = msgspec.field(default_factory=Names)
    scope: Scope | None = None
    named: bool = False
    samples: str = ""
    progress: Callable[[int], None] | None = None
    flows: list[FlowRow] = msgspec.field(default_factory=list)
    keylogs: tuple[KeyLog, ...] = ()
    lookout: Lookout | None = None
    blind: BlindSearch | None = None
    shelf: Shelf = msgspec.field(default_factory=Shelf)
    containers: dict[str, str] = msgspec.field(default_factory=dict)

    def read_limits(self) -> ReadLimits:
        """Budgets of a capture: where there are key logs encrypted flows are followed too."""
        return ReadLimits().opened() if self.keylogs else ReadLimits()

    def look_at(self, stream: Stream) -> None:
        """Look for the known places in what a client said, where there are any."""
        if self.lookout is not None:
            self.lookout.note(stream)

    def unexplained(self, stream: Stream) -> None:
        """Look for a moving place in a flow that no decoder explains."""
        if self.blind is not None:
            self.blind.note_flow(stream)


def searched(stream: Stream, kit: Kit, *, leaf: bool = True) -> Opened:
    """Nothing more, once the texts of ``stream`` were searched: for ``rest`` of what is read by a grammar first."""
    from iotwatch.observe.artefacts import observe_artefact

    observe_artefact(stream, kit.signatures, kit.collector, leaf=leaf)
    return Opened()


class Opener(Protocol):
    """One answer to "what are these bytes?". ``kind`` is what a source becomes that it opens, ``name`` tells it in tests.

    ``claims`` is cheap and looks at the first bytes where it can. ``open`` raises ``NotEvidence`` for a source that is
    none of ours, and other errors of ``iotwatch.errors`` for what is broken or over a limit.
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def claims(self, blob: Blob) -> bool: ...

    def open(self, blob: Blob, kit: Kit) -> Opened: ...
