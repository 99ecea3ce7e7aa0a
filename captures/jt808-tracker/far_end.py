"""The far end: python3 far_end.py ADDRESS PORT. Gives a token at registration and acknowledges everything else."""

import socket
import struct
import sys

from jt808 import ACKNOWLEDGED, REGISTER, REGISTERED, pack, unpack


def main() -> None:
    with socket.create_server((sys.argv[1], int(sys.argv[2]))) as listener:
        box, _ = listener.accept()
        answers = 0
        with box:
            while data := box.recv(4096):  # the box waits for each answer, so that one read is one message
                kind, phone, serial = unpack(data)
                if kind == REGISTER:
                    answer = pack(REGISTERED, struct.pack(">HB", serial, 0) + b"made-up-token", phone, answers)
                else:
                    answer = pack(ACKNOWLEDGED, struct.pack(">HHB", serial, kind, 0), phone, answers)
                box.sendall(answer)
                answers += 1


main()
