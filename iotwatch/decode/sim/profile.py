"""eSIM profile packages: the head of a profile in DER (TCA eUICC Profile Package, as GSMA TS.48), and nothing of its keys."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Message, Trait
from iotwatch.read.stream import Stream
from iotwatch.words.identity import is_iccid
from iotwatch.words.kinds import Kind

NAME = "esim-profile"
_HEAD = 512


def is_profile(data: bytes) -> bool:
    """Whether a profile's header stands first: version (80, 81), perhaps its name (82), then an ICCID (83) of ten bytes."""
    return data[:1] == b"\xa0" and _iccid(data) is not None


def messages(stream: Stream) -> Iterator[Message]:
    """The profile's ICCID and name."""
    where = _iccid(stream.data)
    if where is None:
        return
    number = stream.data[slice(*where)].hex().upper().rstrip("F")
    traits = [Trait(Kind.ICCID, number, where)] if is_iccid(number) else []
    traits.append(Trait(Kind.SIM_PROFILE, f"{number} package {_name(stream.data)}".strip(), where, {"iccid": number}))
    yield Message(NAME, stream, where, traits=tuple(traits))


def _fields(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Tag, begin and end of each field of the header, up to the first that does not fit."""
    if len(data) < 4:
        return
    here = 2 if data[1] < 0x80 else 3 + (data[1] & 1 == 0)
    for _ in range(16):
        if here + 2 > min(len(data), _HEAD) or data[here + 1] >= 0x80:
            return
        stop = here + 2 + data[here + 1]
        yield data[here], here + 2, stop
        here = stop


def _iccid(data: bytes) -> tuple[int, int] | None:
    fields = list(_fields(data))
    versions = [(tag, end - begin) for tag, begin, end in fields[:2]]
    if versions != [(0x80, 1), (0x81, 1)]:
        return None
    return next(((begin, end) for tag, begin, end in fields if tag == 0x83 and end - begin == 10), None)


def _name(data: bytes) -> str:
    name = next((data[begin:end] for tag, begin, end in _fields(data) if tag == 0x82), b"").decode("latin-1")
    return name[:80] if name.isprintable() else ""
