"""iotwatch finds the hidden SIM in a car: cellular modules, outbound beacons, and location leaving the car.

>>> from iotwatch import open_results, scan
>>> report = scan(["captures/"], database="iotwatch.db")  # doctest: +SKIP
>>> with open_results("iotwatch.db") as results:  # doctest: +SKIP
...     for finding in results.findings():
...         print(finding.severity.name, finding.title)

``docs/api.md`` tells the rest. Whatever is raised on purpose is an ``IotwatchError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iotwatch.version import __version__

if TYPE_CHECKING:
    from iotwatch.batch.scan import Plan, ScanReport, scan
    from iotwatch.errors import IotwatchError
    from iotwatch.model import Confidence, Evidence, Finding, Observation, Position, Severity, Verdict
    from iotwatch.open.answer import Answer
    from iotwatch.open.answer import answer as decode_message
    from iotwatch.report.results import (
        Results,
        StoredEvidence,
        StoredFinding,
        StoredPosition,
        StoredVerdict,
        open_results,
    )
    from iotwatch.signatures import Signature

__all__ = [
    "Answer",
    "Confidence",
    "Evidence",
    "Finding",
    "IotwatchError",
    "Observation",
    "Plan",
    "Position",
    "Results",
    "ScanReport",
    "Severity",
    "Signature",
    "StoredEvidence",
    "StoredFinding",
    "StoredPosition",
    "StoredVerdict",
    "Verdict",
    "__version__",
    "decode_message",
    "open_results",
    "scan",
]

_NAMES = {
    "iotwatch.batch.scan": ("Plan", "ScanReport", "scan"),
    "iotwatch.errors": ("IotwatchError",),
    "iotwatch.model": ("Confidence", "Evidence", "Finding", "Observation", "Position", "Severity", "Verdict"),
    "iotwatch.open.answer": ("Answer",),
    "iotwatch.report.results": (
        *("Results", "StoredEvidence", "StoredFinding", "StoredPosition", "StoredVerdict", "open_results"),
    ),
    "iotwatch.signatures": ("Signature",),
}
_HOMES = {name: (home, name) for home, names in _NAMES.items() for name in names}
# Not "decode": the package of decoders has that name, and importing it would put itself in the function's place.
_HOMES["decode_message"] = ("iotwatch.open.answer", "answer")


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that ``import iotwatch`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'iotwatch' has no attribute {name!r}")
    from importlib import import_module

    home, there = _HOMES[name]
    return getattr(import_module(home), there)
