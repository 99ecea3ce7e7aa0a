"""Gathering what a frame says, shown with a dialect of one letter, a length and a sum."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt


def fill(frame: bytes, report: Report) -> None:
    """Content ``id...`` logs in, ``bad`` cannot be read, else it is a place."""
    content = frame[2:-1]
    if content == b"bad":
        raise DecodeError("it cannot be read")
    if content.startswith(b"id"):
        report.device(content[2:].decode("latin-1"))
        return
    report.fix(50, 10)
    if content == b"half":
        raise DecodeError("the end is missing")


def verify(frame: bytes) -> str:
    return "none" if frame[-1:] == b"\0" else "ok" if sum8(frame[:-1]) == frame[-1] else "bad"


def measure(window: bytes) -> int:
    return window[1] + 3 if len(window) > 1 else 0


LETTER = FramedDialect("letter", (rb"L",), measure, gathered(fill, verify))
STRICT = FramedDialect("strict", (rb"L",), measure, gathered(fill, verify, strict=True), weak=True)
WEAK = FramedDialect("weak", (rb"L",), measure, gathered(fill, verify, weak_check=True, unproven=Confidence.POSSIBLE))


def frame(content: bytes, check: int | None = None) -> bytes:
    data = b"L" + bytes([len(content)]) + content
    return data + bytes([sum8(data) if check is None else check])


def test_ids_are_carried_and_junk_is_passed_over() -> None:
    data = b"noise" + frame(b"id77") + b"L\xff??" + frame(b"p")
    login, place = LETTER.messages(from_bytes(data))
    assert login.device_ids == place.device_ids == ("77",)
    assert place.fixes[0].span == place.span
    assert place.confidence is Confidence.CERTAIN


def test_checksums_decide_the_confidence() -> None:
    (bad,) = LETTER.messages(from_bytes(frame(b"p", 1)))
    assert (bad.confidence, bad.doubts) == (Confidence.POSSIBLE, (ReadingDoubt.CHECKSUM_WRONG(),))
    unproven = [next(one.messages(from_bytes(frame(b"p", 0)))).confidence for one in (LETTER, WEAK)]
    assert unproven == [Confidence.LIKELY, Confidence.POSSIBLE]
    assert list(STRICT.messages(from_bytes(frame(b"p", 1)))) == []
    assert not STRICT.claims(frame(b"p", 1), None)


def test_one_broken_frame_does_not_lose_the_others() -> None:
    broken, half, place = LETTER.messages(from_bytes(frame(b"bad") + frame(b"half") + frame(b"p")))
    assert (broken.fixes, broken.doubts) == ((), (ReadingDoubt.NOT_TO_THE_END(error="it cannot be read"),))
    assert half.doubts == (ReadingDoubt.NOT_TO_THE_END(error="the end is missing"),)
    assert place.doubts == ()
    assert list(WEAK.messages(from_bytes(frame(b"bad")))) == []  # eight bits are no proof that it is a frame at all


def test_a_report_leaves_out_fillers() -> None:
    report = Report(4)
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
    report.device("77", "terminal.serial")
    report.trait("imsi", "")
    made = report.frame("none")
    assert made.doubts == (ReadingDoubt.OFF_GLOBE(),)
    assert [fix.valid for fix in made.fixes] == [False]
    assert (len(made.cells), len(made.access_points)) == (1, 1)
    assert (made.device, made.aliases) == ("490154203237518", ("77",))
    assert [(trait.kind, trait.span) for trait in made.traits] == [("imei", (0, 4)), ("terminal.serial", (0, 4))]
