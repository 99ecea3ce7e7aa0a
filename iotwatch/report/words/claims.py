"""What a sentence of page one is: a word, its sentence, and what that asserts of the rows behind it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from iotwatch.words.said import Word


class Asserts(Enum):
    """What a sentence claims of the database; the value is the claim in words."""

    SENT = "a place was sent up or broadcast, and the messages counted are those of the senders named"
    OWN = "a scope was given, or the sender was seen where no bystander's device is"
    NOT_KNOWN_OWN = "no scope was given, and it passed a network that others share, or is in a log that names no owner"
    NONE_SENT = "no message sent up or broadcast its sender's place, whoever decided what about it"
    PERHAPS_SENT = "a place may have been sent: possible, and no more"
    DECIDED = "every finding that it speaks of is decided by those named"
    UNDECIDED = "the findings that it speaks of are decided by nobody"
    APART = "places that left one source lie further apart than a car drives in the time between them"
    SURENESS = "the leading finding is as sure as it says"
    SURE_OF_SOME = "so many of the messages counted, and not all, are of findings that are certain, the others likely"
    KIND = "the leading finding is of the kind that it speaks of"
    CLOCK = "the leading finding tells a clock: an interval and a chance"
    MODULE = "a cellular module was seen itself"
    NO_MODULE = "no cellular module was seen itself"
    TRANSMITTER = "something was heard to send by radio at the frequencies named"
    KNOWS_PLACE = "a place was stated, or data for a receiver were seen"
    IDENTITY = "a number of a device with a mobile modem was seen"
    CARD = "a finding on a SIM card leads"
    OPENED_ALL = "every byte of every source was opened"
    NOT_OPENED = "a source, or a part of one, was not opened"
    LISTENED = "captures ran for at least 15 minutes in every phase that a sentence about absence needs"
    NOT_LISTENED = "captures ran for less than that"
    MINUTES = "captures ran for so many minutes, what overlaps once"
    PHASES = "captures ran in the phases named"
    NO_PHASES = "the case names no phase"
    NO_CAPTURE = "no capture was read"
    NO_SCOPE = "no device was named as the car's"
    NO_BASELINE = "no finding stands in a list of factory-fit equipment"
    BASELINE = "so many findings stand in a list of factory-fit equipment"
    UNREAD = "so many sources are not whole"
    COVERAGE = "a row of coverage counts it"
    VANTAGE = "a source was taken there"
    NO_CELLULAR = "nobody listened on the mobile network"
    SITE = "so many positions were sent from inside the site"
    NOT_JUDGED = "the asset has no verdict by this version"
    NOTHING = "nothing: it is advice, or a rule"


class Claim(NamedTuple):
    """A sentence in ``str.format`` form, what it asserts, and its plural where the value ``n`` is not 1."""

    one: str
    asserts: tuple[Asserts, ...] = (Asserts.NOTHING,)
    many: str = ""


class Statement(Word):
    """Base of the vocabularies of page one: a word, its sentence, and what the sentence asserts."""

    def __init__(self, one: str, asserts: tuple[Asserts, ...], many: str) -> None:
        super().__init__(one, many)
        self.asserts = asserts
