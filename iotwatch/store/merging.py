"""Taking over what another database of ours holds: sources whole, the runs that read them, cases and decisions.

Rows are read into the values they came from and written anew, so that row ids and places find their own numbers here, and
a row that no writer of ours can have made is told as damage. What is taken does not depend on the order of databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import msgspec

from iotwatch.errors import StoreError
from iotwatch.files import contact_events
from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case
from iotwatch.model import Artefact, Coverage
from iotwatch.store import tables
from iotwatch.store.database import Store
from iotwatch.store.packing import microseconds, to_json
from iotwatch.store.places import MAX_CHAIN
from iotwatch.store.rows import Analysis, ContactRow, FlowRow, SourceRow
from iotwatch.store.table import BROKEN
from iotwatch.store.views import contacts_of, observations_of, positions_of, rows_of, stretches_of
from iotwatch.words.said import Said

_Row = TypeVar("_Row", bound=msgspec.Struct)
_RUN, _DECISION = ([name for name in table.columns if name != "id"] for table in (tables.RUNS, tables.DECISIONS))


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Tell rows of the wrong shape as a ``StoreError`` that names ``what`` was read."""
    try:
        yield
    except BROKEN as error:
        raise StoreError(f"{what} is damaged: {type(error).__name__}: {error}") from error


def _checked(row: _Row) -> _Row:
    """The row itself, after its values were found to be of its types; parts of other types are checked by their readers."""
    msgspec.convert(msgspec.structs.asdict(row), _plain(type(row)), builtin_types=(bytes,))
    return row


