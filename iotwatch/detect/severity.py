"""How bad each behaviour is if it is what it looks like: the table of severities, beside the table of verdicts.

Severity comes from behaviour. Who made a thing never raises it.
"""

from __future__ import annotations

from enum import Enum, auto

from iotwatch.model import Severity


class Behaviour(Enum):
    """What a device, a program or a file does, or what of it stands there."""

    POSITION_SENT = auto()  # or a list of cells or Wi-Fi for a look-up; sent up or broadcast
    POSITION_SENT_BY_SHAPE = auto()
    OTHERS_PLACE_SENT = auto()
    POSITION_NOT_SENT = auto()
    COMMANDS_RECEIVED = auto()
    READS_AND_SENDS = auto()
    READS_AND_CAN_SEND = auto()
    LOCATION_CODE = auto()
    NAMES_FAR_END = auto()
    IDENTITY_SENT = auto()
    IDENTITY_SEEN = auto()
    SECRET = auto()
    SECRET_GUARDED = auto()  # encrypted, hashed, or in files that everybody has
    BEACON_WITH_CONTENT = auto()
    BEACON_WITHOUT_BEAT = auto()  # at most, whatever it carries
    BEACON_RARE = auto()
    BEACON = auto()
    BEACON_TO_RESOLVER = auto()
    BEACON_BY_NATURE = auto()
    LOOK_UPS_OF_CONTACTS = auto()
    DATA_IN_DNS = auto()
    MODULE = auto()
    VENDOR = auto()
    ENDPOINT = auto()
    ASSISTANCE = auto()


SEVERITIES: dict[Behaviour, Severity] = {
    Behaviour.POSITION_SENT: Severity.HIGH,
    Behaviour.POSITION_SENT_BY_SHAPE: Severity.MEDIUM,
    Behaviour.OTHERS_PLACE_SENT: Severity.LOW,
    Behaviour.POSITION_NOT_SENT: Severity.INFO,
    Behaviour.COMMANDS_RECEIVED: Severity.INFO,
    Behaviour.READS_AND_SENDS: Severity.HIGH,
    Behaviour.READS_AND_CAN_SEND: Severity.MEDIUM,
    Behaviour.LOCATION_CODE: Severity.LOW,
    Behaviour.NAMES_FAR_END: Severity.INFO,
    Behaviour.IDENTITY_SENT: Severity.MEDIUM,
    Behaviour.IDENTITY_SEEN: Severity.INFO,
    Behaviour.SECRET: Severity.MEDIUM,
    Behaviour.SECRET_GUARDED: Severity.LOW,
    Behaviour.BEACON_WITH_CONTENT: Severity.HIGH,
    Behaviour.BEACON_WITHOUT_BEAT: Severity.MEDIUM,
    Behaviour.BEACON_RARE: Severity.MEDIUM,
    Behaviour.BEACON: Severity.LOW,
    Behaviour.BEACON_TO_RESOLVER: Severity.LOW,
    Behaviour.BEACON_BY_NATURE: Severity.INFO,
    Behaviour.LOOK_UPS_OF_CONTACTS: Severity.INFO,
    Behaviour.DATA_IN_DNS: Severity.MEDIUM,
    Behaviour.MODULE: Severity.INFO,
    Behaviour.VENDOR: Severity.INFO,
    Behaviour.ENDPOINT: Severity.INFO,
    Behaviour.ASSISTANCE: Severity.INFO,
}


def higher(severity: Severity) -> Severity:
    """One step worse: the same thing stands in an image and on the wire of one asset."""
    return Severity(min(severity + 1, Severity.CRITICAL))


def lower(severity: Severity) -> Severity:
    """One step less bad: the far end is on the local network, so nothing left the car by it."""
    return Severity(max(severity - 1, Severity.INFO))
