"""Hex messages on standard input, one a line; dialect and places as JSON lines on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

from iotwatch import decode_message


def answers(lines: Iterable[str]) -> Iterator[str]:
    """A JSON object per line of hex: ``{"dialect", "places": [[latitude, longitude]]}``; ``error`` where it is no hex."""
    for line in lines:
        try:
            said = decode_message(bytes.fromhex(line))
        except ValueError as error:
            yield json.dumps({"error": str(error)})
            continue
        yield json.dumps({"dialect": said.dialect, "places": [[fix.latitude, fix.longitude] for fix in said.fixes]})


if __name__ == "__main__":
    for answer in answers(sys.stdin):
        print(answer)
