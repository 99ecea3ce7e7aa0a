"""What programs print of a card that they read: pySim's export script, dump of all files, trace and listing; lpac's answers.

Forms: osmocom pySim (pySim-shell ``export`` and ``fsdump``, pySim-trace, pySim-read), estkme-group lpac (docs/USAGE.md). Keys and
whatever no reader of ``files`` knows are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.sim.card import PROTOCOL, Card
from iotwatch.decode.sim.files import NAMED, File
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.identity import is_eid, is_iccid
from iotwatch.words.kinds import Kind

_LARGEST = 32 << 20
_LOOK = 1 << 20
"""How far into a text its form is looked for."""
_MOST, _SUBSCRIPTIONS = 4096, 512
"""Files of a dump, and objects of a list, that one text may tell of."""
_NEAR = 1 << 20
"""How far behind its path a file's content may stand."""
_MISSES = 64
"""Contents that are looked for and do not stand there as they are: in a text with escapes all are such."""
_SCRIPT = regex(rb"(?m)^select (?:MF|ADF)\b[^\r\n]{0,200}\r?$")
_STEP = regex(
    rb"(?m)^(?:select (?P<path>[A-Za-z0-9_./-]{1,200})|update_(?:binary|record [0-9]{1,3}) (?P<body>[0-9A-Fa-f]{2,2000})"
    rb"|update_(?:binary|record)_decoded (?:[0-9]{1,3} )?'?(?P<decoded>[{\[][^\r\n]{1,4000}))"
)
_TRACE = regex(
    rb"(?m)^[0-9]{2} [A-Z][A-Z ]{3,24} +(?:MF|ADF|DF)[A-Za-z0-9_./-]{0,120}/EF\.(?P<file>[A-Z0-9a-z_]{2,20}) [^\r\n]{0,40}?"
    rb"(?P<said>\{[^\r\n]{1,4000})"
)
_LISTED = regex(rb"(?m)^(?P<name>ICCID|IMSI|MSISDN): *(?P<value>[0-9+]{5,22})")
_DUMP = regex(rb'"EF\.[A-Za-z0-9_]{2,20}"|"fcp_raw"')
_PROFILES = regex(rb'"(?:lpa|profile_info_seq|isdpAid|isdp_aid)"')
# Where a decoded file holds the area's bytes: the name of the field, and how many bytes stand before and behind it in the file.
_AREAS = {
    "lai": (4, 2), "rai": (7, 1), "last_visited_registered_tai": (12, 1), "last_visited_registered_tai_in_5gs": (13, 1),
}  # fmt: skip
_NUMBER = regex(r"[\"'](?P<name>iccid|imsi)[\"']: ?[\"'](?P<digits>[0-9]{14,20})")
_NESTED = 12
_LINE = regex(rb"[^\r\n]+")
_NOTATION = regex(rb"ProfileElement\s{1,8}::=\s{1,8}header")
_NOTED = regex(rb"\biccid\s{1,8}'(?P<iccid>[0-9A-Fa-f]{18,20})'H")


class _Text:
    """Base of the grammars: a text is one card's."""

    name = ""
    anchors = ()

    def __init__(self, name: str) -> None:
        self.name = name


class ExportScript(_Text):
    """``select`` and ``update_...``, a line each, as they would write the card again."""

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, flow is None and _SCRIPT.search(head[:_LOOK]) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        card, file = Card(stream), None
        yield _all(self.name, card)
        for found in _STEP.finditer(stream.data[:_LARGEST]):
            if found["path"]:
                file = _named(found["path"].decode())
            elif file is not None:
                yield from _bodies(
                    card, file, found["body"] or found["decoded"], found.span(), hexed=bool(found["body"])
                )


class Trace(_Text):
    """pySim-trace: channel, command, file, status and the decoded content, a line each; and pySim-read's listing."""

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        listed = head.startswith(b"Using ") or b"\nReading ..." in head[:4096]
        return by_head(
            self, flow is None and (_TRACE.search(head[:_LOOK]) or (listed and _LISTED.search(head[:_LOOK])))
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        card = Card(stream)
        yield _all(self.name, card)
        for found in _LISTED.finditer(stream.data[:_LARGEST]):
            kind = {b"ICCID": Kind.ICCID, b"IMSI": Kind.IMSI, b"MSISDN": Kind.MSISDN}[found["name"]]
            yield _said(card, (Trait(kind, found["value"].decode(), found.span("value")),))
        for found in _TRACE.finditer(stream.data[:_LARGEST]):
            file = NAMED.get(found["file"].decode())
            if file is not None:
                yield from _bodies(card, file, found["said"], found.span(), hexed=False)


class Dump(_Text):
    """pySim's ``fsdump``: one JSON object with every file of the card under its path."""

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, flow is None and head[:64].lstrip().startswith(b"{") and _DUMP.search(head[:_LOOK]))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        said = _parsed(stream.data)
        files = said.get("files") if isinstance(said, dict) else None
        if not isinstance(files, dict):
            return
        card = Card(stream)
        yield _all(self.name, card)
        yield from _numbers(card, said, (0, len(stream.data)))
        begin = missed = 0
        for path, held in islice(files.items(), _MOST):
            file = _named(path)
            body = held.get("body") if isinstance(held, dict) else None
            if file is None or not body:
                continue
            begin = max(begin, stream.data.find(f'"{path}"'.encode(), begin))
            for one in (body if isinstance(body, list) else [body])[:512]:
                text = one if isinstance(one, str) else json.dumps(one)
                near = begin + _NEAR if missed < _MISSES else begin
                where = stream.data.find(text.encode(), begin, near) if isinstance(one, str) else begin
                missed += where < 0
                span = (where, where + len(text)) if where >= 0 else (begin, begin + len(path) + 2)
                yield from _bodies(card, file, text.encode(), span, hexed=isinstance(one, str))


