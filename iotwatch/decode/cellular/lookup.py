"""Location by look-up: who is asked where these cells and access points are, told by the request's own shape, host and path.

The lists themselves are read by the generic layer (reference facts: payloads, section 4). Here they get the service's name, which
is what a reader wants to know. A host alone never names a service: what was sent must be a list.
"""

from __future__ import annotations

import msgspec

from iotwatch.decode.message import Message
from iotwatch.files.beside import beside
from iotwatch.patterns import regex
from iotwatch.words.hosts import read_host

LIST = "look-up-list"
_ASSISTANCE = "assistance"


class _Services(msgspec.Struct, frozen=True):
    """Name, host and path of each service; the two are searched, and either is enough where the other is empty."""

    services: list[tuple[str, str, str]]


_SERVICES = tuple((name, regex(host), regex(target)) for name, host, target in beside(__file__, _Services).services)


def service(host: str, target: str) -> str:
    """The name of the service that ``host`` and ``target`` are of; both must fit where the table gives both."""
    name = read_host(host).name
    fits = (known for known, of_host, of_target in _SERVICES if of_host.search(name) and of_target.search(target))
    return next(fits, "")


def named(message: Message) -> Message:
    """A generic message that holds a look-up list, under the service's name; every other message as it is.

    Without a known service the name is ``look-up-list`` when the list's own shape is that of a look-up request.
    """
    if not message.generic or not (message.cells or message.access_points):
        return message
    context, purpose = message.stream.context, message.fields.get("purpose")
    if purpose == _ASSISTANCE:
        return message
    known = service(context.get("host", ""), context.get("target", context.get("topic", "")))
    name = known or (LIST if purpose else "")
    if not name:
        return message
    fields = {**message.fields, "form": message.protocol}
    return msgspec.structs.replace(message, protocol=name, fields=fields)
