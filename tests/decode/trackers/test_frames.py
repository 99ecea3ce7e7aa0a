"""The walk over frames, shown with a dialect of one letter, a length and a sum."""

from __future__ import annotations

import re
from typing import ClassVar

import numpy as np
import pytest

from iotwatch.decode.trackers.checksums import sum8
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream, from_bytes


class Letter(FrameDialect):
    """``L`` length(1) content sum(1); content ``id...`` logs in, ``bad`` cannot be read, else it is a place."""

    name: ClassVar[str] = "letter"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"L",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"L")

    def measure(self, data: bytes, at: int, end: int) -> int:
        return data[at + 1] + 3 if data[at : at + 1] == b"L" and end - at > 1 else 0

    def verify(self, frame: bytes) -> str:
        return "none" if frame[-1:] == b"\0" else "ok" if sum8(frame[:-1]) == frame[-1] else "bad"

    def read(self, frame: bytes, report: Report, session: Session) -> None:
        content = frame[2:-1]
        if content == b"bad":
            raise DecodeError("it cannot be read")
        if content.startswith(b"id"):
            report.device(content[2:].decode("latin-1"))
            return
        report.fix(50, 10, valid=session.up)
        if content == b"half":
            raise DecodeError("the end is missing")


class StrictLetter(Letter):
    strict: ClassVar[bool] = True


def frame(content: bytes, check: int | None = None) -> bytes:
    data = b"L" + bytes([len(content)]) + content
    return data + bytes([sum8(data) if check is None else check])


def test_ids_are_carried_and_junk_is_passed_over() -> None:
    data = b"noise" + frame(b"id77") + b"L\xff??" + frame(b"p")
    login, place = Letter().messages(from_bytes(data))
    assert login.device_ids == place.device_ids == ("77",)
    assert data[place.span[0] : place.span[1]] == frame(b"p")
    assert place.fixes[0].span == place.span
    assert place.confidence is Confidence.CERTAIN


def test_checksums_decide_the_confidence() -> None:
    (bad,) = Letter().messages(from_bytes(frame(b"p", 1)))
    (unproven,) = Letter().messages(from_bytes(frame(b"p", 0)))
    assert (bad.confidence, bad.doubts) == (Confidence.POSSIBLE, ("the checksum is wrong",))
    assert unproven.confidence is Confidence.LIKELY
    with pytest.raises(DecodeError):
        list(StrictLetter().messages(from_bytes(frame(b"p", 1))))
    assert not StrictLetter().claims(frame(b"p", 1), None)


def test_one_broken_frame_does_not_lose_the_others() -> None:
    half, place = Letter().messages(from_bytes(frame(b"bad") + frame(b"half") + frame(b"p")))
    assert half.doubts == ("not read to the end: the end is missing",)
    assert place.doubts == ()
    with pytest.raises(DecodeError, match="cannot be read"):
        list(Letter().messages(from_bytes(frame(b"bad"))))


def test_a_frame_cut_short_is_claimed_only_from_a_long_head() -> None:
    assert not Letter().claims(b"", None)
    assert not Letter().claims(frame(b"p" * 200)[:100], None)
    assert list(Letter().messages(from_bytes(frame(b"p" * 200)[:100]))) == []


def test_datagrams_are_never_joined() -> None:
    whole = frame(b"place")
    cut = np.array([0, 3], np.int64)
    zeros = np.zeros(2, np.int64)
    stream = Stream(whole, cut, cut, zeros, zeros)
    assert len(list(Letter().messages(stream))) == 1
    assert list(Letter().messages(Stream(whole, cut, cut, zeros, zeros, datagram=True))) == []


def test_a_report_leaves_out_fillers() -> None:
    report = Report((0, 4))
    report.fix(91, 0)
    report.fix(0, 0, valid=True)
    report.cell(262, 1, 5, 0)
    report.cell(1, 1, 5, 6)
    report.cell(262, 1, 5, 6)
    report.cell(262, 1, 5, 6)
    report.access_point(bytes(6))
    report.access_point(b"\2\0\0\0\0\1", -60)
    report.device("000")
    report.device("490154203237518")
    report.trait("vin", "")
    assert report.doubts == ["the coordinates are off the globe"]
    assert [fix.valid for fix in report.fixes] == [False]
    assert (len(report.cells), len(report.access_points), report.device_ids) == (1, 1, ["490154203237518"])
    assert [(trait.kind, trait.span) for trait in report.traits] == [("imei", (0, 4))]
