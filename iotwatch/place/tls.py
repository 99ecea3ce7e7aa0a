"""The step ``tls``: what a TLS connection said in clear, by the secrets of a key log. tshark undoes the encryption.

The step's bytes are both directions of one connection in turns, the client's first. tshark is given exactly those, in a capture
of their own, with the secrets of that connection alone, so that one connection read again gives what it gave among others.
The argument is ``KEYS:SIDE:TURNS``: ``KEYS`` is the SHA-256 of the key log, or the number of bytes of its lines that stand before
the turns (a capture that holds its own secrets); ``SIDE`` is ``client`` or ``server``; ``TURNS`` are the lengths of the turns.
"""

from __future__ import annotations

import binascii
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files import keylog
from iotwatch.files.limits import OUTPUT_LIMIT
from iotwatch.files.scratch import scratch

SIDES = ("client", "server")
MOST_TURNS = 64
"""Turns that are told apart: all of a handshake. Of what follows each direction is one."""
_SECONDS = 120.0
_SEGMENT = 32_000
_RAW_IPV4 = 228  # LINKTYPE_IPV4
_SERVER_PORT = 443


class TlsFailed(UnpackError):
    """tshark is not here, took too long or gave up, or the key log is not given; the text says which."""


class Conversation(msgspec.Struct, frozen=True):
    """Both directions of a connection: ``pieces`` are ``(side, bytes)`` in their order, ``keys`` the lines of its secrets."""

    pieces: tuple[tuple[int, bytes], ...]
    keys: bytes


class Clear(msgspec.Struct, frozen=True):
    """Bytes that one side said, and the index of the piece in which their record ends."""

    side: int
    piece: int
    data: bytes


def client_random(data: bytes) -> bytes:
    """The client's random bytes when ``data`` begins with a client hello, else empty (RFC 8446 sections 4.1.2 and 5.1)."""
    hello = len(data) >= 43 and data[0] == 0x16 and data[1] == 3 and data[5] == 1
    return data[11:43] if hello else b""


