"""Many sources: find them, analyse them (in a process pool when that pays), store each whole, judge the assets."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from iotwatch.batch.writing import Fresh, Outcome, Tell, Writer, unreadable
from iotwatch.detect.judge import judge_all
from iotwatch.errors import OptionError, UnreadableSource
from iotwatch.files.case import Case
from iotwatch.files.digest import sha256_of
from iotwatch.files.drive import Drive
from iotwatch.files.known_places import RADIUS_M, KnownPlace
from iotwatch.files.printable import storable
from iotwatch.files.scratch import sweep
from iotwatch.model import Confidence, Severity
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.signatures import Signatures, load
from iotwatch.store import Analysis, SourceRow, Store
from iotwatch.version import __version__

if TYPE_CHECKING:
    from iotwatch.batch.cluster import Cluster
    from iotwatch.batch.workers import Crew
    from iotwatch.observe.known_place.track import Track

_POOL_PAYS_BYTES = 24 << 20
_POOL_PAYS_FILES = 64


class Engine(StrEnum):
    """Whose processes analyse: those of this machine, or those of a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


class Plan(msgspec.Struct, frozen=True):
    """How assets are named and sources are read, and how the car moved meanwhile.

    ``baselines`` are sweeps of the same place with the car away, of every asset. ``address`` is that of a Ray cluster, where
    that is the ``engine``; without one it is a cluster of this machine alone.
    """

    asset: str = ""
    asset_from: str = "file"
    options: Options = Options()
    case: Case | None = None
    jobs: int = 0
    force: bool = False
    baselines: tuple[Path, ...] = ()
    drives: tuple[Drive, ...] = ()
    engine: Engine = Engine.LOCAL
    address: str = ""

    @classmethod
    def of_sweep(
        cls,
        case: Case | None,
        asset: str = "",
        scope: Iterable[str] = (),
        *,
        vantage: str = "",
        known: Iterable[KnownPlace] = (),
        drives: Iterable[Drive] = (),
        samples: str = "",
        **how: Any,
    ) -> Plan:
        """The plan of a sweep that its case file and the user describe: his asset wins, both name devices in scope, places
        and drives.

        ``how`` are the other fields of a plan.
        """
        devices = tuple(sorted({*scope, *(case.scope if case else ())}))
        tracks = _tracks(case) if case else []
        passed = (place for track in tracks for place in track.places)
        places = tuple(dict.fromkeys((*known, *(case.places if case else ()), *passed)))
        driven = tuple(dict.fromkeys((*drives, *(track.drive for track in tracks))))
        keylogs = _keylogs()
        options = Options(vantage=vantage, scope=devices, known=places, samples=samples, keylogs=keylogs)
        return cls(asset=asset or (case.asset if case else ""), options=options, case=case, drives=driven, **how)


def _keylogs() -> tuple[str, ...]:
    """The SHA-256 of the given key logs."""
    if not os.environ.get("IOTWATCH_KEYLOG"):
        return ()
    from iotwatch.files import keylog

    return tuple(sorted({one.sha256 for one in keylog.given()}))


def _tracks(case: Case) -> list[Track]:
    """The drives that a case file names; ``OptionError`` for a track that cannot be read."""
    if not case.tracks:
        return []
    from iotwatch.observe.known_place.track import read_track  # numpy and the decoders

    return [read_track(Path(track), RADIUS_M) for track in case.tracks]


DEFAULT_PLAN = Plan()


class ScanReport(msgspec.Struct, frozen=True):
    """What a scan did: every source's outcome, and the assets that it judged.

    ``levels`` are those of the findings that the sources' assets now have and no decision explains; ``decided`` counts the
    others.
    """

    outcomes: tuple[Outcome, ...]
    assets: tuple[str, ...]
    levels: tuple[tuple[Severity, Confidence], ...]
    decided: int
    database: str

    def count(self, *statuses: str, fresh: bool = False) -> int:
        """How many sources have one of the statuses, of all or of those that were not known before."""
        return sum(outcome.status in statuses and not (fresh and outcome.known) for outcome in self.outcomes)

    @property
    def known(self) -> int:
        """How many sources an earlier run had analysed."""
        return sum(outcome.known for outcome in self.outcomes)


