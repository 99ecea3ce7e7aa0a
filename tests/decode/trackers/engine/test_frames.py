"""The walk that all framed dialects share, tried on a grammar made for it: ``#``, length (1), kind (1), text, XOR."""

from __future__ import annotations

import numpy as np
import pytest

from iotwatch.decode.message import Trait
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import KNOT, Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import NO_TIME, Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt

IMEI = "490154203237518"


def measure(window: bytes) -> int | None:
    return window[1] + 3 if len(window) > 1 else None


def read(frame: bytes, session: Session) -> Frame | None:
    text = frame[3:-1].decode("latin-1")
    sum_ = checked(good=xor8(frame[:-1]) == frame[-1])
    if frame[2:3] == b"L":
        return Frame(kind="login", device=text, device_at=(3, 3 + len(text)), checksum=sum_)
    if frame[2:3] == b"P":
        latitude, longitude = (float(part) for part in text.split(","))
        return Frame(kind="place", fixes=(fix_at(latitude, longitude, (3, 3 + len(text)), None),), checksum=sum_)
    if frame[2:3] == b"V":
        return Frame(kind="car", vin=text, checksum=sum_)
    raise DecodeError("no such kind")


DIALECT = FramedDialect("made", (rb"#[\x00-\xff]",), measure, read, limit=64)


def frame(kind: bytes, text: str) -> bytes:
    head = b"#" + bytes([len(text) + 1]) + kind + text.encode()
    return head + bytes([xor8(head)])


def pieces(*parts: bytes, datagram: bool) -> Stream:
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    return Stream(
        data=b"".join(parts),
        starts=starts.astype(np.int64),
        offsets=(starts + 100 * np.arange(len(parts))).astype(np.int64),
        frames=np.arange(1, len(parts) + 1, dtype=np.int64),
        times=np.full(len(parts), NO_TIME, np.int64),
        datagram=datagram,
    )


def test_spans_count_from_the_stream():
    stream = from_bytes(b"junk#" + frame(b"L", IMEI) + b"\r\n" + frame(b"P", "51.5,-3.5"))
    login, place = DIALECT.messages(stream)
    (fix,) = place.fixes
    assert stream.data[slice(*fix.span)] == b"51.5,-3.5"
    assert login.traits == (Trait("imei", IMEI, login.traits[0].span),)
    assert stream.data[slice(*login.traits[0].span)] == IMEI.encode()
    assert (place.device_ids, place.traits) == ((IMEI,), ())
    assert place.confidence == Confidence.CERTAIN


def test_a_frame_split_over_segments_and_two_in_one():
    whole = frame(b"P", "51.5,-3.5")
    stream = pieces(whole[:5], whole[5:] + whole + whole[:3], whole[3:], datagram=False)
    messages = list(DIALECT.messages(stream))
    assert len(messages) == 3
    assert stream.place(*messages[0].span).frames == (1, 2)


def test_a_datagram_is_a_message_of_its_own():
    whole = frame(b"P", "51.5,-3.5")
    stream = pieces(whole[:5], whole[5:], whole + whole, datagram=True)
    assert len(list(DIALECT.messages(stream))) == 2


def test_bad_checksum_and_vin():
    (bad,) = DIALECT.messages(from_bytes(frame(b"P", "51.5,-3.5")[:-1] + b"?"))
    assert (bad.confidence, bad.doubts) == (Confidence.POSSIBLE, (ReadingDoubt.CHECKSUM_WRONG(),))
    cars = DIALECT.messages(from_bytes(frame(b"V", "WAUZZZ8K9AA000001") + frame(b"V", "F" * 17) + frame(b"V", "x")))
    assert [message.vin for message in cars] == ["WAUZZZ8K9AA000001", "", ""]


def test_claims():
    whole = frame(b"P", "51.5,-3.5")
    assert DIALECT.claims(whole + b"more", None)
    long = b"#\xff" + b"?" * 600
    assert DIALECT.claims(long[:2] + bytes(1), None) is None
    head = FramedDialect("long", DIALECT.anchors, lambda window: 700, read)
    assert head.claims(long, None)
    assert not head.claims(long[:400], None)
    assert not DIALECT.claims(b"?" + whole, None)
    assert not DIALECT.claims(frame(b"?", ""), None)
    weak = FramedDialect("weak", DIALECT.anchors, lambda window: 700, read, weak=True)
    assert not weak.claims(long, None)


def test_without_resync_only_the_start_counts():
    strict = FramedDialect("strict", DIALECT.anchors, measure, read, resync=False)
    whole = frame(b"P", "51.5,-3.5")
    assert len(list(strict.messages(from_bytes(whole + whole + b"?" + whole)))) == 2
    assert list(strict.messages(from_bytes(b"?" + whole))) == []


def test_the_walk_gives_up():
    misses = frame(b"?", "") * 600
    assert list(DIALECT.messages(from_bytes(misses + frame(b"P", "51.5,-3.5")))) == []


def test_a_fix_is_on_the_globe_and_zero_is_not_valid():
    assert fix_at(0.0, 0.0, (0, 1), None, valid=True).valid is False
    assert fix_at(51.5, -3.5, (0, 1), None, valid=True, course=720.0).course is None
    for latitude, longitude in ((90.1, 0.0), (0.0, -180.5), (float("nan"), 1.0)):
        with pytest.raises(DecodeError):
            fix_at(latitude, longitude, (0, 1), None)


def test_after_junk_a_frame_begins_where_sync_says():
    loose = FramedDialect("loose", (rb"[\x00-\xff]",), measure, read, limit=64, sync=rb"#")
    whole = frame(b"P", "51.5,-3.5")
    messages = list(loose.messages(from_bytes(b"junk" + whole + whole)))
    assert [message.span[0] for message in messages] == [4, 4 + len(whole)]


def test_a_knot_is_1852_metres_an_hour() -> None:
    assert pytest.approx(1852) == KNOT * 1000
