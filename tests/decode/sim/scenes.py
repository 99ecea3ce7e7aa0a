"""Scenes between a SIM card and its terminal, made from the standards and not with the decoder's code.

ETSI TS 102 221 (commands), TS 102 223 and 3GPP TS 31.111 (toolkit), TS 23.040 and 23.038 (messages), osmocom's gsmtap.h.
"""

from __future__ import annotations

from pathlib import Path

import dpkt

START = 1_700_000_000
ICCID, IMSI, IMEI = "8999901000000000018", "001010123456789", "860000000000041"
CELLS = ((0x1CDA, 0x0930), (0x26B6, 0x7EB1), (0x3B74, 0x420C), (0xAFF2, 0x6FA9))
ECIS = ((0x1CDA, 0x0093003), (0x26B6, 0x07EB103), (0x3B74, 0x0420C03))


def tlv(tag: int, value: bytes) -> bytes:
    size = bytes((len(value),)) if len(value) < 128 else bytes((0x81, len(value)))
    return bytes((tag,)) + size + value


def swapped(digits: str) -> bytes:
    """Two digits a byte, the first in the low half; F fills."""
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[at + 1] + digits[at], 16) for at in range(0, len(digits), 2))


def plmn(mcc: str, mnc: str) -> bytes:
    mnc = mnc if len(mnc) == 3 else mnc + "F"
    return bytes(int(pair, 16) for pair in (mcc[1] + mcc[0], mnc[2] + mcc[2], mnc[1] + mnc[0]))


def lai(area: int, cell: int, mcc: str = "262", mnc: str = "01") -> bytes:
    """Location Information of GSM and UTRAN."""
    return plmn(mcc, mnc) + area.to_bytes(2, "big") + cell.to_bytes(2, "big")


def tai(area: int, eci: int, mcc: str = "262", mnc: str = "01") -> bytes:
    """That of E-UTRAN: 28 bits of cell, then F."""
    return plmn(mcc, mnc) + area.to_bytes(2, "big") + (eci << 4 | 15).to_bytes(4, "big")


