"""What one SIM card sent to one recipient, weighed: a place or a number of the device, proven, likely, or only possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.amounts import duration
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.said import Said

EVIDENCE_KEPT = 6
CELLS_KEPT = 256
_CELLS_SHOWN = 6
_TEST_COUNTRY = "001"
PLACES = frozenset({"cell", "measurements", "timing advance", "cell changes", "place"})
_IDENTITIES = frozenset({"imei", "imeisv"})
_OPAQUE = frozenset({"data"})
_OFTEN = 3
"""So many times a device's number is told by no notice any more."""
_STEADY = 0.1
"""The share of the period that the gaps between sends may differ from it."""
_FEW = 3
"""Gaps that a rhythm needs."""
_CARRIERS = {"sms": "SMS", "bip": "a channel of its own (BIP)", "ussd": "USSD", "browser": "the browser"}
_WHAT = {
    "cell": "for its cell",
    "cell changes": "to tell it each new cell",
    "measurements": "for the cells around it",
    "timing advance": "for its distance from the cell",
    "place": "for its position",
    "imei": "which device it is in (IMEI)",
    "imeisv": "which device it is in (IMEISV)",
}
"""What a card asks, behind "the card asked the modem"."""
Group = tuple[str, str, str]
"""Card, carrier and recipient."""


class Sends:
    """What the sends of one card to one recipient say together."""

    def __init__(
        self,
        group: Group,
        sends: Sequence[Observation],
        asked: Sequence[Observation],
        told: Sequence[Observation],
    ) -> None:
        self.card, self.carrier, self.recipient = group
        self.sends = sorted(sends, key=lambda one: one.time or 0)
        self.asked, self.told = asked, told
        done = [one for one in self.sends if one.facts["result"] != "failed"]
        self.proven = [one for one in done if one.facts["cells"] or one.facts.get("place")]
        # What holds nothing readable, and followed what the card was told, may be the same in a code.
        self.likely = [one for one in done if one.facts["fresh"] and one.facts["content"] in _OPAQUE and not _says(one)]
        self.coded = [one for one in done if one.facts["fresh"] and one.facts["content"] == "text" and not _says(one)]
        self.sealed = [one for one in done if one.facts["content"] == "tls" and PLACES & set(one.facts["asked"])]
        self.failed = [
            one for one in self.sends if one.facts["result"] == "failed" and PLACES & set(one.facts["asked"])
        ]
        self.numbers = [one for one in done if _IDENTITIES & set(one.facts["numbers"])]

    @property
    def speaks(self) -> bool:
        """Whether these sends have to do with a place or with the device."""
        return bool(self.reports or self.unsure or self.numbers)

    @property
    def reports(self) -> list[Observation]:
        """The sends that tell a place."""
        return self.proven or self.likely

    @property
    def unsure(self) -> list[Observation]:
        """The sends that may tell one, or tried to."""
        return self.sealed or self.failed or self.coded

    def finding(self) -> Finding:
        shown = self.reports or self.unsure or self.numbers
        cells = self._cells()
        what = "its place" if any(one.facts.get("place") for one in self.proven) else "its cell"
        way = _CARRIERS.get(self.carrier, self.carrier)
        if self.reports:
            title = f"The SIM card asks for {what} and sends it by {way} to {self.recipient}"
        elif self.numbers and not self.unsure:
            title = f"The SIM card tells {self.recipient} which device holds it, by {way}"
        else:
            title = f"The SIM card asks for its place and could send it by {way} to {self.recipient}"
        evidence = [one.evidence for one in (*self.asked[:2], *self.told[:1], *shown)]
        return Finding(
            detector=FindingKind.SIM_REPORT.value,
            kind=FindingKind.SIM_REPORT,
            subject=f"sim:{self.card}" if self.card else "the SIM card",
            key=keyed("sim-report", self.card, self.carrier, self.recipient),
            title=title,
            severity=self._behaviour().severity,
            confidence=self._confidence(),
            reasons=tuple(self._reasons(shown, cells)),
            doubts=tuple(self._doubts(shown)),
            evidence=tuple(dict.fromkeys(evidence))[:EVIDENCE_KEPT],
            facts=self._facts(shown, cells),
        )

    def _behaviour(self) -> Behaviour:
        if self.reports:
            return Behaviour.CARD_REPORTS
        notice = self.numbers and not self.unsure and len(self.numbers) < _OFTEN
        return Behaviour.CARD_NOTICE if notice else Behaviour.CARD_CAN_REPORT

    def _confidence(self) -> Confidence:
        if self.proven:
            heard = any(one.facts["result"] == "done" for one in self.proven)
            return Confidence.CERTAIN if heard else Confidence.LIKELY
        if self.likely:
            again = len(self.likely) > 1 or any(one.facts.get("ordered") for one in self.likely)
            return Confidence.LIKELY if again else Confidence.POSSIBLE
        return Confidence.LIKELY if self.numbers else Confidence.POSSIBLE

    def _reasons(self, shown: Sequence[Observation], cells: Sequence[dict[str, Any]]) -> Iterator[Said]:
        for one in self.asked:
            yield question(one)
        if cells:
            yield Reason.CARD_TOLD(n=len(cells), cells=shown_cells(cells))
        size = sum(int(one.facts["bytes"]) for one in shown)
        carrier = _CARRIERS.get(self.carrier, self.carrier)
        yield Reason.CARD_SENT(n=len(shown), bytes=size, carrier=carrier, recipient=self.recipient)
        if self.proven:
            placed = any(one.facts.get("place") for one in self.proven)
            yield Reason.CARD_HOLDS(what="position" if placed else "cell")
        elif self.likely:
            yield Reason.CARD_SENT_AFTER()
        for name in sorted({name for one in shown for name in one.facts["numbers"]}):
            yield Reason.CARD_NUMBER(
                what={"imsi": "subscriber (IMSI)", "iccid": "card (ICCID)"}.get(name, "device (IMEI)")
            )
        if self.failed and not self.reports:
            yield Reason.CARD_TRIED()
        triggers = sorted({str(one.facts["trigger"]) for one in shown if one.facts["trigger"]})
        if triggers:
            yield Reason.CARD_WOKEN(trigger=", ".join(triggers))
        ordered = next((one.facts["ordered"] for one in shown if one.facts.get("ordered")), None)
        if ordered:
            sender = f" from {ordered['from']}" if ordered.get("from") else ""
            application = f" for the application {ordered['tar']}" if ordered.get("tar") else ""
            yield Reason.CARD_ORDERED(sender=sender, application=application)
        if (period := _period(shown)) is not None:
            yield Reason.CARD_RHYTHM(interval=duration(period))

    def _doubts(self, shown: Sequence[Observation]) -> Iterator[Said]:
        if (self.likely or self.coded) and not self.proven:
            yield Doubt.CARD_OPAQUE()
        if self.sealed and not self.reports:
            yield Doubt.CARD_ESIM()
        if all(one.facts["result"] == "not heard" for one in shown):
            yield Doubt.CARD_NOT_HEARD()
        if self._behaviour() is Behaviour.CARD_NOTICE:
            yield Doubt.CARD_NOTICE()
        if self.reports and all(cell["mcc"] == _TEST_COUNTRY for cell in self._cells()) and self._cells():
            yield Doubt.CARD_TEST()

    def _cells(self) -> list[dict[str, Any]]:
        """The cells that were sent, each once and in order; of what cannot be read those that it followed."""
        name = "cells" if self.proven else "fresh"
        found = [cell for one in self.reports or self.unsure for cell in one.facts[name]]
        return list({tuple(cell.items()): cell for cell in found}.values())[:CELLS_KEPT]

    def _facts(self, shown: Sequence[Observation], cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "recipient": self.recipient,
            "carrier": self.carrier,
            "asked": list(dict.fromkeys(what for one in shown for what in one.facts["asked"])),
            "cells": list(cells),
            "period_s": _period(shown),
            "sent": bool(self.reports),
            "sends": len(shown),
            "proven": bool(self.proven),
            "numbers": sorted({name for one in shown for name in one.facts["numbers"]}),
            "triggers": sorted({str(one.facts["trigger"]) for one in shown if one.facts["trigger"]}),
            "iccid": self.card,
        }
        first = shown[0].facts
        facts |= {name: first[name] for name in ("server", "port", "apn", "transport", "ordered") if first.get(name)}
        places = [place for one in shown for place in one.facts.get("place", ())]
        if places:
            facts["places"] = [{"latitude": latitude, "longitude": longitude} for latitude, longitude in places]
        return facts


