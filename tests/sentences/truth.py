"""Whether what a sentence asserts holds, derived from the tables alone: nothing of ``detect`` or ``report`` is asked."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable

from iotwatch.report.words.claims import Asserts
from iotwatch.report.words.statements import Suspicion, Uncovered
from iotwatch.report.words.vantages import VANTAGES
from iotwatch.words.said import Said
from tests.sentences.asset_rows import Row, Truth, seconds

_SHARED = {"wifi", "bluetooth", "rf", "lan", "gateway", "diag"}
_OF_A_MODEM = {"imei", "imsi", "iccid", "eid"}
_KINDS = {
    Suspicion.BY_A_CLOCK: "beacon",
    Suspicion.AGAIN_AND_AGAIN: "beacon",
    Suspicion.WITHOUT_A_PAUSE: "beacon",
    Suspicion.FOLLOWS: "follows",
    Suspicion.WHILE_DRIVING: "beacon",
    Suspicion.HIDDEN_DATA: "beacon",
    Suspicion.NUMBER_SENT: "identity",
    Suspicion.NUMBER_HELD: "identity",
    Suspicion.READS_POSITION: "program",
    Suspicion.READS_NUMBER: "program",
    Suspicion.SECRET: "secret",
    Suspicion.TIE: "tie",
    Suspicion.TAG_ALONG: "tag",
    Suspicion.TAG_NEAR: "tag",
    Suspicion.TAG_SILENT: "tag",
    Suspicion.RADIO_IN_STEP: "transmitter",
    Suspicion.RADIO_CLOCK: "transmitter",
    Suspicion.MODEM: "module",
    Suspicion.CARD_SENDS: "sim-report",
    Suspicion.CARD_TELLS: "sim-report",
}
_MEASURES = {
    Uncovered.SCRAMBLED: {"payload.encrypted"},
    Uncovered.FOREIGN: {"frames"},
    Uncovered.NOT_READ: {"not read"},
    Uncovered.PHONE_BANDS: {"where phones send"},
    Uncovered.SIGNALS: {"signalling not dissected"},
    Uncovered.LOST: {"packets.cut", "packets.dropped", "packets.unread", "fragments.incomplete"},
    Uncovered.NO_ENGINE: {"unpack.engine"},
    Uncovered.TAG_FLOOD: {"tags of a flood"},
    Uncovered.TAGS_PASSED: {"tags out of scope"},
    Uncovered.DAMAGED_ON_AIR: {"advertisements damaged"},
    Uncovered.OVER_LIMIT: set(),
}


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _sent(truth: Truth, said: Said) -> bool:
    """The count is that of the rows, and each sender's own count is his."""
    rows = truth.of_grounds()
    text = str(dict(said.values).get("sending", ""))
    if not rows:
        return False
    if not text:
        return True
    senders = Counter(row["reported_id"] or row["client"] or "" for row in rows)
    counts = [int(found.replace(",", "")) if found else 1 for found in re.findall(r"(?:([\d,]+) times|once)", text)]
    if counts[0] != len(rows):
        return False
    if len(senders) == 1:
        return len(counts) == 1
    return sum(counts[1:]) == len(rows) and counts[1] == max(senders.values()) and f"by {len(senders)} senders" in text


def _own(truth: Truth, _: Said) -> bool:
    if truth.scope:
        return True
    numbers = truth.store.query(
        "SELECT value, vantage, sources.kind FROM observations JOIN sources ON sources.id = source_id WHERE asset = ?"
        " AND observations.kind IN ('imei', 'imsi', 'iccid', 'eid', 'vin')",
        (truth.asset,),
    )
    own = {row["value"] for row in numbers if not _shared(row["kind"], row["vantage"])}
    links = [row for one in truth.grounds for row in _positions_of(truth, one)]
    return all(
        any(not _shared(row["source_kind"], row["vantage"]) for row in _positions_of(truth, one))
        or str(one["facts"].get("device_id") or "") in own
        for one in truth.grounds
    ) and bool(links)


def _positions_of(truth: Truth, finding: Row) -> list[Row]:
    return truth.store.query(
        "SELECT positions.*, vantage, sources.kind AS source_kind FROM finding_positions JOIN positions ON positions.id ="
        " position_id JOIN sources ON sources.id = positions.source_id WHERE finding_id = ?",
        (finding["id"],),
    )


def _shared(kind: str, vantage: str) -> bool:
    return kind == "capture" and vantage in _SHARED


