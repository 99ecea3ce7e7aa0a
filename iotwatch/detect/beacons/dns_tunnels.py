"""DNS tunnels: many names under one, asked once each, long and without words in them.

What a tunnel carries stands in the labels below a name that somebody registered (RFC 1035 section 2.3.4: 63 bytes a label,
255 a name), so the labels are long, nearly all differ, and their letters are spread as those of encoded bytes.
"""

from __future__ import annotations

import math
import re
from collections import Counter

import msgspec

from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.beacons.stitch import UNREGISTERED
from iotwatch.enrich import registered_domain
from iotwatch.patterns import regex

MIN_NAMES = 12
MIN_LENGTH = 20.0
# Bits per character: English host names stand near 2.5 to 3, hexadecimal at 4, base32 and base64 above.
MIN_ENTROPY = 3.2
_MOST_ASKED = 3.0


class Tunnel(msgspec.Struct, frozen=True):
    """How it looks: distinct names, mean characters below the registered name, bits per character, questions in all."""

    names: int
    length: float
    entropy: float
    questions: int


# Addresses in host names of providers and clouds: groups of digits or hexadecimal between marks, and words with a number.
_ADDRESS = regex(r"(?:\d{1,3}[-.x]){3}\d{1,3}|(?:[0-9a-f]{1,4}-){4,7}[0-9a-f]{1,4}")
_WORD = regex(r"[a-z]{0,12}\d{0,4}")


def _carried(below: str) -> str:
    """What of the labels below a registered name could be data: no addresses, and no labels that are a word and a number."""
    labels = re.split(r"[.]", _ADDRESS.sub("", below))
    return "".join(label for label in labels if not all(_WORD.fullmatch(part) for part in label.split("-")))


def tunnel(pair: Pair) -> Tunnel | None:
    """The shape of a tunnel in the names that a client asked below one registered name, if it is there."""
    if pair.kind != "dns":
        return None
    names = {row.server_name.lower().rstrip(".") for row in pair.rows}
    whole = pair.far_end == UNREGISTERED
    below = [_carried(name if whole else name[: -len(registered_domain(name)) - 1]) for name in names]
    below = [label for label in below if label]
    if len(below) < MIN_NAMES:
        return None
    questions = sum(row.events for row in pair.rows)
    length = sum(map(len, below)) / len(below)
    letters = Counter("".join(below))
    total = sum(letters.values())
    entropy = -sum(count / total * math.log2(count / total) for count in letters.values())
    if length < MIN_LENGTH or entropy < MIN_ENTROPY or questions > _MOST_ASKED * len(below):
        return None
    return Tunnel(len(below), round(length, 1), round(entropy, 2), questions)
