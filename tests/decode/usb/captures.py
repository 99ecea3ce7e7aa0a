# ruff: noqa: E501 - rows of facts are easier to compare on one line each
"""USB captures built field by field: enumerations, serial data and control messages, as usbmon, USBPcap and macOS frames.

Ids and compositions: reference facts (modules: Linux 6.12 drivers option, qmi_wwan and qcserial, ModemManager rules, public
usb-devices listings). A composition is a list of (class, subclass, protocol); ff/ff/30 is DIAG, ff/42/01 ADB, 02/0e MBIM.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SERIAL = (0xFF, 0x00, 0x00)
VENDOR = (0xFF, 0xFF, 0xFF)
DIAG, AT_PORT, QMI_PORT, NMEA_PORT, ADB = (
    (0xFF, 0xFF, 0x30),
    (0xFF, 0xFF, 0x40),
    (0xFF, 0xFF, 0x50),
    (0xFF, 0xFF, 0x60),
    (0xFF, 0x42, 0x01),
)
MBIM, ECM, RNDIS, ACM, DATA = (2, 0x0E, 0), (2, 6, 0), (0xE0, 1, 3), (2, 2, 1), (0x0A, 0, 0)
GOBI = [VENDOR, VENDOR, VENDOR, VENDOR, VENDOR]
UNISOC = [RNDIS, DATA, SERIAL, SERIAL, SERIAL, SERIAL]
ASR = [ECM, DATA, SERIAL, SERIAL, SERIAL]

# maker, model or nothing when the id is shared, vendor id, product id, maker string, product string, interfaces
MODULES = [
    ("Quectel", "EC25", 0x2C7C, 0x0125, "Quectel", "EC25-AF", [VENDOR, SERIAL, SERIAL, SERIAL, VENDOR]),
    ("Quectel", "EC21", 0x2C7C, 0x0121, "Quectel", "EC21-E", [VENDOR, SERIAL, SERIAL, SERIAL, VENDOR]),
    ("Quectel", "BG96", 0x2C7C, 0x0296, "Qualcomm, Incorporated", "Qualcomm CDMA Technologies MSM", GOBI[:4]),
    ("Quectel", "EC200S", 0x2C7C, 0x6002, "Android", "Android", ASR),
    ("Quectel", "RM500Q", 0x2C7C, 0x0800, "Quectel", "RM500Q-GL", [DIAG, SERIAL, SERIAL, SERIAL, QMI_PORT]),
    ("Quectel", "EG916Q-GL", 0x2C7C, 0x6007, "Quectel", "EG916Q-GL", [SERIAL, SERIAL, SERIAL, SERIAL, ECM, DATA]),
    ("Quectel", "RM500U-CN", 0x2C7C, 0x0900, "Quectel", "RM500U-CN", UNISOC),
    ("Quectel", "RG255C-GL", 0x2C7C, 0x0316, "Quectel", "RG255C-GL", [DIAG, SERIAL, AT_PORT, QMI_PORT]),
    ("Fibocom", "FM101-GL", 0x2CB7, 0x01A4, "Fibocom Wireless Inc.", "Fibocom FM101-GL Module", [MBIM, DATA, DIAG, AT_PORT, ADB]),
    ("Fibocom", "L850-GL", 0x2CB7, 0x0007, "Fibocom Wireless Inc.", "L850-GL", [MBIM, DATA, ACM, DATA, ACM, DATA]),
    ("Fibocom", "FG650", 0x2CB7, 0x0A04, "Fibocom Wireless Inc.", "FG650 Module", [ECM, DATA, SERIAL, SERIAL, SERIAL]),
    ("Fibocom", "FM160", 0x2CB7, 0x0111, "Fibocom", "Fibocom FM160 Modem_SN:12345678", [MBIM, DATA, AT_PORT, DIAG, NMEA_PORT]),
    ("Fibocom", "L610", 0x1782, 0x4D11, "FIBOCOM", "L610", UNISOC),
    ("SIMCom", "", 0x1E0E, 0x9001, "SimTech, Incorporated", "SimTech, Incorporated", GOBI),
    ("SIMCom", "", 0x1E0E, 0x9011, "SimTech, Incorporated", "SimTech, Incorporated", [(2, 2, 0xFF), DATA, VENDOR, VENDOR, VENDOR]),
    ("SIMCom", "SIM7080", 0x1E0E, 0x9205, "SimTech, Incorporated", "SimTech SIM7080", [VENDOR, VENDOR, VENDOR, VENDOR, ECM, DATA]),
    ("Huawei", "", 0x12D1, 0x1506, "HUAWEI Technology", "HUAWEI Mobile", [(0xFF, 1, 1), (0xFF, 1, 2), (0xFF, 1, 3), (8, 6, 0x50)]),
    ("Huawei", "ME909s-821", 0x12D1, 0x1573, "Huawei Technologies Co., Ltd.", "HUAWEI Mobile ME909s-821", [(0xFF, 2, 0x12), (0xFF, 2, 1), (0xFF, 2, 0x16)]),
    ("ZTE", "", 0x19D2, 0x0117, "ZTE,Incorporated", "ZTE WCDMA Technologies MSM", GOBI[:3]),
    ("ZTE", "", 0x19D2, 0x0189, "ZTE, Incorporated", "ZTE LTE Technologies MSM", GOBI),
    ("ZTE", "", 0x19D2, 0x1275, "ZTE,Incorporated", "ZTE Technologies MSM", [VENDOR, SERIAL, SERIAL, VENDOR, ADB]),
    ("MeiG Smart", "", 0x2DEE, 0x4D22, "MEIG", "LTE-A Module", [DIAG, SERIAL, SERIAL, SERIAL, ADB, VENDOR]),
    ("MeiG Smart", "", 0x2DEE, 0x4D41, "UNISOC", "UNISOC-8910", [SERIAL] * 8),
    ("MeiG Smart", "SRM825", 0x2DEE, 0x4D38, "MEIG", "SRM825L", [VENDOR, SERIAL, SERIAL, VENDOR]),
    ("Rolling Wireless", "RW101R-GL", 0x33F8, 0x01A9, "Rolling Wireless S.a.r.l.", "Rolling RW101R-GL Module", [MBIM, DATA, DIAG, AT_PORT, ADB]),
    ("BroadMobi", "", 0x2020, 0x2060, "Qualcomm, Incorporated", "Qualcomm CDMA Technologies MSM", GOBI),
    ("Telit", "LE910C4-WWX", 0x1BC7, 0x1037, "Telit", "LE910C4-WWX", [DIAG, VENDOR, VENDOR, (0xFF, 0xFE, 0xFF), VENDOR]),
    ("Telit", "LN920", 0x1BC7, 0x1062, "Telit Wireless Solutions", "LN920", [(0xEF, 4, 1), DATA, DIAG, ADB, AT_PORT]),
    ("Telit", "", 0x1BC7, 0x7011, "ASRMicro", "Mobile Composite Device Bus", ASR),
    ("Sierra Wireless", "EM7305", 0x1199, 0x9062, "Sierra Wireless, Incorporated", "EM7305", [VENDOR]),
    ("Sierra Wireless", "EM8695", 0x1199, 0x90E5, "Sierra Wireless, Incorporated", "Semtech EM8695 Mobile Broadband Adapter", [DIAG, ADB, AT_PORT, MBIM, DATA]),
    ("Sierra Wireless", "EM7455", 0x1199, 0x9071, "Sierra Wireless, Incorporated", "Sierra Wireless EM7455 Qualcomm Snapdragon X7 LTE-A", [VENDOR, VENDOR, VENDOR, MBIM, DATA]),
    ("u-blox", "", 0x1546, 0x1311, "u-blox", "u-blox Modem", [DIAG, VENDOR, VENDOR, VENDOR]),
    ("u-blox", "", 0x1546, 0x1343, "u-blox", "u-blox Modem", [VENDOR, VENDOR, ECM, DATA]),
    ("Cinterion/Thales", "", 0x1E2D, 0x0069, "Cinterion Wireless Modules", "PLSx3", [ACM, DATA, ACM, DATA, ECM, DATA]),
    ("Gosuncn", "GM800", 0x305A, 0x1402, "GSW", "GSW_GM800_123456", [DIAG, SERIAL, SERIAL]),
]  # fmt: skip

# What is no module: ids of the same owners, and everyday devices.
OTHERS = [
    (0x1199, 0xB000, "Sierra-wireless", "Sierra Wireless_GNSS", [(0, 0, 0)]),
    (0x1546, 0x01A7, "u-blox AG - www.u-blox.com", "u-blox 7 - GPS/GNSS Receiver", [ACM, DATA]),
    (0x1546, 0x0506, "u-blox AG", "EVK-M101", [SERIAL]),
    (0x0E8D, 0xE616, "MediaTek Inc.", "Wireless_Device", [(0xE0, 1, 1), (0xE0, 1, 1)]),
    (0x0E8D, 0x2000, "MediaTek Inc.", "MT65xx Preloader", [DATA, ACM]),
    (0x8087, 0x0026, "Intel Corp.", "AX201 Bluetooth", [(0xE0, 1, 1)]),
    (0x413C, 0x2113, "Dell", "KB216 Wired Keyboard", [(3, 1, 1)]),
    (0x0BDA, 0x8156, "Realtek", "USB 10/100/1G/2.5G LAN", [VENDOR]),
    (0x10C4, 0xEA60, "Silicon Labs", "CP2102N USB to UART Bridge Controller", [SERIAL]),
    (0x1D6B, 0x0002, "Linux 6.12 xhci-hcd", "xHCI Host Controller", [(9, 0, 0)]),
    (0x0781, 0x558B, "SanDisk", "Extreme", [(8, 6, 0x50)]),
]  # fmt: skip


def device_descriptor(vendor: int, product: int) -> bytes:
    return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 0, 0, 0, 64, vendor, product, 0x318, 1, 2, 3, 1)


def configuration(interfaces: list[tuple[int, int, int]]) -> bytes:
    """Each interface with one endpoint in and one out: 0x81 + n and 0x01 + n."""
    body = b""
    for number, triple in enumerate(interfaces):
        body += struct.pack("<BBBBBBBBB", 9, 4, number, 0, 2, *triple, 0)
        body += struct.pack("<BBBBHB", 7, 5, 0x81 + number, 2, 512, 0) + struct.pack(
            "<BBBBHB", 7, 5, 0x01 + number, 2, 512, 0
        )
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(interfaces), 1, 0, 0xA0, 250) + body


def string(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return bytes([len(data) + 2, 3]) + data


@dataclass
class Capture:
    """Frames of one bus in one form; ``pcap`` gives the file."""

    form: str
    frames: list[bytes] = field(default_factory=list)
    urb: int = 0xFFFF_8880_0000_1000

    def control(self, device: int, setup: bytes, answer: bytes = b"", *, sent: bytes = b"") -> None:
        self.urb += 0x40
        if self.form == "usbpcap":
            self.frames.append(self._usbpcap(device, 0, 2, setup + sent, to_device=True, stage=0))
            self.frames.append(self._usbpcap(device, 0x80, 2, answer, to_device=False, stage=3))
        elif self.form == "darwin":
            endpoint, length = setup[0] & 0x80, int.from_bytes(setup[6:8], "little")
            self.frames.append(self._darwin(0, 0, device, endpoint, setup + sent, length if endpoint else len(sent)))
            self.frames.append(self._darwin(1, 0, device, endpoint, answer, len(answer)))
        else:
            endpoint = 0x80 if setup[0] & 0x80 else 0
            self.frames.append(self._usbmon("S", 2, device, endpoint, sent, setup))
            self.frames.append(self._usbmon("C", 2, device, endpoint, answer))

    def bulk(self, device: int, endpoint: int, data: bytes, *, keep: int | None = None) -> None:
        """A transfer in its two events, of which the capture has no more than ``keep`` bytes of data."""
        self.urb += 0x40
        into = bool(endpoint & 0x80)
        if self.form == "usbpcap":
            asked = self._usbpcap(device, endpoint, 3, b"" if into else data, to_device=True)
            done = self._usbpcap(device, endpoint, 3, data if into else b"", to_device=False)
            self.frames += [frame if keep is None else frame[: 27 + keep] for frame in (asked, done)]
        elif self.form == "darwin":
            asked = self._darwin(0, 2, device, endpoint, b"" if into else data, 4096 if into else len(data))
            done = self._darwin(1, 2, device, endpoint, data if into else b"", len(data))
            self.frames += [frame if keep is None else frame[: 32 + keep] for frame in (asked, done)]
        else:
            self.frames.append(self._usbmon("S", 3, device, endpoint, b"" if into else data, keep=keep))
            self.frames.append(self._usbmon("C", 3, device, endpoint, data if into else b"", keep=keep))

    def enumerate(
        self, device: int, vendor: int, product: int, strings: tuple[str, ...], interfaces: list[tuple[int, int, int]]
    ) -> None:
        self.control(device, bytes.fromhex("8006000100001200"), device_descriptor(vendor, product))
        self.control(device, bytes.fromhex("80060002000000ff"), configuration(interfaces))
        for index, text in enumerate(strings, 1):
            self.control(device, bytes([0x80, 6, index, 3, 9, 4, 255, 0]), string(text))

    def _usbmon(
        self,
        event: str,
        kind: int,
        device: int,
        endpoint: int,
        data: bytes,
        setup: bytes = b"",
        keep: int | None = None,
    ) -> bytes:
        length, data = len(data), data[:keep]
        head = struct.pack("<QBBBBHBBqiiII8s", self.urb, ord(event), kind, endpoint, device, 1, 0 if setup else 45, 0 if data else 60,
                           1_700_000_000, len(self.frames), 0, length, len(data), setup)  # fmt: skip
        return head + (struct.pack("<iiII", 0, 0, 0, 0) if self.form == "usbmon-mmap" else b"") + data

    def _usbpcap(
        self, device: int, endpoint: int, kind: int, data: bytes, *, to_device: bool, stage: int | None = None
    ) -> bytes:
        size = 27 if stage is None else 28
        head = struct.pack(
            "<HQIHBHHBBI", size, self.urb, 0, 9, 0 if to_device else 1, 1, device, endpoint, kind, len(data)
        )
        return head + (b"" if stage is None else bytes([stage])) + data

    def _darwin(self, event: int, kind: int, device: int, endpoint: int, data: bytes, length: int) -> bytes:
        """Wireshark's packet-usb.c: version, size, event, I/O length, status, frames, I/O id, location, speed, device ..."""
        head = (0x0100, 32, event, length, 0, 0, self.urb, 0x01100000, 3, device, endpoint, kind)
        return struct.pack("<HBBIIIQIBBBB", *head) + data

    @property
    def linktype(self) -> int:
        return {"usbmon": 189, "usbmon-mmap": 220, "usbpcap": 249, "darwin": 266}[self.form]

    def pcap(self) -> bytes:
        out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, self.linktype)]
        for index, frame in enumerate(self.frames):
            seconds, rest = divmod(index, 1000)
            out += [struct.pack("<IIII", 1_700_000_000 + seconds, rest * 1000, len(frame), len(frame)), frame]
        return b"".join(out)
