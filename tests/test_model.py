"""Places: cuts merge, slices keep their frames, chains read from the file inwards."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.model import Confidence, Cut, Evidence, Finding, Place, Severity, cut, step
from iotwatch.words.findings import FindingKind, Reason

SPANS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 40)), min_size=1, max_size=6)


def _take(data: bytes, spans: tuple[tuple[int, int], ...]) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in spans)


@given(SPANS, st.data())
def test_a_cut_of_a_cut_is_one_cut_with_the_same_bytes(outer: list[tuple[int, int]], draw: st.DataObject) -> None:
    data = bytes(index * 7 % 251 for index in range(512))
    parent = cut(None, outer, range(1, len(outer) + 1))
    joined = _take(data, parent.operation.spans)
    start = draw.draw(st.integers(0, len(joined) - 1))
    length = draw.draw(st.integers(1, len(joined) - start))

    child = cut(parent, [(start, length)])

    assert child.parent is None
    assert _take(data, child.operation.spans) == joined[start : start + length]
    assert len(child.operation.frames) == len(child.operation.spans)


def test_a_slice_takes_the_frame_of_every_span_it_touches() -> None:
    outer = Cut(((100, 10), (200, 10), (300, 10)), (4, 7, 9))
    assert outer.slice(5, 10) == Cut(((105, 5), (200, 5)), (4, 7))
    assert outer.slice(10, 10) == Cut(((200, 10),), (7,))
    assert outer.slice(19, 99) == Cut(((209, 1), (300, 10)), (7, 9))
    assert Cut(((100, 10), (200, 10))).slice(9, 2) == Cut(((109, 1), (200, 1)))


@pytest.mark.parametrize("spans", ["[[-1,4]]", "[[4,-1]]", '[[0,1]],"frames":[1,2]'])
def test_a_cut_that_is_none_is_not_read(spans: str) -> None:
    text = f'{{"type":"cut","spans":{spans}}}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Cut)
    assert msgspec.json.decode('{"type":"cut","spans":[[4,1]]}', type=Cut) == Cut(((4, 1),))


def test_a_chain_reads_from_the_file_inwards() -> None:
    place = cut(step(cut(None, [(10, 50)], [3]), "gzip"), [(5, 2)])

    assert [type(one).__name__ for one in place.chain()] == ["Cut", "Step", "Cut"]
    assert place.file_offset is None
    assert place.frames == (3,)
    assert cut(None, [(10, 5)]).file_offset == 10


def test_a_finding_without_evidence_or_reason_cannot_be_built() -> None:
    evidence = Evidence(place=cut(None, [(0, 1)]), excerpt=b"x", length=1)
    facts = {"detector": "d", "kind": FindingKind.LOCATION, "subject": "s", "key": "s", "title": "t"}
    levels = {"severity": Severity.HIGH, "confidence": Confidence.LIKELY}

    with pytest.raises(ValueError, match="no evidence"):
        Finding(**facts, **levels, reasons=(Reason.IN_CLEAR(),), evidence=())
    with pytest.raises(ValueError, match="no reason"):
        Finding(**facts, **levels, reasons=(), evidence=(evidence,))


def test_an_excerpt_is_bounded() -> None:
    with pytest.raises(ValueError, match="excerpt"):
        Evidence(place=cut(None, [(0, 300)]), excerpt=b"x" * 257, length=300)


def test_display_filter_names_every_frame_once() -> None:
    place = Place(Cut(((0, 2), (10, 2), (14, 2)), (4, 9, 9)))
    assert Evidence(place=place, excerpt=b"abcd", length=6, frame=4).display_filter == "frame.number in {4, 9}"
