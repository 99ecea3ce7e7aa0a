"""The magics of every form of files that is known, whether it is read, opened, only named, or no evidence at all.

Sources: the forms' own documents; for captures Wireshark's wiretap and the programs that write them; 7-Zip ``7zFormat.txt``; RAR
technote; OpenSSL ``enc`` (``Salted__``); LUKS on-disk format 1.1; ECMA-119 for ISO 9660; MS-CAB; squashfs 1 to 3 and vendors'
changed magics; PGP RFC 9580. A reader of ``unpack`` that needs more than a magic has its own test.
"""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.words.vantage import Vantage

# Name, offset and pattern of what is read: captures, and what a capture may be packed in.
READ: tuple[tuple[str, int, bytes], ...] = (
    ("pcapng", 0, b"\n\r\r\n.{4}(?:\x1a\\+<M|M<\\+\x1a)"),
    ("snoop", 0, b"snoop\0\0\0"),
    ("btsnoop", 0, b"btsnoop\0"),
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
UNREAD: tuple[tuple[Form, bytes], ...] = (
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

# Name, offset, magic, status and note of what ``unpack`` cannot open.
UNOPENED: tuple[tuple[str, int, bytes, str, str], ...] = (
    ("7z", 0, b"7z\xbc\xaf\x27\x1c", "no-reader", "7-Zip archive"),
    ("rar", 0, b"Rar!\x1a\x07", "no-reader", "RAR archive"),
    ("cab", 0, b"MSCF\0\0\0\0", "no-reader", "cabinet archive"),
    ("iso9660", 32769, b"CD001", "no-reader", "ISO 9660 image"),
    ("openssl", 0, b"Salted__", "encrypted", "encrypted by the openssl program, salted"),
    ("luks", 0, b"LUKS\xba\xbe", "encrypted", "LUKS volume"),
    ("squashfs-old", 0, b"sqsh", "no-reader", "squashfs, big-endian or before 4.0"),
    ("squashfs-old", 0, b"hsqs", "no-reader", "squashfs before 4.0"),
    ("squashfs-old", 0, b"shsq", "no-reader", "squashfs with a vendor's magic"),
    ("squashfs-old", 0, b"qshs", "no-reader", "squashfs with a vendor's magic"),
    ("yaffs", 0, b"\x03\0\0\0\x01\0\0\0\xff\xff", "no-reader", "YAFFS2 image"),
    ("ntfs", 3, b"NTFS    ", "no-reader", "NTFS volume"),
    ("encrypted-image", 0, b"encrpted_img", "encrypted", "D-Link encrypted image"),
    ("encrypted-image", 0, b"SHRS", "encrypted", "D-Link encrypted image"),
)

# Beginnings of documents, pictures and databases: never a car's capture, image or log.
DOCUMENTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "riff"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\0", "sqlite"),
)
# Compiled Python: what this machine's programs leave behind.
BYTECODE = (b"\xa7\r\r\n", b"\xcb\r\r\n", b"\xf3\r\r\n")
TYPES: tuple[tuple[bytes, str], ...] = (
    *DOCUMENTS,
    (b"\x00\x01\x00\x00\x00", "font"),
    (b"\xca\xfe\xba\xbe", "java-class"),
    (b"dex\n03", "dex"),
    (b"\x1bLua", "lua-bytecode"),
    (b"\x00asm", "wasm"),
    (b"!<arch>\n", "ar"),
    (b"TZif", "timezone"),
    (b"\xde\x12\x04\x95", "translation"),
    (b"\x95\x04\x12\xde", "translation"),
    (b"MZ", "pe"),
    (b"\xd0\x0d\xfe\xed", "device-tree"),
    (b"\xd4\xc3\xb2\xa1", "pcap"),
    (b"\xa1\xb2\xc3\xd4", "pcap"),
    (b"\x4d\x3c\xb2\xa1", "pcap"),
    (b"\x0a\x0d\x0d\x0a", "pcapng"),
    (b"-----BEGIN CERTIFICATE-----", "certificate"),
    (b"-----BEGIN TRUSTED CERTIFICATE-----", "certificate"),
    (b"-----BEGIN PUBLIC KEY-----", "public-key"),
    (b"-----BEGIN OPENSSH PRIVATE KEY-----", "private-key"),
    (b"-----BEGIN PGP", "pgp"),
    (b"ssh-rsa ", "public-key"),
    (b"ssh-ed25519 ", "public-key"),
    (b"MMM\x01", "mediatek-image"),
    (b"\x88\x16\x88\x58", "mediatek-partition"),
)
"""What else a file of an image may be, by its beginning."""
