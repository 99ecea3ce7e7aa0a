"""Python's collector of cycles, and how a scan is spared it."""

from __future__ import annotations

import gc


def spare_the_collector() -> None:
    """Reading makes many small values that live to the end: Python's collector would walk them again and again for nothing."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
