"""Where a text message writes its place, and how: found by the value alone, not by a decoder.

A pair of numbers that write the expected latitude and longitude in one of the ways that trackers write them, with their
hemisphere letters; and the same message with another place in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Place = tuple[float, float]

PLACES: tuple[Place, ...] = (
    (52.123456, 13.345678),
    (5.512346, 7.204567),
    (-33.812345, 151.204321),
    (40.712345, -74.106789),
    (-23.512345, -46.612345),
    (0.152345, 100.512345),
    (-1.212345, 36.812345),
    (64.112345, -121.912345),
)
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d.])(?<!\d[-+])[-+]?\d+(?:\.\d+)?(?!\d)",
        r"(?<![\d,])[-+]?\d{1,3},\d{4,}(?!\d)",
        r"[-+]\d{7}(?=[-+]\d{8})",
        r"(?<=[-+]\d{7})[-+]\d{8}",
    )
)
_BEFORE = re.compile(r"(?:^|[^A-Za-z])([NSEW])[ ,;:=|]?$")
_AFTER = re.compile(r"^[ ,;:|]?([NSEW])(?![A-Za-z])")
_SCALES = {"int4": 1e4, "int5": 1e5, "int6": 1e6, "int7": 1e7}
NEAR = 0.0002


@dataclass(frozen=True)
class Coordinate:
    """Where one half of a place is written, and how. ``letter`` is the offset of its hemisphere letter, or -1.

    ``packed``: it stands between other letters or digits, so that its width is fixed.
    """

    start: int
    end: int
    form: str
    text: str
    letter: int = -1
    packed: bool = False

    def written(self, value: float, width: int, decimals: int | None = None) -> str:
        """``value`` in this coordinate's own form; ``width`` digits of degrees where they are padded."""
        digits = self.text.lstrip("+-")
        point = "," if "," in digits else "."
        whole, _, fraction = digits.replace(",", ".").partition(".")
        places = len(fraction) if decimals is None else decimals
        size = abs(value)
        if self.form == "degrees":
            text = f"{size:.{places}f}"
            fixed = (len(whole) > 1 and whole.startswith("0")) or self.text[0] == "+" or self.packed
            padded = len(whole) if fixed else 0
        elif self.form in _SCALES:
            fixed = whole.startswith("0") or self.text[0] in "+-" or self.packed
            text, padded = str(round(size * _SCALES[self.form])), len(whole) if fixed else 0
        else:
            degrees, minutes = divmod(round(size * 60, 8), 60)
            text, padded = f"{int(degrees)}{minutes:0{3 + places}.{places}f}", (width + 2 if len(whole) >= 4 else 0)
            if self.form == "dm_digits":
                text, padded = (
                    f"{int(degrees)}{round(minutes * 10 ** (len(whole) - width - 2)):0{len(whole) - width}d}",
                    len(whole),
                )
        head, dot, tail = text.partition(".")
        return head.rjust(padded, "0") + (dot and point) + tail


@dataclass(frozen=True)
class Located:
    """A message whose place was found."""

    text: str
    latitude: Coordinate
    longitude: Coordinate
    south: bool
    west: bool

    @property
    def signed(self) -> bool:
        return self.latitude.text[0] in "+-" or self.longitude.text[0] in "+-"

    @property
    def free(self) -> bool:
        """Whether the message can say every quadrant in a way that is seen."""
        letters = self.latitude.letter >= 0 and self.longitude.letter >= 0
        return letters or self.signed or self.latitude.form == "degrees"

    def possible(self, place: Place) -> Place:
        """The place itself, or its mirror in the quadrant of the message when that is hidden in a flag."""
        if self.free:
            return place
        return (-1 if self.south else 1) * abs(place[0]), (-1 if self.west else 1) * abs(place[1])

    def moved(self, place: Place, decimals: int | None = None) -> str:
        edits: list[tuple[int, int, str]] = []
        for half, value, width, letters in (
            (self.latitude, place[0], 2, "NS"),
            (self.longitude, place[1], 3, "EW"),
        ):
            sign = ""
            if half.letter >= 0:
                edits.append((half.letter, half.letter + 1, letters[value < 0]))
                sign = "+" if half.text[0] == "+" else ""
            elif self.free:
                plus = "+" in (self.latitude.text[0], self.longitude.text[0]) or (self.signed and half.packed)
                sign = "-" if value < 0 else "+" if plus else ""
            edits.append((half.start, half.end, sign + half.written(value, width, decimals)))
        return edited(self.text, edits)

    @property
    def taken(self) -> tuple[int, int]:
        """From the first to the last character of the place."""
        ends = [self.latitude.start, self.latitude.end, self.longitude.start, self.longitude.end]
        ends += [at + shift for at in (self.latitude.letter, self.longitude.letter) if at >= 0 for shift in (0, 1)]
        return min(ends), max(ends)


def edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with each range of ``edits`` replaced."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _forms(text: str, value: float, width: int) -> list[str]:
    """The ways in which ``text`` writes the size of ``value``."""
    digits = text.lstrip("+-").replace(",", ".")
    size, number = abs(value), float(digits)
    if "." in digits:
        found = ["degrees"] if abs(number - size) < NEAR else []
        degrees, minutes = divmod(number, 100)
        return found + (["minutes"] if abs(degrees + minutes / 60 - size) < NEAR and len(digits) > 5 else [])
    found = [name for name, scale in _SCALES.items() if len(digits) >= 5 and abs(number / scale - size) < NEAR]
    if len(digits) >= width + 4:
        degrees, minutes = int(digits[:width]), int(digits[width:]) / 10 ** (len(digits) - width - 2)
        if minutes < 60 and abs(degrees + minutes / 60 - size) < NEAR:
            found.append("dm_digits")
    return found


def _letter(text: str, start: int, end: int, wanted: str, after: bool) -> int:
    if after:
        found = _AFTER.search(text[end : end + 3])
        return end + found.start(1) if found and found[1] in wanted else -1
    found = _BEFORE.search(text[max(0, start - 3) : start])
    return max(0, start - 3) + found.start(1) if found and found[1] in wanted else -1


def locate(text: str, place: Place) -> Located | None:
    """The message with its place found; ``None`` when the text does not write it in a form known here."""
    spans = sorted({match.span() for pattern in _NUMBERS for match in pattern.finditer(text)})
    spans += [
        (start, start + size)
        for match in re.finditer(r"\d{7,40}", text)
        for size in (7, 8, 9)
        for start in range(match.start(), match.end() - size + 1)
        if _letter(text, start, start + size, "NSEW", True) >= 0
        or _letter(text, start, start + size, "NSEW", False) >= 0
    ]
    halves: list[list[tuple[int, int, str]]] = [[], []]
    for start, end in spans:
        for index, width in ((0, 2), (1, 3)):
            halves[index] += [(start, end, form) for form in _forms(text[start:end], place[index], width)]
    pairs = [
        (abs(one[0] - two[0]), one, two)
        for one in halves[0]
        for two in halves[1]
        if one[2] == two[2] and (one[1] <= two[0] or two[1] <= one[0])
    ]
    if not pairs or _same(place):
        return None
    _, one, two = min(pairs)
    if "{" in text and text.count(text[one[0] : one[1]]) > 1:
        return None  # a document that says the same place twice
    letters = (-1, -1)
    for after in (True, False):
        found = _letter(text, one[0], one[1], "NS", after), _letter(text, two[0], two[1], "EW", after)
        if min(found) >= 0:
            letters = found
            break
    packed = any(text[at - 1 : at].isalnum() and text[at - 1] not in "=:" for at in (one[0], two[0]) if at)
    return Located(
        text,
        Coordinate(*one, text[one[0] : one[1]], letters[0], packed),
        Coordinate(*two, text[two[0] : two[1]], letters[1], packed),
        place[0] < 0,
        place[1] < 0,
    )


def _same(place: Place) -> bool:
    """Whether one half cannot be told from the other."""
    return abs(abs(place[0]) - abs(place[1])) < NEAR
