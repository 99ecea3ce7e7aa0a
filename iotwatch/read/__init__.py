"""Capture bytes -> columns: pcap, pcapng, link layers, flows and streams."""

from iotwatch.files.limits import ReadLimits
from iotwatch.read.capture import Capture, read_capture
from iotwatch.read.files.compressed import open_capture
from iotwatch.read.files.sniff import sniff
from iotwatch.read.flows.contacts import ContactTable
from iotwatch.read.flows.ends import Devices
from iotwatch.read.flows.table import FlowTable
from iotwatch.read.stream import Flow, Stream
from iotwatch.read.streams.inner import Framed, read_framed

__all__ = [
    "Capture", "ContactTable", "Devices", "Flow", "FlowTable", "Framed", "ReadLimits", "Stream", "open_capture", "read_capture",
    "read_framed", "sniff",
]  # fmt: skip
