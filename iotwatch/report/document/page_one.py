"""The parts of page one, and the base of all parts of a report."""

from __future__ import annotations

from typing import Literal

import msgspec

Light = Literal["red", "amber", "green", "none"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all parts: none has a field that the schema does not know."""


class Sender(Part, frozen=True):
    """Who sent places, by the name that it gives itself, else by its address (both empty: none), and how often.

    ``card`` says that a SIM card did, which has neither.
    """

    device_id: str
    client: str
    times: int
    card: bool = False


class Sending(Part, frozen=True):
    """What the findings that the verdict rests on say of places sent: counted before anything is masked.

    ``lists`` of the ``times`` gave radio masts or Wi-Fi to look a place up by; ``receivers`` have a name or an address.
    """

    times: int
    lists: int
    senders: tuple[Sender, ...]
    receivers: tuple[str, ...]
    broadcast: bool
    clients: tuple[str, ...]
    sites: tuple[tuple[str, int], ...] = ()


class Summary(Part, frozen=True):
    """Page one in plain words: for the driver and the fleet manager."""

    light: Light
    headline: str
    sentence: str
    where_to_look: tuple[str, ...]
    what_to_do: tuple[str, ...]
    not_checked: tuple[str, ...]