def _says(one: Observation) -> bool:
    """Whether what was sent is understood: it tells the device's number and no place."""
    return bool(_IDENTITIES & set(one.facts["numbers"]))


def _period(sends: Sequence[Observation]) -> float | None:
    """Seconds between sends, where they keep time; the card's own timer where it woke on that."""
    times = [one.time for one in sends if one.time is not None]
    gaps = sorted((after - before) / 1e6 for before, after in pairwise(times))
    middle = gaps[len(gaps) // 2] if len(gaps) >= _FEW else 0.0
    if middle and all(abs(gap - middle) <= _STEADY * middle for gap in gaps):
        return round(middle, 1)
    timers = {one.facts["timer_s"] for one in sends if one.facts["trigger"] == "timer" and one.facts["timer_s"]}
    return float(timers.pop()) if len(timers) == 1 else None


def shown_cells(cells: Sequence[dict[str, Any]]) -> str:
    """``26201-7386-2352`` for each, the first few: network, area, cell."""
    texts = [
        "-".join(str(cell[key]) for key in ("lac", "tac", "ci", "eci", "nci") if key in cell)
        for cell in cells[:_CELLS_SHOWN]
    ]
    shown = [f"{cell['mcc']}{cell['mnc']}-{text}" for cell, text in zip(cells, texts, strict=False)]
    more = f" and {len(cells) - _CELLS_SHOWN} more" if len(cells) > _CELLS_SHOWN else ""
    return ", ".join(shown) + more


def question(one: Observation) -> Said:
    """What a card asked, and how often."""
    return Reason.CARD_ASKED(what=_WHAT.get(one.value, one.value), n=one.count)
