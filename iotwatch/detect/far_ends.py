"""Whom an asset reached, asked for or is made to reach: every far end, whether or not a signature knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iotwatch.enrich import registered_domain
from iotwatch.model import Finding
from iotwatch.store import View
from iotwatch.store.rows import EndpointRow
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import FindingKind
from iotwatch.words.kinds import Kind


def far_ends(view: View, findings: Sequence[Finding]) -> list[EndpointRow]:
    """The far ends that no row of ``findings`` tells, by name, address and port; each name once.

    Names that carry data stand as the one name that they were asked under. Who registered an address is looked up when it is
    told, not here.
    """
    rows = [values for one in findings for table, values in one.rows if table == "endpoints"]
    told: set[object] = {row["name"] for row in rows} | {(row["address"], row["port"]) for row in rows}
    found: list[EndpointRow] = []
    for row in (*_reached(view, _carriers(findings)), *_dialled(view), *_in_images(findings)):
        key = row.name or (row.address, row.port)
        if key not in told:
            told |= {key, (row.address, row.port)} if row.address else {key}
            found.append(row)
    return sorted(found, key=lambda row: (row.name, row.address, row.port or 0))


def _carriers(findings: Iterable[Finding]) -> frozenset[str]:
    """The names under which data is asked as names."""
    return frozenset(
        str(one.facts["far_end"])
        for one in findings
        if one.kind is FindingKind.BEACON and one.facts["pattern"] == Pattern.DATA_IN_NAMES
    )


def _reached(view: View, carriers: frozenset[str]) -> Iterator[EndpointRow]:
    """The names first, so that an address without one is a row of its own only where no name is known for it."""
    for row in sorted(
        view.contacts, key=lambda row: (not row.server_name, row.server_name, row.server, row.server_port)
    ):
        name = row.server_name.lower().rstrip(".")
        if row.kind == "dns":
            # Who answers is not who bears the name.
            domain = registered_domain(name) if carriers else ""
            yield EndpointRow(name=domain if domain in carriers else name)
        else:
            yield EndpointRow(name, row.server, row.server_port or None)


def _dialled(view: View) -> Iterator[EndpointRow]:
    """Whom a modem was told to reach by its own sockets."""
    for one in view.of(Kind.AT_SERVER):
        host, port = str(one.facts.get("host", "")).lower(), one.facts.get("port")
        if host:
            number = port if isinstance(port, int) else None
            bare = host.replace(".", "").isdigit() or ":" in host
            yield EndpointRow("" if bare else host, host if bare else "", number)


def _in_images(findings: Iterable[Finding]) -> Iterator[EndpointRow]:
    """Whom the programs of an image name."""
    for one in findings:
        if one.kind is FindingKind.PROGRAM:
            yield from (EndpointRow(str(name).lower()) for name in one.facts.get("far_ends", ()))
