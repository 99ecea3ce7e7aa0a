"""Verdict and coverage in plain words: page one, for the driver and the fleet manager.

What the verdict rests on chooses the statements, the report's own parts fill them, so that page one says nothing that the
pages behind it do not show. No term of the field is used here; the tests hold a list of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iotwatch.report.document.model import Asset, Finding
from iotwatch.report.document.page_one import Light, Sender, Sending, Summary
from iotwatch.report.document.uncovered import NAMED, listing, not_checked, unopened_names
from iotwatch.report.words.claims import Statement
from iotwatch.report.words.statements import Behind, Headline, Lead, Next, Step, Suspicion, Where
from iotwatch.report.words.suspicion import suspicion
from iotwatch.report.words.vantages import words_of
from iotwatch.words.amounts import often
from iotwatch.words.disclosing import sends_place
from iotwatch.words.findings import FindingKind
from iotwatch.words.said import Said
from iotwatch.words.verdicts import Ground, VerdictWord

LIGHTS: tuple[Light, ...] = ("red", "amber", "none", "green")
"""Those that ask somebody to act first."""
_LIGHTS: dict[str, Light] = {
    VerdictWord.REPORTS_LOCATION: "red",
    VerdictWord.SUSPICIOUS: "amber",
    VerdictWord.CAPABLE: "amber",
    VerdictWord.EXPLAINED: "green",
}


class _Page(NamedTuple):
    """What a ground is told by: of a car that was recorded, and of a unit whose memory or records alone were read."""

    headline: Headline
    next: Next
    steps: tuple[Step, ...]
    unit_next: Next | None = None
    unit_steps: tuple[Step, ...] = ()


_FOUND = _Page(
    Headline.LOOK_CLOSER,
    Next.FIND_OWNER,
    (Step.REMOVE_NOTHING, Step.LIST_DEVICES, Step.HAND_ON),
    Next.FIND_PURPOSE,
    (Step.REMOVE_NOTHING, Step.ASK_WHAT_FOR, Step.LISTEN_TO_UNIT, Step.HAND_ON),
)
_CAPABLE = _Page(
    Headline.CAPABLE,
    Next.RECORD_LONGER,
    (Step.ASK_WHAT_FOR, Step.REPEAT_ALL),
    Next.FIND_PURPOSE,
    (Step.ASK_WHAT_FOR, Step.LISTEN_TO_UNIT),
)
_EXPLAINED = _Page(Headline.EXPLAINED, Next.KEEP, (Step.KEEP_PAPERS,))
_TOO_LITTLE = _Page(Headline.TOO_LITTLE, Next.RECORD_PHASES, (Step.REPEAT_PHASES,))
_NOT_WHOLE = _Page(
    Headline.NOT_WHOLE,
    Next.SAVE_AGAIN,
    (Step.SAVE_AGAIN,),
    Next.ASK_FOR_KEYS,
    (Step.PROVES_NOTHING, Step.ASK_FOR_KEYS, Step.READ_OUT_AGAIN),
)
_PAGES: dict[Ground, _Page] = {
    Ground.OWN_SENT: _Page(
        Headline.REPORTS, Next.ASK_MAKER, (Step.TOUCH_NOTHING, Step.PLACES_KNOWN, Step.ASK_IN_WRITING, Step.HAND_ON)
    ),
    Ground.SENT_AMONG_OTHERS: _FOUND,
    Ground.WEIGHTY: _FOUND,
    Ground.SENT_EXPLAINED: _EXPLAINED._replace(headline=Headline.SENT_EXPLAINED),
    Ground.MAY_HAVE_SENT: _CAPABLE._replace(headline=Headline.PERHAPS),
    Ground.MODULE: _CAPABLE,
    Ground.KNOWS_PLACE: _CAPABLE,
    Ground.MODEM_SOFTWARE: _CAPABLE,
    Ground.IDENTITY: _CAPABLE,
    Ground.CARD: _CAPABLE,
    Ground.ALL_EXPLAINED: _EXPLAINED,
    Ground.NO_SOURCE: _NOT_WHOLE,
    Ground.NOT_WHOLE: _NOT_WHOLE,
    Ground.NOT_LISTENED: _TOO_LITTLE,
    Ground.OPENED: _Page(Headline.NOTHING, Next.AGAIN, (Step.NO_PROOF,), Next.FIND_PURPOSE, (Step.NO_PROOF_OF_UNIT,)),
}
_NOT_JUDGED = _Page(Headline.NOT_JUDGED, Next.JUDGE, (Step.JUDGE,))
_LEADS: dict[Ground, Statement] = {
    Ground.MODEM_SOFTWARE: Lead.MODEM_SOFTWARE,
    Ground.KNOWS_PLACE: Lead.KNOWS_PLACE,
    Ground.IDENTITY: Lead.IDENTITY,
    Ground.CARD: Lead.CARD,
    Ground.NO_SOURCE: Lead.NOT_WHOLE,
    Ground.NOT_LISTENED: Lead.TOO_LITTLE,
    Ground.OPENED: Lead.NOTHING,
}
_SURE = {"certain": Behind.CERTAIN, "likely": Behind.LIKELY, "possible": Behind.POSSIBLE}
_WEIGHED = frozenset({Ground.OWN_SENT, Ground.SENT_AMONG_OTHERS, Ground.WEIGHTY, Ground.MAY_HAVE_SENT})
_DECIDED = frozenset({Ground.SENT_EXPLAINED, Ground.ALL_EXPLAINED})
_OF_EQUIPMENT = frozenset({"module", "location"})


def summary(asset: Asset) -> Summary:
    """Page one of ``asset``: light, headline, one sentence, where to look, what to do, what was not checked."""
    return Summary(
        light=light(asset.verdict, asset.ground),
        headline=headline(asset).text,
        sentence=sentence(asset),
        where_to_look=tuple(said.text for said in where_to_look(asset)),
        what_to_do=tuple(said.text for said in what_to_do(asset)),
        not_checked=tuple(said.text for said in not_checked(asset)),
    )


def light(verdict: str, ground: str) -> Light:
    """The colour that a verdict and the rule that decided it have; none before the first judgement."""
    return _LIGHTS.get(verdict, "none") if ground else "none"


def sentence(asset: Asset) -> str:
    """The verdict in one line: what, whose, to whom, how sure, what next."""
    return " ".join(said.text for said in told(asset))


def headline(asset: Asset) -> Said:
    """The verdict in a few words."""
    return _page(asset).headline()


def told(asset: Asset) -> tuple[Said, ...]:
    """The statements that the sentence is made of."""
    page = _page(asset)
    step = page.unit_next if page.unit_next and _is_unit(asset) else page.next
    return _lead(asset), *_behind(asset), step()


def what_to_do(asset: Asset) -> tuple[Said, ...]:
    """The next steps, in their order."""
    page = _page(asset)
    return tuple(step() for step in (page.unit_steps if page.unit_steps and _is_unit(asset) else page.steps))


def _page(asset: Asset) -> _Page:
    ground = _ground(asset)
    return _PAGES[ground] if ground else _NOT_JUDGED


def _ground(asset: Asset) -> Ground | None:
    return Ground.__members__.get(asset.ground)


def _is_unit(asset: Asset) -> bool:
    """Whether memory images and records of a unit alone were read, or it is an image that was not opened: advice on a drive
    does not fit them."""
    if _ground(asset) in (Ground.NOT_WHOLE, Ground.NO_SOURCE):
        return any(source.kind == "firmware" and not source.complete for source in asset.sources)
    return bool(asset.sources) and all(source.kind != "capture" for source in asset.sources)


def _grounds(asset: Asset) -> list[Finding]:
    """The findings that the verdict rests on, the leading one first."""
    known = {one.fingerprint: one for one in asset.findings}
    return [known[name] for name in asset.grounds if name in known]


def _lead(asset: Asset) -> Said:
    ground, name = _ground(asset), asset.name
    if ground is None:
        return Lead.NOT_JUDGED(asset=name)
    if ground is Ground.OWN_SENT and asset.sending:
        return Lead.REPORTS(asset=name, sending=_sending(asset.sending))
    if ground is Ground.SENT_AMONG_OTHERS and asset.sending:
        return Lead.MAY_REPORT(asset=name, sending=_sending(asset.sending, whose="a"))
    if ground is Ground.MAY_HAVE_SENT and asset.sending:
        return Lead.PERHAPS_SENT(asset=name, sending=_sending(asset.sending, whose="what may be a"))
    if ground is Ground.MODULE:
        return _module(asset)
    if ground is Ground.NOT_WHOLE:
        return _not_whole(asset)
    if ground is Ground.WEIGHTY:
        return _weighty(asset)
    if ground in _DECIDED:
        return _explained(asset)
    return _LEADS.get(ground, Suspicion.UNNAMED)(asset=name)


def _weighty(asset: Asset) -> Said:
    leading = next(iter(_grounds(asset)), None)
    if leading is None:
        return Suspicion.UNNAMED(asset=asset.name)
    if sends_place(leading.kind, leading.facts) and asset.sending:
        return Lead.PERHAPS_SENT(asset=asset.name, sending=_sending(asset.sending, whose="what may be a"))
    return suspicion(leading)(asset=asset.name)


def _module(asset: Asset) -> Said:
    return Lead.MODULE(asset=asset.name, modems=listing(_modems(asset), "more"))


def _not_whole(asset: Asset) -> Said:
    names = unopened_names(asset.coverage)
    if not names:
        return Lead.NOT_WHOLE(asset=asset.name)
    return Lead.NOT_OPENED(asset=asset.name, names=listing(names, "more"))


def _modems(asset: Asset) -> list[str]:
    """The mobile modems by maker and model, as sure as that is."""
    names = [
        (" ".join(filter(None, (one.vendor, one.model))) or "of an unknown maker", one.confidence == "possible")
        for one in asset.modules
        if one.role == "module"
    ]
    return [f"perhaps {name}" if unsure else name for name, unsure in names]


def _explained(asset: Asset) -> Said:
    grounds = _grounds(asset)
    decisions = [one.facts["decision"] for one in grounds if "decision" in one.facts]
    who = listing([str(one.get("author", "")) for one in decisions], "others")
    if asset.sending is None:
        return Lead.ALL_EXPLAINED(asset=asset.name, who=who)
    why = listing([str(one.get("reason", "")) for one in decisions], "other reasons")
    sure = any(one.confidence != "possible" for one in grounds)
    lead = Lead.SENT_EXPLAINED if sure else Lead.PERHAPS_EXPLAINED
    return lead(asset=asset.name, sending=_sending(asset.sending), who=who, why=why)


def _sending(what: Sending, whose: str = "its") -> str:
    thing = (
        f"{whose} position"
        if what.lists < what.times
        else f"{whose} position, by a list of the radio masts or Wi-Fi around it,"
    )
    return f"{thing} was sent {often(what.times)} {_receivers(what)}, {_senders(what)}"


def _receivers(what: Sending) -> str:
    if what.broadcast:
        return "to whoever listens nearby"
    return f"to {listing(what.receivers, 'more')}" if what.receivers else "to a receiver without a name"


def _senders(what: Sending) -> str:
    """By whom, each with his own count: what one sent is never said of another."""
    if len(what.senders) == 1:
        return f"by {_sender(what.senders[0])}"
    named = [f"{often(one.times)} by {_sender(one)}" for one in what.senders[:NAMED]]
    if others := what.senders[NAMED:]:
        named.append(f"{often(sum(one.times for one in others))} by {len(others)} more")
    return f"by {len(what.senders)} senders: {', '.join(named[:-1])} and {named[-1]}"


def _sender(one: Sender) -> str:
    if one.device_id:
        return f"a device that goes by {one.device_id}"
    if one.card:
        return "a SIM card"
    return f"a device without a name at {one.client}" if one.client else "a device that gives no name"


def _behind(asset: Asset) -> Iterator[Said]:
    """How sure it is, then what was decided beside it or is explained by nobody."""
    ground, grounds = _ground(asset), _grounds(asset)
    if ground in _WEIGHED and grounds:
        yield _how_sure(asset, grounds)
    if any(one.facts.get("not_one_car") for one in grounds):
        yield Behind.NOT_ONE_CAR()
    decided = [one for one in asset.findings if "decision" in one.facts]
    beside = [one for one in decided if one.fingerprint not in asset.grounds]
    if beside and ground not in _DECIDED:
        who = listing([str(one.facts["decision"].get("author", "")) for one in beside], "others")
        yield Behind.DECIDED_TOO(n=len(beside), who=who)
    left = sum(one.kind in _OF_EQUIPMENT and "decision" not in one.facts for one in asset.findings)
    if ground in _DECIDED and left:
        yield Behind.LEFT_OPEN(n=left)


def _how_sure(asset: Asset, grounds: Sequence[Finding]) -> Said:
    """As sure as the leading finding; of places that were sent, for as many as are so sure."""
    sure = grounds[0].confidence
    sent = [one for one in grounds if one.confidence == sure and sends_place(one.kind, one.facts)]
    times = sum(int(one.facts["disclosing"]) for one in sent)
    if asset.sending and sure == "certain" and 0 < times < asset.sending.times:
        return Behind.CERTAIN_OF_SOME(n=times)
    return _SURE[sure]()


def where_to_look(asset: Asset) -> tuple[Said, ...]:
    """Where the evidence of weighty findings was recorded, that of sent positions first, and what shows itself there."""
    return tuple(_where(asset)) or (Where.NOWHERE(),)


def _where(asset: Asset) -> Iterator[Said]:
    weighty = [one for one in asset.findings if one.severity in ("medium", "high", "critical")]
    places = {source.sha256: source.vantage for source in asset.sources}
    seen = dict.fromkeys(
        places[evidence.sha256]
        for one in [*_grounds(asset), *weighty]
        for evidence in one.evidence
        if evidence.sha256 in places
    )
    for index, vantage in enumerate(seen):
        yield (Where.ALSO if index else Where.START)(where=words_of(vantage).where)
    yield from (Where.MODEM(modem=modem) for modem in _modems(asset)[:NAMED])
    sending = [
        one.facts["centre_mhz"]
        for one in asset.findings
        if one.kind == FindingKind.TRANSMITTER and "centre_mhz" in one.facts
    ]
    if sending:
        yield Where.RADIO(frequencies=listing([f"{one:.1f}" for one in sending], "more"))
    if asset.sending:
        yield from (Where.FROM_SITE(site=site, n=times) for site, times in asset.sending.sites)
        if asset.sending.clients:
            yield Where.ADDRESS(addresses=listing(asset.sending.clients, "more"))
