"""Writes a small database in MaxMind's format (MaxMind DB File Format Specification 2.0): an IPv6 tree of 24-bit records."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MARKER = b"\xab\xcd\xefMaxMind.com"
_TEXT, _SHORT, _NUMBER, _MAP, _LONG, _ARRAY = 2, 5, 6, 7, 9, 11
# The types that readers insist on for the numbers of the metadata; all others are 32 bits.
_KINDS = {"build_epoch": _LONG, "node_count": _NUMBER}


def write_mmdb(path: Path, name: str, built: int, rows: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write ``rows`` (network -> record) as a database of type ``name``, built at ``built`` (seconds since 1970)."""
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    leaves: dict[tuple[int, int], int] = {}
    for text, record in rows.items():
        network = ipaddress.ip_network(text)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        # IPv4 stands at ::/96 of an IPv6 tree.
        bits = bits if network.version == 6 else "0" * 96 + bits
        here = 0
        for bit in bits[:-1]:
            then = nodes[here][int(bit)]
            if then is None:
                nodes.append([None, None])
                then = nodes[here][int(bit)] = len(nodes) - 1
            here = then
        leaves[here, int(bits[-1])] = len(data)
        data += _encode(dict(record))
    count = len(nodes)
    tree = b""
    for index, pair in enumerate(nodes):
        for side, then in enumerate(pair):
            leaf = leaves.get((index, side))
            value = count if then is None else then
            tree += (count + 16 + leaf if leaf is not None else value).to_bytes(3, "big")
    about = {
        "node_count": count,
        "record_size": 24,
        "ip_version": 6,
        "database_type": name,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "description": {"en": "made for tests"},
    }
    stated = b"".join(_encode(key) + _encode(value, _KINDS.get(key, _SHORT)) for key, value in about.items())
    path.write_bytes(tree + bytes(16) + data + _MARKER + _head(_MAP, len(about)) + stated)
    return path


def _encode(value: Any, number: int = _NUMBER) -> bytes:
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(_encode(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(map(_encode, value))
    if isinstance(value, str):
        return _head(_TEXT, len(value.encode())) + value.encode()
    length = (value.bit_length() + 7) // 8
    return _head(number, length) + value.to_bytes(length, "big")


def _head(kind: int, size: int) -> bytes:
    long = bytes([size - 29]) if size >= 29 else b""
    stated = min(size, 29)
    return (bytes([kind << 5 | stated]) if kind < 8 else bytes([stated, kind - 7])) + long
