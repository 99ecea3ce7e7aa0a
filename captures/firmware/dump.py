"""Lay out the dump: python3 dump.py UIMAGE SQUASHFS OUTPUT. Erased flash is FF; the boot area is noise, always the same."""

import random
import sys
from pathlib import Path

BOOT_AREA, UIMAGE_ROOM, TAIL = 0x4000, 0x3000, 0x2000
ODD = 0x133  # the file system begins off any block border


def main() -> None:
    uimage, squashfs = (Path(name).read_bytes() for name in sys.argv[1:3])
    boot = b"BOOT" + random.Random(808).randbytes(BOOT_AREA - 4)
    room = UIMAGE_ROOM + ODD
    dump = boot + uimage.ljust(room, b"\xff") + squashfs + b"\xff" * TAIL
    Path(sys.argv[3]).write_bytes(dump)
    print(f"uImage at 0x{BOOT_AREA:x}, squashfs at 0x{BOOT_AREA + room:x}, {len(dump)} bytes")


main()
