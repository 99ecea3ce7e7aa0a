"""Programs of distributions by their build ids: what a name alone only suggests.

An id can be copied into another program; a program that was built anew has another.
"""

from __future__ import annotations

from functools import cache

import msgspec

from iotwatch.files.beside import beside


class _Builds(msgspec.Struct, frozen=True):
    """Build ids by package and version."""

    release: str
    packages: dict[str, list[str]]


@cache
def _known() -> dict[str, str]:
    table = beside(__file__, _Builds)
    return {one: f"{package} of {table.release}" for package, ids in table.packages.items() for one in ids}


def build_of(build_id: str) -> str:
    """Package, version and release of which a program is (``gammu 1.42.0-8 of Debian 12``); empty for none that is known here."""
    return _known().get(build_id, "") if build_id else ""
