"""Planned packets as bytes: headers for all packets of one shape at once, then pcap or pcapng around them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from traffic import FLOW, Traffic

MAC = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"

IPV4 = [("v", ">u2"), ("len", ">u2"), ("id", ">u4"), ("hop", "u1"), ("next", "u1"), ("sum", ">u2")]
IPV4 += [("s", ">u4"), ("d", ">u4")]
IPV6 = [("v", ">u4"), ("len", ">u2"), ("next", "u1"), ("hop", "u1")]
IPV6 += [("sn", "V12"), ("s", ">u4"), ("dn", "V12"), ("d", ">u4")]
TCP = [("seq", ">u4"), ("ack", ">u4"), ("flags", ">u2"), ("rest", "V6")]
UDP = [("size", ">u2"), ("zero", ">u2")]


def render(
    traffic: Traffic, packets: NDArray[Any], room: int
) -> tuple[bytearray, NDArray[np.int64], NDArray[np.int64]]:
    """Frames with ``room`` free bytes before each: the buffer, where each record begins, and how long each frame is."""
    flows = np.array(traffic.flows, FLOW)[packets["flow"]]
    header = 14 + 4 * flows["vlan"] + np.where(flows["six"], 40, 20) + np.where(flows["tcp"], 20, 8)
    length = (header + packets["size"]).astype(np.int64)
    start = np.cumsum(length + room) - length - room
    out = bytearray(int((length + room).sum()))
    view: NDArray[np.uint8] = np.frombuffer(out, np.uint8)
    for shape in range(8):
        six, vlan, tcp = bool(shape & 4), bool(shape & 2), bool(shape & 1)
        mine = np.flatnonzero((flows["six"] == six) & (flows["vlan"] == vlan) & (flows["tcp"] == tcp))
        if len(mine):
            table = _headers(packets[mine], flows[mine], six=six, vlan=vlan, tcp=tcp)
            view[(start[mine] + room)[:, None] + np.arange(table.shape[1])] = table
    chunk, pool = memoryview(out), memoryview(bytes(traffic.pool))
    speaks = np.flatnonzero(packets["size"])
    into = (start + room + header)[speaks].tolist()
    for at, begin, size in zip(into, packets["at"][speaks].tolist(), packets["size"][speaks].tolist(), strict=True):
        chunk[at : at + size] = pool[begin : begin + size]
    return out, start, length


def _headers(packets: NDArray[Any], flows: NDArray[Any], *, six: bool, vlan: bool, tcp: bool) -> NDArray[np.uint8]:
    layout = [("mac", "V12"), *([("tag", ">u4")] if vlan else []), ("type", ">u2"), *(IPV6 if six else IPV4)]
    layout += [("sp", ">u2"), ("dp", ">u2"), *(TCP if tcp else UDP)]
    table = np.zeros(len(packets), layout)
    down = packets["down"]
    for name, client, server in (("s", "client", "server"), ("sp", "port", "service")):
        other = {"s": "d", "sp": "dp"}[name]
        table[name] = np.where(down, flows[server], flows[client])
        table[other] = np.where(down, flows[client], flows[server])
    transport = packets["size"] + (20 if tcp else 8)
    table["mac"] = np.void(MAC)
    table["type"], table["next"], table["hop"] = (0x86DD if six else 0x0800), (6 if tcp else 17), 64
    table["v"] = 6 << 28 if six else 0x4500
    table["len"] = transport if six else transport + 20
    if six:
        table["sn"] = table["dn"] = np.void(bytes.fromhex("20010db80000000000000000"))
    if vlan:
        table["tag"] = 0x81000064
    if tcp:
        table["seq"], table["flags"] = packets["seq"], packets["flags"].astype(np.uint16) | 0x5000
    else:
        table["size"] = transport
    return table.view(np.uint8).reshape(len(packets), -1)


def pcap(traffic: Traffic, packets: NDArray[Any], step: int = 100_000) -> Iterator[bytes]:
    """The bytes of a pcap file, in pieces."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
    for first in range(0, len(packets), step):
        part = packets[first : first + step]
        out, start, length = render(traffic, part, 16)
        record = np.zeros((len(part), 4), "<u4")
        record[:, 0], record[:, 1] = np.divmod(part["time"], 1_000_000)
        record[:, 2] = record[:, 3] = length
        np.frombuffer(out, np.uint8)[start[:, None] + np.arange(16)] = record.view(np.uint8)
        yield bytes(out)


def pcapng(traffic: Traffic, packets: NDArray[Any]) -> bytes:
    """A pcapng file of one section and one interface."""
    out = [
        struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28),
        struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20),
    ]
    frames, start, length = render(traffic, packets, 0)
    for time, at, size in zip(packets["time"].tolist(), start.tolist(), length.tolist(), strict=True):
        whole = 32 + (size + 3) // 4 * 4
        out.append(struct.pack("<IIIIIII", 6, whole, 0, time >> 32, time & 0xFFFFFFFF, size, size))
        out += [frames[at : at + size], bytes(-size % 4), struct.pack("<I", whole)]
    return b"".join(out)
