"""Findings that say that places were sent -> what is said of them on page one, counted before anything is masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from iotwatch.report.document.model import Finding
from iotwatch.report.document.page_one import Sender, Sending
from iotwatch.words.disclosing import sends_place
from iotwatch.words.sending import SIM_TOOLKIT

FACTS = (
    *("client", "country", "device_id", "dialect", "direction", "disclosing"),
    *("lists", "server", "server_name", "sites", "vendor"),
)
"""The facts of a finding that are read here."""


def sending(findings: Sequence[Finding], grounds: Collection[str]) -> Sending | None:
    """What those of ``findings`` whose ids are ``grounds`` say together; ``None`` when none of them sends a place."""
    found = [one for one in findings if one.fingerprint in grounds and sends_place(one.kind, one.facts)]
    if not found:
        return None
    senders: Counter[tuple[str, str, bool]] = Counter()
    sites: Counter[str] = Counter()
    for one in found:
        senders[_sender(one)] += int(one.facts["disclosing"])
        sites.update(one.facts.get("sites") or {})
    receivers = dict.fromkeys(_receiver(one) for one in found if one.facts["direction"] == "up")
    clients = dict.fromkeys(str(one.facts.get("client") or "") for one in found)
    return Sending(
        times=senders.total(),
        lists=sum(int(one.facts.get("lists") or 0) for one in found),
        senders=tuple(Sender(name, client, times, card) for (name, client, card), times in senders.most_common()),
        receivers=tuple(filter(None, receivers)),
        broadcast=all(one.facts["direction"] == "broadcast" for one in found),
        clients=tuple(filter(None, clients)),
        sites=tuple(sorted(sites.items())),
    )


def _sender(one: Finding) -> tuple[str, str, bool]:
    """The name that the sender gives itself, and where it gives none its address: masking hides the one as a name; whether it is a
    card."""
    name = str(one.facts.get("device_id") or "")
    card = one.facts.get("dialect") == SIM_TOOLKIT
    return name, "" if name else str(one.facts.get("client") or ""), card


def _receiver(one: Finding) -> str:
    facts = one.facts
    name = str(facts.get("server_name") or facts.get("server") or "")
    known = [str(facts[key]) for key in ("vendor", "country") if facts.get(key)]
    return f"{name} ({', '.join(known)})" if name and known else name
