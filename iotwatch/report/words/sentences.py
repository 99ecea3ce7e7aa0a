"""Verdict and coverage in plain words: page one, for the driver and the fleet manager.

Built from the report's own parts, so that it says nothing that the pages behind it do not show. No term of the field is
used here; the tests hold a list of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from iotwatch.report.document.model import Asset, Finding, Light, Summary
from iotwatch.report.document.uncovered import NAMED, listing, not_checked
from iotwatch.report.words import unopened
from iotwatch.report.words.suspicion import suspicion
from iotwatch.report.words.vantages import words_of
from iotwatch.words.amounts import counted, often

_LIGHTS: dict[str, Light] = {"reports-location": "red", "suspicious": "amber", "capable": "amber", "explained": "green"}
_HEADLINES = {
    "reports-location": "This car reports where it is",
    "suspicious": "Something here needs a closer look",
    "capable": "This car could report where it is; it was not seen doing so",
    "explained": "What was found has been explained",
    "nothing-seen": "Nothing was seen, as far as we could look",
    "not-enough-data": "Too little was recorded to say",
}
_SURE = {
    "certain": "We are certain of what was recorded",
    "likely": "This is likely, not certain",
    "possible": "This is possible, not more",
}
_NEXT = {
    "reports-location": "Next: ask the maker or leasing company whether this is the car's own equipment; remove nothing before",
    "suspicious": "Next: find out whose device this is, and record again",
    "capable": "Next: record longer, parked and driving",
    "explained": "Next: nothing, until the explanation runs out or the equipment changes",
    "nothing-seen": "Next: record again after a while, and from other places",
    "not-enough-data": "Next: record at least 15 minutes parked and 15 minutes driving, and note the times",
}
_STEPS = {
    "reports-location": (
        "Do not remove or switch off anything yet: it may belong to the car, its insurance or its leasing contract.",
        "Until this is cleared up, treat the places this car goes to as known to somebody else.",
        "Ask the maker, the dealer or the leasing company in writing: is this equipment yours, and who receives the data?",
        "Hand this report to the fleet's security team. The pages behind this one are for them.",
    ),
    "suspicious": (
        "Do not remove anything yet.",
        "List the devices that belong to this car, and have the recording repeated with that list.",
        "Hand this report to the fleet's security team. The pages behind this one are for them.",
    ),
    "capable": (
        "Ask the maker or the leasing company what this equipment is for.",
        "Have the recording repeated: at least 15 minutes parked and 15 minutes driving, and the mobile network too.",
    ),
    "explained": ("Keep the explanation with the car's papers, and have it looked at again when it runs out.",),
    "nothing-seen": ("Do not take this as proof. Repeat the recording now and then, and listen in other places too.",),
    "not-enough-data": (
        "Have the recording repeated: at least 15 minutes parked and 15 minutes driving, with the times noted.",
    ),
}
_SENT = frozenset({"up", "broadcast"})
_RANK = ("certain", "likely", "possible")


def summary(asset: Asset) -> Summary:
    """Page one of ``asset``: light, headline, one sentence, where to look, what to do, what was not checked."""
    word = asset.verdict
    return Summary(
        light=_LIGHTS.get(word, "none"),
        headline=_headline(asset),
        sentence=sentence(asset),
        where_to_look=_where(asset),
        what_to_do=_steps(asset),
        not_checked=not_checked(asset),
    )


def sentence(asset: Asset) -> str:
    """The verdict in one line: what, whose, to whom, how sure, what next."""
    told = {
        "reports-location": _reporting,
        "suspicious": _suspicious,
        "capable": _capable,
        "explained": _explained,
        "nothing-seen": _nothing,
    }.get(asset.verdict, _too_little)(asset)
    return f"{told} {_next(asset)}."


def _shut(asset: Asset) -> bool:
    """Whether the verdict is for want of what could not be opened, and not for want of listening."""
    return asset.verdict not in _LIGHTS and asset.verdict != "nothing-seen" and bool(unopened.unopened(asset))


def _headline(asset: Asset) -> str:
    return unopened.HEADLINE if _shut(asset) else _HEADLINES.get(asset.verdict, _HEADLINES["not-enough-data"])


def _next(asset: Asset) -> str:
    if _shut(asset):
        return unopened.NEXT_IMAGE if unopened.is_image(asset) else unopened.NEXT_RECORDING
    return _NEXT.get(asset.verdict, _NEXT["not-enough-data"])


def _steps(asset: Asset) -> tuple[str, ...]:
    if _shut(asset):
        return unopened.STEPS_IMAGE if unopened.is_image(asset) else unopened.STEPS_RECORDING
    return _STEPS.get(asset.verdict, _STEPS["not-enough-data"])


def transmissions(asset: Asset) -> list[Finding]:
    """Findings that say a place left the car and that no decision explains, the surest first."""
    found = [
        one
        for one in asset.findings
        if one.kind == "location"
        and one.facts.get("direction") in _SENT
        and one.facts.get("disclosing", 0)
        and "decision" not in one.facts
    ]
    return sorted(found, key=lambda one: _RANK.index(one.confidence))


def _receivers(found: Sequence[Finding]) -> str:
    if all(one.facts.get("direction") == "broadcast" for one in found):
        return "to whoever listens nearby"
    names = [_receiver(one) for one in found if one.facts.get("direction") == "up"]
    return f"to {listing(names, 'more')}" if any(names) else "to a receiver without a name"


def _receiver(one: Finding) -> str:
    facts = one.facts
    name = str(facts.get("server_name") or facts.get("server") or "")
    known = [str(facts[key]) for key in ("vendor", "country") if facts.get(key)]
    return f"{name} ({', '.join(known)})" if name and known else name


def _senders(found: Sequence[Finding]) -> str:
    names = [str(one.facts.get("device_id") or one.facts.get("client") or "") for one in found]
    unique = list(dict.fromkeys(name for name in names if name))
    if not unique:
        return "a device that gives no name"
    if len(unique) == 1:
        return f"a device that goes by {unique[0]}"
    return f"{len(unique)} senders ({listing(unique, 'more')})"


def _sending(asset: Asset, whose: str = "its") -> str:
    found = transmissions(asset)
    times = sum(int(one.facts.get("disclosing", 0)) for one in found)
    lists = sum(int(one.facts.get("lists") or 0) for one in found)
    what = (
        f"{whose} position" if lists < times else f"{whose} position, by a list of the radio masts or Wi-Fi around it,"
    )
    return f"{what} was sent {often(times)} {_receivers(found)}, by {_senders(found)}"


def _sure(found: Sequence[Finding]) -> str:
    return _SURE[found[0].confidence] if found else _SURE["possible"]


def _reporting(asset: Asset) -> str:
    return f"{asset.name} reports where it is: {_sending(asset)}. {_sure(transmissions(asset))}."


def _suspicious(asset: Asset) -> str:
    found = transmissions(asset)
    if found and asset.notes.scope:
        return f"{asset.name} may report where it is: {_sending(asset)}. {_sure(found)}."
    if found:
        told = f"{asset.name} may report where it is: {_sending(asset, whose='a')}. {_sure(found)}"
        return f"{told}; whether the sender belongs to this car is not known."
    worst = next((one for one in asset.findings if "decision" not in one.facts), None)
    if worst is None:
        return f"Something was found in {asset.name} that needs a closer look."
    return f"In {asset.name}, {suspicion(worst)().text}. {_SURE[worst.confidence]}."


def _capable(asset: Asset) -> str:
    names = [" ".join(filter(None, (one.vendor, one.model))) for one in asset.modules if one.role == "module"]
    if names:
        forged = " What a modem says of itself can be faked."
        return f"{asset.name} holds a mobile modem ({listing(names, 'more')}); nobody saw it send a position.{forged}"
    holds = "software or parts for a mobile modem" if asset.modules else "equipment that knows where it is"
    return f"{asset.name} holds {holds}; nobody saw it send a position."


def _explained(asset: Asset) -> str:
    decided = [one.facts["decision"] for one in asset.findings if "decision" in one.facts]
    who = listing([str(one.get("author", "")) for one in decided], "others")
    return f"{asset.name}: all that was found has been looked at and accepted{' by ' + who if who else ''}."


def _nothing(asset: Asset) -> str:
    return f"Nothing was seen in {asset.name} that reports where it is. That is not proof: see what was not checked."


def _too_little(asset: Asset) -> str:
    return (
        unopened.unopened(asset)
        or f"Too little of {asset.name} was recorded to say anything about what it does not do."
    )


def _where(asset: Asset) -> tuple[str, ...]:
    """Where the evidence of weighty findings was recorded, that of sent positions first, and what shows itself there."""
    weighty = [one for one in asset.findings if one.severity in ("medium", "high", "critical")]
    weighty = [*transmissions(asset), *weighty]
    if asset.verdict == "capable":
        weighty = [one for one in asset.findings if one.kind in ("module", "location")]
    places = {source.sha256: source.vantage for source in asset.sources}
    seen = dict.fromkeys(
        places[evidence.sha256] for one in weighty for evidence in one.evidence if evidence.sha256 in places
    )
    lines = [
        f"It also showed itself {words_of(vantage).where}."
        if index
        else f"It showed itself {words_of(vantage).where}: start there."
        for index, vantage in enumerate(seen)
    ]
    lines += [
        f"A mobile modem is in it: {' '.join(filter(None, (one.vendor, one.model)))}. Look for its aerial and its SIM card."
        for one in asset.modules
        if one.role == "module"
    ][:NAMED]
    clients = list(dict.fromkeys(str(one.facts.get("client") or "") for one in transmissions(asset)))
    named = [client for client in clients if client]
    lines += [f"A position was sent from inside {site}: {counted(times, 'time')}." for site, times in _sites(asset)]
    if named:
        lines.append(f"The sender's address in the car's network: {listing(named, 'more')}.")
    return tuple(lines) or ("Nothing points to a place in the car.",)


def _sites(asset: Asset) -> list[tuple[str, int]]:
    """Named sites that positions were sent from, with how often."""
    counts: Counter[str] = Counter()
    for one in transmissions(asset):
        counts.update(one.facts.get("sites") or {})
    return sorted(counts.items())
