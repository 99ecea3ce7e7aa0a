"""Flows in words: as one by one, whatever ends they have, and equal texts made once."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.read.flows.table import FlowTable

END = st.tuples(st.booleans(), st.binary(min_size=16, max_size=16), st.none() | st.binary(min_size=6, max_size=6))


def table_of(rows) -> FlowTable:
    table = FlowTable()
    table.count = len(rows)
    for name in ("protocol", "wide", "ends", "ports", "macs", "has_mac", "tunnel"):
        column = getattr(table, name)
        setattr(table, name, np.zeros((len(rows), *column.shape[1:]), column.dtype))
    for row, (protocol, port, client, server) in enumerate(rows):
        table.protocol[row], table.ports[row], table.wide[row] = protocol, (port, 443), client[0]
        for end, (_, address, mac) in enumerate((client, server)):
            table.ends[row, end] = np.frombuffer(address, np.uint8)
            table.has_mac[row, end] = mac is not None
            table.macs[row, end] = np.frombuffer(mac or bytes(6), np.uint8)
    return table


def shown(wide: bool, address: bytes) -> str:
    return str(ipaddress.ip_address(address if wide else address[:4]))


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 65535), END, END), max_size=8))
def test_as_one_by_one(rows) -> None:
    table = table_of(rows)
    flows = [table.flow(row) for row in range(len(table))]
    assert [flow.index for flow in flows] == list(range(len(rows)))
    for flow, (_, port, client, server) in zip(flows, rows, strict=True):
        assert (flow.client, flow.server) == (shown(client[0], client[1]), shown(client[0], server[1]))
        assert (flow.client_port, flow.server_port) == (port, 443)
        assert flow.client_mac == (client[2].hex(":") if client[2] is not None else "")
        assert flow.server_mac == (server[2].hex(":") if server[2] is not None else "")


def test_one_flow_is_one_value_for_both_its_streams(build: SimpleNamespace) -> None:
    frames = [(n, build.tcp(b"text", seq=4 * n, back=bool(n % 2))) for n in range(4)]
    capture = build.read(build.pcap(frames))
    up, down = capture.streams
    assert up.flow is down.flow is capture.flows.flow(0)
    assert capture.flows.text(0) == "tcp 192.0.2.7:40000 > 198.51.100.1:5000"
