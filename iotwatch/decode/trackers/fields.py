"""Moved to ``iotwatch.decode.fields``."""

from iotwatch.decode.fields import *  # noqa: F403
