"""The database -> the report document: gathered, masked, and told in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from iotwatch.errors import NotStored
from iotwatch.model import Severity
from iotwatch.report.document import fleet, gathering
from iotwatch.report.document import model as part
from iotwatch.report.document.first_page import page_one
from iotwatch.report.document.registered import databases
from iotwatch.report.document.sending import sending
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words import sentences as words
from iotwatch.store import queries
from iotwatch.store.packing import now
from iotwatch.version import __version__

NOTICE = "Behaviour observed, intent not judged. What a device says of itself can be forged."


def assemble(reader: Reader, asset: str = "", *, reproducible: bool, in_full: int | None = None) -> part.Document:
    """The report of one asset, or of all with what they share. ``NotStored`` when there is no such asset.

    ``in_full`` is how many assets the form shows whole, the worst lights first (all where it is not given): of the others the
    document has what their sentence is made of, and memory holds no more.
    """

    def gather(whole: Reader) -> Iterator[part.Asset]:
        spread = fleet.spread(whole)
        rows = whole.assets([asset] if asset else None)
        shown = {row["name"] for row in sorted(rows, key=_rank)[:in_full]}
        for row in rows:
            since = None if reproducible else gathering.since(whole, row["name"])
            one = _gather(whole, row, spread) if row["name"] in shown else page_one(whole, row)
            # A source without times counts by the run that read it.
            yield msgspec.structs.replace(one, since=since)

    gathered = list(reader.each(gather, keep=("name",)))
    if not gathered:
        raise NotStored(f"the database has no asset {asset!r}" if asset else "the database has no asset yet")
    return part.Document(
        notice=NOTICE,
        tool=_tool(reader, {end.address for one in gathered for end in one.far_ends}),
        masked=reader.masked,
        assets=tuple(msgspec.structs.replace(one, summary=words.summary(one)) for one in gathered),
        cars=len(reader.asset_names()),
        # What cars share is found before masking: masked numbers of two devices may look alike.
        fleet=reader.computed(_fleet) if len(gathered) > 1 else None,
        run=msgspec.UNSET if reproducible else _run(reader),
    )


def _rank(row: Row) -> int:
    return words.LIGHTS.index(words.light(row["verdict"] or "", row["verdict_ground"] or ""))


def _gather(reader: Reader, row: Row, spread: fleet.Spread) -> part.Asset:
    name = row["name"]
    found = gathering.findings(reader, name, spread)
    stated = gathering.positions(reader, name)
    return part.Asset(
        **gathering.first_page(reader, row),
        verdict_reason=row["verdict_reason"] or "not judged yet",
        findings=found,
        positions=stated,
        beacons=gathering.beacons(reader, name, found),
        contacts=gathering.contacts(reader, name),
        far_ends=gathering.far_ends(reader, name, stated),
        devices=gathering.devices(reader, name),
        lists=_lists(found),
        coverage=gathering.parts(part.Coverage, reader.ask(queries.sources.coverage, name)),
        sending=sending(found, row["verdict_findings"] or ()),
    )


def _lists(found: Sequence[part.Finding]) -> tuple[str, ...]:
    """Official lists that name a maker, as findings hold them: ``maker: list: entry (date, source)``."""
    makers = [one.facts for one in found if one.kind in ("module", "vendor")]
    told = {f"{facts.get('vendor', '')}: {line}" for facts in makers for line in facts.get("lists", ())}
    return tuple(sorted(told))


def _fleet(reader: Reader) -> part.Fleet:
    """Verdicts counted, what stands in at least two assets, and every finding with the assets that have its like."""
    found = fleet.spread(reader)
    findings = [
        part.Spread(found.worst[key]["title"], found.worst[key]["severity"], tuple(sorted(names)))
        for key, names in found.assets.items()
    ]
    findings.sort(key=lambda one: (-Severity[one.severity.upper()], len(one.assets), one.title, one.assets))
    return part.Fleet(
        verdicts=fleet.verdicts(reader),
        shared=tuple(part.Shared(one["what"], one["value"], tuple(one["assets"])) for one in fleet.shared(reader)),
        findings=tuple(findings),
    )


def _tool(reader: Reader, far_ends: set[str]) -> part.Tool:
    signatures = reader.ask(queries.sources.signatures_versions)
    detectors = reader.table("detector")
    return part.Tool(
        version=__version__,
        signatures_versions=tuple(filter(None, (row["signatures_version"] for row in signatures))),
        databases=databases(far_ends),
        detectors=tuple(msgspec.convert(row, part.Detector) for row in sorted(detectors, key=lambda row: row["name"])),
    )


def _run(reader: Reader) -> part.Run:
    (judged,) = reader.ask(queries.assets.judged)
    return part.Run(written=now(), database=str(reader.path), last_judged=judged["judged_at"], scans=judged["scans"])
