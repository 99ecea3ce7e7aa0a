"""A signature file written for the user, to be gone through by a person: it fits the format, and ``check`` says what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iotwatch.errors import OptionError
from iotwatch.files.toml import quoted


def write_draft(path: Path, said: Mapping[str, str]) -> None:
    """Write a signature of one match. ``said`` names id, title, vendor, country, identifies, field, pattern, confidence, because,
    mistaken_for, source, says, example and counterexample. ``OptionError`` where a file stands there or the folder refuses."""
    told = {name: quoted(value) for name, value in said.items()}
    source = _SOURCE.format_map(told) if said["source"] else "source = []\n"
    text = _HEAD.format_map(told) + source + _EXAMPLES.format_map(told)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OptionError(f"cannot write the signature {path}: {error.strerror}") from error


_HEAD = """\
id = {id}
title = {title}
vendor = {vendor}
country = {country}
identifies = {identifies}

[[match]]
field = {field}
pattern = {pattern}
confidence = {confidence}
because = {because}
mistaken_for = {mistaken_for}
"""
_SOURCE = """\
  [[match.source]]
  title = {source}
  says = {says}
"""
_EXAMPLES = """
[[example]]
field = {field}
origin = "made"
matches = true
value = {example}

[[example]]
field = {field}
origin = "made"
matches = false
value = {counterexample}
"""
