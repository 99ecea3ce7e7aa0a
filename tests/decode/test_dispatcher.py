from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from iotwatch.decode import DECODERS, FRAMES, LOGS, LOOSE, PROTOCOLS, TRACKERS, decode
from iotwatch.decode.choice import Choice, Refusal, Why
from iotwatch.decode.dispatcher import SAMPLE, Dispatcher
from iotwatch.decode.message import TRIED, UNRANKED, Claim, Fix, Message, Proof, by_head
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt


@dataclass(frozen=True)
class Fake:
    """Claims what begins with its word and gives one message a line."""

    name: str
    word: bytes = b"A"
    checksum: str = "none"
    fixes: int = 0
    breaks: bool = False
    anchors: tuple[bytes, ...] = ()

    rank: int = UNRANKED
    samples: int = TRIED
    layout: Proof = Proof.EXACT

    def claims(self, head, flow):
        return by_head(self, self.word in head)

    def messages(self, stream, claim=None):
        at = 0
        for line in stream.data.splitlines(keepends=True):
            span = (at, at + len(line))
            at += len(line)
            if self.word in line:
                fixes = (Fix(1.0, 2.0, span),) * self.fixes
                yield Message(self.name, stream, span, fixes=fixes, checksum=self.checksum, layout=self.layout)
        if self.breaks:
            raise DecodeError("broken on purpose")


def fake(name: str, word: bytes = b"A", **more) -> Fake:
    return Fake(name, word, anchors=more.pop("anchors", (word,)), **more)


def names(dispatcher: Dispatcher, data: bytes | Stream) -> list[str]:
    stream = from_bytes(data) if isinstance(data, bytes) else data
    return [message.protocol for message in dispatcher.decode(stream)]


def segmented(data: bytes, *sizes: int, **more) -> Stream:
    starts = np.cumsum([0, *sizes])[:-1].astype(np.int64)
    count = len(sizes)
    return Stream(data, starts, starts.copy(), np.arange(1, count + 1), np.zeros(count, np.int64), kind="tcp", **more)


def test_a_protocol_silences_dialects_and_the_loose():
    dispatcher = Dispatcher([fake("protocol")], [fake("dialect", fixes=1)], [fake("loose")])
    assert names(dispatcher, b"A\n") == ["protocol"]


def test_the_order_of_the_tuple_decides_between_protocols():
    assert names(Dispatcher([fake("first"), fake("second")]), b"A\n") == ["first"]


def test_a_claim_that_says_nothing_lets_the_next_speak():
    silent = fake("silent", b"B", anchors=(b"A",))
    assert names(Dispatcher([silent, fake("second")]), b"AB"[:1]) == ["second"]


def test_dialects_that_say_something_speak_beside_their_carrier():
    dispatcher = Dispatcher([fake("http")], [fake("mute"), fake("tracker", fixes=1)], carriers=frozenset({"http"}))
    assert names(dispatcher, b"A\n") == ["http", "tracker"]


def test_the_loose_speak_only_when_nobody_else_did():
    dispatcher = Dispatcher([fake("protocol")], [], [fake("loose")])
    assert names(dispatcher, b"A\n") == ["protocol"]


def test_the_loose_speak_beside_each_other():
    dispatcher = Dispatcher([fake("protocol", b"B")], [], [fake("loose"), fake("other")])
    assert names(dispatcher, b"A\n") == ["loose", "other"]


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ({"checksum": "bad", "fixes": 1}, {"checksum": "none"}),
        ({"checksum": "none", "fixes": 1}, {"checksum": "ok"}),
        ({}, {"fixes": 1}),
    ],
)
def test_the_better_proven_dialect_wins_and_names_its_rivals(weaker, stronger):
    dispatcher = Dispatcher([], [fake("weaker", **weaker), fake("stronger", **stronger)])
    lines = 2 * SAMPLE
    messages = list(dispatcher.decode(from_bytes(b"A\n" * lines)))
    assert {message.protocol for message in messages} == {"stronger"}
    assert len(messages) == lines
    assert all(message.rivals == ("weaker",) for message in messages)


def test_equal_dialects_keep_their_order():
    messages = list(Dispatcher([], [fake("first"), fake("second")]).decode(from_bytes(b"A\n")))
    assert [(message.protocol, message.rivals) for message in messages] == [("first", ("second",))]


def test_of_equal_dialects_the_lower_rank_is_believed_and_the_name_is_the_last_resort():
    choice = Choice()
    dispatcher = Dispatcher([], [fake("a"), fake("c", rank=20), fake("b", rank=20)])
    (message,) = dispatcher.decode(from_bytes(b"A\n"), choice)
    assert (message.protocol, message.rivals) == ("b", ("c", "a"))
    assert [reading.decoder for reading in choice.readings] == ["b", "c", "a"]
    assert [one[:2] for one in choice.won] == [("b", Why.NAME)]
    assert choice.readings[1].beats(choice.readings[2]) is Why.RANK


@pytest.mark.parametrize("weak", [Proof.HEAD, Proof.SHAPE])
def test_who_knows_the_layout_beats_who_knows_less_however_much_that_says(weak):
    choice = Choice()
    dispatcher = Dispatcher([], [fake("head", layout=weak, fixes=3, rank=1), fake("layout", fixes=1)])
    (message,) = dispatcher.decode(from_bytes(b"A\n"), choice)
    assert message.protocol == "layout"
    assert [one[:2] for one in choice.won] == [("layout", Why.PROOF)]


def test_dialects_are_not_asked_when_a_protocol_speaks():
    class Never(Fake):
        def claims(self, head, flow):
            raise AssertionError("asked")

    assert names(Dispatcher([fake("protocol")], [Never("never", anchors=(b"A",))]), b"A\n") == ["protocol"]


