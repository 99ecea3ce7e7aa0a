"""Databases of several hosts -> one: what is not known yet is taken over, then the assets are judged here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from iotwatch.detect.judge import Judgement, judge_all, look
from iotwatch.errors import StoreError
from iotwatch.signatures import Signatures
from iotwatch.store import SourceRow, Store
from iotwatch.store.damage import refuse_bad
from iotwatch.store.foreign import opened
from iotwatch.store.merging import checked_sources, lacks, merge_case, merge_decisions, merge_source
from iotwatch.store.sweeps import Sweep
from iotwatch.store.table import BROKEN
from iotwatch.store.views import read_view


class Merged(msgspec.Struct, frozen=True):
    """What became of one database: how many sources were taken and how many were here, decisions, or why it was refused."""

    path: str
    taken: int = 0
    known: int = 0
    decisions: int = 0
    refused: str = ""


class MergeReport(msgspec.Struct, frozen=True):
    """What a merge did: every database's part, and how the assets it touched were judged."""

    databases: tuple[Merged, ...]
    judged: tuple[Judgement, ...]


def merge(
    paths: Iterable[Path], database: Path, signatures: Signatures, tell: Callable[[Merged], None] | None = None
) -> MergeReport:
    """Merge the databases ``paths`` into ``database``, which is created when absent; the given files are not changed.

    A database that is not ours or is damaged is refused with the reason. Each source is taken whole or not at all, so an
    interrupted merge goes on where it stopped. Raises ``StoreError`` when ``database`` itself cannot be used.
    """
    with Store(database) as store:
        merged: list[Merged] = []
        for path in paths:
            try:
                with opened(path) as other:
                    merged.append(_merge_one(store, other, path, signatures))
            except StoreError as error:
                merged.append(Merged(str(path), refused=str(error)))
            if tell is not None:
                tell(merged[-1])
        return MergeReport(tuple(merged), tuple(judge_all(store, store.assets.unjudged(), signatures)))


def _merge_one(store: Store, other: Store, path: Path, signatures: Signatures) -> Merged:
    refuse_bad(other, path)
    sources = checked_sources(other)
    wanted = [source for source in sources if lacks(store, other, source)]
    _try(other, wanted, path, signatures)
    taken = 0
    for source in wanted:
        with store.transaction():
            if lacks(store, other, source):
                merge_source(store, other, source)
                taken += 1
    for asset in other.assets.names():
        merge_case(store, other, asset)
    return Merged(str(path), taken, len(sources) - taken, merge_decisions(store, other))


def write_sweep(store: Store, asset: str, sweep: Sweep, database: Path, signatures: Signatures) -> None:
    """Write one sweep of ``asset`` alone into a new database and judge it there as if nothing else had been recorded."""
    with Store(database) as alone:
        for source in store.sources.of(asset):
            if source.id in sweep.sources:
                merge_source(alone, store, source)
        merge_case(alone, store, asset)
        merge_decisions(alone, store)
        judge_all(alone, alone.assets.unjudged(), signatures)


def _try(other: Store, wanted: Iterable[SourceRow], path: Path, signatures: Signatures) -> None:
    """Judge what is to be taken before any of it is: what no detector can read would make the whole asset unreadable here."""
    for asset in sorted({source.asset for source in wanted}):
        try:
            look(read_view(other, asset), signatures)
        except BROKEN as error:
            raise StoreError(f"the database {path} is damaged: {type(error).__name__} in the asset {asset}") from error
