"""Does a SIM card by itself ask for its place or its device, and send that on?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.sim_sends import CELLS_KEPT, EVIDENCE_KEPT, PLACES, Group, Sends, question, shown_cells
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind

_CELL = ("mcc", "mnc", "lac", "ci", "tac", "eci", "nci")


class SimReportDetector:
    """One finding per card, way and recipient; one per card that asks and sends nothing."""

    name = "sim-report"
    version = 1
    asks = "Does the SIM card itself ask where it is or which device holds it, and send that to somebody?"
    false_alarms = (
        "Roaming steering and cards with several subscriptions read the cell all day and send nothing. Operators' cards tell"
        " their operator once which device holds them (IMEI notice). An eSIM asks its server for orders over a channel of its own."
        " Whoever reads a card with a reader of his own makes it answer, not ask."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[Group, list[Observation]] = defaultdict(list)
        for one in scene.view.of(Kind.SIM_SENT):
            groups[str(one.facts.get("iccid", "")), str(one.facts["carrier"]), str(one.facts["recipient"])].append(one)
        asks = _by_card(scene.view.of(Kind.SIM_ASKED))
        told = _by_card(scene.view.of(Kind.SIM_TOLD))
        sending = set()
        for group in sorted(groups):
            reading = Sends(group, groups[group], asks.get(group[0], []), told.get(group[0], []))
            if reading.reports or reading.unsure:
                sending.add(group[0])
            if reading.speaks:
                yield reading.finding()
        for card in sorted(asks.keys() - sending):
            places = [one for one in asks[card] if one.value in PLACES]
            if places:
                yield _asks_alone(card, places, told.get(card, []))
        for applet in scene.view.of(Kind.SIM_APPLET):
            yield _applet(applet)


def _by_card(found: Sequence[Observation]) -> dict[str, list[Observation]]:
    cards: dict[str, list[Observation]] = defaultdict(list)
    for one in found:
        cards[str(one.facts.get("iccid", ""))].append(one)
    return cards


def _asks_alone(card: str, asked: Sequence[Observation], told: Sequence[Observation]) -> Finding:
    """A card that asks and was not seen to send: steering, where it refreshes files too."""
    cells = [{key: one.facts[key] for key in _CELL if key in one.facts} for one in told if one.facts.get("mcc")]
    reasons = [question(one) for one in asked]
    if cells:
        reasons.append(Reason.CARD_TOLD(n=len(cells), cells=shown_cells(cells)))
    return Finding(
        detector=SimReportDetector.name,
        kind=FindingKind.SIM_REPORT,
        subject=f"sim:{card}" if card else "the SIM card",
        key=keyed("sim-report", card, "", ""),
        title="The SIM card asks where it is; it was not seen to send that",
        severity=Behaviour.CARD_ASKS.severity,
        confidence=Confidence.LIKELY,
        reasons=tuple(reasons),
        doubts=(Doubt.CARD_STEERING(),),
        evidence=tuple(one.evidence for one in asked)[:EVIDENCE_KEPT],
        facts={
            "recipient": "",
            "carrier": "",
            "asked": [one.value for one in asked],
            "cells": cells[:CELLS_KEPT],
            "period_s": None,
            "sent": False,
            "iccid": card,
        },
    )


def _applet(one: Observation) -> Finding:
    """An application for a card: able to report where it holds the commands of asking and of sending."""
    able = bool(one.facts["asks"] and one.facts["sends"])
    reasons = [Reason.CARD_APPLET(package=one.value, applets=", ".join(one.facts["applets"]) or "none named")]
    if one.facts["toolkit"]:
        reasons.append(Reason.CARD_TOOLKIT())
    if able:
        asks, sends = ", ".join(one.facts["asks"]), ", ".join(one.facts["sends"])
        reasons.append(Reason.CARD_ABLE(asks=asks, sends=sends))
    return Finding(
        detector=SimReportDetector.name,
        kind=FindingKind.SIM_REPORT,
        subject=f"applet:{one.value}",
        key=keyed("sim-applet", one.value),
        title="A SIM card application that can ask for its place and send it" if able else "A SIM card application",
        severity=(Behaviour.CARD_CAN_REPORT if able else Behaviour.CARD_APPLET).severity,
        confidence=Confidence.POSSIBLE if able else Confidence.LIKELY,
        reasons=tuple(reasons),
        doubts=(Doubt.NEED_NOT_RUN(),),
        evidence=(one.evidence,),
        facts={
            "recipient": "",
            "carrier": ", ".join(one.facts["sends"]),
            "asked": list(one.facts["asks"]),
            "cells": [],
            "period_s": None,
            "sent": False,
            **{name: one.facts[name] for name in ("package", "applets", "tars", "toolkit")},
        },
    )
