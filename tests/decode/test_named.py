from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes

STUN = bytes.fromhex("000100002112a442") + bytes(range(12))  # RFC 8489 section 5: a binding request
NTP = bytes.fromhex("230006ec") + bytes(44)
QUIC = b"\xc3\x00\x00\x00\x01\x08" + bytes(8) + b"\x00" + bytes(1200)
WIREGUARD = b"\x01\x00\x00\x00" + bytes(144)


@pytest.mark.parametrize(("wire", "name"), [(STUN, "stun"), (NTP, "ntp"), (QUIC, "quic"), (WIREGUARD, "wireguard")])
def test_a_datagram_is_named_once_a_stream(wire, name, datagrams):
    assert [message.protocol for message in decode(datagrams(wire, wire, port=9))] == [name]


@pytest.mark.parametrize("wire", [NTP[:47], WIREGUARD + b"\0", QUIC[:40], STUN[:12], b"\x00\x01\x00\x00" + b"\0" * 20])
def test_what_has_another_size_or_mark_is_not_named(wire, datagrams):
    assert [message.protocol for message in decode(datagrams(wire, port=9))] == []


def test_a_banner_is_a_trait(traits_of):
    messages = list(decode(from_bytes(b"SSH-2.0-dropbear_2019.78\r\nkex", kind="tcp")))
    assert traits_of(messages) == [("ssh.banner", "SSH-2.0-dropbear_2019.78", b"SSH-2.0-dropbear_2019.78")]


def test_http2_by_its_preface():
    assert [m.protocol for m in decode(from_bytes(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0", kind="tcp"))] == ["http2"]


def test_a_dns_question_is_no_clock(datagrams):
    """Its id reads as an old client's flags, its counts as a delay of one second."""
    question = (
        b"\x0a\x0f\x01\x00\x00\x01" + bytes(6) + b"\x05abcde\x06zenzen\x0dspam-house-xy\x03org\x00\x00\x01\x00\x01"
    )
    assert len(question) == 48
    assert [message.protocol for message in decode(datagrams(question, port=53))] == ["dns"]
