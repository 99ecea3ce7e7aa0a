"""What everybody's devices ask for again and again, by name first, then by what they speak, then by port."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from iotwatch.detect.beacons.context import Service, context, nearness
from iotwatch.words.findings import Doubt


def row(server: str, port: int = 0, name: str = "") -> SimpleNamespace:
    return SimpleNamespace(server=server, server_port=port, server_name=name)


@pytest.mark.parametrize(
    ("kind", "far_end", "rows", "service"),
    [
        ("connection", "www.msftconnecttest.com", [row("198.51.100.9", 443)], Service.CONNECTIVITY),
        ("connection", "", [row("198.51.100.9", 80, "OCSP.maker.example")], Service.CERTIFICATES),
        ("dns", "0.debian.pool.ntp.org", [], Service.TIME),
        ("dns", "gps.example", [], None),
        ("dns", "", [row("198.51.100.9", 53)], None),
        ("connection", "", [row("198.51.100.9", 53), row("198.51.100.10", 853)], Service.DNS),
        ("connection", "", [row("198.51.100.9", 53), row("198.51.100.9", 443)], None),
        ("burst", "", [row("239.255.255.250", 1900)], Service.SSDP),
        ("burst", "", [row("198.51.100.9", 7018)], None),
        ("icmp", "", [row("ff02::1"), row("fe80::2")], Service.NEIGHBOURS),
        ("icmp", "", [row("ff02::1"), row("2001:db8::2")], None),
        ("icmp", "", [row("224.0.0.1")], None),
    ],
)
def test_what_a_contact_is_by_nature(
    kind: str, far_end: str, rows: list[SimpleNamespace], service: Service | None
) -> None:
    assert context(kind, far_end, rows) is service


@pytest.mark.parametrize(
    ("server", "doubt"),
    [
        ("192.168.1.7", Doubt.NEAR_LOCAL),
        ("fe80::7", Doubt.NEAR_LOCAL),
        ("192.168.1.255", Doubt.NEAR_BROADCAST),
        ("255.255.255.255", Doubt.NEAR_BROADCAST),
        ("ff02::fb", Doubt.NEAR_GROUP),
        ("127.0.0.1", Doubt.NEAR_LOOPBACK),
        ("", Doubt.NO_ADDRESS),
        ("8.8.8.255", None),
    ],
)
def test_a_far_end_that_is_no_way_out(server: str, doubt: Doubt | None) -> None:
    said = nearness(server)
    assert (said.word if said else None) is doubt
