"""Every way to write a place that is looked for: one table."""

from __future__ import annotations

from itertools import product

from iotwatch.observe.known_place.keys import Encoding
from iotwatch.observe.known_place.numbers import Bcd, Float, Integer, MinuteWords, Parts, Sign, Unit, Varint
from iotwatch.observe.known_place.texts import HexText, Text

# Scales of integers: degrees times it, in latitude and longitude; fractions of circles as they fill 32 or 24 bits.
_DECIMAL = {"1e4": 1e4, "1e5": 1e5, "1e6": 1e6, "1e7": 1e7}
_SEXAGESIMAL = {"6e4": 6e4, "6e5": 6e5, "6e6": 6e6, "1.8e6": 1.8e6, "3.6e3": 3.6e3, "3.6e5": 3.6e5, "3.6e6": 3.6e6}
_SCALES = {name: (scale, scale) for name, scale in (_DECIMAL | _SEXAGESIMAL).items()}


def _circle(bits: int) -> dict[str, tuple[float, float]]:
    half, whole = float(2 ** (bits - 1)), float(2**bits)
    return {
        f"2^{bits - 1}/180": (half / 180, half / 180),
        f"2^{bits - 1}/90,180": (half / 90, half / 180),
        f"2^{bits}/180": (whole / 180, whole / 180),
        f"(2^{bits - 1}-1)/90,180": ((half - 1) / 90, (half - 1) / 180),
        f"(2^{bits}-1)/90,180": ((whole - 1) / 90, (whole - 1) / 180),
    }


def _offset(bits: int) -> dict[str, tuple[float, float]]:
    whole = float(2**bits)
    return {
        f"(2^{bits}-1)/180,360": ((whole - 1) / 180, (whole - 1) / 360),
        f"2^{bits}/180,360": (whole / 180, whole / 360),
        **_SCALES,
    }


_ORDERS = (("big", False), ("little", True))
_FITS = 180  # degrees that the numbers of a width must be able to state


def _integers() -> list[Integer]:
    made = list[Integer]()
    for (order, little), width in product(_ORDERS, (4, 3)):
        bits = 8 * width
        signed = (Sign.TWOS, Sign.TOP_BIT, Sign.OUTSIDE)
        for sign, (name, (latitude, longitude)) in product(signed, (_SCALES | _circle(bits)).items()):
            if _FITS * longitude <= 2**bits:
                label = f"int{bits} {name} {sign.value} {order}"
                made.append(Integer(label, width, little, latitude, longitude, sign))
        for name, (latitude, longitude) in _offset(bits).items():
            if 2 * _FITS * longitude <= 2**bits:
                label = f"int{bits} {name} {Sign.OFFSET.value} {order}"
                made.append(Integer(label, width, little, latitude, longitude, Sign.OFFSET))
        for sign, power in product(signed, (2, 3, 4, 5)):
            if _FITS * 100 * 10**power <= 2**bits:
                label = f"int{bits} ddmm 1e{power} {sign.value} {order}"
                scale = 10.0**power
                made.append(Integer(label, width, little, scale, scale, sign, Unit.MINUTES))
        for sign in signed:
            label = f"int{bits} radians 1e8 {sign.value} {order}"
            made += [Integer(label, width, little, 1e8, 1e8, sign, Unit.RADIANS)] if width == 4 else []
    return made


def _floats() -> list[Float]:
    return [
        Float(f"float{8 * width} {unit.value}{' outside' * outside} {order}", width, little, unit, outside)
        for outside, unit, width, (order, little) in product((False, True), Unit, (4, 8), _ORDERS)
    ]


_BCD = (Bcd("bcd ddmm", Unit.MINUTES), Bcd("bcd degrees", Unit.DEGREES))
_PARTS = (
    Parts("bytes dd mm mm mm", ((1, 1), (1, 60), (1, 100), (1, 100))),
    Parts("bytes dd mm mmmm", ((1, 1), (1, 60), (2, 10_000))),
    Parts("bytes dd mm mmm", ((1, 1), (1, 60), (2, 1000))),
    Parts("bytes dd mm ss ss", ((1, 1), (1, 60), (1, 60), (1, 100))),
    Parts("bytes dd mmmmmm", ((1, 1), (3, 600_000))),
    Parts("byte dd, bcd fraction", ((1, 1), (3, 1_000_000)), bcd=True),
    Parts("byte dd, bcd mm mmmm", ((1, 1), (1, 60), (2, 10_000)), bcd=True),
    MinuteWords("words ddmm mmmm"),
)


def _varints() -> list[Varint]:
    return [
        Varint(f"varint {name}{' zigzag' * zigzag} {order}", scale, little, zigzag)
        for (order, little), zigzag, (name, scale) in product(
            _ORDERS, (True, False), (_DECIMAL | {"6e5": 6e5, "1.8e6": 1.8e6}).items()
        )
    ]


_PARTED = {
    "space": b" ", "colon": b":", "dash": b"-", "comma": b",", "star": b"*", "degree sign": b"\xc2\xb0",
    "degree byte": b"\xb0", "quote": b"'", "point": b".",
}  # fmt: skip


def _texts() -> list[Text]:
    made = [
        Text(f"text {unit.value} {name}{' padded' * padded}", unit, mark, padded)
        for unit, (name, mark), padded in product(
            (Unit.DEGREES, Unit.MINUTES), (("point", b"."), ("comma", b","), ("bare", b"")), (True, False)
        )
    ]
    made.append(Text("text ddmm glued", Unit.MINUTES, b"", padded=True, glued=True))
    for name, parted in _PARTED.items():
        for padded in (True, False):
            tail = " padded" * padded
            made.append(Text(f"text dd mm by {name}{tail}", Unit.MINUTES, b".", padded, parted=parted))
            made.append(Text(f"text dd mm ss by {name}{tail}", Unit.MINUTES, b".", padded, parted=parted, seconds=True))
    made += [Text(f"text integer {name}", scale=scale, mark=b"") for name, scale in _SEXAGESIMAL.items()]
    return made


def _hex() -> list[HexText]:
    return [
        HexText(f"hex {one.name}{' upper' * upper}", one, upper)
        for one in _integers()
        if one.width == 4 and not one.little
        for upper in (False, True)
    ]


ENCODINGS: tuple[Encoding, ...] = (*_texts(), *_integers(), *_floats(), *_BCD, *_PARTS, *_varints(), *_hex())
