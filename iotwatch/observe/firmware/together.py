"""Which functions of a program use what it reads beside a far end: that both stand in one file says less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iotwatch.observe.firmware.statement import Statement
from iotwatch.unpack.elf_references import uses
from iotwatch.words.kinds import Kind

_MOST = 4
_SHOWN_BYTES = 32
_LONGEST_STRING = 512
_READS = (Kind.PROGRAM_IDENTITY, Kind.PROGRAM_POSITION)


def together(data: bytes, reads: Sequence[Statement], ends: Sequence[Statement]) -> Iterator[Statement]:
    """At most four functions that use a string of ``reads`` and one of ``ends``, by their addresses; evidence is their code."""
    read = {_string(data, one.start): one.value for one in reads if one.kind in _READS and "call" not in one.facts}
    named = {_string(data, one.start): str(one.facts["host"]) for one in ends}
    if not (read and named):
        return
    told = 0
    for use in uses(data, (*read, *named)):
        what = sorted({read[at] for at in use.strings if at in read})
        hosts = sorted({named[at] for at in use.strings if at in named})
        if what and hosts:
            facts = {"reads": what, "hosts": hosts}
            yield Statement(
                Kind.PROGRAM_TOGETHER, f"{use.address:#x}", use.offset, min(use.offset + _SHOWN_BYTES, len(data)), facts
            )
            told += 1
            if told == _MOST:
                return


def _string(data: bytes, at: int) -> int:
    """Where the string around a byte begins: code names its first byte."""
    return data.rfind(b"\0", max(0, at - _LONGEST_STRING), at) + 1 or at