def scan(
    paths: Sequence[str | Path],
    database: str | Path = "iotwatch.db",
    plan: Plan = DEFAULT_PLAN,
    *,
    signatures: Sequence[Path] = (),
    tell: Tell | None = None,
    progress: Callable[[int], None] | None = None,
) -> ScanReport:
    """Analyse, store and judge ``paths`` (files or folders, folders recursively).

    ``signatures`` are folders that add to the shipped ones and the user's; their dialects are read where
    ``IOTWATCH_SIGNATURES`` names them before anything is decoded. ``tell`` hears of every source as it ends,
    ``progress`` of bytes read. Raises ``StoreError`` and ``SignatureError``; trouble with a source is an outcome, never
    an exception.
    """
    sweep()
    known_signatures = load(*signatures)
    with Store(database) as store:
        run = store.runs.start(__version__, known_signatures.version, storable(" ".join(str(path) for path in paths)))
        outcomes: list[Outcome] = []

        def heard(outcome: Outcome) -> None:
            outcomes.append(outcome)
            if tell is not None:
                tell(outcome)

        found = [job for job in find_jobs(paths, plan) if not _is_own(job, Path(database))]
        for missing in found:
            if isinstance(missing, Outcome):
                heard(missing)
        jobs = [job for job in found if isinstance(job, Job)]
        jobs += list(_baseline_jobs(jobs, plan))
        with Writer(store, run, heard) as writer:
            writer.take(job for job in found if isinstance(job, Analysis))
        fresh = _fresh(jobs, store, plan, known_signatures, heard)
        with ExitStack() as stack:
            crew, cluster = _crew(jobs, plan, Path(database), known_signatures), None
            if crew is not None:
                stack.enter_context(crew)
            if plan.engine is Engine.RAY:
                cluster = stack.enter_context(_cluster(plan, store, known_signatures))
            beside = cluster or crew
            if beside is not None:
                for outcome in beside.analyse(fresh, run):
                    heard(outcome)
            else:
                with Writer(store, run, heard) as writer:
                    writer.take(analyse(job, known_signatures, sha256, progress) for job, sha256 in fresh)
            store.assets.write_case({outcome.asset for outcome in outcomes}, plan.options.scope, plan.case, plan.drives)
            # Assets that an interrupted run left unjudged heal here.
            judgements = judge_all(store, store.assets.unjudged(), known_signatures, crew.judge if crew else None)
        judged = [judgement.asset for judgement in judgements if judgement.asked]
        store.runs.finish(run)
        touched = {outcome.asset for outcome in outcomes if outcome.status in ("ok", "partial")}
        assets = tuple(sorted(touched.union(judged).intersection(store.assets.names())))
        # Not those of an asset that only healed here: what an earlier run left behind changes no exit code.
        levels = store.judgements.levels(touched)
        undecided = tuple((severity, confidence) for severity, confidence, decided in levels if not decided)
        return ScanReport(tuple(outcomes), assets, undecided, len(levels) - len(undecided), str(database))


def find_jobs(paths: Iterable[str | Path], plan: Plan) -> Iterator[Job | Analysis | Outcome]:
    """The jobs for all files below ``paths``, in a stable order.

    A folder that cannot be listed comes as an analysis: something is there. What is nothing to read (a path that is not
    there, a device) is an outcome alone: no asset comes of a typing error.
    """
    mapping = _mapping(plan.asset_from)
    for argument in paths:
        root = Path(argument)
        if why := _nothing_to_read(root):
            yield Outcome(storable(str(argument)), "", "unreadable", why)
            continue
        named = not root.is_dir()
        for path, trouble in [(root, "")] if named else _walk(root):
            asset = storable(plan.asset or _asset_of(path, root, named, plan.asset_from, mapping))
            if trouble:
                yield unreadable(str(path), asset, trouble)
            else:
                yield Job(str(path), asset, named, plan.options)


def _baseline_jobs(jobs: Sequence[Job], plan: Plan) -> Iterator[Job]:
    """The sweeps with the car away, for each asset of ``jobs``; ``OptionError`` for one that is no file."""
    away = msgspec.structs.replace(plan.options, away=True)
    for path in plan.baselines:
        if why := _nothing_to_read(path) or ("it is a folder" if path.is_dir() else ""):
            raise OptionError(f"the baseline {path}: {why}")
        for asset in dict.fromkeys(job.asset for job in jobs):
            yield Job(str(path), asset, named=True, options=away)


