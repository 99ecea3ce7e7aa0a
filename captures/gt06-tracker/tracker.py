"""The device's end: python3 tracker.py HOST PORT. Twelve locations, 10 s apart, a heartbeat after every fourth."""

import socket
import struct
import sys
import time

from gt06 import HEARTBEAT, LOCATION, LOGIN, frame

IMEI = "860000000000033"
LATITUDE, LONGITUDE = -46.831270, -68.919450  # degrees; sent in units of 1/1800000
STEP = 0.000833
COUNT, INTERVAL = 12, 10.0
WEST, NORTH, FIXED = 1 << 11, 1 << 10, 1 << 12


def location(latitude: float, longitude: float, course: int) -> bytes:
    """Time in plain binary UTC, satellites, latitude, longitude, speed, course with the flags; then one cell."""
    now = time.gmtime()
    flags = FIXED | course | (WEST if longitude < 0 else 0) | (NORTH if latitude > 0 else 0)
    stamp = bytes((now.tm_year - 2000, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec))
    gnss = struct.pack(">BIIBH", 0xC9, round(abs(latitude) * 1800000), round(abs(longitude) * 1800000), 42, flags)
    cell = struct.pack(">HBH", 1, 1, 4660) + (22136).to_bytes(3, "big")  # test network 001/01
    return stamp + gnss + cell


def main() -> None:
    serial = 1
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as far_end:
        far_end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far_end.sendall(frame(LOGIN, bytes.fromhex("0" + IMEI), serial))
        far_end.recv(64)
        start = time.monotonic()
        for number in range(COUNT):
            time.sleep(max(0.0, start + number * INTERVAL - time.monotonic()))
            serial += 1
            place = location(LATITUDE + number * STEP, LONGITUDE - number * STEP, 318)
            far_end.sendall(frame(LOCATION, place, serial))
            if number % 4 == 3:
                time.sleep(0.4)
                serial += 1
                far_end.sendall(frame(HEARTBEAT, bytes((0x46, 0x06, 0x04, 0x00, 0x02)), serial))
                far_end.recv(64)
        time.sleep(1)


main()
