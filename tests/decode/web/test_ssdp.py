from __future__ import annotations

from iotwatch.decode import decode
from iotwatch.read.stream import Flow, from_bytes

NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nSERVER: Linux/3.4 UPnP/1.0 Box/2\r\n"
    b"USN: uuid:1234::upnp:rootdevice\r\nLOCATION: http://192.0.2.9:49152/d.xml\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:9\r\n\r\n"


def test_an_announcement_names_the_device(datagrams, traits_of):
    messages = list(decode(datagrams(NOTIFY, ANSWER, port=1900)))
    assert [message.protocol for message in messages] == ["ssdp", "ssdp"]
    assert traits_of(messages[:1]) == [
        ("ssdp.type", "upnp:rootdevice", b"upnp:rootdevice"),
        ("ssdp.server", "Linux/3.4 UPnP/1.0 Box/2", b"Linux/3.4 UPnP/1.0 Box/2"),
        ("ssdp.usn", "uuid:1234::upnp:rootdevice", b"uuid:1234::upnp:rootdevice"),
        ("ssdp.location", "http://192.0.2.9:49152/d.xml", b"http://192.0.2.9:49152/d.xml"),
    ]
    assert messages[1].fields == {"method": "answer"}


def test_events_over_tcp_are_http():
    from msgspec.structs import replace

    event = b"NOTIFY /e HTTP/1.1\r\nHost: a\r\nNT: upnp:event\r\nContent-Length: 0\r\n\r\n"
    stream = replace(from_bytes(event, kind="tcp"), flow=Flow(0, "tcp", "192.0.2.1", 40000, "192.0.2.2", 80))
    assert [message.protocol for message in decode(stream)] == ["http"]
