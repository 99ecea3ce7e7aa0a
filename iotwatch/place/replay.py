"""Walking back: apply a place over its source again and get the very bytes.

Every evidence must satisfy ``replay(place)[:len(excerpt)] == excerpt``. Steps are the pure ones of ``steps`` and those that
need a reader (a file out of a squashfs); ``iotwatch.unpack.EVERY_STEP`` names them all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import BinaryIO

from iotwatch.errors import ReplayError, UnpackError
from iotwatch.model import Cut, Place, Step
from iotwatch.place.cuts import apply_cut
from iotwatch.place.steps import STEPS, StepFunction

_KEPT_BYTES = 256 << 20


class Replay:
    """Replays places over one source file with the named ``steps``; results of shared beginnings are kept while they fit."""

    def __init__(self, file: BinaryIO, steps: Mapping[str, StepFunction] = STEPS) -> None:
        self._file = file
        self._steps = steps
        self._kept: OrderedDict[Place, bytes] = OrderedDict()
        self._size = 0

    def result(self, place: Place | None) -> bytes:
        """What ``place`` gives (``None``: the whole file); ``ReplayError`` when the source does not hold it."""
        if place is None:
            self._file.seek(0)
            return self._file.read()
        if place.parent is None and isinstance(place.operation, Cut):
            return self._from_file(place.operation)
        if isinstance(place.operation, Cut):
            try:
                return apply_cut(self._shared(place.parent), place.operation)
            except UnpackError as error:
                raise ReplayError(str(error)) from error
        return self._shared(place)

    def _shared(self, place: Place | None) -> bytes:
        """The bytes of a place that others may begin with; only steps are worth keeping."""
        if place is None or isinstance(place.operation, Cut):
            return self.result(place)
        kept = self._kept.get(place)
        if kept is None:
            kept = self._apply(place.operation, self.result(place.parent))
            self._kept[place] = kept
            self._size += len(kept)
            while self._size > _KEPT_BYTES and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
        return kept

    def _apply(self, operation: Step, data: bytes) -> bytes:
        """Apply one named step; ``ReplayError`` when it is unknown or does not fit the bytes."""
        function = self._steps.get(operation.name)
        if function is None:
            raise ReplayError(f"there is no step named {operation.name!r} in this version")
        try:
            return function(data, operation.argument)
        except UnpackError as error:
            raise ReplayError(f"the step {operation.name!r} does not fit the bytes: {error}") from error

    def _from_file(self, operation: Cut) -> bytes:
        pieces = []
        for offset, length in operation.spans:
            self._file.seek(offset)
            piece = self._file.read(length)
            if len(piece) != length:
                raise ReplayError(f"the source ends before byte {offset + length}")
            pieces.append(piece)
        return b"".join(pieces)
