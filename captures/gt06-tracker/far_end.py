"""The far end: python3 far_end.py ADDRESS PORT. Answers login and heartbeat with their type and serial number."""

import socket
import sys

from gt06 import HEARTBEAT, LOGIN, frame


def main() -> None:
    with socket.create_server((sys.argv[1], int(sys.argv[2]))) as listener:
        tracker, _ = listener.accept()
        with tracker:
            while data := tracker.recv(1024):  # the tracker waits between frames, so that one read is one frame
                if data[3] in (LOGIN, HEARTBEAT):
                    tracker.sendall(frame(data[3], b"", int.from_bytes(data[-6:-4], "big")))


main()
