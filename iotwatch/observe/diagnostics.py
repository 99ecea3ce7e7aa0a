"""A modem's log packets -> messages, identities and cells in its signalling, and what of it was read and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from iotwatch.decode import decode
from iotwatch.decode.diagnostics import READ
from iotwatch.decode.diagnostics.identity import BUILD_ID
from iotwatch.decode.diagnostics.log_codes import command_named, named
from iotwatch.decode.diagnostics.signalling import RANKS, TO_ALL, signals
from iotwatch.decode.diagnostics.signalling import READERS as SIGNALLING
from iotwatch.decode.message import Message
from iotwatch.model import Coverage
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.signalling import Signalling
from iotwatch.read.diagnostics import LogPackets, by_code
from iotwatch.words.measures import Measure

_NAMED = 24
_KEY = 0x1D15
"""A log packet with the key under which others are encrypted for their maker."""


class ObservedPackets:
    """Decodes what is in clear, then has the signalling dissected; to be taken in that order."""

    def __init__(self, packets: LogPackets, collector: Collector) -> None:
        self._packets = packets
        self._collector = collector

    def messages(self) -> Iterator[Message]:
        """What the log packets say."""
        return decode(self._packets, self._collector.refusals)

    def rows(self) -> list[Coverage]:
        """What was read. Each rank of signalling has a budget of its own: paging never takes the room of NAS."""
        ranks = [Signalling(name, to_all=rank >= TO_ALL) for rank, name in enumerate(RANKS)]
        taken = Counter[int]()
        for signal in signals(self._packets):
            taken[signal.code] += 1
            ranks[signal.rank].note_signal(signal, self._packets)
        dissected = [row for rank in ranks for row in rank.finish(self._collector)]
        return [*self._packets.told, *_counted(self._packets, taken), *dissected]


def _counted(packets: LogPackets, signalling: Counter[int]) -> Iterator[Coverage]:
    """What was read of each code and what was not; ``signalling`` is how many packets of its codes had a header that is known."""
    counts, commands = by_code(packets.codes), by_code(packets.others.commands)
    unknown = Counter({code: counts[code] for code in SIGNALLING}) - signalling
    read = Counter({code: count for code, count in counts.items() if code in READ}) - unknown
    left = {code: count for code, count in counts.items() if code not in READ}
    if read:
        yield Coverage(Measure.DIAG_READ, float(sum(read.values())), _listed(read.items()))
    if unknown:
        note = f"signalling whose header is of another version: {_listed(unknown.items())}"
        yield Coverage(Measure.DIAG_LEFT, float(unknown.total()), note)
    if _KEY in left:
        note = "log packets that the modem encrypted for its maker, with their key (0x1d15)"
        yield Coverage(Measure.NOT_READ, float(left[_KEY]), f"{note}, which are not read", "encrypted log packets")
    beside = {command: count for command, count in commands.items() if command != BUILD_ID}
    if beside:
        yield Coverage(Measure.DIAG_LEFT, float(sum(beside.values())), _listed(beside.items(), command_named))
    if left:
        yield Coverage(Measure.DIAG_LEFT, float(sum(left.values())), _listed(left.items()))


def _listed(counts: Iterable[tuple[int, int]], name: Callable[[int], str] = named) -> str:
    """``60 LTE RRC (0xb0c0), 2 LTE EMM in (0xb0ec)``, the most frequent first."""
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    names = ", ".join(f"{count} {name(code)}" for code, count in ordered[:_NAMED])
    return names + (f" and {len(ordered) - _NAMED} kinds more" if len(ordered) > _NAMED else "")
