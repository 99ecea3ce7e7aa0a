"""What a file is, by its first bytes: a capture, something a capture may be packed in, a form that is not read, or nothing
of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from iotwatch.errors import NotEvidence
from iotwatch.read.files import diag
from iotwatch.read.files.pcap import PcapReader, variant_of
from iotwatch.read.files.pcapng import PcapngReader
from iotwatch.read.files.snoop import BtsnoopReader, SnoopReader
from iotwatch.read.files.window import Window
from iotwatch.words.vantage import Vantage

Reader = PcapReader | PcapngReader | SnoopReader
READERS: dict[str, Callable[[Window], Reader]] = {
    "pcap": PcapReader,
    "pcapng": PcapngReader,
    "snoop": SnoopReader,
    "btsnoop": BtsnoopReader,
}
"""The forms of captures that are read."""
_MAGICS: tuple[tuple[str, int, bytes], ...] = (
    ("pcapng", 0, b"\n\r\r\n.{4}(?:\x1a\\+<M|M<\\+\x1a)"),
    ("snoop", 0, re.escape(SnoopReader.magic)),
    ("btsnoop", 0, re.escape(BtsnoopReader.magic)),
    ("gzip", 0, b"\x1f\x8b\x08"),
    ("zstd", 0, b"\\(\xb5\x2f\xfd"),
    ("xz", 0, b"\xfd7zXZ\0"),
    ("bzip2", 0, b"BZh"),
    ("lz4", 0, b"\x04\x22\x4d\x18"),
    ("zip", 0, b"PK\x03\x04"),
    ("tar", 257, b"ustar"),
)
COMPRESSED = frozenset({"gzip", "zstd", "xz", "bzip2", "lz4"})


class Form(NamedTuple):
    """A form of captures that is known and not read: its short name, what a person calls such a file, where it is taken."""

    name: str
    title: str
    vantage: Vantage = Vantage.LAN


# Magics as Wireshark's wiretap, python-can and the programs' own sources give them.
_UNREAD: tuple[tuple[Form, bytes], ...] = (
    (Form("blf", "a log of Vector's bus tools (BLF)", Vantage.CAN), b"LOGG\x90\0\0\0"),
    (Form("mdf", "a measurement of a bus (ASAM MDF)", Vantage.CAN), b"(?:MDF     |UnFinMF )[2-4]\\."),
    (Form("netmon", "a capture by Microsoft Network Monitor"), b"(?:RTSS.\x01|GMBU.\x02)"),
    (Form("5views", "a capture by 5View"), b"\xaa{4}.{4}\0\0\x01\0"),
    (Form("ngsniffer", "a capture by the Sniffer"), b"TRSNIFF data    \x1a"),
    (Form("netxray", "a capture by the Windows Sniffer"), b"(?:XCP\0|VL\0\0)"),
    (Form("omnipeek", "a capture by OmniPeek"), b"\x7fver"),
    (Form("visual", "a capture by Visual Networks"), b"\x05VNF"),
    (Form("observer", "a capture by Observer"), b"ObserverPktBufferVersion="),
    (Form("nettl", "a trace by HP-UX nettl"), b"TR\0d\0"),
    (Form("iptrace", "a trace by AIX iptrace"), b"iptrace [12]\\.0"),
    (Form("k12", "a capture by Tektronix K12"), b"\0\0\x02\0\x12\x05\0\x10"),
    (Form("saleae", "a capture by a logic analyser (Saleae)", Vantage.OTHER), b"<SALEAE>"),
    (Form("soapy-power", "a radio sweep by soapy_power", Vantage.RF), b"SDRFF"),
    (Form("kismet", "a log of Kismet", Vantage.WIFI), b"SQLite format 3\0.{0,65520}?\\bKISMET\\b"),
    (Form("sqlite", "an SQLite database", Vantage.OTHER), b"SQLite format 3\0"),
)
# By the chain of their records: these forms have no file header.
_CHAINED: tuple[tuple[Form, Callable[[bytes], bool]], ...] = (
    (Form("qmdl", "a log of Qualcomm's diagnostics (QMDL)", Vantage.DIAG), diag.is_qmdl),
    (Form("dlf", "a log of Qualcomm's diagnostics (DLF)", Vantage.DIAG), diag.is_dlf),
    (Form("sdm", "a log of Samsung's diagnostics (SDM)", Vantage.DIAG), diag.is_sdm),
    (Form("packetlogger", "a Bluetooth log (PacketLogger)", Vantage.BLUETOOTH), diag.is_packetlogger),
)


def _alternation(patterns: Iterator[bytes]) -> re.Pattern[bytes]:
    """One pattern that tells by the number of its group which of ``patterns`` stands at the beginning."""
    return re.compile(b"|".join(b"(%s)" % pattern for pattern in patterns), re.DOTALL)


_KNOWN = _alternation(b".{%d}%s" % (offset, magic) for _, offset, magic in _MAGICS)
_FOREIGN = _alternation(magic for _, magic in _UNREAD)


def sniff(head: bytes) -> str | None:
    """Name the form of a file's first 512 bytes: a capture's, a compression's, ``zip``, ``tar``, or ``None``."""
    if variant_of(head) is not None:
        return "pcap"
    found = _KNOWN.match(head)
    return _MAGICS[found.lastindex - 1][0] if found and found.lastindex else None


def record_reader(window: Window) -> Reader:
    """The reader of the capture whose first bytes ``window`` gives; ``NotEvidence`` when it is none."""
    window.advance(0)
    name = sniff(bytes(window.view[:512]))
    if name not in READERS:
        raise NotEvidence("not a capture")
    return READERS[name](window)


def unread(head: bytes) -> Form | None:
    """The form that the magic of these first bytes names, when it is one that is known and not read."""
    found = _FOREIGN.match(head)
    return _UNREAD[found.lastindex - 1][0] if found and found.lastindex else None


def unread_chain(head: bytes) -> Form | None:
    """The same for forms without a magic, told by the records of the first 64 KiB. An archive of such files looks alike."""
    return next((form for form, fits in _CHAINED if fits(head)), None)
