"""Item trackers by Bluetooth: whose finding network they speak to, what they say of their owner, and which form they have."""

from __future__ import annotations

from enum import StrEnum


class Network(StrEnum):
    """The networks of phones that report what they hear."""

    FIND_MY = "apple-findmy"
    SMART_THINGS = "samsung"
    TILE = "tile"
    FIND_HUB = "google-find-hub"
    CHIPOLO = "chipolo"
    PEBBLEBEE = "pebblebee"
    DULT = "dult"


NAMES: dict[Network, str] = {
    Network.FIND_MY: "Find My tag",
    Network.SMART_THINGS: "SmartTag",
    Network.TILE: "Tile",
    Network.FIND_HUB: "Find Hub tag",
    Network.CHIPOLO: "Chipolo",
    Network.PEBBLEBEE: "Pebblebee",
    Network.DULT: "Tag by the DULT draft",
}
"""What people call a tag of a network."""


class OwnerState(StrEnum):
    """Whether the owner is near, by the tag's own word; ``UNKNOWN`` where its network has no such word."""

    SEPARATED = "separated"
    NEAR = "near"
    UNKNOWN = "unknown"


class Form(StrEnum):
    """What the advertisement says beside that, as the fact ``form`` holds it."""

    NONE = ""
    PHONE = "phone"  # the device calls itself one: a phone, tablet or computer that is offline
    TAG = "tag"
    ACCESSORY = "accessory"
    HEADPHONES = "headphones"
    PREMATURE = "premature-offline"  # less than 15 minutes
    OFFLINE = "offline"
    OVERMATURE = "overmature-offline"  # more than a day
    CONNECTED = "connected"


class Linked(StrEnum):
    """Why several addresses are told as one tag, as the fact ``linked_by`` holds it."""

    COUNTER = "counter"  # its counter goes on
    CLOCK = "clock"  # one begins when the other ends, after as long as its network keeps an address
    SERIES = "series"  # the same again and again, faster than any network does


class Moved(StrEnum):
    """How it is known that the car moved while a tag was heard, as the fact ``moved`` holds it."""

    DRIVE = "drive"  # a driving phase of the case
    PLACES = "places"  # the sweeper's own receiver
    NOT_NOTED = "not-noted"
    NO = "no"


STAYED_US = 300 * 1_000_000
"""From here on a tag stayed, microseconds: who is heard for less passed by."""
HEARING_PAUSE_US = 120 * 1_000_000
"""What parts two hearings: tags send every two to four seconds, and a car is out of range within a minute."""
