"""The frame of the diagnostics that is no log packet and says what the modem is: the build id (7C).

Layout: SCAT's ``diagcmd.py`` and ``qualcommparser.py`` (``parse_diag_ext_build_id``). A build id begins
with the module's own name where its maker set it (``RM500QGLABR11A06M4G``).
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Message, Trait
from iotwatch.patterns import regex
from iotwatch.read.diagnostics import LogPackets
from iotwatch.words.kinds import Kind

BUILD_ID = 0x7C
_MOST = 64
_BUILD_HEAD = 12  # command, version, two bytes, chip in 32 bits, mobile's software in 32 bits
_TEXT = regex(rb"[A-Za-z0-9][\x20-\x7e]{3,95}")


def identities(packets: LogPackets) -> Iterator[Message]:
    """What the modem says of its firmware."""
    commands, begins, ends = packets.others
    for number in (commands == BUILD_ID).nonzero()[0][:_MOST].tolist():
        start, end = begins.item(number), ends.item(number)
        if found := _TEXT.search(packets.data[start + _BUILD_HEAD : end]):
            at = start + _BUILD_HEAD + found.start()
            text = found[0].decode("ascii").strip()
            traits = (
                Trait(Kind.MODULE_FIRMWARE, text, (at, at + len(found[0])), {"seen_in": "diag", "command": "DIAG"}),
                Trait(Kind.MODEM_CELLULAR, "Qualcomm DIAG", (start, end)),
            )
            yield Message("diag", packets, (start, end), packets.time_at(start), traits=traits)
