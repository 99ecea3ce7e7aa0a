"""Do files of a SIM card say where it was?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

_EVIDENCE_KEPT = 6
_PLACES_KEPT = 256
_SHOWN = 6


class SimPlaceDetector:
    """One finding per card and file; one per message that the card keeps."""

    name = "sim-place"
    version = 1
    asks = "Do files of a SIM card disclose where it was: last registrations, networks that refused it, messages?"
    false_alarms = (
        "Every phone writes these files, and everybody's card has them. The place is that of the last registration, whose time is"
        " not stored: it may be that of the card's former device. Test cards hold made-up networks."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
        for one in scene.view.of(Kind.SIM_PLACE):
            file = str(one.facts["file"])
            apart = one.value if file == "SMS" else ""
            groups[str(one.facts.get("iccid", "")), file, apart].append(one)
        for card, file, apart in sorted(groups):
            yield _finding(card, file, apart, groups[card, file, apart])


def _finding(card: str, file: str, apart: str, found: Sequence[Observation]) -> Finding:
    ordered = sorted(found, key=lambda one: one.time or 0)
    last = ordered[-1].facts
    places = list({_text(one): one for one in ordered}.values())
    told = {
        name: last[name]
        for name in ("mcc", "mnc", "plmns", "status", "state", "from", "to", "text", "sent_at")
        if last.get(name)
    }
    return Finding(
        detector=SimPlaceDetector.name,
        kind=FindingKind.SIM_PLACE,
        subject=f"sim:{card}" if card else "the SIM card",
        key=keyed("sim-place", card, file, apart),
        title=_title(file, ordered[-1]),
        severity=Behaviour.CARD_PLACE.severity,
        confidence=Confidence.LIKELY,
        reasons=tuple(_reasons(file, ordered, places)),
        doubts=(Doubt.CARD_READER(),) if file == "SMS" else (Doubt.CARD_TIME(), Doubt.CARD_READER()),
        evidence=tuple(dict.fromkeys(one.evidence for one in reversed(places)))[:_EVIDENCE_KEPT],
        facts={
            "file": file,
            "plmn": last["plmn"],
            "area": last["area"],
            "cell": last["cell"],
            **told,
            "places": [{"plmn": one.facts["plmn"], "area": one.facts["area"]} for one in places[-_PLACES_KEPT:]],
            "written": any(one.facts.get("by") == "written" for one in found),
            "iccid": card,
        },
    )


def _title(file: str, one: Observation) -> str:
    if file == "SMS":
        return "A message kept on the SIM card"
    if file == "FPLMN":
        return "Networks that refused the SIM card (FPLMN)"
    return f"The SIM card's last registration ({file}): {_text(one)}"


def _text(one: Observation) -> str:
    facts = one.facts
    return f"{facts['plmn']}, area {facts['area']}" if facts["area"] is not None else one.value


def _reasons(file: str, ordered: Sequence[Observation], places: Sequence[Observation]) -> Iterator[Said]:
    last = ordered[-1].facts
    if file == "SMS":
        other = " ".join(f"{name} {last[name]}" for name in ("from", "to") if last.get(name))
        time = f", {last['sent_at']}" if last.get("sent_at") else ""
        text = f": {last['text']!r}" if last.get("text") else ""
        yield Reason.CARD_MESSAGE(state=last.get("state") or "state unknown", other=other, time=time, text=text)
        return
    if file == "FPLMN":
        yield Reason.CARD_REFUSED(networks=", ".join(last["plmns"]))
        return
    yield Reason.CARD_FILE(file=f"EF_{file}", what=f"{_text(ordered[-1])}, {last.get('status', 'state unknown')}")
    if any(one.facts.get("by") == "written" for one in ordered) and len(places) > 1:
        shown = "; ".join(_text(one) for one in places[-_SHOWN:])
        yield Reason.CARD_FILE_WRITTEN(places=shown)
