"""Every vantage that a capture can show is told from what most of its packets are."""

from __future__ import annotations

from pathlib import Path

import dpkt
import pytest

from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.words.linktypes import LINK_TYPES
from iotwatch.words.vantage import Vantage

SIGNATURES = load()
_CORPUS = {
    "linktypes/aircrack-ng__floatingpoint_exception.pcap": "wifi",
    "linktypes/aircrack-ng__testm1m2m3.pcap": "wifi",
    "linktypes/aircrack-ng__wpa.cap": "wifi",
    "linktypes/aircrack-ng__wps2.0.pcap": "wifi",
    "linktypes/arkime__80211http.pcap": "wifi",
    "linktypes/packetnet__80211_deauthentication_frame.pcap": "wifi",
    "linktypes/packetnet__80211_ppi_fcs_present_and_invalid.pcap": "wifi",
    "linktypes/packetnet__80211_ppi_fcs_present_and_valid.pcap": "wifi",
    "linktypes/packetnet__80211_raw.pcap": "wifi",
    "linktypes/packetnet__80211_raw_with_fcs.pcap": "wifi",
    "linktypes/tcpdump__status_code-71.pcap": "wifi",
    "linktypes/tcpdump__status_code-9.pcap": "wifi",
    "location/DroneID__odid_wifi_sample.pcap": "wifi",
    "location/RemoteIDReceiver__mavic_alessa_spoofed.pcapng": "wifi",
    "location/DroneID__odid_bt5_lr_sample.pcapng": "bluetooth",
    "linktypes/tcpdump__802_15_4-data.pcap": "rf",
    "linktypes/zeek__ieee80211.15.4.pcap": "rf",
    "linktypes/scapy__candump_gmlan_scanner.pcap": "can",
    "linktypes/pcap4j__HdlcPppPacketTest.pcap": "lan",
    "cellular/RPi_SierraWireless_PPP__pptest1.pcap": "lan",
    "cellular/QCSuper__sample_2g_3g_4g_xperia.pcap": "cellular",
    "usb/usbrply-test__lin_setup.pcapng": "usb",
    "usb/usbrply-test__win_setup.pcapng": "usb",
}


def _vantage(path: Path) -> str:
    return analyse(Job(str(path), "car", named=True), SIGNATURES).source.vantage


def _gsmtap(kind: int) -> bytes:
    """A SIM's answer or what a modem heard, in GSMTAP 2 behind UDP and IPv4."""
    udp = dpkt.udp.UDP(sport=40000, dport=4729, data=bytes((2, 4, kind, *bytes(13))) + b"\x9f\x16")
    udp.ulen = len(udp)
    return bytes(dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=dpkt.ip.IP_PROTO_UDP, data=udp, len=20 + len(udp)))


def _http() -> bytes:
    tcp = dpkt.tcp.TCP(sport=40000, dport=80, data=b"GET / HTTP/1.1\r\n\r\n")
    return bytes(
        dpkt.ip.IP(src=b"\x0a\0\0\1", dst=b"\xc6\x33\x64\1", p=dpkt.ip.IP_PROTO_TCP, data=tcp, len=20 + len(tcp))
    )


def _captured(tmp_path: Path, link: int, *packets: bytes) -> str:
    path = tmp_path / "one.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file, linktype=link)
        for second, packet in enumerate(packets):
            writer.writepkt(packet, ts=1_700_000_000 + second)
    return _vantage(path)


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "vantage"), _CORPUS.items())
def test_real_captures_tell_where_they_were_taken(corpus: Path, name: str, vantage: str) -> None:
    assert _vantage(corpus / "pcap" / name) == vantage


@pytest.mark.parametrize(
    ("link", "vantage"),
    [
        *((number, "wifi") for number in (105, 119, 127, 163, 192)),
        *((number, "bluetooth") for number in (187, 201, 251, 254, 255, 256, 272)),
        *((number, "usb") for number in (189, 220, 249, 266)),
        *((number, "can") for number in (190, 227, 210, 212)),
        *((number, "rf") for number in (191, 195, 215, 230, 283, 270)),
        *((number, "lan") for number in (0, 1, 9, 50, 101, 113, 204, 276, 65000)),
        *((number, "cellular") for number in (217, 218)),
        (250, "uart"),
    ],
)
def test_each_link_type_has_its_vantage(tmp_path: Path, link: int, vantage: str) -> None:
    assert _captured(tmp_path, link, bytes(40)) == vantage


@pytest.mark.parametrize(("kind", "vantage"), [(0x01, "cellular"), (0x0D, "cellular"), (0x04, "sim"), (0x11, "diag")])
def test_what_gsmtap_carries_was_heard_elsewhere(tmp_path: Path, kind: int, vantage: str) -> None:
    assert _captured(tmp_path, 101, _gsmtap(kind), _gsmtap(kind), _http()) == vantage


def test_a_little_gsmtap_makes_no_network_capture_another(tmp_path: Path) -> None:
    assert _captured(tmp_path, 101, _gsmtap(0x01), _http(), _http()) == "lan"


def test_names_and_kinds_are_unique_where_they_must_be() -> None:
    by_name: dict[str, set[Vantage]] = {}
    for row in LINK_TYPES.values():
        by_name.setdefault(row.name, set()).add(row.vantage)
    assert all(len(vantages) == 1 for vantages in by_name.values())
