"""One source -> its observations: the unit of work, and the only broad ``except``.

What is found inside anything (an HTTP body, a file of an image, a capture in an archive) goes on one worklist under one
depth and one byte budget; nobody calls upwards.
"""

from __future__ import annotations

import hashlib
import io
import time
import traceback
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from iotwatch import read, unpack
from iotwatch.decode import decode
from iotwatch.decode.gnss.receiver_log import is_receiver_log
from iotwatch.decode.message import Message
from iotwatch.errors import DamagedSource, IotwatchError, LimitReached, NotEvidence, SourceError, UnreadableSource
from iotwatch.files.digest import Hashing
from iotwatch.files.printable import storable
from iotwatch.model import Artefact, Coverage, Damage, Place
from iotwatch.observe import Collector, Names, Scope, observe_artefact, observe_capture, observe_message
from iotwatch.observe.firmware import could_be_log, outside, unopened
from iotwatch.observe.texts import claimed_share, is_media, is_source_code, is_text, readable
from iotwatch.observe.traffic.zeek import observe_zeek
from iotwatch.read.files.zeek import ZeekLog, read_zeek, zeek_log
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.signatures import Signatures
from iotwatch.store import Analysis, ContactRow, SourceRow
from iotwatch.store.rows import FlowRow
from iotwatch.version import __version__
from iotwatch.words.trouble import Trouble
from iotwatch.words.vantage import Vantage

Progress = Callable[[int], None]
LOG_SHARE = 0.2
CODE_SHARE = 0.6
_LOG_HEAD = 4096
_CAPTURES = frozenset({"pcap", "pcapng"})
_CUTS = frozenset({"packets.cut", "usb.network.cut", "inner parts not opened", "unpack.limit"})


class Limits(msgspec.Struct, frozen=True):
    """Budgets for one source; reaching one is a coverage row, never a loss of what was found before."""

    depth: int = 12
    image_bytes: int = 2 << 30
    total_bytes: int = 4 << 30
    blobs: int = 200_000


