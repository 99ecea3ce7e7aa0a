"""Every doubt about a reading is stated by somebody: in the code that reads or weighs, or by a dialect's file."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

import iotwatch
from iotwatch.words.doubts import ReadingDoubt, doubts_stored
from iotwatch.words.said import packed

_ROOT = Path(iotwatch.__file__).parent
_CODE = "".join(path.read_text() for room in ("decode", "observe", "detect") for path in (_ROOT / room).rglob("*.py"))
_DIALECTS = "".join(path.read_text() for path in (_ROOT / "decode").rglob("*.toml"))


@pytest.mark.parametrize("word", [one for one in ReadingDoubt if one is not ReadingDoubt.TOLD], ids=str)
def test_every_doubt_is_stated(word: ReadingDoubt) -> None:
    assert re.search(rf"ReadingDoubt\.{word.name}\b", _CODE) or re.search(
        rf'(?:"|^doubt ){word.name}\b', _DIALECTS, re.M
    )


def test_no_two_doubts_are_one_sentence() -> None:
    assert len({one.one for one in ReadingDoubt}) == len(ReadingDoubt)


def test_a_doubt_keeps_its_word_on_every_way() -> None:
    for said in (ReadingDoubt.COARSE(), ReadingDoubt.CHUNKS_LEFT(n=2048)):
        assert doubts_stored([packed(said)]) == (said,)
        assert pickle.loads(pickle.dumps(said)) == said  # noqa: S301  as it passes between processes
    assert ReadingDoubt.CHUNKS_LEFT(n=2048).text == "only 2048 chunks were read"
    assert ReadingDoubt.CHUNKS_LEFT(n=1).text == "only 1 chunk was read"
