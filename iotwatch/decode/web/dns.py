"""DNS: queries and answers (RFC 1035), over UDP, over TCP with its length prefix (RFC 1035 section 4.2.2).

The same wire form is used by multicast DNS (RFC 6762), LLMNR (RFC 4795) and the NetBIOS name service (RFC 1002
section 4.2), which are told apart by their ports or their names. Names are read by dnspython, which refuses loops.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

QUESTIONS = 64
RECORDS = 512
TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA",
    32: "NB", 33: "SRV", 35: "NAPTR", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 64: "SVCB",
    65: "HTTPS", 255: "ANY", 257: "CAA",
}  # fmt: skip
"""IANA "Resource Record (RR) TYPEs"; 32 is the NetBIOS name record of RFC 1002."""
_CLASSES = {1, 3, 254, 255}
_QUERY, _UPDATE = 0, 5
_NETBIOS, _MULTICAST, _LLMNR = 137, 5353, 5355
_HEADER = 12
_TELLING = {1, 5, 12, 16, 28, 32, 33}
"""Types whose data becomes facts of an answer."""


class _Question(NamedTuple):
    """What is asked; positions count from the first byte of the message."""

    name: str
    rtype: int
    start: int
    end: int


class _Record(NamedTuple):
    """A resource record; ``data`` is where its data begins."""

    name: str
    rtype: int
    start: int
    data: int
    end: int


def _name(wire: bytes, at: int) -> tuple[str, int]:
    """The name at ``at`` in lower case, and where it ends; blanks and dots within labels stay (RFC 6763 section 4.1.1)."""
    if size := _spelt_out(wire, at):
        return _text_of(wire[at : at + size]), at + size
    if wire[at : at + 1] >= b"\xc0":
        # What most answers hold: nothing but a pointer to the question's name.
        earlier = int.from_bytes(wire[at : at + 2], "big") & 0x3FFF
        if earlier < at and (size := _spelt_out(wire, earlier)):
            return _text_of(wire[earlier : earlier + size]), at + 2
    name, size = _compressed(wire, at)
    return name, at + size


def _spelt_out(wire: bytes, at: int) -> int:
    """Size of the name at ``at``; 0 when a pointer stands in it, or it does not end within 255 bytes."""
    here = at
    end = min(len(wire), at + 255)
    while here < end:
        size = wire[here]
        if size == 0:
            return here + 1 - at
        if size > 63:
            return 0
        here += 1 + size
    return 0


@lru_cache(maxsize=4096)
def _text_of(wire: bytes) -> str:
    """The text of a name that is spelt out: nothing but labels, each after its size."""
    labels, at = [], 0
    while size := wire[at]:
        labels.append(wire[at + 1 : at + 1 + size])
        at += 1 + size
    return _joined(labels)


def _joined(labels: Iterable[bytes]) -> str:
    return b".".join(labels).decode("utf-8", "replace").lower()


@cache
def _broken() -> tuple[type[Exception], ...]:
    """What a message that is no DNS raises; asked for when one does."""
    from dns.exception import DNSException

    return DNSException, struct.error, ValueError


def _compressed(wire: bytes, at: int) -> tuple[str, int]:
    """The name at ``at``, whatever pointers it goes by, and how many bytes of the message it takes there."""
    import dns.name

    name, size = dns.name.from_wire(wire, at)
    return _joined(name.labels[:-1]), size


def _netbios(name: str) -> str:
    """Undo the first-level encoding of RFC 1001 section 14.1: two letters A-P a byte; the 16th byte is the suffix."""
    label = name.split(".", 1)[0].upper()
    if len(label) != 32 or not all("A" <= letter <= "P" for letter in label):
        return ""
    raw = bytes((ord(label[i]) - 65) << 4 | (ord(label[i + 1]) - 65) for i in range(0, 32, 2))
    return raw[:15].rstrip(b" \0").decode("latin-1")


class Dns:
    """RFC 1035 messages: ``dns.query`` for every question asked, ``dns.answer`` for every name answered."""

    name = "dns"
    # Header: any id, opcode 0 or 5, zero bit clear, counts below 256 and not all of them zero.
    anchors = (
        rb"(?s:..[\x00-\x07\x28-\x2f\x80-\x87\xa8-\xaf][\x00-\x3f\x80-\xbf]\x00[\x00-\x40]\x00.\x00.\x00.)",
        rb"(?s:....[\x00-\x07\x80-\x87][\x00-\x3f\x80-\xbf]\x00[\x00-\x01]\x00.\x00.\x00.)",
        # NetBIOS sets the broadcast bit (RFC 1002 section 4.2.1.1) where DNS has a zero bit and more.
        rb"(?s:..[\x00-\x07\x28-\x2f\x80-\x87\xa8-\xaf].\x00[\x00\x01]\x00.\x00.\x00.\x20[A-P]{32}\x00)",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, _opens(head) or (len(head) > 14 and _opens(head[2:])))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if stream.datagram or _opens(stream.data[start : start + 512]):
                yield from _message(stream, start, end)
                continue
            while start + 2 < end:
                size = int.from_bytes(stream.data[start : start + 2], "big")
                if size < _HEADER or not _opens(stream.data[start + 2 : start + 514]):
                    return
                yield from _message(stream, start + 2, min(start + 2 + size, end))
                start += 2 + size


def _opens(head: bytes) -> bool:
    """Whether a header and a first name follow that make sense together: random bytes almost never do."""
    if len(head) < _HEADER + 5:
        return False
    flags, questions, answers, authorities, additional = struct.unpack_from("!HHHHH", head, 2)
    opcode = flags >> 11 & 15
    if opcode not in (_QUERY, _UPDATE, 6) or not 0 < questions + answers + authorities + additional <= RECORDS:
        return False
    if questions > QUESTIONS or (not flags >> 15 and flags & 15):
        return False
    at = _HEADER
    letters = 0
    while at < len(head) and 0 < (size := head[at]) < 64:
        label = head[at + 1 : at + 1 + size]
        if not label.isascii():
            return False
        letters += size
        at += 1 + size
    if at + 5 > len(head) or head[at] or letters > 253:
        return len(head) >= 512 and letters > 0
    rtype, rclass = struct.unpack_from("!HH", head, at + 1)
    return (rtype in TYPES or letters > 0) and 0 < rtype < 1024 and rclass & 0x7FFF in _CLASSES


def _message(stream: Stream, start: int, end: int) -> Iterator[Message]:
    wire = stream.data[start:end]
    if len(wire) < _HEADER:
        return
    ident, flags, questions, answers, authorities, additional = struct.unpack_from("!HHHHHH", wire)
    response = bool(flags >> 15)
    asked: list[_Question] = []
    records: list[_Record] = []
    at, broken = _HEADER, False
    try:
        for _ in range(min(questions, QUESTIONS)):
            name, end_of_name = _name(wire, at)
            asked.append(_Question(name, struct.unpack_from("!HH", wire, end_of_name)[0], at, end_of_name + 4))
            at = end_of_name + 4
        for _ in range(min(answers + (authorities + additional if response else 0), RECORDS)):
            name, end_of_name = _name(wire, at)
            rtype, _, _, size = struct.unpack_from("!HHIH", wire, end_of_name)
            data = end_of_name + 10
            at, begun = data + size, at
            struct.unpack_from(f"{size}x", wire, data)  # a record that is longer than its message
            records.append(_Record(name, rtype, begun, data, at))
    except _broken() as error:
        if not asked and not records:
            raise DecodeError(f"a DNS message is broken: {type(error).__name__}") from error
        broken = True
    protocol = _protocol(stream.flow, asked, records)
    traits = [] if response else [_query(protocol, question, start) for question in asked]
    traits += _answers(protocol, wire, start, asked, records)
    yield Message(
        protocol=protocol,
        stream=stream,
        span=(start, end),
        time=stream.time_at(start),
        fields={"id": ident, "response": response, "rcode": flags & 15, "names": [question.name for question in asked]},
        traits=tuple(traits),
        confidence=Confidence.CERTAIN if not broken else Confidence.LIKELY,
        doubts=(ReadingDoubt.BROKEN(),) if broken else (),
    )


_QUERIES = {"dns": Kind.DNS_QUERY, "mdns": Kind.MDNS_QUERY, "llmnr": Kind.LLMNR_QUERY, "nbns": Kind.NBNS_QUERY}
_ANSWERS = {"dns": Kind.DNS_ANSWER, "mdns": Kind.MDNS_ANSWER, "llmnr": Kind.LLMNR_ANSWER, "nbns": Kind.NBNS_ANSWER}


def _protocol(flow: Flow | None, asked: list[_Question], records: list[_Record]) -> str:
    ports = (flow.client_port, flow.server_port) if flow else ()
    names = [record.name for record in (asked[:1] or records[:1])]
    if any(_netbios(name) for name in names):
        return "nbns"
    if _MULTICAST in ports:
        return "mdns"
    return "llmnr" if _LLMNR in ports else "dns"


def _query(protocol: str, question: _Question, start: int) -> Trait:
    value = _netbios(question.name) if protocol == "nbns" else ""
    span = (start + question.start, start + question.end)
    return Trait(
        _QUERIES[protocol], value or question.name, span, {"type": TYPES.get(question.rtype, str(question.rtype))}
    )


def _answers(protocol: str, wire: bytes, start: int, asked: list[_Question], records: list[_Record]) -> Iterator[Trait]:
    """One trait a name: that of the question, whose aliases and addresses the records give, else each owner's."""
    if protocol == "dns" and asked:
        owners = {asked[0].name: [record for record in records if record.rtype in _TELLING]}
    else:
        owners = {}
        for record in records:
            owners.setdefault(record.name, []).append(record)
    for owner, own in owners.items():
        facts = _facts(wire, own)
        if facts:
            value = _netbios(owner) or owner if protocol == "nbns" else owner
            span = (start + own[0].start, start + own[-1].end)
            yield Trait(_ANSWERS[protocol], value, span, facts)


