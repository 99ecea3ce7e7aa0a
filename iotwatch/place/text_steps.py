"""Named steps between the characters that a log or a short message shows and the bytes that they stand for."""

from __future__ import annotations

from iotwatch.errors import UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT
from iotwatch.patterns import regex

_C = regex(rb"\\(?:x([0-9A-Fa-f]{2})|([rnt0\\'\"]))")
_C_SIGNS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}
_NAMES = regex(rb"<(CR|LF|cr|lf|ln|CTRL[+-]Z|SUB|ESC|NUL)>")
_NAMED = {b"CR": b"\r", b"LF": b"\n", b"LN": b"\n", b"SUB": b"\x1a", b"ESC": b"\x1b", b"NUL": b"\0"}
_PAIRS = regex(rb"\\([0-9A-Fa-f]{2})")
_BARE_LF = regex(rb"(?<!\r)\n")
# 3GPP TS 23.038 section 6.2.1, and what follows 1B by section 6.2.1.1.
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_MORE = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
_MOST_SEPTETS = 4096


def unescape(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """Undo what a program wrote for bytes: ``c`` (``\\r``, ``\\x1a``), ``names`` (``<CR>``), ``pairs`` (``\\22``: hex digits)."""
    if argument == "c":
        return _C.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else _sign(found[2]), data)
    if argument == "names":
        return _NAMES.sub(lambda found: _NAMED.get(found[1].upper(), b"\x1a"), data)
    if argument == "pairs":
        return _PAIRS.sub(lambda found: bytes.fromhex(found[1].decode()), data)
    raise UnpackError(f"there is no way {argument!r} to write bytes")


def _sign(sign: bytes) -> bytes:
    return _C_SIGNS.get(sign, sign)


def restore_crlf(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """CR LF for the LF alone that a logger left of each line end."""
    return _BARE_LF.sub(b"\r\n", data)


def gsm_7bit(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The UTF-8 of packed 7-bit characters (3GPP TS 23.038 section 6.1.2.1); ``argument`` is their number, or number and the
    bits to leave out in front (TS 23.040 section 9.2.3.24): ``153,1``."""
    count, _, fill = argument.partition(",")
    if not count.isdigit() or (fill and not fill.isdigit()) or int(count) > _MOST_SEPTETS:
        raise UnpackError(f"{argument!r} is no number of characters")
    bits = int.from_bytes(data, "little") >> int(fill or 0)
    septets = [bits >> 7 * index & 0x7F for index in range(min(int(count), len(data) * 8 // 7))]
    text, at = [], 0
    while at < len(septets):
        if septets[at] == 0x1B and at + 1 < len(septets):
            at += 1
            text.append(_GSM_MORE.get(septets[at], _GSM[septets[at]]))
        else:
            text.append(_GSM[septets[at]])
        at += 1
    return "".join(text).encode()


def utf_16_be(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The UTF-8 of UCS-2 as short messages hold it (TS 23.038 section 6.2.3): UTF-16 without a mark, big end first."""
    return data.decode("utf-16-be", "replace").encode()