def _not_known_own(truth: Truth, _: Said) -> bool:
    return not truth.scope and all(_shared(row["source_kind"], row["vantage"]) for row in truth.of_grounds())


def _decided(truth: Truth, said: Said) -> bool:
    values = dict(said.values)
    if "n" in values:  # beside what the verdict rests on
        beside = [one for one in truth.decided if one not in truth.grounds]
        return len(beside) == values["n"] and any(
            str(one["facts"]["decision"]["author"]) in str(values["who"]) for one in beside
        )
    if not truth.grounds or any("decision" not in one["facts"] for one in truth.grounds):
        return False
    who = str(values.get("who", ""))
    return not who or all(one["facts"]["decision"]["author"] in who for one in truth.grounds)


def _undecided(truth: Truth, said: Said) -> bool:
    if "n" in dict(said.values):
        left = [
            one for one in truth.findings.values() if one["kind"] in ("module", "location") and one not in truth.decided
        ]
        return len(left) == dict(said.values)["n"]
    return bool(truth.grounds) and not any("decision" in one["facts"] for one in truth.grounds)


def _phases(truth: Truth, said: Said) -> bool:
    heard = {name for name, minutes in truth.phases() if minutes > 0}
    silent = [name for name, minutes in truth.phases() if minutes <= 0]
    values = dict(said.values)
    return all(name in heard for name in _words(str(values.get("phases", "")))) and values.get("n", 0) == len(silent)


def _words(text: str) -> list[str]:
    return [one for one in re.split(r", | and ", text) if one]


def _minutes(truth: Truth, said: Said) -> bool:
    minutes, heard = truth.minutes(), str(dict(said.values)["heard"])
    if heard == "less than a minute":
        return minutes < 1
    return abs(int(heard.split()[0].replace(",", "")) - minutes) <= 0.51


def _covered(truth: Truth, said: Said) -> bool:
    wanted = _MEASURES.get(said.word)  # type: ignore[call-overload]
    if wanted is None:  # names of what was not opened
        wanted = {
            "unpack.encrypted",
            "unpack.no-reader",
            "unpack.unknown",
            "unpack.damaged",
            "unpack.limit",
            "not read",
        }
    return truth.coverage(*wanted) > 0 or not wanted or said.word is Uncovered.NO_ENGINE


def _vantage(truth: Truth, said: Said) -> bool:
    values = dict(said.values)
    seen = {source["vantage"] or "other" for source in truth.sources}
    told = {
        name for name, row in VANTAGES.items() if values.get("where") == row.where or values.get("blind") == row.blind
    }
    return bool(told & seen)


def _site(truth: Truth, said: Said) -> bool:
    values = dict(said.values)
    return sum(one["facts"].get("sites", {}).get(values["site"], 0) for one in truth.grounds) == values["n"]


def _listed(truth: Truth) -> list[Row]:
    return [one for one in truth.decided if one["facts"]["decision"].get("baseline")]


def _modules(truth: Truth) -> list[Row]:
    query = "SELECT * FROM modules WHERE asset = ? AND role = 'module'"
    return truth.store.query(query, (truth.asset,))


def _observed(truth: Truth, kinds: set[str]) -> bool:
    query = "SELECT observations.kind FROM observations JOIN sources ON sources.id = source_id WHERE asset = ?"
    return any(row["kind"] in kinds for row in truth.store.query(query, (truth.asset,)))


def _cellular_heard(truth: Truth) -> bool:
    return any(
        one["vantage"] == "cellular" or (one["vantage"] == "rf" and one["kind"] != "capture") for one in truth.sources
    )


def _not_opened(truth: Truth, _: Said) -> bool:
    left = truth.store.query(
        "SELECT 1 FROM artefacts JOIN sources ON sources.id = source_id WHERE asset = ? AND artefacts.status != 'ok'",
        (truth.asset,),
    )
    return not truth.whole() or bool(left)


def _unread(truth: Truth, said: Said) -> bool:
    return (
        sum(one["status"] in ("unreadable", "partial") or not one["complete"] for one in truth.sources)
        == dict(said.values)["n"]
    )


