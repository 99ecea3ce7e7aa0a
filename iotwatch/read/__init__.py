"""Capture bytes -> columns: pcap, pcapng, link layers, flows and streams."""

from iotwatch.read.capture import Capture, read_capture
from iotwatch.read.compressed import open_capture
from iotwatch.read.contacts import ContactTable
from iotwatch.read.flows import FlowTable
from iotwatch.read.inner import Framed, read_framed
from iotwatch.read.limits import ReadLimits
from iotwatch.read.sniff import sniff
from iotwatch.read.stream import NO_TIME, Flow, Stream

__all__ = [
    "NO_TIME",
    "Capture",
    "ContactTable",
    "Flow",
    "FlowTable",
    "Framed",
    "ReadLimits",
    "Stream",
    "open_capture",
    "read_capture",
    "read_framed",
    "sniff",
]
