from __future__ import annotations

import dns.name
import pytest

from iotwatch.decode import decode
from iotwatch.decode.web.dns import DNS
from iotwatch.errors import DecodeError
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

# RFC 1035 section 4.1: header, then the question "hub.example.com", type A, class IN.
QUERY = bytes.fromhex("1234 0100 0001 0000 0000 0000") + b"\3hub\7example\3com\0" + bytes.fromhex("0001 0001")
# Its answer: an alias to gw.example.com (pointer to "example.com" at 16), and that name's address.
ANSWER = (
    bytes.fromhex("1234 8180 0001 0002 0000 0000")
    + b"\3hub\7example\3com\0"
    + bytes.fromhex("0001 0001  c00c 0005 0001 0000003c 0005")
    + b"\2gw\xc0\x10"
    + bytes.fromhex("c02d 0001 0001 0000003c 0004 c0000207")
)


def test_a_query_names_what_is_asked_and_where_it_stands(datagrams, traits_of):
    messages = list(decode(datagrams(QUERY, port=53)))
    assert [message.protocol for message in messages] == ["dns"]
    assert traits_of(messages) == [("dns.query", "hub.example.com", QUERY[12:])]
    assert messages[0].traits[0].facts == {"type": "A"}


def test_an_answer_belongs_to_the_name_that_was_asked(datagrams, traits_of):
    (message,) = decode(datagrams(ANSWER, port=53, up=False))
    (trait,) = message.traits
    assert (trait.kind, trait.value) == ("dns.answer", "hub.example.com")
    assert trait.facts == {"addresses": ["192.0.2.7"], "names": ["gw.example.com"]}
    assert traits_of([message])[0][2] == ANSWER[33:]


@pytest.mark.parametrize("labels", [1, 2, 126, 127, 128])
def test_a_name_is_read_as_dnspython_reads_it_and_refused_when_it_is_too_long(labels, datagrams, traits_of):
    wire = QUERY[:12] + b"\1a" * labels + b"\0" + QUERY[-4:]
    if labels > 127:
        with pytest.raises(DecodeError):
            list(DNS.messages(datagrams(wire, port=53)))
        return
    told = dns.name.from_wire(wire, 12)[0].to_text(omit_final_dot=True)
    assert [value for _, value, _ in traits_of(decode(datagrams(wire, port=53)))] == [told]


def test_each_datagram_keeps_its_frame(datagrams):
    messages = list(decode(datagrams(QUERY, ANSWER, port=53)))
    assert [message.stream.evidence(*message.span).frame for message in messages] == [1, 2]
    assert messages[1].stream.evidence(*messages[1].span).excerpt == ANSWER


def test_over_tcp_a_length_stands_before_each_message(traits_of):
    wire = b"".join(len(part).to_bytes(2, "big") + part for part in (QUERY, QUERY))
    messages = list(decode(from_bytes(wire, kind="tcp")))
    assert [message.span for message in messages] == [(2, 2 + len(QUERY)), (4 + len(QUERY), 4 + 2 * len(QUERY))]
    assert [value for _, value, _ in traits_of(messages)] == ["hub.example.com"] * 2


def test_multicast_names_keep_their_blanks(datagrams, traits_of):
    pointer = bytes.fromhex("0000 8400 0000 0001 0000 0000") + b"\5_http\4_tcp\5local\0"
    record = bytes.fromhex("000c 0001 00000078 0010") + b"\x0dMy Camera 1.2\xc0\x0c"
    messages = list(decode(datagrams(pointer + record, port=5353)))
    (trait,) = messages[0].traits
    assert (trait.kind, trait.value) == ("mdns.answer", "_http._tcp.local")
    assert trait.facts == {"names": ["my camera 1.2._http._tcp.local"]}


def test_netbios_names_are_unfolded(datagrams, traits_of):
    folded = bytes(65 + nibble for byte in b"TRACKER".ljust(15) + b"\0" for nibble in (byte >> 4, byte & 15))
    query = bytes.fromhex("0001 0110 0001 0000 0000 0000") + b"\x20" + folded + b"\0" + bytes.fromhex("0020 0001")
    messages = list(decode(datagrams(query, port=137)))
    assert [(kind, value) for kind, value, _ in traits_of(messages)] == [("nbns.query", "TRACKER")]


def test_a_cut_answer_says_what_it_can_and_that_it_is_cut():
    (message,) = DNS.messages(from_bytes(ANSWER[:-6]))
    assert message.doubts == (ReadingDoubt.BROKEN(),)
    assert message.traits[0].facts == {"names": ["gw.example.com"]}


def test_a_pointer_to_itself_is_an_error(datagrams):
    loop = bytes.fromhex("1234 0100 0001 0000 0000 0000 c00c 0001 0001")
    with pytest.raises(DecodeError, match="BadPointer"):
        list(DNS.messages(datagrams(loop)))


@pytest.mark.parametrize(
    "wire", [QUERY[:12], b"\0" * 40, b"\x12\x34\x01\x00" + b"\xff" * 40, QUERY.replace(b"\7", b"\x7f")]
)
def test_what_is_no_dns_is_not_claimed(wire):
    assert not DNS.claims(wire, None)
