"""The long tail through tshark: chosen packets whose protocols want ASN.1 and PER. The only module that imports pyshark.

The packets are handed over in a small capture of their own, wrapped in IP, so that tshark sees exactly what was chosen, never the
evidence file, and works inside archives and images too. tshark gets an empty configuration and a private cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from iotwatch.errors import IotwatchError
from iotwatch.files.scratch import scratch

UDP, SCTP = 17, 132
SECONDS = 60.0
_RAW_IPV4 = 228  # LINKTYPE_IPV4
_LONGEST = 65_000
_DEEPEST = 8


class Packet(NamedTuple):
    """What follows the IP header: all of an SCTP packet, or the payload of a UDP datagram to ``port``."""

    protocol: int
    port: int
    payload: bytes


class TsharkFailed(IotwatchError):
    """tshark is not here, took too long or gave up; its text says which."""


def available() -> bool:
    """Whether tshark is on the search path."""
    return shutil.which("tshark") is not None


def dissect(packets: Sequence[Packet], fields: Sequence[str], seconds: float = SECONDS) -> list[dict[str, list[str]]]:
    """The values of ``fields`` (names and texts as in tshark's ``-T ek`` output) in each packet, all layers together.

    Raises ``TsharkFailed``. Packets that tshark cannot read give an empty result.
    """
    if not available():
        raise TsharkFailed("tshark absent")
    results: list[dict[str, list[str]]] = [{} for _ in packets]
    with scratch() as folder:
        file = folder / "chosen.pcap"
        _write(packets, file)
        with _environment(folder):
            for index, found in enumerate(_read(file, fields, seconds)):
                if index < len(results):
                    results[index] = found
    return results


def _read(file: Path, fields: Sequence[str], seconds: float) -> list[dict[str, list[str]]]:
    import asyncio

    import pyshark
    from pyshark.capture.capture import TSharkCrashException

    found: list[dict[str, list[str]]] = []
    wanted = frozenset(fields)

    def take(packet: Any) -> None:
        found.append(_values(packet, wanted))

    # A loop of our own: pyshark's set-up of one replaces the process's child watcher.
    loop = asyncio.new_event_loop()
    # A task that an interrupt broke off is told by the interrupt.
    loop.set_exception_handler(lambda *_: None)
    capture = pyshark.FileCapture(str(file), use_ek=True, keep_packets=False, eventloop=loop)
    # It starts tshark once more for each file only to hear its version.
    capture._get_tshark_version = partial(_version, shutil.which("tshark"))  # noqa: SLF001
    try:
        capture.apply_on_packets(take, timeout=seconds)
    except TimeoutError as error:
        raise TsharkFailed(f"tshark took more than {seconds:.0f} s") from error
    except (TSharkCrashException, OSError, ValueError, KeyError) as error:
        raise TsharkFailed(f"tshark gave up: {type(error).__name__}") from error
    finally:
        capture.close()
        loop.close()
    return found


@cache
def _version(path: str) -> Any:
    """The version of the tshark at ``path``, as pyshark compares them."""
    from pyshark.tshark.tshark import get_tshark_version

    return get_tshark_version(path)


def _values(packet: Any, wanted: frozenset[str]) -> dict[str, list[str]]:
    """The wanted fields of a packet in the order in which they stand. What a message carries (NAS in RRC or S1AP) stands inside
    the layer that carries it."""
    found: dict[str, list[str]] = {}
    # Not get_field(), which fails where tshark repeats a layer as a list.
    waiting = [(layer._fields_dict, 0) for layer in reversed(packet.layers)]  # noqa: SLF001
    while waiting:
        held, depth = waiting.pop()
        if isinstance(held, list):
            waiting += [(one, depth) for one in reversed(held)]
            continue
        if not isinstance(held, dict):
            continue
        for name, value in held.items():
            if name in wanted:
                values = value if isinstance(value, list) else [value]
                found.setdefault(name, []).extend(str(one) for one in values if one is not None)
            elif isinstance(value, dict | list) and depth < _DEEPEST:
                waiting.append((value, depth + 1))
    return {name: values for name, values in found.items() if values}


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """pyshark passes this process's environment on, and keeps its own cache where XDG says."""
    private = {"XDG_CACHE_HOME": str(folder / "cache"), "WIRESHARK_CONFIG_DIR": str(folder / "configuration")}
    before = {name: os.environ.get(name) for name in private}
    for path in private.values():
        Path(path).mkdir()
    os.environ.update(private)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _write(packets: Sequence[Packet], path: Path) -> None:
    """Write packets as a capture of IPv4 between two addresses of the loopback network."""
    # It loads all of its two hundred modules, and few sources hold what tshark is asked for.
    from dpkt import ip, pcap, udp

    with path.open("wb") as file:
        writer = pcap.Writer(file, snaplen=1 << 18, linktype=_RAW_IPV4)
        for packet in packets:
            body = packet.payload[:_LONGEST]
            if packet.protocol == UDP:
                body = udp.UDP(sport=packet.port, dport=packet.port, ulen=8 + len(body), data=body)
            ends = {"src": b"\x7f\x00\x00\x01", "dst": b"\x7f\x00\x00\x02"}
            writer.writepkt(ip.IP(**ends, p=packet.protocol, data=body), ts=0)
