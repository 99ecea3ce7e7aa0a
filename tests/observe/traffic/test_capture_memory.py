"""What a capture kept of its payload is gone before its rows are made: memory need not hold both."""

from __future__ import annotations

import gc
import io
import weakref

import dpkt

from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.capture import ObservedCapture
from iotwatch.observe.traffic.names import Names
from iotwatch.read.capture import read_capture
from tests.talks import report, talk


def test_the_payload_is_let_go_once_its_messages_are_taken() -> None:
    raw = io.BytesIO()
    writer = dpkt.pcap.Writer(raw)
    for at, packet in talk(0, "192.168.1.20", "198.51.100.7", 80, *(report("d1", 48.1, 11.5 + n, n) for n in range(5))):
        writer.writepkt(packet, at)
    raw.seek(0)
    capture = read_capture(raw)
    kept = weakref.ref(capture.streams)
    seen = ObservedCapture(capture, None, "", Collector(), Names())
    del capture
    messages = [message.protocol for message in seen.messages()]
    gc.collect()
    assert messages
    assert kept() is None
    rows = seen.rows()
    assert [(row.server, row.events) for batch in rows.contacts for row in batch if row.kind == "burst"] == [
        ("198.51.100.7", 5)
    ]