def test_a_claim_is_handed_on_with_what_it_parsed_of_the_streams_first_bytes():
    class Parsing(Fake):
        def claims(self, head, flow):
            return Claim(self, parse=head)

        def messages(self, stream, claim=None):
            yield Message(f"{claim.parse}", stream, (0, 1))

    dispatcher = Dispatcher([Parsing("parsing", anchors=(b"A",))])
    assert names(dispatcher, b"A1") == ["b'A1'"]
    assert names(dispatcher, segmented(b"BBBBBA", 5, 1, datagram=True)) == ["None"]


def test_what_was_said_before_a_break_stays_and_the_break_is_told():
    choice = Choice()
    messages = list(Dispatcher([fake("broken", breaks=True)]).decode(from_bytes(b"A\nA\n"), choice))
    assert len(messages) == 2
    assert choice.refusals == [Refusal("broken", "broken on purpose")]


def test_a_break_without_a_word_lets_the_next_speak():
    broken = fake("broken", b"B", breaks=True, anchors=(b"A",))
    dispatcher = Dispatcher([replace(broken, word=b"AB")], [fake("dialect")])
    assert [m.protocol for m in dispatcher.decode(from_bytes(b"A"))] == ["dialect"]


def test_a_stream_that_begins_in_mid_message_is_read_from_a_later_segment():
    stream = segmented(b"tail of something\nA one\nA two\n", 18, 6, 6)
    messages = list(Dispatcher([fake("late", anchors=(b"A ",))]).decode(stream))
    assert [message.stream.data[slice(*message.span)] for message in messages] == [b"A one\n", b"A two\n"]
    assert messages[0].stream.evidence(*messages[0].span).offset == 18
    assert messages[0].stream.frame_at(0) == 2


def test_no_decoder_reads_over_a_gap():
    stream = segmented(b"A one\nA two\nA three\n", 6, 6, 8, gaps=((6, 100), (12, 5)))
    messages = list(Dispatcher([fake("gapped")]).decode(stream))
    assert [message.stream.data for message in messages] == [b"A one\n", b"A two\n", b"A three\n"]


def test_an_id_said_before_a_gap_is_carried_over_with_a_doubt():
    class Login(Fake):
        def messages(self, stream, claim=None):
            span = (0, len(stream.data))
            if b"login" in stream.data:
                yield Message(self.name, stream, span, device_ids=("356938035643809",))
            else:
                yield Message(self.name, stream, span, fixes=(Fix(1.0, 2.0, span),))

    stream = segmented(b"A login\nA place\n", 8, 8, gaps=((8, 10),))
    login, place = Dispatcher([], [Login("tracker", anchors=(b"A",))]).decode(stream)
    assert login.doubts == ()
    assert place.device_ids == ("356938035643809",)
    assert place.doubts == (ReadingDoubt.SENDER_BEFORE_GAP(),)


def test_candidates_of_datagrams_come_from_several_of_them():
    stream = segmented(b"BBBBBA", 5, 1, datagram=True)
    assert names(Dispatcher([fake("second")]), stream) == ["second"]


def test_nothing_is_said_of_no_bytes():
    assert list(decode(from_bytes(b""))) == []


def test_every_decoder_has_a_name_of_its_own_and_anchors_that_compile():
    ours = [decoder.name for decoder in (*PROTOCOLS, *LOOSE)]
    assert len(set(ours)) == len(ours)
    assert all(decoder.anchors for decoder in (*PROTOCOLS, *TRACKERS, *LOOSE))
    assert Dispatcher(PROTOCOLS, TRACKERS, LOOSE).candidates(b"GET / HTTP/1.1\r\n") != set()
    assert len({decoder.name for decoder in (*FRAMES.values(), *LOGS)}) == len({*FRAMES.values(), *LOGS})
    assert {*FRAMES.values(), *LOGS, *TRACKERS} <= {*DECODERS}


def test_unknown_streams_are_cheap():
    streams = [from_bytes(bytes((i & 255, i >> 8, 255)) * 40, kind="tcp") for i in range(2000)]
    list(decode(streams[0]))
    begun = time.process_time()
    for stream in streams:
        list(decode(stream))
    assert time.process_time() - begun < 0.5  # 20,000 in a second is asked for; the margin is for a busy machine


def test_confidence_weighs_before_the_number_of_statements():
    class Sure(Fake):
        def messages(self, stream, claim=None):
            yield Message(self.name, stream, (0, 1), confidence=Confidence.CERTAIN)

    dispatcher = Dispatcher([], [fake("many", fixes=3), Sure("sure", anchors=(b"A",))])
    assert names(dispatcher, b"A") == ["sure"]


def test_log_grammars_speak_in_texts_beside_whoever_else_does():
    dispatcher = Dispatcher([], [], [fake("loose")], logs=[fake("log"), fake("other", b"B")])
    assert names(dispatcher, from_bytes(b"A\n", kind="text")) == ["loose", "log"]
    assert names(dispatcher, b"A\n") == ["loose"]


def test_the_fallback_reads_only_what_nobody_knew():
    dispatcher = Dispatcher([fake("protocol")], fallbacks=[fake("fallback", b"B")])
    assert names(dispatcher, b"A B\n") == ["protocol"]
    assert names(dispatcher, b"B    \n") == ["fallback"]


def test_the_fallback_is_not_asked_for_what_is_too_short_to_hold_a_place():
    dispatcher = Dispatcher([fake("protocol")], fallbacks=[fake("fallback", b"B")])
    assert names(dispatcher, b"B   \n") == []