class Options(msgspec.Struct, frozen=True):
    """What changes observations; its hash is part of what makes a source known."""

    vantage: str = ""
    scope: tuple[str, ...] = ()
    limits: Limits = Limits()

    def digest(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class Job(msgspec.Struct, frozen=True):
    """One source to analyse: where it is, whose it is, and whether the user named it himself."""

    path: str
    asset: str
    named: bool = False
    options: Options = Options()


class Blob(msgspec.Struct, frozen=True):
    """Something on the worklist: a stream of bytes with its way back, and how deep inside the source it stands."""

    stream: Stream
    depth: int


def analyse(job: Job, signatures: Signatures, sha256: str = "", progress: Progress | None = None) -> Analysis:
    """Analyse one source. Never raises for what stands in the file: trouble becomes the source's status and reason."""
    started = time.perf_counter()
    work = _Work(job, signatures, progress)
    status, reason, why = "ok", "", Trouble.NONE
    hashing = Hashing(Path(job.path)) if not sha256 else None
    try:
        work.run()
    except NotEvidence as error:
        status, reason, why = "skipped", str(error), Trouble.NOT_EVIDENCE
    except SourceError as error:
        status, reason, why = "unreadable", str(error), Trouble.UNREADABLE
    except (IotwatchError, MemoryError) as error:
        status, reason, why = "partial", str(error) or type(error).__name__, Trouble.LIMIT
    except Exception as error:  # the one broad except: a bug on one file must not lose the other files
        status, reason, why = "partial", f"internal error: {type(error).__name__}: {error}", Trouble.INTERNAL
        work.coverage.append(Coverage("internal errors", 1.0, traceback.format_exc(limit=-3)[-400:]))
    digest = sha256
    if hashing is not None:
        digest, trouble = hashing.result()
        if trouble and status == "ok":
            status, reason, why = "unreadable", trouble, Trouble.UNREADABLE
    if status == "ok" and not work.complete:
        status, reason = "partial", work.trouble()
        why = Trouble.DAMAGED if work.facts.damage else Trouble.LIMIT
    source = replace(work.source(digest, status, reason, time.perf_counter() - started), trouble=why)
    if status == "skipped":
        return Analysis(source=source)
    return work.analysis(source)


class _Facts(msgspec.Struct, frozen=True):
    """What the outermost bytes turned out to be."""

    kind: str = "firmware"
    format: str = "unknown"
    packets: int = 0
    link_types: dict[str, int] = {}
    first: int | None = None
    last: int | None = None
    damage: tuple[Damage, ...] = ()
    vantage: Vantage = Vantage.OTHER


class _Work:
    """The state of one source's analysis; used once."""

    def __init__(self, job: Job, signatures: Signatures, progress: Progress | None) -> None:
        self.job = job
        self.signatures = signatures
        self.progress = progress
        self.collector = Collector()
        self.names = Names()
        self.scope = Scope(job.options.scope) if job.options.scope else None
        self.coverage: list[Coverage] = []
        self.artefacts: list[Artefact] = []
        self.contacts: list[Collection[ContactRow]] = []
        self.flows: list[FlowRow] = []
        self.complete = True
        self.facts = _Facts()
        self.size = 0
        self.unopened = 0
        self._queue: deque[Blob] = deque()
        self._bytes = 0
        self._blobs = 0

    def run(self) -> None:
        """Read the source by what its content says it is, then all that turned up inside it."""
        path = Path(self.job.path)
        try:
            self.size = path.stat().st_size
            if self.size == 0:
                raise UnreadableSource(f"{path.name} is empty")
            file, origin, name = read.open_capture(path)
            with file:
                if name in _CAPTURES:
                    self._capture(file, origin, top=True)
                elif origin is not None and zeek_log(file.peek(_LOG_HEAD)):  # type: ignore[attr-defined]
                    name = "zeek"
                    self._text(from_bytes(file.read(self.job.options.limits.image_bytes), origin=origin), top=True)
            if name not in _CAPTURES and name != "zeek":
                self._whole(path)
        except OSError as error:
            raise UnreadableSource(f"cannot read {path}: {error.strerror or error}") from error
        self._drain()

    def _whole(self, path: Path) -> None:
        """A source that is read into memory: a log, an image, or something that holds one."""
        limit = self.job.options.limits.image_bytes
        if self.size > limit:
            raise LimitReached(f"{path.name} is larger than the limit of {limit} bytes")
        stream = readable(from_bytes(path.read_bytes(), kind="file"))
        if is_text(stream.data) and unpack.sniff(stream.data[:512], stream.data) is None:
            self._text(stream, top=True)
        else:
            self._image(Blob(stream, 0), top=True)

    def _capture(self, file: BinaryIO, origin: Place | None, path: str = "", *, top: bool = False) -> None:
        if top:
            self.facts = _Facts("capture", vantage=Vantage.LAN)
        try:
            capture = read.read_capture(file, origin=origin, progress=self.progress if top else None)
        except NotEvidence as error:
            # Its first bytes said that it is one: what is missing is damage, not another kind of file.
            raise DamagedSource(str(error)) from error
        if top:
            self.facts = _Facts(
                *("capture", capture.format, capture.packets, dict(capture.link_types)),
                *(capture.first, capture.last, tuple(capture.damage), Vantage.LAN),
            )
        vantage = self._observe(capture, origin, path, self.scope)
        if top:
            self.facts = replace(self.facts, vantage=vantage)

    def _framed(self, stream: read.Framed) -> None:
        """Network frames inside something else. What passes the wire of the device under test is its own: no scope."""
        self._observe(read.read_framed(stream), stream.origin, stream.path, None)

    def _observe(self, capture: read.Capture, origin: Place | None, path: str, scope: Scope | None) -> Vantage:
        seen = observe_capture(capture, origin, path, self.collector, self._push, self.names, len(self.flows), scope)
        self.flows += seen.flows
        self.contacts += seen.contacts
        self.coverage += [*capture.coverage, *seen.coverage]
        self.complete = self.complete and capture.complete
        return seen.vantage

    def _text(self, stream: Stream, *, top: bool = False) -> None:
        """A text is a log when a known grammar claims enough of its lines, or when the user named it himself."""
        log = read_zeek(stream.data)
        if log is not None:
            self._zeek(log, stream, top=top)
            return
        stream = replace(stream, kind="text")
        messages = (
            list(decode(stream, self.collector.refusals)) if top or could_be_log(stream.path, stream.data) else []
        )
        # A position by name or shape makes no log: our own READMEs hold some.
        grammar = [message for message in messages if not message.generic]
        share = claimed_share(stream.data, (message.span for message in grammar))
        enough = CODE_SHARE if is_source_code(stream.data) else LOG_SHARE
        if top and not self.job.named and share < enough:
            raise NotEvidence("not evidence: a text that no known log grammar claims")
        if top:
            self.facts = _Facts("log", grammar[0].protocol if grammar else "text", vantage=Vantage.UART)
            self.coverage.append(Coverage("log lines claimed", round(share, 4), "share of lines that a grammar knew"))
        for message in messages:
            self._message(message, 0)
        observe_artefact(stream, self.signatures, self.collector)

    def _zeek(self, log: ZeekLog, stream: Stream, *, top: bool) -> None:
        seen = observe_zeek(log, stream, self.collector, self.scope)
        if top:
            links = {f"zeek {log.name}.log": 1}
            self.facts = _Facts("log", f"zeek-{log.name}", 0, links, seen.first, seen.last, (), Vantage.GATEWAY)
        self.flows += seen.flows
        self.contacts.append(seen.contacts)
        self.coverage += seen.coverage

    def _image(self, blob: Blob, *, top: bool = False) -> None:
        """An artefact: what the signatures know in it, and what stands inside."""
        stream = blob.stream
        name = unpack.sniff(stream.data[:512], stream.data)
        if top and name is None and not self.job.named and is_media(stream.data):
            raise NotEvidence("not evidence: a document or picture")
        if name in (None, "raw") and is_receiver_log(stream.data):
            self._receiver_log(stream, top=top)
            return
        if top:
            self.facts = _Facts("firmware", name or "raw")
        place = None if top else stream.place(0, len(stream.data))
        opened = unpack.unpack(stream.data, place, path=stream.path) if name else unpack.Unpacked()
        for part in outside(stream, opened) if opened.members else (stream,):
            observe_artefact(part, self.signatures, self.collector, leaf=not opened.members)
        self.unopened += unopened(stream, name, opened)
        self.artefacts += opened.artefacts
        self.coverage += opened.coverage
        self.complete = self.complete and not any(row.measure == "unpack.limit" for row in opened.coverage)
        for member in opened.members:
            self._push(from_bytes(member.data, origin=member.place, kind="file", path=member.path), blob.depth + 1)

    def _receiver_log(self, stream: Stream, *, top: bool) -> None:
        """A GNSS receiver's own bytes, kept as a file."""
        if top:
            self.facts = _Facts("log", "receiver", vantage=Vantage.UART)
        for message in decode(replace(stream, kind="receiver-log")):
            self._message(message, 0)
        observe_artefact(stream, self.signatures, self.collector)

    def _message(self, message: Message, depth: int) -> None:
        observe_message(message, self.collector)
        if message.body is not None:
            self._push(message.body, depth + 1)

    def _push(self, stream: Stream, depth: int) -> None:
        limits = self.job.options.limits
        self._bytes += len(stream.data)
        self._blobs += 1
        if depth > limits.depth or self._bytes > limits.total_bytes or self._blobs > limits.blobs:
            self.coverage.append(Coverage("inner parts not opened", 1.0, "depth, size or count limit"))
            self.complete = False
            return
        self._queue.append(Blob(stream, depth))

    def _drain(self) -> None:
        while self._queue:
            blob = self._queue.popleft()
            stream = blob.stream
            if isinstance(stream, read.Framed):
                self._framed(stream)
            elif stream.kind != "file":
                for message in decode(stream, self.collector.refusals):
                    self._message(message, blob.depth)
            elif read.sniff(stream.data[:512]) in _CAPTURES:
                self._capture(io.BytesIO(stream.data), stream.place(0, len(stream.data)), stream.path)
            elif is_text(stream.data) and unpack.sniff(stream.data[:512], stream.data) is None:
                self._text(stream)
            else:
                self._image(blob)

    def trouble(self) -> str:
        """Why the source is not complete, in one line."""
        if self.facts.damage:
            first = self.facts.damage[0]
            more = f" and {len(self.facts.damage) - 1} more" if len(self.facts.damage) > 1 else ""
            return f"{first.reason}, bytes {first.start} to {first.end}{more}"
        cuts = [row.note or row.measure for row in self.coverage if row.measure in _CUTS]
        return "; ".join(dict.fromkeys(cuts)) or "not all of it could be read"

    def source(self, sha256: str, status: str, reason: str, seconds: float) -> SourceRow:
        """The row of ``sources`` that this work ends in."""
        facts, job = self.facts, self.job
        return SourceRow(
            sha256=sha256,
            path=storable(job.path),
            asset=job.asset,
            vantage=job.options.vantage or facts.vantage.value,
            kind=facts.kind,
            format=facts.format,
            bytes=self.size,
            status=status,
            packets=facts.packets,
            link_types=facts.link_types,
            first=facts.first,
            last=facts.last,
            complete=self.complete and status == "ok",
            damage=facts.damage,
            seconds=round(seconds, 4),
            options_hash=job.options.digest(),
            version=__version__,
            signatures_version=self.signatures.version,
            reason=storable(reason),
        )

    def analysis(self, source: SourceRow) -> Analysis:
        """All that was gathered, frozen."""
        if source.kind == "firmware":
            opened = max(0, self.size - self.unopened)
            note = f"{opened} of {self.size} bytes are of a known format; all were searched for texts"
            self.coverage.append(Coverage("bytes opened", float(opened), note))
        return Analysis(
            source=source,
            flows=self.flows,
            contacts=tuple(self.contacts),
            positions=self.collector.positions(self.names.of),
            observations=self.collector.observations(),
            # A later row of the same path says more.
            artefacts=tuple({row.path: row for row in self.artefacts}.values()),
            coverage=(*self.coverage, *self.collector.coverage()),
        )
