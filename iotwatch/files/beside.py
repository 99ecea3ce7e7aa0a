"""Tables of data that stand in a TOML file beside the module that uses them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

Table = TypeVar("Table", bound=msgspec.Struct)


def beside(module: str, kind: type[Table]) -> Table:
    """What the TOML file says that stands beside ``module`` (its ``__file__``) under the same name."""
    return msgspec.toml.decode(Path(module).with_suffix(".toml").read_bytes(), type=kind)
