"""Named pure steps on bytes, each written once: what decoders and readers apply, ``replay`` applies again.

A step takes all bytes so far and an argument and gives the bytes behind it, or raises ``UnpackError``; of a compression
that would give more than the limit it gives the first bytes, as ``expansion`` tells. Steps that need a file system
(``squashfs`` with a path) live with its reader in ``unpack``.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT
from iotwatch.patterns import regex
from iotwatch.place.capture_steps import btsnooz, kismet
from iotwatch.place.expansion import EXPANDING, expand
from iotwatch.place.people import STEP as PEOPLE
from iotwatch.place.people import without_people
from iotwatch.place.text_steps import gsm_7bit, restore_crlf, unescape, utf_16_be

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NOT_BASE64 = regex(rb"[\s]+")


def _expanding(name: str) -> StepFunction:
    """The step that undoes a compression: what comes out before a break or the limit."""

    def step(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
        return expand(name, data, limit).data

    return step


def _base64(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    text = _NOT_BASE64.sub(b"", data).translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise UnpackError(f"base64 is broken: {error}") from error


def _hex(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    try:
        return bytes.fromhex(data.decode("ascii"))
    except ValueError as error:
        raise UnpackError(f"hex is broken: {error}") from error


def _percent(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    return unquote_to_bytes(data.replace(b"+", b" "))


def unescape_7d(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """Undo the byte stuffing of JT/T 808 section 4.4: ``7D 02`` is ``7E``, ``7D 01`` is ``7D``."""
    return data.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")


def hdlc_escapes(data: bytes) -> NDArray[np.int64]:
    """Where the escape bytes of RFC 1662 section 4.2 stand: ``7D`` before anything but ``7E``, which aborts a frame."""
    import numpy as np

    raw = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(raw == 0x7D)
    order = np.arange(len(marks))
    # In a run of several, every second one is escaped itself.
    opens = np.ones(len(marks), np.bool_)
    opens[1:] = marks[1:] != marks[:-1] + 1
    escaping = (order - np.maximum.accumulate(np.where(opens, order, 0))) % 2 == 0
    behind = np.minimum(marks + 1, len(raw) - 1)
    found: NDArray[np.int64] = marks[escaping & (marks + 1 < len(raw)) & (raw[behind] != 0x7E)]
    return found


def unescape_hdlc(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """Undo the octet stuffing of PPP (RFC 1662 section 4.2): the escape goes, the byte behind it has bit 5 turned."""
    if b"\x7d" not in data:
        return data
    import numpy as np

    escapes = hdlc_escapes(data)
    raw = np.frombuffer(data, np.uint8).copy()
    raw[escapes + 1] ^= 0x20
    return np.delete(raw, escapes).tobytes()


def _xor_mask(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """Exclusive or with the key that ``argument`` gives in hex, repeated (WebSocket masking, RFC 6455 section 5.3)."""
    try:
        key = bytes.fromhex(argument)
    except ValueError as error:
        raise UnpackError(f"the mask {argument!r} is not hex") from error
    if not key:
        raise UnpackError("an empty mask masks nothing")
    mask = (key * (len(data) // len(key) + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(data), "big")


def _xor_autokey(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """Each byte exclusive or with the one before it on the wire; ``argument`` is the byte before the first, in hex."""
    try:
        first = bytes.fromhex(argument)
    except ValueError as error:
        raise UnpackError(f"the key {argument!r} is not hex") from error
    if len(first) != 1:
        raise UnpackError("the key of an autokey cipher is one byte")
    before = (first + data)[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(before, "big")).to_bytes(len(data), "big")


def _json_string(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The UTF-8 text that the inside of a JSON string stands for (RFC 8259 section 7)."""
    try:
        text = json.loads(b'"' + data + b'"', strict=False)
    except ValueError as error:
        raise UnpackError(f"the JSON string is broken: {error}") from error
    if not isinstance(text, str):
        raise UnpackError("the JSON string is broken")
    return text.encode("utf-8", "replace")


class StepFunction(Protocol):
    """What every step is; ``limit`` bounds the output of those that can grow."""

    def __call__(self, data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes: ...


def _utf16(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """UTF-16 with its byte order mark (RFC 2781 section 3.2), as shells of Windows redirect output, as UTF-8."""
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise UnpackError("there is no byte order mark of UTF-16")
    if len(data) > limit:
        raise LimitReached(f"output is over the limit of {limit} bytes")
    return data.decode("utf-16", "replace").encode("utf-8")


def _tls(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:
    from iotwatch.place.tls import clear_bytes  # of use only where there are secrets

    return clear_bytes(data, argument, limit)


STEPS: dict[str, StepFunction] = {
    **{name: _expanding(name) for name in EXPANDING},
    "base64": _base64,
    "hex": _hex,
    "percent": _percent,
    "json-string": _json_string,
    "unescape-7d": unescape_7d,
    "unescape-hdlc": unescape_hdlc,
    "xor-mask": _xor_mask,
    "xor-autokey": _xor_autokey,
    "utf-16": _utf16,
    "utf-16-be": utf_16_be,
    "gsm-7bit": gsm_7bit,
    "unescape": unescape,
    "crlf": restore_crlf,
    "btsnooz": btsnooz,
    "kismet": kismet,
    PEOPLE: without_people,
    "tls": _tls,
}


def apply(name: str, data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:
    """Apply the named step; ``UnpackError`` when there is none of that name or the bytes are not its own."""
    if name not in STEPS:
        raise UnpackError(f"there is no step named {name!r}")
    return STEPS[name](data, argument, limit)