@cache
def _plain(row: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The fields of ``row`` without statements: msgspec does not take an enum without members for a type."""
    fields = [(one.name, one.type) for one in msgspec.structs.fields(row) if one.type != tuple[Said, ...]]
    return msgspec.defstruct(row.__name__, fields)


def analysis(store: Store, source: SourceRow) -> Analysis:
    """All that is stored of one source, as it was written; ``StoreError`` for rows that are damaged."""
    with _reading(f"the source {source.path}"):
        _check_places(store, source.id)
        store.places.load(source.id)
        flows = rows_of(store, tables.FLOWS, FlowRow, source.id)
        rows = store.connection.execute("SELECT id FROM flows WHERE source_id = ? ORDER BY id", (source.id,))
        index = {row: number for number, (row,) in enumerate(rows)}
        observations = tuple(_checked(row) for row in observations_of(store, source.id))
        positions = tuple(
            msgspec.structs.replace(_checked(row.position), flow=index.get(row.position.flow or -1))
            for row in positions_of(store, source.id)
        )
        for evidence in (*(row.evidence for row in observations), *(row.evidence for row in positions)):
            _checked(evidence)
        return Analysis(
            source=_checked(source),
            flows=[_checked(flow) for flow in flows],
            contacts=([_whole(_checked(row)) for row in contacts_of(store, source.id)],),
            positions=positions,
            observations=observations,
            artefacts=tuple(_checked(row) for row in rows_of(store, tables.ARTEFACTS, Artefact, source.id)),
            coverage=tuple(_checked(row) for row in rows_of(store, tables.COVERAGE, Coverage, source.id)),
            stretches=tuple(_checked(row) for row in stretches_of(store, source.id)),
        )


def _check_places(store: Store, source_id: int) -> None:
    """A chain begins in its own source, goes on to later rows and has an end."""
    depths: dict[int, int] = {}
    query = "SELECT id, parent FROM places WHERE source_id = ? ORDER BY id"
    for row, parent in store.connection.execute(query, (source_id,)):
        depths[row] = depths[parent] + 1 if parent else 1
        if depths[row] > MAX_CHAIN:
            raise StoreError(f"the place {row} has a chain of more than {MAX_CHAIN} operations")


def checked_sources(store: Store) -> tuple[SourceRow, ...]:
    """All rows of ``sources``; ``StoreError`` for rows that are damaged."""
    with _reading("the table of sources"):
        return tuple(_checked(row) for row in store.sources.every())


def lacks(store: Store, other: Store, source: SourceRow) -> bool:
    """Whether a source of ``other`` is not here, or was analysed later there.

    Of two analyses of the same bytes for the same asset the later one stays, as when scanning again.
    """
    if store.sources.known(source):
        return False
    mine = max(_analysed(other, source))
    return all(mine > standing for standing in _analysed(store, source))


def _analysed(store: Store, source: SourceRow) -> list[tuple[Any, ...]]:
    """When and by what this source was analysed here: to compare, the better analysis is the greater one."""
    found = store.connection.execute(
        "SELECT status != 'unreadable', CAST(coalesce(started, '') AS TEXT), sources.version,"
        " sources.signatures_version, options_hash FROM sources LEFT JOIN runs ON runs.id = run_id"
        " WHERE asset = ? AND (sha256 = ? OR path = ? AND '' IN (?, sha256))",
        (source.asset, source.sha256 or None, source.path, source.sha256),
    )
    return found.fetchall()


def merge_source(store: Store, other: Store, source: SourceRow) -> None:
    """Take one source of ``other`` with all that hangs on it, whole or not at all."""
    taken = analysis(other, source)
    query = f"SELECT {', '.join(_RUN)} FROM runs WHERE id = (SELECT run_id FROM sources WHERE id = ?)"  # noqa: S608
    with _reading("the table of runs"):
        run = other.query(query, (source.id,))
        msgspec.convert(run, list[dict[str, str | None]])
    with store.transaction():
        store.sources.write(taken, _once(store, "runs", run[0])[0] if run else 0)


def _once(store: Store, table: str, row: dict[str, Any]) -> tuple[int, bool]:
    """The row id of ``row``, which is written when it is not there; and whether it was."""
    same = " AND ".join(f"{name} IS ?" for name in row)
    values = tuple(row.values())
    found = store.connection.execute(f"SELECT id FROM {table} WHERE {same} ORDER BY id", values).fetchone()  # noqa: S608
    if found:
        return int(found[0]), False
    marks = ", ".join("?" * len(row))
    made = store.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)  # noqa: S608
    return int(made.lastrowid or 0), True


def merge_case(store: Store, other: Store, asset: str) -> None:
    """Put together what both know of the sweep of ``asset``: devices of either scope, the case with the later phases, drives."""
    with _reading(f"the case of {asset}"):
        scope = msgspec.convert([*store.assets.scope(asset), *other.assets.scope(asset)], list[str])
        cases = [case for case in (store.assets.case(asset), other.assets.case(asset)) if case]
        drives = sorted({*store.assets.drives(asset), *other.assets.drives(asset)}, key=lambda one: one.times)
    store.assets.write_case([asset], sorted(set(scope)), max(cases, key=_latest, default=None), drives)


def merge_decisions(store: Store, other: Store) -> int:
    """Take the decisions that are not here; one that either side took back is taken back. Gives how many changed."""
    with _reading("the table of decisions"):
        rows = other.query(f"SELECT {', '.join(_DECISION)} FROM decisions ORDER BY id")  # noqa: S608
        for row in rows:
            target = msgspec.json.decode(row["target"], type=dict[str, str])
            times = (microseconds(row["created"]), microseconds(row["expires"]))
            _checked(Decision(row["word"], target, row["author"], row["reason"], row["asset"], *times))
            microseconds(row["removed"])
    changed = 0
    with store.transaction():
        for row in rows:
            removed = row.pop("removed")
            here, made = _once(store, "decisions", row)
            taken_back = store.connection.execute(
                "UPDATE decisions SET removed = ? WHERE id = ? AND (removed IS NULL OR removed > ?)",
                (removed, here, removed),
            )
            if made or (removed and taken_back.rowcount):
                changed += 1
                store.decisions.judge_again(row["asset"])
    return changed


def _latest(case: Case) -> tuple[float, str]:
    return max((phase.end.timestamp() for phase in case.phases), default=0.0), to_json(case)


def _whole(row: ContactRow) -> ContactRow:
    """A contact whose packed columns have one number an event, or those of its ends."""
    told = (contact_events.fits(row.sizes, row.events), contact_events.fits(row.frames, row.events))
    ends = (contact_events.fits_ends(row.offsets, row.events), contact_events.fits_ends(row.lengths, row.events))
    if not all((row.events > 0, contact_events.fits_times(row.times, row.events), *told, *ends)):
        raise ValueError(f"the contact with {row.server} has not one number an event")
    return row
