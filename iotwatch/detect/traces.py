"""What traces say of makers: stored observations matched against the signatures of today, grouped for the detectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from iotwatch.detect.detector import Scene
from iotwatch.model import Confidence, Observation
from iotwatch.signatures import Match, Signatures
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

GNSS = "gnss"
"""Seen in what a satellite receiver says: its maker is told, and it is no cellular module."""

# Observation kind -> (signature field, where it was seen).
FIELDS: dict[Kind, tuple[str, str]] = {
    Kind.USB_STRING: (Kind.USB_STRING, "usb"), Kind.USB_NAME: (Kind.USB_STRING, "usb"),
    Kind.AT_ANSWER: ("at", "at"), Kind.MODULE_VENDOR: ("at", "at"), Kind.MODULE_MODEL: ("at", "at"),
    Kind.MODULE_FIRMWARE: ("at", "at"), Kind.AT_COMMAND: (Kind.AT_COMMAND, "at"),
    Kind.DNS_QUERY: ("dns", "traffic"), Kind.TLS_SNI: ("sni", "traffic"), Kind.TLS_CERTIFICATE: ("host", "traffic"),
    Kind.HTTP_HOST: ("host", "traffic"), Kind.HTTP_AGENT: ("agent", "traffic"), Kind.HTTP_SERVER: ("server", "traffic"),
    Kind.HTTP_REALM: ("realm", "traffic"), Kind.HTTP_URL: ("url", "traffic"),
    Kind.MQTT_CLIENT: (Kind.MQTT_CLIENT, "traffic"), Kind.MQTT_TOPIC: (Kind.MQTT_TOPIC, "traffic"),
    Kind.MQTT_USER: (Kind.MQTT_USER, "traffic"),
    Kind.DHCP_VENDOR: ("dhcp", "traffic"), Kind.DHCP_HOSTNAME: ("dhcp", "traffic"),
    Kind.VENDOR_PROTOCOL: ("payload", "traffic"),
    Kind.NMEA_PROPRIETARY: ("nmea", GNSS), Kind.NMEA_TEXT: ("nmea", GNSS), Kind.NMEA_LABEL: ("nmea", GNSS),
    Kind.OUI: ("oui", "traffic"),
    Kind.IMEI: ("imei.tac", "identity"), Kind.ICCID: ("iccid", "identity"), Kind.IMSI: ("imsi", "identity"),
    Kind.APN: ("apn", "at"),
}  # fmt: skip
# Who made the network part is a weak word on who made the device around it; a label is a person's word on the receiver. So
# is a sentence without its check value.
_WEAK = frozenset({Kind.OUI, Kind.NMEA_LABEL})
_CONTACT = "contact"
"""A contact as an observation: it is stored as a contact, and under no kind of observation."""
_VALUE_SHOWN = 80
_ROLES_OF_FILES = frozenset({"module", "host", "board", "chipset"})


class Trace(msgspec.Struct, frozen=True):
    """One observation that a signature knows."""

    observation: Observation
    match: Match
    seen_in: str


def because(found: Iterable[Trace]) -> list[Said]:
    """Why each trace is one: what its signature says of it, and the value; each once."""
    return list(
        dict.fromkeys(
            Reason.TRACE(because=trace.match.told, value=trace.observation.value[:_VALUE_SHOWN]) for trace in found
        )
    )


def mistakes(found: Iterable[Trace]) -> list[Said]:
    """What else the traces could be, as their signatures say; each once."""
    said = dict.fromkeys(trace.match.mistaken_for for trace in found if trace.match.mistaken_for)
    return [Doubt.MISTAKEN_FOR(other=other) for other in said]


def traces(scene: Scene) -> Iterator[Trace]:
    """All observations of the asset that some signature knows, in stored order."""
    signatures = scene.signatures
    for kind, (field, seen_in) in FIELDS.items():
        for observation in scene.view.of(kind):
            for match in _matches(signatures, field, observation):
                if kind in _WEAK or observation.facts.get("unchecked"):
                    match = msgspec.structs.replace(match, confidence=Confidence.POSSIBLE)
                yield Trace(observation, match, str(observation.facts.get("seen_in", seen_in)))
    for observation in scene.view.of(Kind.USB_ID):
        vendor, _, product = observation.value.partition(":")
        for match in signatures.usb(int(vendor, 16), int(product, 16)):
            yield Trace(observation, match, "usb")
    yield from _texts(scene)
    for observation in scene.view.of(Kind.TEXT_URL, Kind.AT_SERVER):
        if not observation.facts.get("inactive"):
            for match in signatures.match("host", str(observation.facts.get("host", ""))):
                yield Trace(observation, match, "at" if observation.kind == Kind.AT_SERVER else "firmware")


def listed_contacts(scene: Scene) -> Iterator[Trace]:
    """Contacts whose far end's address stands in a list of the user's own: nobody need have said its name."""
    if not scene.signatures.own:
        return
    from iotwatch.detect.beacons.pair import Pair, evidence

    logs = {source.id for source in scene.view.sources if source.kind == "log"}
    for row in scene.view.contacts:
        for match in scene.signatures.match("address", row.server):
            if match.origin:
                (first, *_) = evidence(Pair(row.client, row.client, row.server, row.kind, (row,)), logs)
                facts = {"host": row.server, "server": row.server, "server_port": row.server_port}
                seen = Observation(_CONTACT, f"ip:{row.client}", row.server, first, first.time, row.events, facts)
                yield Trace(seen, match, "traffic")


def _matches(signatures: Signatures, field: str, observation: Observation) -> list[Match]:
    """What knows the observation; of a maker's own protocol its first bytes are asked for, then its name."""
    if field == "payload":
        known = signatures.match(field, observation.evidence.excerpt.decode("latin-1"))
        return known or signatures.match("protocol", observation.value)
    return signatures.match(field, observation.value)


