"""Archives as images: every file stands in them as it is."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def make_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar of ``files`` at ``path``."""
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path
