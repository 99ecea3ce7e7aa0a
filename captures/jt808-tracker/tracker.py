"""The device's end: python3 tracker.py HOST PORT. Six single reports, then a batch of four from before they began.

The first report has 7E and 7D among the bytes of its coordinates: 0x02977E7D is 43482749, 0x06567D7E is 106331518.
"""

import socket
import struct
import sys
import time

from jt808 import AUTHENTICATE, BATCH, HEARTBEAT, REGISTER, REPORT, pack

PHONE = "013900000058"
LATITUDE, LONGITUDE = 43482749, 106331518  # units of 0.000001 degree
STEP = 613
IGNITION_AND_FIX = 0b11
GMT_8 = 8 * 3600
TOKEN = b"made-up-token"


def report(latitude: int, longitude: int, when: float) -> bytes:
    """The body of 0x0200: alarm, status, place, metres, 0.1 km/h, course, BCD time in GMT+8; then the mileage."""
    place = struct.pack(">IIIIHHH", 0, IGNITION_AND_FIX, latitude, longitude, 1302, 386, 74)
    clock = bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(when + GMT_8)))
    return place + clock + struct.pack(">BBI", 0x01, 4, 123456)


class Box:
    """One connection; counts serial numbers and waits for the platform's answer to each message."""

    def __init__(self, far_end: socket.socket) -> None:
        self.far_end, self.serial = far_end, 0

    def say(self, kind: int, body: bytes) -> None:
        self.far_end.sendall(pack(kind, body, PHONE, self.serial))
        self.serial += 1
        self.far_end.recv(256)


def main() -> None:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as far_end:
        box = Box(far_end)
        identity = struct.pack(">HH5s20s7sB", 11, 100, b"MADEU", b"BOX-808", b"TERM058", 0)
        box.say(REGISTER, identity + b"TEST-808")
        box.say(AUTHENTICATE, TOKEN)
        for number in range(6):
            box.say(REPORT, report(LATITUDE + number * STEP, LONGITUDE + number * STEP, time.time()))
            time.sleep(3)
        box.say(HEARTBEAT, b"")
        earlier = time.time() - 600
        stored = [report(LATITUDE - n * STEP, LONGITUDE - n * STEP, earlier + 30 * (4 - n)) for n in range(4, 0, -1)]
        items = b"".join(struct.pack(">H", len(one)) + one for one in stored)
        box.say(BATCH, struct.pack(">HB", len(stored), 1) + items)
        time.sleep(1)


main()
