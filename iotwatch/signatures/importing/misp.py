"""MISP events as feeds serve them: ``{"Event": {"info", "Attribute", "Object"}}`` (MISP core format, section 2)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.signatures.importing.indicator import Indicator, LeftOut

NAME = "misp"
_TAKEN = frozenset({"domain", "hostname", "ip-dst", "url", "domain|ip", "hostname|port", "ip-dst|port"})


class _Attribute(msgspec.Struct):
    type: str
    value: str
    uuid: str = ""
    deleted: bool = False


class _Object(msgspec.Struct):
    attributes: list[_Attribute] = msgspec.field(name="Attribute", default_factory=list)


class _Event(msgspec.Struct):
    info: str = ""
    attributes: list[_Attribute] = msgspec.field(name="Attribute", default_factory=list)
    objects: list[_Object] = msgspec.field(name="Object", default_factory=list)


class _File(msgspec.Struct):
    event: _Event = msgspec.field(name="Event")


def claims(text: str) -> bool:
    """Whether an event is the outermost object, or of several the first one."""
    return text.lstrip("[ \t\r\n").startswith("{") and '"Event"' in text


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """Far ends of the events' attributes and objects; of ``domain|ip`` both. Where an attack came from is no far end."""
    files = msgspec.json.decode(text, type=_File | list[_File])
    for file in files if isinstance(files, list) else [files]:
        event = file.event
        for one in (*event.attributes, *(each for inside in event.objects for each in inside.attributes)):
            if one.deleted:
                yield LeftOut("deleted")
            elif one.type in _TAKEN:
                name, _, beside = one.value.partition("|")
                yield Indicator(name, event.info, one.uuid)
                if one.type == "domain|ip":
                    yield Indicator(beside, event.info, one.uuid)
            else:
                yield LeftOut(one.type)
