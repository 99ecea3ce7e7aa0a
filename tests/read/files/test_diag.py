"""Modems' diagnostics by their frames: lengths, commands and check values."""

from __future__ import annotations

import pytest

from iotwatch.read.files.diag import is_qmdl, is_sdm


def frame(size: int, command: int = 0x10) -> bytes:
    """An HDLC frame of ``size`` bytes without anything to escape, its FCS-16 (RFC 1662 appendix C.2) at its end."""
    for filler in range(256):
        body = bytes([command, filler]) + bytes([0x41]) * (size - 4)
        check = 0xFFFF
        for byte in body:
            check ^= byte
            for _ in range(8):
                check = check >> 1 ^ (0x8408 if check & 1 else 0)
        whole = body + (check ^ 0xFFFF).to_bytes(2, "little")
        if not {0x7D, 0x7E} & set(whole):
            return whole
    raise AssertionError("every filler needs an escape")


def log(*frames: bytes) -> bytes:
    return b"".join(one + b"\x7e" for one in frames)


@pytest.mark.parametrize(("size", "known"), [(7, False), (8, True), (1000, True), (16383, True), (16384, False)])
def test_frames_of_a_sensible_length_prove_it(size: int, known: bool) -> None:
    assert is_qmdl(log(frame(size), frame(size))) is known


def test_two_good_frames_are_asked_for() -> None:
    good, broken = frame(20), frame(20)[:-1] + b"\x00"
    assert not is_qmdl(log(good))
    assert not is_qmdl(log(good, broken))
    assert is_qmdl(log(broken, good, b"", good))
    assert not is_qmdl(log(frame(20, command=0x11), frame(20, command=0x11)))


def test_samsungs_frames_stand_one_behind_the_other() -> None:
    one = b"\x7f" + (20).to_bytes(2, "little") + bytes(18) + b"\x7e"
    assert is_sdm(one * 5)
    assert not is_sdm(one * 2 + b"\x00" + one * 5)
    assert not is_sdm(one.replace(b"\x7e", b"\x7d") * 5)
