"""Texts: Zeek's logs, logs of hosts and modems, and texts that are no log."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.at import is_serial_log
from iotwatch.decode.sim.dumps import NAMES as CARD_DUMPS
from iotwatch.errors import NotEvidence
from iotwatch.model import Coverage, Stretch
from iotwatch.observe.texts import claimed_share, is_source_code, is_text, readable
from iotwatch.observe.traffic.zeek import observe_zeek
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.read.files.zeek import read_zeek, zeek_log
from iotwatch.words.measures import Measure
from iotwatch.words.vantage import Vantage

LOG_SHARE = 0.2
CODE_SHARE = 0.6


class WideText:
    """A source in UTF-16, as shells of Windows redirect output: read as the UTF-8 that it stands for."""

    name = "utf-16"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return blob.depth == 0 and blob.place is None and readable(blob.stream) is not blob.stream

    def open(self, blob: Blob, kit: Kit) -> Opened:  # noqa: ARG002
        return Opened(blobs=(Blob(readable(blob.stream), 0),))


class ZeekFile:
    """A log of the monitor Zeek: who reached whom."""

    name = "zeek"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return bool(zeek_log(blob.head))

    def open(self, blob: Blob, kit: Kit) -> Opened:
        log = read_zeek(blob.stream.data)
        assert log is not None  # noqa: S101  it was claimed by the same first bytes
        seen = observe_zeek(log, blob.stream, kit.collector, kit.scope)
        links = {f"zeek {log.name}.log": 1}
        facts = Facts(
            *("log", f"zeek-{log.name}", 0, links, seen.first, seen.last, (), Vantage.GATEWAY),
            stretches=(Stretch(seen.first, seen.last),) if seen.first is not None and seen.last is not None else (),
        )
        return Opened(facts, flows=seen.flows, contacts=(seen.contacts,), coverage=tuple(seen.coverage))


class TextLog:
    """A text is a log when a known grammar claims enough of its lines, or when the user named it himself."""

    name = "text"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return (is_text(blob.stream.data) or is_serial_log(blob.head)) and blob.container is None

    def open(self, blob: Blob, kit: Kit) -> Opened:
        from iotwatch.observe.firmware import could_be_log

        source = blob.depth == 0
        stream = replace(blob.stream, kind="text")
        read = source or could_be_log(stream.path, stream.data)
        messages = list(decode(stream, kit.collector.refusals)) if read else []
        # A position by name or shape makes no log: our own READMEs hold some.
        grammar = [message for message in messages if not message.generic]
        share = claimed_share(stream.data, (message.span for message in grammar))
        enough = CODE_SHARE if is_source_code(stream.data) else LOG_SHARE
        if source and not kit.named and share < enough:
            raise NotEvidence("not evidence: a text that no known log grammar claims")
        form = grammar[0].protocol if grammar else "text"
        facts = Facts("log", form, vantage=Vantage.SIM if form in CARD_DUMPS else Vantage.UART)
        claimed = Coverage(Measure.LINES_CLAIMED, round(share, 4), "share of lines that a grammar knew")

        return Opened(
            facts, messages=messages, coverage=(claimed,) if source else (), rest=partial(searched, stream, kit)
        )
