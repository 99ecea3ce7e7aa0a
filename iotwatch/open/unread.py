"""Forms that are known and not read: told by name, so that nobody takes them for looked at."""

from __future__ import annotations

from functools import partial

from iotwatch.errors import NotEvidence
from iotwatch.files.magics import Form
from iotwatch.model import Coverage
from iotwatch.open.blob import Blob
from iotwatch.open.images import IMAGE
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.words.measures import Measure


class Unread:
    """A capture, or a log of a bus or a modem, in a form that has no reader here. Its texts are searched all the same.

    A database that nobody named is a program's: by itself it is no evidence.
    """

    name = "unread"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        form = _form(blob)
        # Programs keep their settings in databases: inside an image these are files like others.
        return form is not None and not (form.name == "sqlite" and blob.depth)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        form = _form(blob)
        assert form is not None  # noqa: S101  it is what was claimed
        if form.name == "sqlite":
            if kit.named:
                return IMAGE.open(blob, kit)
            raise NotEvidence(f"not evidence: {form.title}")
        said = f"{blob.path}: {form.title}" if blob.path else form.title
        facts = Facts("capture", form.name, vantage=form.vantage)
        row = Coverage(Measure.NOT_READ, 1.0, f"{said}, which is not read", form.title)
        rest = partial(searched, blob.stream, kit, leaf=False)
        return Opened(facts, coverage=(row,), complete=False, unread=len(blob.stream.data), rest=rest)


def _form(blob: Blob) -> Form | None:
    return blob.named or (blob.chained if blob.container in (None, "raw") else None)
