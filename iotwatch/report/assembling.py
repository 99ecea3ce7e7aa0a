"""The database -> the report document: gathered, masked, and told in plain words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from iotwatch import __version__
from iotwatch.enrich import leaves_network
from iotwatch.errors import StoreError
from iotwatch.report import document as part
from iotwatch.report import gathering, rows, words
from iotwatch.report.masking import mask
from iotwatch.store import Store
from iotwatch.store.rows import now

NOTICE = "Behaviour observed, intent not judged. What a device says of itself can be forged."
_BLANK = part.Summary(light="none", headline="", sentence="", where_to_look=(), what_to_do=(), not_checked=())


def assemble(store: Store, asset: str = "", *, unmask: bool, reproducible: bool) -> part.Document:
    """The report of one asset, or of all with what they share. ``StoreError`` when there is no such asset."""
    listed = rows.assets(store, [asset] if asset else None, unmask=True)
    if not listed:
        raise StoreError(f"the database has no asset {asset!r}" if asset else "the database has no asset yet")
    gathered = [_gather(store, row) for row in listed]
    # What cars share is found before masking: masked numbers of two devices may look alike.
    fleet = _fleet(gathered) if len(gathered) > 1 else None
    if not unmask:
        gathered = [_masked(one) for one in gathered]
        fleet = fleet and _masked_fleet(fleet)
    return part.Document(
        notice=NOTICE,
        tool=_tool(store),
        masked=not unmask,
        assets=tuple(msgspec.structs.replace(one, summary=words.summary(one)) for one in gathered),
        fleet=fleet,
        run=msgspec.UNSET if reproducible else _run(store),
    )


def _gather(store: Store, row: rows.Row) -> part.Asset:
    name = row["name"]
    files = gathering.sources(store, name)
    found = gathering.findings(store, name)
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
    )


def _lists(found: Sequence[part.Finding]) -> tuple[str, ...]:
    """Official lists that name a maker, as findings hold them: ``maker: list: entry (date, source)``."""
    makers = [one.facts for one in found if one.kind in ("module", "vendor")]
    told = {f"{facts.get('vendor', '')}: {line}" for facts in makers for line in facts.get("lists", ())}
    return tuple(sorted(told))


def _masked(asset: part.Asset) -> part.Asset:
    # The name is the people's own word for the car.
    return msgspec.convert({**mask(msgspec.to_builtins(asset)), "name": asset.name}, part.Asset)


def _masked_fleet(fleet: part.Fleet) -> part.Fleet:
    shared = (msgspec.structs.replace(one, value=mask(one.value)) for one in fleet.shared)
    return msgspec.structs.replace(fleet, shared=tuple(shared))


def _fleet(assets: Sequence[part.Asset]) -> part.Fleet:
    """Verdicts counted, and what stands in at least two assets, the rarest first."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for asset in assets:
        for finding in asset.findings:
            seen["finding", finding.title].add(asset.name)
        for position in asset.positions:
            if position.reported_id:
                seen["device", position.reported_id].add(asset.name)
        for module in asset.modules:
            for number in filter(None, (module.imei, module.iccid)):
                seen["device", number].add(asset.name)
        for end in asset.far_ends:
            if end.name or leaves_network(end.address):
                seen["far end", end.name or end.address].add(asset.name)
    shared = [(len(names), what, value, names) for (what, value), names in seen.items() if len(names) > 1]
    return part.Fleet(
        verdicts=dict(sorted(Counter(asset.verdict for asset in assets).items())),
        shared=tuple(
            msgspec.convert({"what": what, "value": value, "assets": sorted(names)}, part.Shared)
            for _, what, value, names in sorted(shared, key=lambda one: one[:3])
        ),
    )


def _tool(store: Store) -> part.Tool:
    signatures = store.query(
        "SELECT DISTINCT signatures_version AS v FROM sources WHERE status != 'skipped' ORDER BY v"
    )
    detectors = rows.table(store, "detector", unmask=True)
    return part.Tool(
        version=__version__,
        signatures_versions=tuple(row["v"] for row in signatures if row["v"]),
        detectors=tuple(msgspec.convert(row, part.Detector) for row in sorted(detectors, key=lambda row: row["name"])),
    )


def _run(store: Store) -> part.Run:
    judged = store.query("SELECT max(judged_at) AS judged, (SELECT count(*) FROM runs) AS scans FROM assets")[0]
    return part.Run(written=now(), database=str(store.path), last_judged=judged["judged"], scans=judged["scans"])
