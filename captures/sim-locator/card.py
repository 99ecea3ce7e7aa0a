"""A SIM card with an applet and the phone that it is in, and the tap between them that sends each command as GSMTAP.

The applet starts a timer; each time it runs out it asks the phone for its cell and device, and has it send both by SMS
(ETSI TS 102 223, 3GPP TS 31.111). The phone drives through four cells and writes EF_LOCI at each (TS 31.102).
"""

import socket
import sys
import time

ICCID = bytes.fromhex("98999910000000000010")
IMSI = bytes.fromhex("080910101032547698")
IMEI = bytes.fromhex("8a06000000000014")
NETWORK = bytes.fromhex("00f110")
CELLS = [(0x1234, 0x0A51), (0x1234, 0x0A77), (0x1240, 0x1B02), (0x1251, 0x0C19)]
RECIPIENT = bytes.fromhex("9999109505010520")[:6]
PERIOD = 10


def tlv(tag, value):
    return bytes((tag, len(value))) + value


class Tap:
    """Sends what passes the card's contacts: the command, its data, the answer and the status in one datagram."""

    def __init__(self, host, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((host, port))

    def send(self, data, kind=0):
        head = bytes((2, 4, 4)) + bytes(9) + bytes((kind, 0, 0, 0))
        self.socket.send(head + data)
        time.sleep(0.02)

    def take(self, header, data=b"", answer=b"", status="9000"):
        size = bytes((len(data) if data else len(answer),))
        self.send(bytes.fromhex(header) + size + data + answer + bytes.fromhex(status))

    def select(self, identifier):
        self.take("00a40004", bytes.fromhex(identifier), status="6121")

    def fetch(self, command):
        self.take("80120000", answer=command)


def command(number, kind, qualifier, to, rest=b""):
    body = tlv(0x81, bytes((number, kind, qualifier))) + tlv(0x82, bytes((0x81, to))) + rest
    return tlv(0xD0, body)


def response(number, kind, qualifier, rest=b""):
    head = tlv(0x81, bytes((number, kind, qualifier))) + tlv(0x82, bytes((0x82, 0x81)))
    return head + tlv(0x83, b"\0") + rest


def message(text):
    """SMS-SUBMIT with eight-bit data."""
    return b"\x01\0" + bytes((12, 0x91)) + RECIPIENT + b"\0\x04" + bytes((len(text),)) + text


def main(host, port):
    tap = Tap(host, port)
    tap.send(bytes.fromhex("3b9f96801f878031e073fe211b674a4c753034054ba9"), kind=1)
    tap.select("3f00")
    tap.select("2fe2")
    tap.take("00b00000", answer=ICCID)
    tap.take("00a40404", bytes.fromhex("a0000000871002ffffffff8907090000"), status="613a")
    tap.select("6f07")
    tap.take("00b00000", answer=IMSI)
    tap.take(
        "80100000", bytes.fromhex("ffffffff7f9f00dfff03031fe228060000000000000010000000000000200000"), status="9110"
    )
    timer = tlv(0xA4, b"\x01") + tlv(0xA5, bytes((0, 0, PERIOD // 10 | PERIOD % 10 << 4)))
    for number, (area, cell) in enumerate(CELLS):
        place = NETWORK + area.to_bytes(2, "big")
        tap.fetch(command(1, 0x27, 0, 0x82, timer))
        tap.take("80140000", response(1, 0x27, 0, tlv(0xA4, b"\x01")))
        tap.select("6f7e")
        tap.take("00d60000", bytes((0xA0, 0xB1, 0xC2, number)) + place + b"\xff\0")
        time.sleep(PERIOD)
        tap.take("80c20000", tlv(0xD7, tlv(0x82, b"\x82\x81") + timer), status="910b")
        tap.fetch(command(2, 0x26, 0, 0x82))
        tap.take("80140000", response(2, 0x26, 0, tlv(0x93, place + cell.to_bytes(2, "big"))), status="910b")
        tap.fetch(command(3, 0x26, 1, 0x82))
        tap.take("80140000", response(3, 0x26, 1, tlv(0x94, IMEI)), status="9130")
        said = place + cell.to_bytes(2, "big") + IMEI
        tap.fetch(command(4, 0x13, 0, 0x83, tlv(0x86, b"\x91" + RECIPIENT) + tlv(0x8B, message(said))))
        tap.take("80140000", response(4, 0x13, 0), status="9111")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
