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

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from iotwatch.errors import OptionError
from iotwatch.files.printable import storable
from iotwatch.files.toml import quoted

# What a decision can name of a finding: its columns, and those of its facts that say what a thing is, never a measured number.
FIELDS = (
    *("fingerprint", "detector", "kind", "subject", "title", "signature"),
    *("algorithm", "area", "client", "client_mac", "contact", "country", "device_id", "dialect", "direction", "far_end"),
    *("firmware_version", "form", "grade", "iccid", "imei", "imsi", "lists", "model", "network", "operator", "path"),
    *("product", "project", "protocols", "purpose", "role", "seen_in", "server", "server_name", "server_port", "service"),
    *("transport", "usb", "value", "vendor", "what"),
)  # fmt: skip


# What each kind of finding has in common with that of another car of the make: all of a line that the finding has, the first of
# a group by itself. The kinds that are not here name one car, card or person.
_SHARED: dict[str, tuple[tuple[str, ...], ...]] = {
    "location": (("dialect",), ("server_name", "server"), ("direction",)),
    "command": (("dialect",), ("server_name", "server")),
    "beacon": (("far_end",), ("contact",)),
    "endpoint": (("vendor",), ("subject",)),
    "module": (("vendor",), ("model",), ("role",)),
    "vendor": (("vendor",),),
    "assistance": (("vendor",), ("service",)),
}


class Decision(msgspec.Struct, frozen=True):
    """An analyst's word on findings: ``expected`` (the car's own equipment) or ``explained``; applied when judging.

    ``target`` are columns or facts that a finding must have, all of them (``fingerprint``, ``kind``, ``subject``, ``vendor``,
    ``model``, ``server_name``, ``dialect`` ...: ``FIELDS``; text that ends in ``*`` is a beginning). ``asset`` empty: every
    asset.
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

    @property
    def told(self) -> str:
        """The target as ``decide add`` takes it."""
        return " ".join(f"{name}={value}" for name, value in self.target.items())


def check_fields(target: Iterable[str]) -> None:
    """``OptionError`` when a decision on these fields could never hold, since no finding has one of them."""
    unknown = [name for name in target if name not in FIELDS]
    if unknown:
        raise OptionError(f"a finding has no field {unknown[0]!r}; it has: {', '.join(FIELDS)}")


class _Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    author: str
    reason: str
    expected: tuple[dict[str, str], ...]
    expires: datetime | None = None


def read_baseline(path: Path, asset: str = "") -> list[Decision]:
    """The decisions of a baseline file, for one asset or for all; ``OptionError`` names the key or field that is wrong."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_Baseline)
        for target in found.expected:
            check_fields(target)
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
        raise OptionError(f"cannot read the baseline {path}: {error.strerror}") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise OptionError(f"the baseline {path} is broken: {error}") from error


def shared_target(finding: Mapping[str, Any]) -> dict[str, str]:
    """What a decision on ``finding`` (its kind, subject and facts) says that holds for other cars too; empty where nothing does."""
    groups = _SHARED.get(str(finding["kind"]), ())
    told = {
        name: str(finding[name])
        for group in groups
        for name in [next((one for one in group if finding.get(one)), "")]
        if name
    }
    # The first group says what it is: without it anything of the kind would be expected.
    return {"kind": str(finding["kind"]), **told} if groups and any(one in told for one in groups[0]) else {}


def write_baseline(path: Path, author: str, reason: str, expected: Iterable[Mapping[str, str]]) -> None:
    """Write a baseline file; ``OptionError`` when a file stands there or the folder refuses."""
    tables = (", ".join(f"{name} = {quoted(value)}" for name, value in target.items()) for target in expected)
    lines = [
        *(f"author = {quoted(author)}", f"reason = {quoted(reason)}", "expected = ["),
        *(f"  {{ {table} }}," for table in tables),
        "]",
    ]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise OptionError(f"cannot write the baseline {path}: {error.strerror}") from error