def _facts(wire: bytes, records: list[_Record]) -> dict[str, Any]:
    """Addresses, names and texts of one owner's records; data that is broken is left out."""
    addresses: dict[str, None] = {}
    names: dict[str, None] = {}
    texts: dict[str, None] = {}
    for _, rtype, _, at, end in records:
        data = wire[at:end]
        try:
            if (rtype == 1 and len(data) == 4) or (rtype == 28 and len(data) == 16):
                addresses[_address(data)] = None
            elif rtype == 32 and len(data) == 6:
                addresses[_address(data[2:])] = None
            elif rtype in (5, 12):
                names[_name(wire, at)[0]] = None
            elif rtype == 33:
                names[_name(wire, at + 6)[0]] = None
            elif rtype == 16:
                texts.update(dict.fromkeys(_texts(data)))
        except _broken():
            continue
    facts = {"addresses": list(addresses), "names": list(names), "texts": list(texts)[:16]}
    return {key: value for key, value in facts.items() if value}


@lru_cache(maxsize=4096)
def _address(data: bytes) -> str:
    return str(ipaddress.ip_address(data))


def _texts(data: bytes) -> Iterator[str]:
    """The character strings of TXT data (RFC 1035 section 3.3.14)."""
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]].decode("utf-8", "replace")
        at += 1 + data[at]


DNS = Dns()
