"""What leaves when a module's own client acts (HTTP, MQTT in pieces), and short messages out of their written forms."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.at.sockets import pdu
from iotwatch.decode.at.sockets.conversation import Link, Unit
from iotwatch.patterns import regex

_DIGITS = regex(rb"(?:[0-9A-Fa-f]{2})+$")
_PDU = regex(rb"[0-9A-Fa-f]{16,600}")


def units(link: Link) -> Iterator[Unit]:
    """The URL where it carries more than a path, and the body; each action sends them anew."""
    body = link.body
    link.acts += 1
    if link.url is not None and (body is None or "?" in link.path):
        yield Unit(link.url.ranges, link.url.steps, context={"kind": "url"}, act=link.acts)
    if body is None:
        return
    context = (
        {"path": link.path, "kind": "body"} if link.transport == "http" else {"topic": link.topic, "kind": "publish"}
    )
    said = {key: value for key, value in context.items() if value}
    yield Unit(body.ranges, body.steps, length=body.length, context=said, act=link.acts)
    link.body = None


def finish(unit: Unit, link: Link, data: bytes, flags: dict[str, str], *, hexed: bool) -> None:
    """Add the steps between what was typed and what leaves, for those whose form the settings of the module decide."""
    if link.service == "sms":
        _message(unit, link, data, flags)
    elif hexed and not unit.steps and _DIGITS.match(b"".join(data[start:end] for start, end in unit.ranges)):
        unit.steps = [("hex", "")]


def _message(unit: Unit, link: Link, data: bytes, flags: dict[str, str]) -> None:
    """A short message: as a PDU, as the text itself, or as the hex digits of its characters (3GPP TS 27.005 section 3.1)."""
    start, end = unit.span
    text = data[start:end]
    if not link.host:
        _pdu(unit, link, text, start)
        return
    shown = text.strip()
    if not (_DIGITS.match(shown) and len(unit.ranges) == 1):
        return
    begin = start + text.index(shown)
    wide = flags.get("charset", "").upper() == "UCS2" or (
        flags.get("charset", "").upper() == "HEX" and flags.get("coding") == "8"
    )
    if (wide and len(shown) % 4 == 0) or flags.get("charset", "").upper() == "HEX":
        unit.ranges = [(begin, begin + len(shown))]
        unit.steps = [("hex", ""), ("utf-16-be", "")] if wide else [("hex", "")]


def _pdu(unit: Unit, link: Link, text: bytes, start: int) -> None:
    found = _PDU.search(text)
    told = pdu.read(bytes.fromhex(found[0][: len(found[0]) // 2 * 2].decode())) if found else None
    if found is None or told is None:
        return
    begin = start + found.start()
    link.host = told.number
    unit.ranges = [(begin + 2 * told.start, begin + 2 * told.end)]
    unit.steps = [("hex", ""), *told.steps]
