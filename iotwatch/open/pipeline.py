"""One source -> its observations: the unit of work.

What is found inside anything (an HTTP body, a file of an image, a capture in an archive) goes on one worklist under one
depth and one byte budget; nobody calls upwards.
"""

from __future__ import annotations

import errno
import hashlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iotwatch.errors import IotwatchError, NotEvidence, SourceError
from iotwatch.files.digest import Hashing
from iotwatch.files.known_places import KnownPlace
from iotwatch.files.limits import WorkLimits
from iotwatch.files.printable import storable
from iotwatch.files.shelf import Shelf
from iotwatch.model import Coverage
from iotwatch.observe.blind import BlindSearch
from iotwatch.observe.collector import Collector
from iotwatch.observe.messages import observe_message
from iotwatch.observe.traffic.scope import Scope
from iotwatch.open.blob import Source
from iotwatch.open.opened import Facts, Kit
from iotwatch.open.openers import OPENERS
from iotwatch.open.opening import Opening
from iotwatch.signatures import Signatures
from iotwatch.store import Analysis, SourceRow
from iotwatch.version import __version__
from iotwatch.words.measures import CUTS, UNOPENED, Measure
from iotwatch.words.trouble import Trouble

if TYPE_CHECKING:
    from iotwatch.files.keylog import KeyLog
    from iotwatch.observe.known_place import Lookout

_TOLD = 4
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_OPENED = (UNOPENED | {Measure.NOT_READ}) - {Measure.UNPACK_DAMAGED, Measure.UNPACK_LIMIT}
Progress = Callable[[int], None]