def clear_bytes(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:
    """The step; ``UnpackError`` when the argument does not fit the bytes, ``TlsFailed`` without tshark or the key log."""
    keys, side, turns = _read_argument(argument)
    inside = int(keys) if keys.isdigit() and len(keys) < 20 else 0
    lines, at, pieces = data[:inside], inside, []
    for number, length in enumerate(turns):
        pieces.append((number % 2, data[at : at + length]))
        at += length
    if at != len(data) or (not inside and len(keys) != 64):
        raise UnpackError("the turns are not those of these bytes")
    if not inside:
        log = keylog.by_digest(keys)
        if log is None:
            raise TlsFailed(f"it is inside TLS: give the key log with SHA-256 {keys} (--keylog FILE)")
        lines = log.lines(client_random(b"".join(data for side, data in pieces if side == 0)))
    found = decrypted([Conversation(tuple(pieces), lines)])[0]
    clear = b"".join(one.data for one in found if one.side == SIDES.index(side))
    if len(clear) > limit:
        raise LimitReached(f"output is over the limit of {limit} bytes")
    return clear


def argument_of(keys: str, side: int, turns: Iterable[int]) -> str:
    """The step's argument."""
    return f"{keys}:{SIDES[side]}:{','.join(map(str, turns))}"


def _read_argument(argument: str) -> tuple[str, str, list[int]]:
    keys, _, rest = argument.partition(":")
    side, _, turns = rest.partition(":")
    lengths = turns.split(",")
    if (
        side not in SIDES
        or len(lengths) > MOST_TURNS + 2
        or not all(one.isdigit() and len(one) < 12 for one in lengths)
    ):
        raise UnpackError("the argument is not that of the step tls")
    return keys, side, [int(one) for one in lengths]


def decrypted(conversations: Sequence[Conversation]) -> list[list[Clear]]:
    """What each conversation said in clear, in order; nothing where the secrets do not fit. Raises ``TlsFailed``."""
    program = shutil.which("tshark")
    if program is None:
        raise TlsFailed("tshark is not installed")
    found: list[list[Clear]] = [[] for _ in conversations]
    with scratch() as folder:
        packets = list(_packets(conversations))
        _write(folder / "tls.pcap", conversations, packets)
        (folder / "keys.txt").write_bytes(b"".join(one.keys + b"\n" for one in conversations))
        for packet, data in _followed(program, folder, len(conversations)):
            if 0 < packet <= len(packets):
                number, piece, side, _ = packets[packet - 1]
                found[number].append(Clear(side, piece, data))
    return found


def _packets(conversations: Sequence[Conversation]) -> Iterator[tuple[int, int, int, range]]:
    """Conversation, piece, side and the range of the piece, of each packet that tshark is given."""
    for number, one in enumerate(conversations):
        for piece, (side, data) in enumerate(one.pieces):
            for start in range(0, len(data), _SEGMENT):
                yield number, piece, side, range(start, min(start + _SEGMENT, len(data)))


def _write(path: Path, conversations: Sequence[Conversation], packets: Iterable[tuple[int, int, int, range]]) -> None:
    """Write the conversations as TCP between addresses that no two share."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, _RAW_IPV4))
        at = [[1, 1] for _ in conversations]
        for number, piece, side, span in packets:
            data = conversations[number].pieces[piece][1][span.start : span.stop]
            ends = [(10 << 24 | number, 40_000), (11 << 24 | number, _SERVER_PORT)]
            (source, port), (target, other) = ends[side], ends[1 - side]
            mine, theirs = at[number][side], at[number][1 - side]
            tcp = struct.pack(">HHIIBBHHH", port, other, mine, theirs, 5 << 4, 0x18, 0xFFFF, 0, 0)
            total = 40 + len(data)
            ip = struct.pack(">BBHHHBBHII", 0x45, 0, total, 0, 0, 64, 6, 0, source, target)
            file.write(struct.pack("<IIII", 0, 0, total, total) + ip + tcp + data)
            at[number][side] = mine + len(data) & 0xFFFFFFFF


def _followed(program: str, folder: Path, count: int) -> Iterator[tuple[int, bytes]]:
    """Number of the packet and bytes of each clear record, as tshark's ``follow,tls,yaml`` tells them."""
    command = [program, "-n", "-q", "-r", str(folder / "tls.pcap"), "-o", f"tls.keylog_file:{folder / 'keys.txt'}"]
    command += [
        "-d",
        f"tls.port=={_SERVER_PORT},data",
    ]  # what the records hold is read here, by none of tshark's readers
    command += [word for number in range(count) for word in ("-z", f"follow,tls,yaml,{number}")]
    # No configuration of the user's, whose plugins and preferences could change what is read.
    private = {"WIRESHARK_CONFIG_DIR": str(folder), "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    told = folder / "told.yaml"
    try:
        with told.open("wb") as out:
            done = subprocess.run(  # noqa: S603
                command, stdout=out, stderr=subprocess.PIPE, env=os.environ | private, timeout=_SECONDS, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise TlsFailed(f"tshark took more than {_SECONDS:.0f} s") from error
    except OSError as error:
        raise TlsFailed(f"tshark does not run: {error.strerror}") from error
    if done.returncode:
        raise TlsFailed("tshark gave up")
    with told.open("rb") as lines:
        yield from _read_yaml(lines)


def _read_yaml(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    packet, text = 0, bytearray()
    for line in lines:
        word = line.strip()
        if line.startswith(b"      "):
            text += word
            continue
        if text:
            yield packet, binascii.a2b_base64(bytes(text))
            text = bytearray()
        if word.startswith(b"- packet: "):
            packet = int(word[10:])
    if text:
        yield packet, binascii.a2b_base64(bytes(text))
