"""iotwatch finds the hidden SIM in a car: cellular modules, outbound beacons, and location leaving the car.

>>> from iotwatch import scan
>>> report = scan(["captures/"], database="iotwatch.db")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iotwatch.version import __version__

if TYPE_CHECKING:
    from iotwatch.batch.scan import scan
    from iotwatch.model import Evidence, Finding, Observation
    from iotwatch.signatures import Signature

__all__ = ["Evidence", "Finding", "Observation", "Signature", "__version__", "scan"]

_HOMES = {
    "scan": "iotwatch.batch.scan",
    "Evidence": "iotwatch.model",
    "Finding": "iotwatch.model",
    "Observation": "iotwatch.model",
    "Signature": "iotwatch.signatures",
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that ``import iotwatch`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'iotwatch' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