class Profiles(_Text):
    """What a card with several subscriptions (eUICC, GSMA SGP.22) says of them: lpac's JSON and pySim's."""

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, flow is None and head[:64].lstrip()[:1] in (b"{", b"[") and _PROFILES.search(head[:_LOOK]))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        card, is_told = Card(stream), False
        for span in _documents(stream.data):
            said = _parsed(stream.data[slice(*span)])
            if said and not is_told:
                is_told = True
                yield _all(self.name, card)
            for held in islice(_objects(said), _SUBSCRIPTIONS):
                yield from _numbers(card, held, span)


class Notation(_Text):
    """An eSIM profile in ASN.1 value notation (as GSMA TS.48 is published): its ICCID alone."""

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, flow is None and _NOTATION.search(head[:_LOOK]) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        card = Card(stream)
        yield _all(self.name, card)
        for found in _NOTED.finditer(stream.data[:_LARGEST]):
            number = found["iccid"].decode().upper().rstrip("F")
            if is_iccid(number):
                yield _said(card, (Trait(Kind.ICCID, number, found.span("iccid")),))


EXPORT_SCRIPT, TRACE = ExportScript("pysim-export"), Trace("pysim-trace")
DUMP, PROFILES = Dump("pysim-fsdump"), Profiles("euicc-profiles")
NOTATION = Notation("esim-profile-text")
CARD_DUMPS = (EXPORT_SCRIPT, TRACE, DUMP, PROFILES, NOTATION)
NAMES = frozenset(one.name for one in CARD_DUMPS)


def _all(name: str, card: Card) -> Message:
    """The text as a whole: it is a dump of this form."""
    return Message(name, card.stream, (0, len(card.stream.data)))


def _said(card: Card, traits: tuple[Trait, ...]) -> Message:
    return Message(PROTOCOL, card.stream, traits[0].span, traits=traits)


def _named(path: str) -> File | None:
    """The file at the end of a path, when it is one that is read; folders of other networks (CDMA) have files of their own."""
    name = path.rpartition("/")[2].removeprefix("EF.")
    return NAMED.get(name) if "DF.CDMA" not in path else None


def _parsed(data: bytes) -> Any:
    if len(data) > _LARGEST:
        return None
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return None


def _documents(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the JSON documents of a text stand: lpac's answers are a line each."""
    if b'"lpa"' in data:
        yield from (found.span() for found in _LINE.finditer(data))
    else:
        yield 0, len(data)


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every JSON object inside a value."""
    if depth > _NESTED:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _objects(one, depth + 1)


def _numbers(card: Card, held: dict[str, Any], document: tuple[int, int]) -> Iterator[Message]:
    """The numbers of a card or of one of its subscriptions, with what is said beside them; the document stands at a range."""
    data, (begin, end) = card.stream.data, document
    for names, kind, is_one in ((("iccid",), Kind.ICCID, is_iccid), (("eid", "eidValue"), Kind.EID, is_eid)):
        value = next((held[name] for name in names if isinstance(held.get(name), str)), "")
        at = data.find(value.encode(), begin, min(end, begin + _NEAR)) if value else -1
        if at < 0 or not is_one(value.rstrip("Ff")):
            continue
        number = value.rstrip("Ff")
        traits = [Trait(kind, number, (at, at + len(number)))]
        state = str(held.get("profileState") or held.get("profile_state") or "")
        if state:
            provider = str(held.get("serviceProviderName") or held.get("service_provider_name") or "")[:80]
            facts = {"iccid": number, "state": state, "provider": provider}
            traits.append(
                Trait(Kind.SIM_PROFILE, f"{number} {state} {provider}".strip(), (at, at + len(number)), facts)
            )
        yield _said(card, tuple(traits))


def _bodies(card: Card, file: File, body: bytes, span: tuple[int, int], *, hexed: bool) -> Iterator[Message]:
    """The content of a file as hex digits, or as a program decoded it."""
    text = body.decode("latin-1")
    if hexed:
        if len(text) % 2 == 0 and re.fullmatch("[0-9A-Fa-f]+", text):
            yield from card.body(file, bytes.fromhex(text), span)
        return
    number = _NUMBER.search(text)
    if number is not None and number["name"].upper() == file.name:
        kind = Kind.ICCID if file.name == "ICCID" else Kind.IMSI
        yield _said(card, (Trait(kind, number["digits"], span),))
        return
    for name, (before, behind) in _AREAS.items():
        found = re.search(rf"[\"']{name}[\"']: ?(?:[\"']|h'|b')?([0-9A-Fa-f]{{10,12}})\b", text)
        if found is not None:
            yield from card.body(file, bytes(before) + bytes.fromhex(found[1]) + b"\xff" * behind, span)
            return
    networks = re.findall(r"\"mcc\": ?\"([0-9]{3})\", ?\"mnc\": ?\"([0-9]{2,3})\"", text[:4000].replace("'", '"'))
    if networks and file.name == "FPLMN":
        body = b"".join(_packed(mcc, mnc) for mcc, mnc in networks)
        yield from card.body(file, body, span)


def _packed(mcc: str, mnc: str) -> bytes:
    """A network as a file holds it."""
    mnc = mnc.ljust(3, "F")
    return bytes.fromhex(mcc[1] + mcc[0] + mnc[2] + mcc[2] + mnc[1] + mnc[0])
