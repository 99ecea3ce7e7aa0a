"""Libraries that come with an extra: what is raised where one is absent."""

from __future__ import annotations

from iotwatch.errors import IotwatchError


class MissingExtra(IotwatchError):
    """A library of an extra is not installed; the text says how to get it."""
