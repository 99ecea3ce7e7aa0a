"""What a file is, by its first bytes: a capture, something a capture may be packed in, a form that is not read, or nothing
of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iotwatch.errors import NotEvidence
from iotwatch.files.magics import READ, UNREAD, Form
from iotwatch.read.files import diag
from iotwatch.read.files.packetlogger import HEAD, PacketLoggerReader
from iotwatch.read.files.pcap import PcapReader, variant_of
from iotwatch.read.files.pcapng import PcapngReader
from iotwatch.read.files.snoop import BtsnoopReader, SnoopReader
from iotwatch.read.files.window import Window
from iotwatch.read.sweeps.forms import is_untimed
from iotwatch.words.vantage import Vantage

Reader = PcapReader | PcapngReader | SnoopReader
READERS: dict[str, Callable[[Window], Reader]] = {
    "pcap": PcapReader,
    "pcapng": PcapngReader,
    "snoop": SnoopReader,
    "btsnoop": BtsnoopReader,
    "packetlogger": PacketLoggerReader,
}
"""The forms of captures that are read."""
# By the chain of their records: these forms have no file header.
_CHAINED: tuple[tuple[Form, Callable[[bytes], bool]], ...] = (
    (Form("qmdl", "a log of Qualcomm's diagnostics (QMDL)", Vantage.DIAG), diag.is_qmdl),
    (Form("dlf", "a log of Qualcomm's diagnostics (DLF)", Vantage.DIAG), diag.is_dlf),
    (Form("sdm", "a log of Samsung's diagnostics (SDM)", Vantage.DIAG), diag.is_sdm),
    (Form("hackrf-sweep-binary", "a binary sweep by hackrf_sweep, which holds no times", Vantage.RF), is_untimed),
)


def _alternation(patterns: Iterator[bytes]) -> re.Pattern[bytes]:
    """One pattern that tells by the number of its group which of ``patterns`` stands at the beginning."""
    return re.compile(b"|".join(b"(%s)" % pattern for pattern in patterns), re.DOTALL)


_KNOWN = _alternation(b".{%d}%s" % (offset, magic) for _, offset, magic in READ)
_FOREIGN = _alternation(magic for _, magic in UNREAD)


def sniff(head: bytes) -> str | None:
    """Name the form of a file's first 64 KiB: a capture's, a compression's, ``zip``, ``tar``, or ``None``."""
    if variant_of(head) is not None:
        return "pcap"
    found = _KNOWN.match(head)
    if found and found.lastindex:
        return READ[found.lastindex - 1][0]
    return "packetlogger" if diag.packetlogger_order(head) else None


def record_reader(window: Window) -> Reader:
    """The reader of the capture whose first bytes ``window`` gives; ``NotEvidence`` when it is none."""
    window.advance(0)
    name = sniff(bytes(window.view[:HEAD]))
    if name not in READERS:
        raise NotEvidence("not a capture")
    return READERS[name](window)


def unread(head: bytes) -> Form | None:
    """The form that the magic of these first bytes names, when it is one that is known and not read."""
    found = _FOREIGN.match(head)
    return UNREAD[found.lastindex - 1][0] if found and found.lastindex else None


def headerless(head: bytes) -> Form | None:
    """The form without a magic that the records of the first 64 KiB tell, read or not. An archive of such files looks alike."""
    return next((form for form, fits in _CHAINED if fits(head)), None)
