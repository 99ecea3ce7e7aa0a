"""Baseline files: the factory-fit equipment of a make and model, as decisions that can be shared.

author = "A. Example"
reason = "telematics unit of the 2024 model, workshop manual section 12"
expires = 2027-01-01T00:00:00Z        # optional

[[expected]]
kind = "module"
vendor = "Telit"
model = "LE910*"
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from iotwatch.errors import SourceError
from iotwatch.files.printable import storable


class Decision(msgspec.Struct, frozen=True):
    """An analyst's word on findings: ``expected`` (the car's own equipment) or ``explained``; applied when judging.

    ``target`` are columns or facts that a finding must have, all of them (``fingerprint``, ``kind``, ``subject``, ``vendor``,
    ``model``, ``server_name``, ``dialect`` ...; text that ends in ``*`` is a beginning). ``asset`` empty: every asset.
    ``baseline`` names the list of factory-fit equipment that it comes from, empty for somebody's single word.
    """

    word: str
    target: dict[str, str]
    author: str
    reason: str
    asset: str = ""
    created: int | None = None
    expires: int | None = None
    id: int = 0
    baseline: str = ""

    def __post_init__(self) -> None:
        if self.word not in ("expected", "explained"):
            raise ValueError("a decision is expected or explained")
        if not self.target or not all(self.target.values()):
            raise ValueError("a decision names what it is about")
        if not self.author or not self.reason:
            raise ValueError("a decision has an author and a reason")


class _Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    author: str
    reason: str
    expected: tuple[dict[str, str], ...]
    expires: datetime | None = None


def read_baseline(path: Path, asset: str = "") -> list[Decision]:
    """The decisions of a baseline file, for one asset or for all; ``SourceError`` names the key that is wrong."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_Baseline)
        expires = int(found.expires.timestamp() * 1_000_000) if found.expires else None
        return [
            Decision(
                "expected",
                target,
                found.author,
                found.reason,
                asset=asset,
                expires=expires,
                baseline=storable(path.name),
            )
            for target in found.expected
        ]
    except OSError as error:
        raise SourceError(f"cannot read the baseline {path}: {error.strerror}") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise SourceError(f"the baseline {path} is broken: {error}") from error
