"""Formats that are known by their magic and have no reader here, and files that are encrypted: each is a status.

Magics: 7-Zip ``7zFormat.txt``; RAR technote; OpenSSL ``enc`` (``Salted__``); LUKS on-disk format 1.1; ECMA-119
for ISO 9660; MS-CAB; squashfs 1 to 3 and vendors' changed magics; PGP RFC 9580.
"""

from __future__ import annotations

_MAGICS: tuple[tuple[str, int, bytes, str, str], ...] = (
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


def unopened(data: bytes) -> tuple[str, str, str] | None:
    """``(format, status, note)`` of bytes that cannot be opened, by their magic; ``None`` when none is known."""
    for name, offset, magic, status, note in _MAGICS:
        if data.startswith(magic, offset):
            return name, status, note
    return None
