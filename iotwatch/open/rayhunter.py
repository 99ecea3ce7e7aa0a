"""What stands beside the logs in Rayhunter's folders: its analysis, which is quoted, and where the hotspot itself stood."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.diagnostics.rayhunter import KIND, is_analysis, is_own_place
from iotwatch.decode.message import Message
from iotwatch.errors import NotEvidence
from iotwatch.observe.texts import is_text
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.read.listening import heard
from iotwatch.words.vantage import Vantage


class RayhunterFile:
    """An analysis file: a line for each packet of a log, in its times."""

    name = KIND
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind == FILE and is_analysis(blob.head)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        times: list[int] = []

        def messages() -> Iterator[Message]:
            for message in decode(replace(blob.stream, kind=KIND), kit.collector.refusals):
                if message.time is not None:
                    times.append(message.time)
                yield message

        def rest() -> Opened:
            searched(blob.stream, kit)
            listened = heard(np.array(times, np.int64))
            facts = Facts(
                *("capture", KIND, len(times), {}, listened.first, listened.last, (), Vantage.DIAG),
                stretches=listened.stretches,
            )
            return Opened(facts, coverage=listened.coverage)

        return Opened(Facts("capture", KIND, vantage=Vantage.DIAG), messages=messages(), rest=rest)


class RayhunterPlace:
    """The side file with the place of the hotspot: the listeners' own, and no evidence of the car's."""

    name = "rayhunter-place"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return blob.kind == FILE and is_text(blob.head) and is_own_place(blob.head)

    def open(self, blob: Blob, kit: Kit) -> Opened:  # noqa: ARG002
        if blob.depth:
            return Opened()
        raise NotEvidence("not evidence: where the listeners' own Rayhunter stood")
