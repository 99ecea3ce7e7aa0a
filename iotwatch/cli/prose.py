"""Dialects and signatures in words: what is part of the program and stands in no database."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

Row = dict[str, Any]

_SHARED = frozenset({"frames", "report", "named"})


class Prose(NamedTuple):
    """A noun of the program: its names, its table, and one of them told whole."""

    names: Callable[[], list[str]]
    listed: Callable[[], list[Row]]
    told: Callable[[str], Row]


def _decoders(name: str = "") -> list[Any]:
    from iotwatch.decode import DECODERS

    return [one for one in DECODERS if name in ("", one.name)]


def _about(decoder: Any) -> str:
    """What the file that knows the dialect says of it: its grammar, and where that is from."""
    file = getattr(decoder, "file", None)
    if file is not None:
        return f"{file.title}: {file.transport}. Sources: {'; '.join(file.sources)}."
    # A dialect that is made of shared parts is told where its own functions stand.
    parts = [getattr(decoder, "measure", None), getattr(decoder, "read", None), type(decoder)]
    homes = [inspect.getmodule(part) for part in parts if part is not None]
    told = [inspect.getdoc(home) or "" for home in homes if home and home.__name__.rpartition(".")[2] not in _SHARED]
    return next(filter(None, told), "") or inspect.getdoc(type(decoder)) or ""


def _dialect_names() -> list[str]:
    return sorted({one.name for one in _decoders()})


def _dialects() -> list[Row]:
    told = [{"name": one.name, "about": " ".join(_about(one).partition("\n\n")[0].split())} for one in _decoders()]
    return sorted(told, key=lambda row: row["name"])


def _dialect(name: str) -> Row:
    found = _decoders(name)
    examples = [
        example.text or example.hex
        for one in found
        for example in (getattr(one, "file", None) and one.file.example) or ()
    ]
    return {
        "name": name,
        "about": "\n\n".join(dict.fromkeys(_about(one) for one in found)),
        "read by": sorted({type(one).__name__ for one in found}),
        "begins with": [repr(anchor)[2:-1] for one in found for anchor in one.anchors][:12],
        "examples": examples[:3],
    }


def _signature_names() -> list[str]:
    from iotwatch.signatures import load

    return [one.id for one in load().all()]


def _signatures() -> list[Row]:
    from iotwatch.signatures import load

    return [
        {"id": one.id, "title": one.title, "vendor": one.vendor, "identifies": one.identifies} for one in load().all()
    ]


def _signature(name: str) -> Row:
    import msgspec

    from iotwatch.signatures import load

    one = load().get(name)
    told: Row = msgspec.to_builtins(one)
    rules = told.pop("match")
    examples = told.pop("example")
    return {
        **{key: told[key] for key in ("id", "title", "vendor", "product", "country", "identifies")},
        "about": told["note"],
        "match": [
            {
                **{key: rule[key] for key in ("field", "pattern", "confidence", "because", "mistaken_for")},
                "source": "; ".join(f"{source['title']}: {source['says']}" for source in rule["source"]),
            }
            for rule in rules
        ],
        "examples": [
            {
                "field": example["field"],
                "says": example["value"] or example["hex"],
                "matches": "yes" if example["matches"] else "no",
                "origin": example["origin"],
            }
            for example in examples
        ],
    }


PROSE = {
    "dialect": Prose(_dialect_names, _dialects, _dialect),
    "signature": Prose(_signature_names, _signatures, _signature),
}
