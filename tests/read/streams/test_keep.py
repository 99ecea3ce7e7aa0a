"""What is kept: speech is followed, encrypted and bulk flows are left after their heads, budgets are told."""

from __future__ import annotations

from types import SimpleNamespace

from iotwatch.read import ReadLimits

TLS = b"\x16\x03\x01"


def session(build: SimpleNamespace, first: bytes, size: int, count: int, filler: bytes = b"\xf3") -> bytes:
    payloads = [first + filler * (size - len(first)), *[filler * size] * (count - 1)]
    return build.pcap([(n, build.tcp(payload, seq=n * size)) for n, payload in enumerate(payloads)])


def kept(capture) -> int:
    return sum(len(stream.data) for stream in capture.streams)


def coverage(capture) -> dict[str, float]:
    return {row.measure: row.value for row in capture.coverage}


def test_encrypted_flows_are_left_after_their_head(build: SimpleNamespace) -> None:
    capture = build.read(session(build, TLS, 1000, 100))
    assert 8 << 10 <= kept(capture) < (8 << 10) + 1000
    assert coverage(capture)["payload.encrypted"] == 100_000
    assert "payload.left" not in coverage(capture)


def test_small_messages_and_text_are_followed(build: SimpleNamespace) -> None:
    assert kept(build.read(session(build, b"\x78\x78", 200, 2000))) == 400_000
    assert kept(build.read(session(build, b"GET /x HTTP/1.1\r\n", 1400, 300, b"a"))) == 420_000


def test_binary_bulk_is_left_and_told(build: SimpleNamespace) -> None:
    capture = build.read(session(build, b"\xf0\xf1", 1400, 300))
    assert 64 << 10 <= kept(capture) < (64 << 10) + 1400
    assert coverage(capture)["payload.left"] == 300 * 1400 - kept(capture)


def test_the_budget_of_a_flow_is_told(build: SimpleNamespace) -> None:
    capture = build.read(session(build, b"words", 100, 100, b"w"), ReadLimits(flow_bytes=1000))
    assert kept(capture) == 1000
    assert coverage(capture)["payload.left"] == 9000


def test_a_full_budget_still_leaves_room_for_late_beginnings(build: SimpleNamespace) -> None:
    frames = [build.tcp(b"w" * 1000, ports=(1024 + n, 8000), seq=m * 1000) for n in range(64) for m in range(40)]
    limits = ReadLimits(total_bytes=1 << 20)
    capture = build.read(build.pcap(list(enumerate(frames))), limits)
    assert kept(capture) <= 1 << 20
    assert len({stream.flow.index for stream in capture.streams if stream.flow}) > 20
    assert coverage(capture)["payload.left"] > 0


def test_frames_that_are_no_ip_have_a_budget(build: SimpleNamespace) -> None:
    raw = build.pcap([(n, b"u" * 100) for n in range(100)], link=220)
    capture = build.read(raw, ReadLimits(frame_bytes=5000))
    assert coverage(capture)["frames"] == 100
    assert 0 < kept(capture) <= 5000
    assert coverage(capture)["frames.left"] >= 50