def _nothing_to_read(path: Path) -> str:
    """Why ``path`` can be no source, whatever stands in it; empty for a file or a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "there is no such file"
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    # A pipe may never end, and evidence needs offsets that hold; standard input is kept in a file first.
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "no file and no folder; `-` reads standard input"


def _is_own(job: Job | Analysis | Outcome, database: Path) -> bool:
    """Whether a file is the database that is written to, or SQLite's files beside it: `scan .` finds them too."""
    if not isinstance(job, Job) or not Path(job.path).name.startswith(database.name):
        return False
    own = [database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]
    return Path(job.path).resolve() in [path.resolve() for path in own]


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    troubles: list[tuple[Path, str]] = []

    def refused(error: OSError) -> None:
        troubles.append((Path(error.filename or root), f"cannot list the folder: {error.strerror}"))

    for folder, folders, files in os.walk(root, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            # Links are not followed out of the folder, and sockets and devices are no sources.
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path, ""
    yield from troubles


def _asset_of(path: Path, root: Path, named: bool, asset_from: str, mapping: dict[str, str]) -> str:  # noqa: FBT001
    relative = path.name if named else path.relative_to(root).as_posix()
    if relative in mapping or str(path) in mapping:
        return mapping.get(relative) or mapping[str(path)]
    if asset_from == "folder":
        folder = Path() if named else path.parent.relative_to(root)
        return folder.as_posix() if folder.parts else path.resolve().parent.name
    return relative


def _mapping(asset_from: str) -> dict[str, str]:
    if asset_from in ("file", "folder"):
        return {}
    try:
        with Path(asset_from).open(newline="", encoding="utf-8") as file:
            return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) >= 2}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OptionError(f"cannot read the asset table {asset_from}: {error}") from error


def _cluster(plan: Plan, store: Store, signatures: Signatures) -> Cluster:
    from iotwatch.batch.cluster import Cluster

    return Cluster(plan.address, plan.jobs, store, signatures)


def _crew(jobs: Sequence[Job], plan: Plan, database: Path, signatures: Signatures) -> Crew | None:
    """Processes of this machine, where they pay; beside a cluster they judge what it found."""
    workers = _workers(jobs, 0 if plan.engine is Engine.RAY else plan.jobs)
    if workers < 2:
        return None
    # Pools of processes take longer to load than a small source to read.
    from iotwatch.batch.workers import Crew

    return Crew(workers, database, signatures.own)


def _workers(jobs: Sequence[Job], wanted: int) -> int:
    if wanted:
        return wanted
    size = sum(Path(job.path).stat().st_size for job in jobs if Path(job.path).exists())
    if len(jobs) < 2 or (size < _POOL_PAYS_BYTES and len(jobs) < _POOL_PAYS_FILES):
        return 1
    return min(os.cpu_count() or 1, len(jobs), 16)


def _fresh(jobs: Sequence[Job], store: Store, plan: Plan, signatures: Signatures, heard: Tell) -> Iterator[Fresh]:
    """Jobs that are not known yet, with their hash where it had to be taken first.

    A file whose size no stored source has cannot be known: it is hashed while it is read, not before.
    """
    sizes = store.sources.sizes()
    for job in jobs:
        sha256 = ""
        try:
            size = Path(job.path).stat().st_size
            if not plan.force and size in sizes:
                sha256 = sha256_of(Path(job.path))
        except (OSError, UnreadableSource):
            size = -1
        options = job.options.digest()
        row = SourceRow(
            sha256=sha256,
            path=storable(job.path),
            asset=job.asset,
            vantage="",
            kind="",
            format="",
            bytes=size,
            status="",
            options_hash=options,
            version=__version__,
            signatures_version=signatures.version,
        )
        standing = store.sources.known(row) if sha256 else None
        # A text that was passed over in a folder is evidence when it is named itself.
        if standing and not (job.named and standing[0] == "skipped"):
            heard(Outcome(row.path, job.asset, *standing, known=True))
            continue
        yield job, sha256


def exit_code(report: ScanReport, fail_on: Severity, min_confidence: Confidence, *, strict: bool = False) -> int:
    """0 nothing undecided at or above ``fail_on``, 1 found, 3 incomplete (wins over 1 when ``strict``), 4 no evidence.

    The same sources give the same code on every run, also where an earlier one had analysed them.
    """
    broken = report.count("partial", "unreadable")
    if not report.count("ok", "partial"):
        return 4
    found = any(severity >= fail_on and confidence >= min_confidence for severity, confidence in report.levels)
    if found and not (strict and broken):
        return 1
    return 3 if broken else 0
