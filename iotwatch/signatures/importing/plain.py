"""Plain lists: a name, address or URL a line; also as hosts files write them (``0.0.0.0 name``).

``#``, ``;``, ``!`` and ``//`` begin comments.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.signatures.importing.indicator import Indicator, LeftOut, far_end

NAME = "list"
_COMMENTS = ("#", ";", "//", "!")
_NOWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104


def claims(text: str) -> bool:  # noqa: ARG001
    """Any text can be a list."""
    return True


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """The first word of each line, or what stands behind the address of a hosts file."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not (words := line.partition("#")[0].split()) or words[0].startswith(_COMMENTS):
            continue
        named = words[1:] if words[0] in _NOWHERE else words[:1]
        for word in named:
            value = word.strip("\"',|^")
            yield Indicator(value, reference=f"line {number}") if far_end(value) else LeftOut("no name or address")
