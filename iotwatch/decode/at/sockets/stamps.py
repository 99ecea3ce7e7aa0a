"""The moment that a row's stamp tells: a date with a time, or seconds since 1970. A time of day alone tells none."""

from __future__ import annotations

from datetime import UTC, datetime

from iotwatch.patterns import regex

_DATED = regex(rb"(20\d\d)[-/.](\d\d)[-/.](\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
_EPOCH = regex(rb"(?<!\d)(1[0-9]{9})\.(\d{1,6})(?!\d)")


def moment(prefix: bytes) -> int | None:
    """Microseconds since 1970, the stamp taken for UTC, since logs do not tell their zone; ``None`` when it tells no date."""
    found = _DATED.search(prefix)
    if found is not None:
        year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
        try:
            whole = int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
        except ValueError:
            return None
        return whole * 1_000_000 + _fraction(found[7])
    found = _EPOCH.search(prefix)
    return int(found[1]) * 1_000_000 + _fraction(found[2]) if found else None


def _fraction(digits: bytes | None) -> int:
    return int((digits or b"0").ljust(6, b"0"))
