"""The crash file: versions, and where it happened; never values, since those may hold evidence."""

from __future__ import annotations

import platform
import tempfile
import traceback

from iotwatch.version import __version__


def write_crash(error: BaseException) -> str:
    """Write type and call stack (file, line, function) of ``error`` to a private file; give its path."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        f"iotwatch {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"{type(error).__module__}.{type(error).__qualname__}",
        *(f"  {frame.filename.rpartition('iotwatch/')[2]}:{frame.lineno} in {frame.name}" for frame in frames),
    ]
    with tempfile.NamedTemporaryFile("w", prefix="iotwatch-crash-", suffix=".txt", delete=False) as file:
        file.write("\n".join(lines) + "\n")
    return file.name