def _texts(scene: Scene) -> Iterator[Trace]:
    """Text patterns found in files. In a log whose grammar is known, also one in an image, the grammar says whose words they are:
    the same bytes read twice are no second trace."""
    logs = {(row.id, "") for row in scene.view.sources if row.kind == "log" and row.format != "text"}
    said = scene.view.of(Kind.AT_ANSWER, Kind.MODULE_VENDOR, Kind.MODULE_MODEL, Kind.MODULE_FIRMWARE, Kind.USB_ID)
    logs |= {(one.evidence.source, one.evidence.path) for one in said if one.evidence.path}
    for observation in scene.view.of(Kind.TEXT):
        match = settled(scene.signatures, observation)
        if match is None or observation.facts.get("inactive"):
            continue
        evidence = observation.evidence
        if match.identifies in _ROLES_OF_FILES and (evidence.source, evidence.path) in logs:
            continue
        yield Trace(observation, match, "firmware")


def settled(signatures: Signatures, observation: Observation) -> Match | None:
    """The match that was observed, with the role and confidence that the whole file settled; ``None`` when today's
    signatures have no such signature any more."""
    facts = observation.facts
    name = str(facts.get("signature", ""))
    known = next((match for match in signatures.match("text", observation.value) if match.signature == name), None)
    if known is None:
        signature = signatures.get(name)
        if signature is None:
            return None
        # The pattern looked at what stands around the value too, so the value alone does not match again.
        known = Match(
            signature=name,
            vendor=signature.vendor,
            product=str(facts.get("product", "")) or signature.product,
            country=signature.country,
            identifies=signature.identifies,
            field="text",
            confidence=Confidence.POSSIBLE,
            because=f"a pattern of {signature.title} stands in the file",
            mistaken_for="the same words in another program",
            source=signature.title,
            origin=signature.file,
        )
    confidence = Confidence[str(facts.get("confidence", known.confidence.name)).upper()]
    return msgspec.structs.replace(
        known,
        identifies=facts.get("identifies", known.identifies),
        confidence=confidence,
        version=str(facts.get("version", "")) or known.version,
        product=str(facts.get("product", "")) or known.product,
        weak=bool(facts.get("weak", known.weak)),
    )
