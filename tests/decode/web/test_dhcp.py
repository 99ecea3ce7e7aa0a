from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.decode.web.dhcp import DHCP
from iotwatch.errors import DecodeError
from iotwatch.read.stream import from_bytes

MAC = bytes.fromhex("020304050607")


def option(number: int, data: bytes) -> bytes:
    return bytes([number, len(data)]) + data


def message(*options: bytes) -> bytes:
    """RFC 2131 figure 1, then the magic cookie and RFC 2132 options."""
    head = b"\1\1\6\0" + b"\x39\x03\xf3\x26" + bytes(20) + MAC + bytes(10) + bytes(192)
    return head + b"\x63\x82\x53\x63" + b"".join(options) + b"\xff"


REQUEST = message(
    option(53, b"\3"),
    b"\0\0",
    option(50, b"\xc0\0\2\x07"),
    option(12, b"tbox-4g"),
    option(60, b"udhcp 1.24.1"),
    option(55, b"\1\3\6\x0f"),
)


def test_a_device_introduces_itself(datagrams, traits_of):
    messages = list(decode(datagrams(REQUEST, port=67)))
    assert traits_of(messages) == [
        ("dhcp.mac", "02:03:04:05:06:07", MAC),
        ("dhcp.hostname", "tbox-4g", b"tbox-4g"),
        ("dhcp.vendor", "udhcp 1.24.1", b"udhcp 1.24.1"),
        ("dhcp.params", "1,3,6,15", b"\1\3\6\x0f"),
    ]
    assert messages[0].fields == {"type": "request", "mac": "02:03:04:05:06:07", "requested": "192.0.2.7"}


def test_an_option_that_is_too_long_is_an_error():
    with pytest.raises(DecodeError):
        list(DHCP.messages(from_bytes(message(option(12, b"tbox"))[:-4])))


def test_bootp_without_the_cookie_is_not_claimed():
    assert not DHCP.claims(REQUEST.replace(b"\x63\x82\x53\x63", b"\0\0\0\0"), None)
