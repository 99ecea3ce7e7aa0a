"""What findings say: every word is said somewhere, and a subject's key is the same after parsing."""

from __future__ import annotations

from pathlib import Path

import pytest

import iotwatch
from iotwatch.detect import DETECTORS
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.said import Word
from iotwatch.words.subjects import Subject, SubjectKind

_DETECT = "".join(path.read_text() for path in Path(iotwatch.__file__).parent.joinpath("detect").rglob("*.py"))


@pytest.mark.parametrize("word", [*Reason, *Doubt, *FindingKind], ids=str)
def test_every_word_is_said(word: Word | FindingKind) -> None:
    assert f"{type(word).__name__}.{word.name}" in _DETECT


def test_every_detector_speaks_of_a_kind() -> None:
    assert {detector.name for detector in DETECTORS} <= {kind.value for kind in FindingKind}


def test_a_key_is_joined_as_it_always_was() -> None:
    assert keyed("command", "", "192.0.2.7", "gt06") == "command||192.0.2.7|gt06"


@pytest.mark.parametrize(
    ("key", "kind", "name", "wired"),
    [
        ("ip:2001:db8::7", SubjectKind.ADDRESS, "2001:db8::7", False),
        ("usb:1/3", SubjectKind.USB, "1/3", True),
        ("tty:ttyUSB2@unit/log", SubjectKind.PORT, "ttyUSB2@unit/log", True),
        ("mac:02:00:00:00:00:07", SubjectKind.HARDWARE, "02:00:00:00:00:07", False),
        ("path:/bin/x", SubjectKind.FILE, "/bin/x", False),
        ("serial number 7", SubjectKind.NONE, "serial number 7", False),
        ("ipx", SubjectKind.NONE, "ipx", False),
        ("", SubjectKind.NONE, "", True),
    ],
)
def test_subject(key: str, kind: SubjectKind, name: str, wired: bool) -> None:
    subject = Subject.of(key)
    assert (subject.kind, subject.name, subject.wired, str(subject)) == (kind, name, wired, key)
    assert subject.address == (name if kind is SubjectKind.ADDRESS else "")