class Options(msgspec.Struct, frozen=True):
    """What changes observations; its hash is part of what makes a source known.

    ``away`` says that the source was taken with the car away: it tells what the place sounds like, and listened to no car.
    ``keylogs`` are the SHA-256 of those that open TLS.
    """

    vantage: str = ""
    scope: tuple[str, ...] = ()
    known: tuple[KnownPlace, ...] = ()
    limits: WorkLimits = WorkLimits()
    away: bool = False
    samples: str = ""
    keylogs: tuple[str, ...] = ()

    def digest(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class Job(msgspec.Struct, frozen=True):
    """One source to analyse: where it is, whose it is, and whether the user named it himself."""

    path: str
    asset: str
    named: bool = False
    options: Options = Options()


def analyse(job: Job, signatures: Signatures, sha256: str = "", progress: Progress | None = None) -> Analysis:
    """Analyse one source. Never raises for what stands in the file: trouble becomes the source's status and reason."""
    started = time.perf_counter()
    path, options = Path(job.path), job.options
    scope = Scope(options.scope) if options.scope else None
    collector = Collector()
    lookout = _lookout(options.known, collector) if options.known else None
    blind = BlindSearch(collector)
    kit = Kit(
        *(signatures, collector),
        scope=scope,
        named=job.named,
        samples=options.samples,
        progress=progress,
        lookout=lookout,
        keylogs=_keylogs(options.keylogs),
        blind=blind,
        shelf=Shelf(options.limits.output(_size(path))),
    )
    take = partial(observe_message, collector=kit.collector)
    work = Opening(OPENERS, kit, options.limits, take, _size(path))
    hashing = None if sha256 else Hashing(path)
    work.run(Source(path, options.limits.image_bytes))
    if lookout is not None:
        lookout.finish()
    blind.finish()
    status, trouble, reason = _state(work)
    if hashing is not None:
        sha256, unread = hashing.result()
        if unread and status == "ok":
            status, trouble, reason = "unreadable", Trouble.UNREADABLE, unread
    facts = work.facts if status != "skipped" else Facts()
    source = SourceRow(
        sha256=sha256,
        path=storable(job.path),
        asset=job.asset,
        vantage=options.vantage or facts.vantage.value,
        kind=facts.kind,
        format=facts.format,
        bytes=_size(path),
        status=status,
        packets=facts.packets,
        link_types=facts.link_types,
        first=facts.first,
        last=facts.last,
        complete=status == "ok",
        damage=facts.damage,
        seconds=round(time.perf_counter() - started, 4),
        options_hash=options.digest(),
        version=__version__,
        signatures_version=signatures.version,
        reason=storable(reason),
        trouble=trouble,
    )
    return Analysis(source=source) if status == "skipped" else _analysis(source, work, away=options.away)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _keylogs(digests: tuple[str, ...]) -> tuple[KeyLog, ...]:
    """The given key logs of these digests: what a job names travels in the environment, not in the job."""
    if not digests:
        return ()
    from iotwatch.files import keylog

    return tuple(one for one in keylog.given() if one.sha256 in digests)


def _lookout(known: tuple[KnownPlace, ...], collector: Collector) -> Lookout:
    from iotwatch.observe.known_place import Lookout  # its table of encodings is of use only to those who name a place

    return Lookout(known, collector)


def _state(work: Opening) -> tuple[str, Trouble, str]:
    """Status, trouble and reason: a fault of ours before all else, then what befell the source, then its parts."""
    if work.kit.shelf.refused:
        return "partial", Trouble.NO_ROOM, work.kit.shelf.refused
    for _, error in work.failures:
        if isinstance(error, OSError) and error.errno in _FULL:
            return "partial", Trouble.NO_ROOM, f"no room for temporary files: {error.strerror}"
        if not isinstance(error, IotwatchError | MemoryError):
            return "partial", Trouble.INTERNAL, f"internal error: {type(error).__name__}: {error}"
    for blob, error in work.failures:
        reason = str(error) or type(error).__name__
        if isinstance(error, SourceError) and not blob.depth:
            if isinstance(error, NotEvidence):
                return "skipped", Trouble.NOT_EVIDENCE, reason
            return "unreadable", Trouble.UNREADABLE, reason
        return "partial", Trouble.DAMAGED if isinstance(error, SourceError) else Trouble.LIMIT, reason
    if work.complete:
        return "ok", Trouble.NONE, ""
    return "partial", _trouble(work), _cut_short(work)


def _trouble(work: Opening) -> Trouble:
    """Why a source without a failure is not complete: damage before what is not opened, and that before a limit."""
    measures = {row.measure for row in work.coverage()}
    if work.facts.damage or Measure.UNPACK_DAMAGED in measures:
        return Trouble.DAMAGED
    return Trouble.LIMIT if measures.isdisjoint(_NOT_OPENED) else Trouble.UNOPENED


def _cut_short(work: Opening) -> str:
    """Why the source is not complete, in one line."""
    damage = work.facts.damage
    if damage:
        more = f" and {len(damage) - 1} more" if len(damage) > 1 else ""
        return f"{damage[0].reason}, bytes {damage[0].start} to {damage[0].end}{more}"
    cuts = list(dict.fromkeys(row.note or row.measure for row in work.coverage() if row.measure in CUTS))
    more = f"; and {len(cuts) - _TOLD} more" if len(cuts) > _TOLD else ""
    return "; ".join(cuts[:_TOLD]) + more or "not all of it could be read"


def _analysis(source: SourceRow, work: Opening, *, away: bool) -> Analysis:
    """All that was gathered, frozen."""
    kit, coverage = work.kit, list(work.coverage())
    if away:
        # It listened to no car.
        coverage = [row for row in coverage if row.measure is not Measure.PHONE_BANDS]
        coverage.append(Coverage(Measure.CAR_AWAY, 1.0, "what is heard is the place's own"))
    if source.kind == "firmware" or not source.complete:
        lost = sum(one.end - one.start for one in source.damage)
        opened = 0 if source.status == "unreadable" else max(0, source.bytes - work.unread - lost)
        note = f"{opened} of {source.bytes} bytes opened; all were searched for texts"
        coverage.append(Coverage(Measure.BYTES_OPENED, float(opened), note))
    return Analysis(
        source=source,
        flows=kit.flows,
        contacts=tuple(work.contacts),
        positions=kit.collector.positions(kit.names.of),
        observations=kit.collector.observations(),
        # A later row of the same path says more.
        artefacts=tuple({row.path: row for row in work.artefacts}.values()),
        coverage=tuple(coverage),
        stretches=() if away else work.facts.stretches,
    )