def packed(text: str) -> bytes:
    """Seven bits a character (TS 23.038 section 6.1.2.1), of characters that are the same in ASCII."""
    bits = sum(ord(one) << 7 * at for at, one in enumerate(text))
    return bits.to_bytes((len(text) * 7 + 7) // 8, "little")


def address(number: str) -> bytes:
    """Type of number, then digits."""
    return bytes((0x91 if number[0] == "+" else 0x81,)) + swapped(number.lstrip("+"))


def submit(number: str, data: bytes, *, scheme: int = 4, length: int | None = None, header: bytes = b"") -> bytes:
    """SMS-SUBMIT without a validity period."""
    user = header + data
    digits = number.lstrip("+")
    head = bytes((0x41 if header else 0x01, 0, len(digits))) + address(number)
    return head + bytes((0, scheme, len(user) if length is None else length)) + user


def deliver(number: str, data: bytes, *, scheme: int = 4, header: bytes = b"") -> bytes:
    """SMS-DELIVER of 2026-01-02 03:04:05."""
    digits, user = number.lstrip("+"), header + data
    head = bytes((0x44 if header else 0x04, len(digits))) + address(number)
    return head + bytes((0x7F, scheme)) + swapped("26010203040500") + bytes((len(user),)) + user


class Scene:
    """What passes between card and terminal, with the seconds since the start."""

    def __init__(self) -> None:
        self.now = 0.0
        self.passed: list[tuple[float, bytes, int]] = []
        self.number = 0

    def take(self, header: str, data: bytes = b"", answer: bytes = b"", status: str = "9000") -> None:
        size = bytes((len(data) if data else len(answer) & 0xFF,))
        self._add(bytes.fromhex(header) + size + data + answer + bytes.fromhex(status))

    def _add(self, passed: bytes, kind: int = 0) -> None:
        self.passed.append((self.now, passed, kind))
        self.now += 0.05

    def boot(self, iccid: str = ICCID, imsi: str = IMSI) -> None:
        """ATR, EF_ICCID, ADF.USIM, EF_IMSI, TERMINAL PROFILE."""
        self._add(bytes.fromhex("3b9f96801f878031e073fe211b674a4c753034054ba9"), 1)
        self.take("00a40804", bytes.fromhex("2fe2"), status="6121")
        self.take("00b00000", answer=swapped(iccid))
        self.take("00a40404", bytes.fromhex("a0000000871002ffffffff8907090000"), status="613a")
        self.file("6f07")
        self.take("00b00000", answer=b"\x08" + swapped("9" + imsi))
        self.take(
            "80100000", bytes.fromhex("ffffffff7f9f00dfff03031fe22806000000000000001000000000000020"), status="9110"
        )

    def file(self, identifier: str) -> None:
        self.take("00a40004", bytes.fromhex(identifier), status="6121")

    def command(self, kind: int, qualifier: int = 0, rest: bytes = b"", to: int = 0x82) -> None:
        self.number = self.number % 254 + 1
        details = tlv(0x81, bytes((self.number, kind, qualifier))) + tlv(0x82, bytes((0x81, to)))
        self.take("80120000", answer=tlv(0xD0, details + rest))

    def response(self, kind: int, qualifier: int = 0, rest: bytes = b"", result: int = 0) -> None:
        details = tlv(0x81, bytes((self.number, kind, qualifier))) + tlv(0x82, b"\x82\x81")
        self.take("80140000", details + tlv(0x83, bytes((result,))) + rest)

    def envelope(self, tag: int, rest: bytes, devices: bytes = b"\x82\x81") -> None:
        self.take("80c20000", tlv(tag, tlv(0x82, devices) + rest), status="910b")

    def ask_cell(self, place: bytes) -> None:
        """PROVIDE LOCAL INFORMATION, location."""
        self.command(0x26, 0)
        self.response(0x26, 0, tlv(0x93, place))

    def ask_imei(self, imei: str = IMEI) -> None:
        self.command(0x26, 1)
        self.response(0x26, 1, tlv(0x94, swapped("A" + imei)))

    def event_list(self, *events: int) -> None:
        self.command(0x05, 0, tlv(0x99, bytes(events)))
        self.response(0x05)

    def moved(self, place: bytes) -> None:
        """Event download: location status."""
        self.envelope(0xD6, tlv(0x99, b"\x03") + tlv(0x9B, b"\0") + tlv(0x93, place))

    def timer(self, seconds: int) -> None:
        value = b"".join(swapped(f"{one:02d}") for one in (seconds // 3600, seconds // 60 % 60, seconds % 60))
        self.command(0x27, 0, tlv(0xA4, b"\x01") + tlv(0xA5, value))
        self.response(0x27, 0, tlv(0xA4, b"\x01"))

    def expired(self) -> None:
        self.envelope(0xD7, tlv(0xA4, b"\x01") + tlv(0xA5, b"\0\x50\0"))

    def sms(self, number: str, tpdu: bytes, *, qualifier: int = 0, result: int | None = 0) -> None:
        self.command(0x13, qualifier, tlv(0x86, address(number)) + tlv(0x8B, tpdu), 0x83)
        if result is not None:
            self.response(0x13, qualifier, result=result)

    def ussd(self, string: bytes, result: int = 0) -> None:
        self.command(0x12, 0, tlv(0x8A, string), 0x83)
        self.response(0x12, result=result)

    def channel(self, server: bytes, port: int, transport: int = 1, name: str = "internet") -> None:
        """OPEN CHANNEL to an address, which is given channel 1."""
        bearer = tlv(0xB5, b"\x03") + tlv(0xB9, b"\x02\0") + tlv(0xC7, bytes((len(name),)) + name.encode())
        far = tlv(0xBC, bytes((transport,)) + port.to_bytes(2, "big")) + tlv(0xBE, b"\x21" + server)
        self.command(0x40, 1, bearer + far)
        self.response(0x40, 1, tlv(0xB8, b"\x81\0") + bearer[:3])

    def send(self, data: bytes, *, at_once: bool = True) -> None:
        self.command(0x43, int(at_once), tlv(0xB6, data), 0x21)
        self.response(0x43, int(at_once), tlv(0xB7, b"\xff"))

    def close(self) -> None:
        self.command(0x41, 0, b"", 0x21)
        self.response(0x41)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def pcap(self, path: Path) -> Path:
        """GSMTAP over UDP on loopback, raw IP."""
        with path.open("wb") as file:
            writer = dpkt.pcap.Writer(file, linktype=101)
            for seconds, passed, kind in self.passed:
                data = bytes((2, 4, 4)) + bytes(9) + bytes((kind, 0, 0, 0)) + passed
                datagram = dpkt.udp.UDP(sport=40000, dport=4729, data=data)
                datagram.ulen = len(datagram)
                packet = dpkt.ip.IP(src=b"\x7f\0\0\x01", dst=b"\x7f\0\0\x01", p=17, data=datagram)
                packet.len = len(packet)
                writer.writepkt(bytes(packet), ts=START + seconds)
        return path


def cells(*places: tuple[int, int], wide: bool = False) -> list[dict[str, object]]:
    """What a finding tells of cells of 262-01."""
    names = ("tac", "eci") if wide else ("lac", "ci")
    return [{"mcc": "262", "mnc": "01", names[0]: area, names[1]: cell} for area, cell in places]
