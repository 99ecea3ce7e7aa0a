"""What hides payloads from plain sight: hex text, base64, percent-encoding, gzip and zlib. One layer at a time.

The bytes inside are reached by a named step, so that evidence replays; the worklist bounds depth and size.
"""

from __future__ import annotations

import re
import zlib

from iotwatch.decode.generic.hints import worth
from iotwatch.errors import UnpackError
from iotwatch.files.limits import INSIDE_LIMIT
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Stream

_HEX = regex(rb"(?:0[xX])?(?:[0-9A-Fa-f]{2}[ \t\r\n:]{0,2}){8,}$")
_BASE64 = regex(rb"[A-Za-z0-9+/_\-\r\n]{12,}={0,2}\s*$")
_PERCENT = regex(rb"%(?:7[bB]|22|2[cC]|3[dDaA])")
_CARRYING = regex(
    r"(?:^|_)(?:data|payload|frm_?payload|raw|msg|message|hex|body|content|value|bytes|packet|frame|buffer|packed|b64|base64|pdu|info)$",
    re.IGNORECASE,
)
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def layer(raw: bytes, key: str = "") -> str:
    """The name of the step that ``raw`` is wrapped in, or empty. ``key`` is the name it stands under in a payload."""
    if raw[:3] == b"\x1f\x8b\x08":
        return "gzip"
    if raw[:2] in _ZLIB_HEADS and _inflates(raw):
        return "zlib"
    if len(raw) < 12:
        return ""
    text = raw.strip()
    if len(text) <= 1 << 20 and _HEX.match(text):
        digits = text.replace(b" ", b"")
        if not digits.isdigit() or (_CARRYING.search(key) and len(digits) >= 24):
            return "hex"
    if _PERCENT.search(raw, 0, 4096):
        return "percent"
    if _BASE64.match(text) and _is_base64(text, key):
        return "base64"
    return ""


def opened(stream: Stream, key: str = "") -> Stream | None:
    """The stream inside ``stream`` when all of it is wrapped, or ``None``."""
    name = layer(stream.data, key)
    if not name:
        return None
    try:
        inside = steps.apply(name, stream.data, limit=INSIDE_LIMIT)
    except UnpackError:
        return None
    if len(inside) < 6 or inside == stream.data:
        return None
    return stream.through(name, inside)


def _inflates(raw: bytes) -> bool:
    try:
        return bool(zlib.decompressobj().decompress(raw[:4096], 64))
    except zlib.error:
        return False


def _is_base64(text: bytes, key: str) -> bool:
    """Whether the text decodes to something that speaks: words are base64 too, so the inside must be worth it."""
    if text.isdigit():  # a number, whatever its digits decode to
        return False
    squeezed = re.sub(rb"\s", b"", text)
    if len(squeezed.rstrip(b"=")) % 4 == 1:
        return False
    try:
        inside = steps.apply(
            "base64", squeezed[: 4096 // 4 * 4] if len(squeezed) > 4096 else squeezed, limit=INSIDE_LIMIT
        )
    except UnpackError:
        return False
    if inside[:3] == b"\x1f\x8b\x08" or inside[:2] in _ZLIB_HEADS or worth(inside):
        return True
    plain = text.isalpha() or text.isdigit()
    return not plain and (text[-1:] == b"=" or bool(_CARRYING.search(key)))
