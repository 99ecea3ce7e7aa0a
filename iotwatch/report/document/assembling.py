"""The database -> the report document: gathered, masked, and told in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from iotwatch.errors import StoreError
from iotwatch.model import Severity
from iotwatch.report.document import fleet, gathering, rows
from iotwatch.report.document import model as part
from iotwatch.report.document.registered import databases
from iotwatch.report.masking import mask
from iotwatch.report.words import sentences as words
from iotwatch.store import Store
from iotwatch.store.rows import now
from iotwatch.version import __version__

NOTICE = "Behaviour observed, intent not judged. What a device says of itself can be forged."
_BLANK = part.Summary(light="none", headline="", sentence="", where_to_look=(), what_to_do=(), not_checked=())


def assemble(store: Store, asset: str = "", *, unmask: bool, reproducible: bool) -> part.Document:
    """The report of one asset, or of all with what they share. ``StoreError`` when there is no such asset."""
    listed = rows.assets(store, [asset] if asset else None, unmask=True)
    if not listed:
        raise StoreError(f"the database has no asset {asset!r}" if asset else "the database has no asset yet")
    found = fleet.spread(store)
    gathered = [_gather(store, row, found, reproducible=reproducible) for row in listed]
    # What cars share is found before masking: masked numbers of two devices may look alike.
    together = _fleet(store, found) if len(gathered) > 1 else None
    if not unmask:
        gathered = [_masked(one) for one in gathered]
        together = together and _masked_fleet(together)
    return part.Document(
        notice=NOTICE,
        tool=_tool(store, {end.address for one in gathered for end in one.far_ends}),
        masked=not unmask,
        assets=tuple(msgspec.structs.replace(one, summary=words.summary(one)) for one in gathered),
        cars=found.cars,
        fleet=together,
        run=msgspec.UNSET if reproducible else _run(store),
    )


def _gather(store: Store, row: rows.Row, spread: fleet.Spread, *, reproducible: bool) -> part.Asset:
    name = row["name"]
    files = gathering.sources(store, name)
    found = gathering.findings(store, name, spread)
    stated = gathering.positions(store, name)
    return part.Asset(
        name=name,
        verdict=row["verdict"] or "not-enough-data",
        verdict_reason=row["verdict_reason"] or "not judged yet",
        summary=_BLANK,
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        notes=gathering.notes(store.case(name), store.scope(name)),
        sources=files,
        findings=found,
        positions=stated,
        modules=gathering.modules(store, name),
        beacons=gathering.beacons(store, name),
        contacts=gathering.contacts(store, name),
        far_ends=gathering.far_ends(store, name, stated),
        devices=gathering.devices(store, name),
        lists=_lists(found),
        vantages=gathering.vantages(files),
        coverage=gathering.coverage(store, name),
        unopened=gathering.unopened(store, name),
        # A source without times counts by the run that read it.
        since=None if reproducible else gathering.since(store, name),
    )


def _lists(found: Sequence[part.Finding]) -> tuple[str, ...]:
    """Official lists that name a maker, as findings hold them: ``maker: list: entry (date, source)``."""
    makers = [one.facts for one in found if one.kind in ("module", "vendor")]
    told = {f"{facts.get('vendor', '')}: {line}" for facts in makers for line in facts.get("lists", ())}
    return tuple(sorted(told))


def _masked(asset: part.Asset) -> part.Asset:
    # The name is the people's own word for the car.
    return msgspec.convert({**mask(msgspec.to_builtins(asset)), "name": asset.name}, part.Asset)


def _masked_fleet(told: part.Fleet) -> part.Fleet:
    shared = (msgspec.convert(mask(msgspec.to_builtins(one)), part.Shared) for one in told.shared)
    findings = (msgspec.structs.replace(one, title=mask(one.title)) for one in told.findings)
    return msgspec.structs.replace(told, shared=tuple(shared), findings=tuple(findings))


def _fleet(store: Store, found: fleet.Spread) -> part.Fleet:
    """Verdicts counted, what stands in at least two assets, and every finding with the assets that have its like."""
    findings = [
        part.Spread(found.worst[key]["title"], found.worst[key]["severity"], tuple(sorted(names)))
        for key, names in found.assets.items()
    ]
    findings.sort(key=lambda one: (-Severity[one.severity.upper()], len(one.assets), one.title, one.assets))
    return part.Fleet(
        verdicts=fleet.verdicts(store),
        shared=tuple(part.Shared(one["what"], one["value"], tuple(one["assets"])) for one in fleet.shared(store)),
        findings=tuple(findings),
    )


def _tool(store: Store, far_ends: set[str]) -> part.Tool:
    signatures = store.query(
        "SELECT DISTINCT signatures_version AS v FROM sources WHERE status != 'skipped' ORDER BY v"
    )
    detectors = rows.table(store, "detector", unmask=True)
    return part.Tool(
        version=__version__,
        signatures_versions=tuple(row["v"] for row in signatures if row["v"]),
        databases=databases(far_ends),
        detectors=tuple(msgspec.convert(row, part.Detector) for row in sorted(detectors, key=lambda row: row["name"])),
    )


def _run(store: Store) -> part.Run:
    judged = store.query("SELECT max(judged_at) AS judged, (SELECT count(*) FROM runs) AS scans FROM assets")[0]
    return part.Run(written=now(), database=str(store.path), last_judged=judged["judged"], scans=judged["scans"])
