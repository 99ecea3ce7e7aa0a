"""What people paste, read by what its bytes say: of all forms that a text may be in, the one in which a decoder speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial

import msgspec

from iotwatch.decode.written import MAX_TEXT, Form, Piece, Reading, plain_text, readings
from iotwatch.decode.written.forms import Unread
from iotwatch.decode.written.lines import base64_runs, broken, hex_runs, message_lines, row, texts
from iotwatch.model import Confidence
from iotwatch.open.answer import Answer, Chosen, answer, answer_of
from iotwatch.open.packet import carried
from iotwatch.patterns import regex
from iotwatch.words.said import Said

MAX_MESSAGES = 10_000
_TRIES = 4_000
"""Texts behind the first words of lines that are tried, in all of what was pasted."""
_CHECKED, _SPEAKS, _CLAIMED, _SHAPE, _NOTHING = 4, 3, 2, 1, 0
_ENOUGH = 0.5
"""The share of lines that must speak where the text as a whole does too."""
_SAMPLE = 64
_WORDS = regex(rb"[\s,;]+")
_NAME_AND_MESSAGE = 2
_NAMES = 2
"""Words before a text message that are taken for its name where it says the same without them."""


class Told(msgspec.Struct, frozen=True):
    """One message and what it says. ``framed`` says that it was taken out of the network frame that was given.

    ``id`` is the name that stood beside it and ``line`` where it begins (from 1). ``error`` says why it could not be read.
    """

    form: Form
    line: int
    answer: Answer = Answer()
    id: str = ""
    framed: bool = False
    data: bytes = b""
    error: Said | None = None

    @property
    def read_as(self) -> str:
        """How it was written, in words."""
        return self.form.one + (", inside a network frame" if self.framed else "")


class Pasted(msgspec.Struct, frozen=True):
    """The messages of what was pasted. ``others`` are forms in which it would say something else, with the dialect.

    ``passed`` counts lines between messages that hold none, ``left`` messages over the limit.
    """

    messages: tuple[Told, ...]
    others: tuple[tuple[Form, str], ...] = ()
    passed: int = 0
    left: int = 0


class _Way:
    """One way to read a text: judged by its first messages, read whole when it is believed."""

    def __init__(self, read: Callable[[int], Pasted]) -> None:
        self._read = read

    @cached_property
    def sample(self) -> tuple[Told, ...]:
        return self._read(_SAMPLE).messages

    @cached_property
    def whole(self) -> Pasted:
        return self._read(MAX_MESSAGES)

    @cached_property
    def worth(self) -> float:
        return sum(_rank(one.answer) for one in self.sample) / len(self.sample)


def read_pasted(data: bytes) -> Pasted:
    """Read up to 1 MiB as whoever pasted it meant it; which form it is in is decided by what the bytes say."""
    if len(data) > MAX_TEXT:
        return Pasted((Told(Form.BYTES, 1, error=Unread.TOO_LONG(limit=MAX_TEXT)),))
    text = plain_text(data)
    if not text.strip():
        return Pasted((_told(Piece(Form.BYTES, data)),))
    rows = list(message_lines(text))
    particular = [_Way(partial(_pieces, reading)) for reading in readings(text)]
    plain, lines = _Way(partial(_pieces, (Piece(Form.TEXT, data),))), _Way(partial(_lines, rows))
    if len(rows) == 1 and lines.sample[0].form is Form.TEXT and not lines.sample[0].id:
        lines = plain
    ways = [*particular, lines, plain]
    found = max(ways, key=lambda way: way.worth)
    if not found.worth:
        hex_lines = any(one.form is Form.HEX for one in lines.sample)
        found = particular[0] if particular else lines if hex_lines else plain
    elif found is lines and plain.worth >= lines.worth and not _facts(plain.sample) <= _facts(lines.whole.messages):
        found = plain  # its lines complete each other
    elif found is not lines and len(found.sample) == 1 < len(rows) and _cut_loses_nothing(found, lines):
        found = lines
    return msgspec.structs.replace(found.whole, others=_others(found, ways))


def _pieces(reading: Reading, limit: int) -> Pasted:
    return Pasted(tuple(map(_told, reading[:limit])), left=max(0, len(reading) - limit))


def _told(piece: Piece) -> Told:
    """What a piece says by itself, or else what the packet that it is carries."""
    if piece.error is not None:
        return Told(piece.form, piece.line, id=piece.id, error=piece.error)
    said = answer(piece.data)
    if _rank(said) < _SPEAKS:
        inside = max(map(answer_of, carried(piece.data)), key=_rank, default=Answer())
        if _rank(inside) > _rank(said):
            return Told(piece.form, piece.line, inside, piece.id, framed=True, data=piece.data)
    return Told(piece.form, piece.line, said, piece.id, data=piece.data)


def why(told: Told) -> list[Chosen]:
    """How the decoders of a message were chosen."""
    chosen: list[Chosen] = []
    if told.framed:
        best = max(carried(told.data), key=lambda streams: _rank(answer_of(streams)))
        answer_of(best, chosen)
    elif told.error is None:
        answer(told.data, chosen)
    return chosen


def _lines(rows: list[tuple[int, str]], limit: int) -> Pasted:
    """Each line's message."""
    tries = _TRIES
    found: list[Told] = []
    silent: list[Told] = []
    for number, line in rows[:limit]:
        best, spent = _line(line, number, tries)
        tries -= spent
        (found if best.error or best.form is Form.HEX or _rank(best.answer) else silent).append(best)
    # In a list of names and messages one that says nothing is a message; in a log it is another line.
    listed = [told for told in silent if len(_WORDS.split(told.data.strip())) <= _NAME_AND_MESSAGE or not found]
    found = sorted([*found, *listed], key=lambda told: told.line)
    return Pasted(tuple(found), passed=len(silent) - len(listed), left=max(0, len(rows) - limit))


