"""Tables of data that stand in a TOML file beside the module that uses them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from iotwatch.files.toml import parsed

Table = TypeVar("Table", bound=msgspec.Struct)


def beside(module: str, kind: type[Table]) -> Table:
    """What the TOML file says that stands beside ``module`` (its ``__file__``) under the same name."""
    file = Path(module).with_suffix(".toml")
    return msgspec.convert(parsed(file, [file])[0], kind, str_keys=True)
