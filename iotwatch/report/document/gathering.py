"""Rows of the database -> the parts of one asset's report, each in an order that its content decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
import numpy as np

from iotwatch.files.case import Case
from iotwatch.files.contact_events import unpack_times
from iotwatch.model import Damage
from iotwatch.report.document import listening
from iotwatch.report.document import model as part
from iotwatch.report.document.fleet import Spread
from iotwatch.report.document.page_one import Summary
from iotwatch.report.document.registered import registered
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words.walkback import commands
from iotwatch.store import queries
from iotwatch.store.packing import to_json
from iotwatch.words.kinds import Kind
from iotwatch.words.verdicts import VerdictWord

CONTACTS_KEPT = 60
TICKS_KEPT = 400
UNOPENED_KEPT = 300
DEVICES_KEPT = 200
TRACES_KEPT = 40
# What a device says or shows of itself; contents of messages stay in the database.
_TRACE_KINDS = (
    Kind.DEVICE_ID, Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.VIN, Kind.TERMINAL_PHONE, Kind.OUI, Kind.APN, Kind.OPERATOR,
    Kind.DIALECT, Kind.USB_ID, Kind.USB_NAME, Kind.USB_STRING, Kind.USB_SERIAL, Kind.MODULE_VENDOR, Kind.MODULE_MODEL,
    Kind.MODULE_FIRMWARE, Kind.HTTP_AGENT, Kind.MQTT_CLIENT, Kind.DHCP_VENDOR, Kind.DHCP_HOSTNAME, Kind.MODEM_CELLULAR,
    Kind.VENDOR_PROTOCOL, Kind.PROGRAM_POSITION, Kind.PROGRAM_IDENTITY, Kind.PROGRAM_NETWORK,
)  # fmt: skip
_BLANK = Summary(light="none", headline="", sentence="", where_to_look=(), what_to_do=(), not_checked=())
# What is known of a far end beside its address and name.
_KNOWN = ("country", "as_name", "vendor", "purpose")
_P = TypeVar("_P", bound=msgspec.Struct)


def _make(kind: type[_P], row: Row) -> _P:
    """``kind`` from the columns of ``row`` that it has; a text that is not stored is empty."""
    texts = _texts(kind)
    given = {name: row[name] for name in kind.__struct_fields__ if name in row}
    return kind(**{name: "" if value is None and name in texts else value for name, value in given.items()})


@cache
def _texts(kind: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(one.name for one in msgspec.structs.fields(kind) if one.type is str)


def parts(kind: type[_P], rows: Iterable[Row]) -> tuple[_P, ...]:
    """A ``kind`` of each row, from the columns of its fields."""
    return tuple(_make(kind, row) for row in rows)


def first_page(reader: Reader, row: Row) -> Row:
    """The fields of ``part.Asset`` that page one is made of; ``row`` is one of ``Reader.assets``."""
    name = row["name"]
    files = sources(reader, name)
    heard = listening.stretches(reader, name)
    return {
        **{column: row[column] for column in ("name", "first_seen", "last_seen")},
        "verdict": row["verdict"] or VerdictWord.NOT_ENOUGH_DATA,
        "ground": row["verdict_ground"] or "",
        "grounds": tuple(row["verdict_findings"] or ()),
        "summary": _BLANK,
        "notes": notes(reader.case(name), reader.scope(name), heard),
        "sources": files,
        "modules": parts(part.Module, reader.ask(queries.assets.modules, name)),
        "minutes": round(listening.minutes(heard), 1),
        "vantages": listening.vantages(files, heard),
        "unopened": parts(part.Unopened, reader.ask(queries.artefacts.unopened, name, UNOPENED_KEPT)),
    }


def sources(reader: Reader, asset: str) -> tuple[part.Source, ...]:
    """The input files that are evidence, by path."""
    found = reader.ask(queries.sources.of, asset)
    for row in found:
        row["link_types"] = row["link_types"] or {}
        row["damage"] = tuple(msgspec.convert(row["damage"] or [], list[Damage]))
        row["complete"] = bool(row["complete"])
        row["packets"] = row["packets"] or 0
    return parts(part.Source, found)


def findings(reader: Reader, asset: str, spread: Spread) -> tuple[part.Finding, ...]:
    """Findings, worst and surest first, each with its evidence and the number of cars that ``spread`` has for it."""
    made = []
    for row in reader.findings(asset):
        row["evidence"] = _evidence(reader, row)
        row["cars"] = spread.of(row)
        for name in ("aliases", "reasons", "doubts"):
            row[name] = tuple(row[name] or ())
        made.append(_make(part.Finding, row))
    return tuple(made)


def beacons(reader: Reader, asset: str, found: Sequence[part.Finding]) -> tuple[part.Beacon, ...]:
    """Regular contacts, the least accidental first, each with the number of cars that have the like of its finding."""
    cars = {one.fingerprint: one.cars for one in found}
    rows = reader.ask(queries.assets.beacons, asset)
    for row in rows:
        row["cars"] = cars.get(row["fingerprint"], 1)
        row["pattern"] = row["pattern"] or ""
    return parts(part.Beacon, rows)


def _evidence(reader: Reader, finding: Row) -> tuple[part.Evidence, ...]:
    made = []
    for row in reader.evidence(finding["id"]):
        row |= {"sha256": row["source_sha256"], "inner_path": row["path"] or "", "path": row["source_path"]}
        row["place"] = row["chain"]
        row["display_filter"] = row["display_filter"] or ""
        ours = f"finding {finding['fingerprint']}"
        row["command"] = commands(row["chain"], row["path"], row["inner_path"], row["display_filter"], ours)[0]
        made.append(_make(part.Evidence, row))
    return tuple(
        sorted(made, key=lambda one: (one.sha256, one.inner_path, one.frame or 0, one.offset or 0, one.length))
    )


def since(reader: Reader, asset: str) -> part.Since | None:
    """What the latest sweep changed; ``None`` when there was one alone."""
    found = reader.ask(queries.assets.changes, asset)
    verdict = next((row for row in found if row["what"] == "verdict"), None)
    if verdict is None:
        return None
    changes = parts(part.Change, (row for row in found if row["what"] == "finding"))
    return part.Since(verdict["sweep"], verdict["since"] or "", verdict["before"] or "", changes)


def positions(reader: Reader, asset: str) -> tuple[part.Position, ...]:
    """All stated positions by time; those without one come first."""
    found = reader.ask(queries.positions.of, asset)
    senders: dict[str, int] = {"": 0}
    for row in found:
        row["sender"] = senders.setdefault(row["reported_id"] or row["client"] or "", len(senders))
        row["valid"] = None if row["valid"] is None else bool(row["valid"])
    return parts(part.Position, found)


def contacts(reader: Reader, asset: str) -> tuple[part.Contact, ...]:
    """Who spoke to whom and when, for the timeline: bursts, or connections where a pair sent none; the busiest pairs."""
    merged: dict[tuple[Any, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in reader.ask(queries.flows.contacts, asset):
        key = (row["client"], row["server"], row["server_port"], row["server_name"] or "", row["transport"])
        merged[key][row["kind"]].append(row)
    made = []
    for key in sorted(merged, key=lambda key: tuple(str(one) for one in key)):
        kinds = merged[key]
        kind = next((one for one in ("burst", "connection") if one in kinds), min(kinds))
        counts = np.array([row["events"] for row in kinds[kind]])
        ticks = np.sort(unpack_times([row["times"] for row in kinds[kind]], counts)) // 1000
        if len(ticks) > TICKS_KEPT:
            ticks = ticks[np.linspace(0, len(ticks) - 1, TICKS_KEPT).astype(np.int64)]
        client, server, port, name, transport = key
        events = sum(row["events"] for row in kinds[kind])
        made.append(part.Contact(client, server, port, name, transport, kind, events, tuple(ticks.tolist())))
    made.sort(key=lambda one: -one.events)
    return tuple(made[:CONTACTS_KEPT])


def far_ends(reader: Reader, asset: str, stated: Sequence[part.Position]) -> tuple[part.FarEnd, ...]:
    """Whom it spoke to, with what is known of them; those who were sent positions first."""
    known: dict[str | tuple[str, int | None], Row] = {}
    for row in reader.ask(queries.assets.endpoints, asset):
        row |= {name: row[name] or "" for name in ("address", "name", *_KNOWN)}
        for key in (row["name"], row["address"] and (row["address"], row["port"])):
            if key:
                known.setdefault(key, row)
    sent: dict[tuple[str, str, int | None], int] = defaultdict(int)
    for one in stated:
        if one.direction == "up":
            sent[one.server, one.server_name, one.server_port] += 1
    unseen = dict.fromkeys(_KNOWN, "")
    made = []
    for row in reader.ask(queries.flows.far_ends, asset):
        facts = known.get(row["name"]) or known.get((row["address"], row["port"])) or unseen
        row |= {name: facts[name] for name in unseen}
        # What was looked up when it was judged comes first; what no signature knows was not looked up then.
        said = registered(row["address"])
        row |= {name: row[name] or said[name] for name in ("country", "as_name")}
        row["protocol"] = ", ".join(sorted(filter(None, (row["protocol"] or "").split(","))))
        row["positions"] = sent.get((row["address"], row["name"], row["port"]), 0)
        made.append(_make(part.FarEnd, row))
    seen = {one.name for one in made} | {one.address for one in made}
    for row in known.values():
        if not {row["name"], row["address"]} & (seen - {""}):
            seen |= {row["name"], row["address"]} - {""}
            silent = {**dict.fromkeys(("positions", "bytes_up", "bytes_down"), 0), "protocol": ""}
            made.append(_make(part.FarEnd, {**row, **silent, "first_seen": None, "last_seen": None}))
    made.sort(key=lambda one: (-one.positions, not one.vendor, -one.bytes_up))
    return tuple(made)


def devices(reader: Reader, asset: str) -> tuple[part.Device, ...]:
    """The traces of each subject; what belongs to none stands under an empty subject, last."""
    grouped: dict[str, list[part.Trace]] = defaultdict(list)
    for row in reader.ask(queries.observations.traces, asset, to_json(_TRACE_KINDS)):
        grouped[row["subject"] or ""].append(part.Trace(kind=row["kind"], value=row["value"], count=row["count"]))
    kept = list(grouped.items())[:DEVICES_KEPT]
    return tuple(part.Device(subject=subject, traces=tuple(traces[:TRACES_KEPT])) for subject, traces in kept)


def notes(case: Case | None, scope: Sequence[str], heard: listening.Stretches) -> part.Notes:
    """What the people said, as the report shows it."""
    if case is None:
        return part.Notes(scope=tuple(scope))
    return part.Notes(
        **{name: getattr(case, name) for name in ("operator", "place", "legal_basis", "notes")},
        scope=tuple(scope) or case.scope,
        phases=listening.periods(case.phases, heard),
        sites=tuple(one.name for one in case.sites),
    )