def _apart(truth: Truth, _: Said) -> bool:
    """Two places of one source, by a sphere of the Earth's mean radius: faster than 100 m/s and more than 40 km apart."""
    placed = [row for row in truth.sent if row["latitude"] is not None and row["time"]]
    for one in placed:
        for other in placed:
            if one["source_id"] != other["source_id"]:
                continue
            a, b = (math.radians(row["latitude"]) for row in (one, other))
            turn = math.radians(one["longitude"] - other["longitude"])
            cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
            metres = 6_371_000 * math.acos(max(-1.0, min(1.0, cosine)))
            if metres > 40_000 and metres > 100 * abs(seconds(one["time"]) - seconds(other["time"])):
                return True
    return False


def _sure_of_some(truth: Truth, said: Said) -> bool:
    certain = {
        row["position_id"] for one in truth.grounds if one["confidence"] == "certain" for row in truth.links(one)
    }
    sure = [row for row in truth.of_grounds() if row["id"] in certain]
    others = {one["confidence"] for one in truth.grounds} - {"certain"}
    return len(sure) == dict(said.values)["n"] < len(truth.of_grounds()) and others == {"likely"}


def _transmitter(truth: Truth, said: Said) -> bool:
    senders = [one for one in truth.findings.values() if one["kind"] == "transmitter"]
    named = set(re.findall(r"\d+\.\d", str(dict(said.values)["frequencies"])))
    return bool(named) and named <= {f"{one['facts']['centre_mhz']:.1f}" for one in senders}


HOLDS: dict[Asserts, Callable[[Truth, Said], bool]] = {
    Asserts.SENT: _sent,
    Asserts.OWN: _own,
    Asserts.NOT_KNOWN_OWN: _not_known_own,
    Asserts.NONE_SENT: lambda truth, _: not truth.sent,
    Asserts.PERHAPS_SENT: lambda truth, said: bool(truth.of_grounds()),
    Asserts.DECIDED: _decided,
    Asserts.UNDECIDED: _undecided,
    Asserts.APART: _apart,
    Asserts.SURENESS: lambda truth, said: truth.grounds[0]["confidence"] == said.word.name.lower(),
    Asserts.SURE_OF_SOME: _sure_of_some,
    Asserts.KIND: lambda truth, said: truth.grounds[0]["kind"] == _KINDS[said.word],  # type: ignore[index]
    Asserts.CLOCK: lambda truth, _: (
        truth.grounds[0]["facts"]["pattern"] == "clock" and 0 < truth.grounds[0]["facts"]["chance"] < 0.01
    ),
    Asserts.MODULE: lambda truth, _: bool(_modules(truth)),
    Asserts.TRANSMITTER: _transmitter,
    Asserts.NO_MODULE: lambda truth, _: all(one["confidence"] == "possible" for one in _modules(truth)),
    Asserts.KNOWS_PLACE: lambda truth, _: truth.grounds[0]["kind"] in ("location", "assistance"),
    Asserts.IDENTITY: lambda truth, _: _observed(truth, _OF_A_MODEM),
    Asserts.CARD: lambda truth, _: truth.grounds[0]["kind"] in ("sim-report", "sim-place"),
    Asserts.OPENED_ALL: lambda truth, _: truth.whole(),
    Asserts.NOT_OPENED: _not_opened,
    Asserts.LISTENED: lambda truth, _: truth.listened(),
    Asserts.NOT_LISTENED: lambda truth, _: not truth.listened(),
    Asserts.MINUTES: _minutes,
    Asserts.PHASES: _phases,
    Asserts.NO_PHASES: lambda truth, _: not truth.case.get("phases"),
    Asserts.NO_CAPTURE: lambda truth, _: not any(one["kind"] == "capture" for one in truth.sources),
    Asserts.NO_SCOPE: lambda truth, _: not truth.scope,
    Asserts.NO_BASELINE: lambda truth, _: not _listed(truth),
    Asserts.BASELINE: lambda truth, said: len(_listed(truth)) == dict(said.values)["n"],
    Asserts.UNREAD: _unread,
    Asserts.COVERAGE: _covered,
    Asserts.VANTAGE: _vantage,
    Asserts.NO_CELLULAR: lambda truth, _: not _cellular_heard(truth),
    Asserts.SITE: _site,
    Asserts.NOT_JUDGED: lambda truth, _: not truth.row["verdict_ground"],
    Asserts.NOTHING: lambda *_: True,
}


def untrue(truth: Truth, said: Iterable[Said]) -> list[str]:
    """What the statements assert and the rows do not hold, in words."""
    return [
        f"{one.text!r} asserts that {claim.value}"
        for one in said
        for claim in one.word.asserts  # type: ignore[attr-defined]
        if not HOLDS[claim](truth, one)
    ]