def _line(line: str, number: int, tries: int) -> tuple[Told, int]:
    """The best reading of one line, the plainer of equals; how many texts inside it were tried."""
    if (piece := row(line, number)) is not None:
        return _told(piece), 0
    best: Told | None = None
    spent = 0
    for piece in (*hex_runs(line, number), *base64_runs(line, number)):
        best = _better(best, _told(piece))
    if best is None or _rank(best.answer) < _SPEAKS:
        for piece in texts(line, number):
            if best is not None and spent >= tries:
                break
            spent += 1
            told = _told(piece)
            if best is None or _rank(told.answer) > max(_rank(best.answer), _SHAPE) or _named(best, told):
                best = told
            if _rank(best.answer) >= _SPEAKS and (best.id or spent > _NAMES):
                break
    assert best is not None  # noqa: S101  a line is always a text
    if best.form is Form.TEXT and not _rank(best.answer) and (piece := broken(line, number)) is not None:
        return _told(piece), spent
    return best, spent


def _named(best: Told, other: Told) -> bool:
    """Whether the other one says the same behind a name."""
    same = other.answer.dialect == best.answer.dialect and _facts([other]) == _facts([best])
    return bool(other.id and not best.id and best.answer.dialect) and same


def _better(best: Told | None, other: Told) -> Told:
    return other if best is None or _rank(other.answer) > _rank(best.answer) else best


def _rank(said: Answer) -> int:
    """How much an answer is worth as proof that the bytes were read in the right form."""
    if not said.dialect:
        return _NOTHING
    speaks = said.fixes or said.device_ids or said.cells or said.access_points or said.vin
    if said.checksum == "ok" and not said.generic:
        return _CHECKED
    if said.generic or said.checksum == "bad":
        return _SHAPE
    return _SPEAKS if speaks and said.confidence >= Confidence.LIKELY else _CLAIMED


def _facts(told: Iterable[Told]) -> set[object]:
    facts: set[object] = set()
    for said in (one.answer for one in told):
        facts |= {(fix.latitude, fix.longitude, fix.time) for fix in said.fixes}
        facts |= {*said.cells, *(point.bssid for point in said.access_points), *said.device_ids}
        facts |= {said.vin} if said.vin else set()
    return facts


def _cut_loses_nothing(found: _Way, lines: _Way) -> bool:
    """Whether the lines are messages of their own: most of them speak, and together they say all that the whole says."""
    dumped = any(one.form.name.startswith("DUMP") for one in found.sample)
    speaking = sum(_rank(one.answer) > _SHAPE or one.form is Form.HEX for one in lines.sample)
    if (dumped and found.worth > _SHAPE) or speaking < len(lines.sample) * _ENOUGH:
        return False
    as_sure = max(_rank(one.answer) for one in lines.sample) >= max(_rank(one.answer) for one in found.sample)
    return as_sure and _facts(found.whole.messages) <= _facts(lines.whole.messages)


def _others(found: _Way, ways: list[_Way]) -> tuple[tuple[Form, str], ...]:
    """The forms in which a dialect would say what the chosen one does not."""
    facts = _facts(found.whole.messages)
    rivals = (
        (one.form, one.answer.dialect)
        for way in ways
        if way is not found and not _facts(way.sample) <= facts
        for one in way.sample
        if _rank(one.answer) > _SHAPE and one.form is not found.sample[0].form
    )
    return tuple(dict.fromkeys(rivals))
