"""How bad each behaviour is if it is what it looks like: the table of severities, beside the table of verdicts.

Severity comes from behaviour. Who made a thing never raises it.
"""

from __future__ import annotations

from enum import Enum

from iotwatch.model import Severity


class Behaviour(Enum):
    """What a device, a program or a file does, or what of it stands there; each member is a row with its ``severity``."""

    POSITION_SENT = "a position, or a list of cells or Wi-Fi for a look-up, sent up or broadcast", Severity.HIGH
    POSITION_SENT_BY_SHAPE = "the same, told by its shape alone", Severity.MEDIUM
    OTHERS_PLACE_SENT = "the place of somebody else, sent up or broadcast", Severity.LOW
    POSITION_NOT_SENT = "a position that stays on a wire or comes down, or one without a fix", Severity.INFO
    COMMANDS_RECEIVED = "commands of a far end to which no position was sent", Severity.INFO
    READS_AND_SENDS = (
        "a program with code that reads a position or identity, calls the network and names a far end (grade A)",
        Severity.HIGH,
    )
    READS_AND_CAN_SEND = "the same with the far end in its settings (grade B)", Severity.MEDIUM
    LOCATION_CODE = (
        "code that reads, without a far end or a call of the network, or of a known project (grade C)",
        Severity.LOW,
    )
    NAMES_FAR_END = "a far end alone (grade D)", Severity.INFO
    IDENTITY_SENT = "a number of the device, the SIM or the car, sent in clear", Severity.MEDIUM
    IDENTITY_SEEN = "such a number that stays", Severity.INFO
    SECRET = "a private key or password", Severity.MEDIUM
    SECRET_GUARDED = "one that is encrypted, hashed, or in files that everybody has", Severity.LOW
    BEACON_WITH_CONTENT = "regular contact that carries a position, an identity or a dialect", Severity.HIGH
    BEACON_WITHOUT_BEAT = "the most that contact without pauses is, whatever it carries", Severity.MEDIUM
    BEACON_RARE = "regular contact with a far end that is rare in the fleet", Severity.MEDIUM
    BEACON = "other regular contact", Severity.LOW
    BEACON_IN_SESSIONS = "contact that is regular inside sessions alone, however rare its far end", Severity.INFO
    BEACON_TO_RESOLVER = "a resolver outside that is asked by the clock", Severity.LOW
    BEACON_BY_NATURE = "a service that every device asks again and again", Severity.INFO
    LOOK_UPS_OF_CONTACTS = "look-ups before contacts that are told by themselves", Severity.INFO
    DATA_IN_DNS = "data in the names that are asked for", Severity.MEDIUM
    MODULE = "a cellular module, chip or software for one", Severity.INFO
    VENDOR = "a maker's equipment", Severity.INFO
    ENDPOINT = "a known far end", Severity.INFO
    TAG_FOLLOWS = "an item tracker away from its owner that goes where the car goes", Severity.HIGH
    TAG_AWAY = "one away from its owner that was near for a part of the time", Severity.MEDIUM
    TAG_SILENT_FOLLOWS = "one that goes along, of a network without a word for where the owner is", Severity.MEDIUM
    TAG = (
        "one near its owner, a phone that looks like one, or one without such a word that did not go along",
        Severity.INFO,
    )
    TRANSMITS_IN_STEP = "a radio sender whose bursts fall on the seconds of another tap", Severity.HIGH
    TRANSMITS_BY_CLOCK = "a radio sender with a clock, which is not there with the car away", Severity.MEDIUM
    TRANSMITS = "another radio sender", Severity.LOW
    TRANSMITS_ANYWAY = "a radio sender that is there with the car away too", Severity.INFO
    FOLLOWS = "contact that follows the car's movement, of unread content", Severity.MEDIUM
    FOLLOWS_AS_STREAM = "the same where nearly all bytes come down, as people's streams do", Severity.INFO
    ASSISTANCE = "data that helps a receiver to its first fix", Severity.INFO
    NOTED_BY_ANOTHER = "what another program noted in a recording, quoted", Severity.INFO
    CARD_REPORTS = "a SIM card that asks for its place and sends it", Severity.HIGH
    CARD_CAN_REPORT = (
        "one that asks for it and sends what nobody can read, or fails to, or tells the device's number again and again",
        Severity.MEDIUM,
    )
    CARD_ASKS = "one that asks for its place and sends nothing", Severity.LOW
    CARD_NOTICE = "one that does what operators' cards do all day: steering, IMEI notice, eSIM polling", Severity.INFO
    CARD_APPLET = "an application for a SIM card", Severity.INFO
    CARD_PLACE = "files of a card that say where it was", Severity.LOW

    def __init__(self, _what: str, severity: Severity) -> None:
        self.severity = severity


def higher(severity: Severity) -> Severity:
    """One step worse: the same thing stands in an image and on the wire of one asset."""
    return Severity(min(severity + 1, Severity.CRITICAL))


def lower(severity: Severity) -> Severity:
    """One step less bad: the far end is on the local network, so nothing left the car by it."""
    return Severity(max(severity - 1, Severity.INFO))
