"""A report's bytes by the form that is asked for, and a file that its owner alone can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from iotwatch.errors import OutputError
from iotwatch.files.printable import plain
from iotwatch.report.document.model import Document, to_json


def form(document: Document, suffix: str) -> bytes:
    """The document as ``.html``, ``.md`` or ``.json``."""
    return plain(_text(document, suffix)).encode()


def in_full(suffix: str) -> int | None:
    """How many assets the form shows whole; ``None``: all."""
    if suffix in (".json", ".md"):
        return None
    from iotwatch.report.html.page import ASSETS_IN_FULL

    return ASSETS_IN_FULL


def _text(document: Document, suffix: str) -> str:
    if suffix == ".json":
        return to_json(document).decode()
    if suffix == ".md":
        from iotwatch.report.forms.markdown import render as markdown

        return markdown(document)
    from iotwatch.report.html import render as html

    return html(document)


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, whole or not at all; ``OutputError`` when the folder refuses."""
    try:
        # mkstemp makes the file 0600 before a byte is in it.
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(scratch).replace(path)
        finally:
            Path(scratch).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
