"""Location by look-up: who is asked where these cells and access points are, told by the request's own shape, host and path.

The lists themselves are read by the generic layer (reference facts: payloads, section 4). Here they get the service's name, which
is what a reader wants to know. A host alone never names a service: what was sent must be a list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from iotwatch.decode.message import Message
from iotwatch.words.hosts import read_host

LIST = "look-up-list"
_ASSISTANCE = "assistance"


class Service(NamedTuple):
    """A look-up service: ``host`` and ``target`` are searched in the request; either is enough when the other is empty."""

    name: str
    host: str
    target: str


SERVICES: tuple[Service, ...] = (
    Service("google-geolocate", r"(?:^|\.)googleapis\.com$", r"^/geolocation/v1/geolocate"),
    Service("apple-wloc", r"(?:^|\.)(?:apple\.com|apple\.com\.cn)$", r"^/clls/wloc"),
    Service("baidu-location", r"(?:^|\.)(?:baidu\.com|bdimg\.com)$", r"^/(?:locapi|sdk\.php|location|sdk2)"),
    Service("amap-location", r"(?:^|\.)(?:amap|autonavi)\.com$", r"^/(?:position|APS|apslocate|v5/position)"),
    Service("tencent-location", r"(?:^|\.)map\.qq\.com$", r"^/(?:\?|ws/location|loc)"),
    Service("unwired-location", r"(?:^|\.)(?:unwiredlabs\.com|locationapi\.org)$", r"^/v2/process(?:\.php)?"),
    Service("opencellid", r"(?:^|\.)opencellid\.org$", r"^/(?:cell|measure)/"),
    Service("here-positioning", r"(?:^|\.)(?:hereapi|here)\.com$", r"^/(?:v2/locate|positioning/v1)"),
    Service("combain-positioning", r"(?:^|\.)(?:combain|traxmate)\.(?:com|io)$", r""),
    Service("nrf-cloud-location", r"(?:^|\.)nrfcloud\.com$", r"^/v1/location/"),
    Service("aws-location", r"(?:^|\.)amazonaws\.com(?:\.cn)?$", r"^/position-estimate|/get_position_estimate"),
    Service("yandex-locator", r"(?:^|\.)yandex\.(?:net|ru|com)$", r"^/(?:geolocation|v1/locate|api/1\.1/location)"),
    Service("skyhook", r"(?:^|\.)skyhook(?:wireless)?\.com$", r"^/wps2/"),
    Service("cellocation", r"(?:^|\.)cellocation\.com$", r"^/(?:cell|loc|wifi)/"),
    Service("mylnikov-geolocation", r"(?:^|\.)mylnikov\.org$", r"^/geolocation/"),
    Service("u-blox-celllocate", r"(?:^|\.)(?:services\.u-blox|thingstream)\.(?:com|io)$", r""),
    # Ichnaea's form is shared by Mozilla, BeaconDB, Combain, Radiocells and many who run it themselves.
    Service("ichnaea-geolocate", r"", r"^/v[12]/(?:geolocate|geosubmit|submit|search)"),
)
_COMPILED = tuple((one, re.compile(one.host), re.compile(one.target)) for one in SERVICES)


def service(host: str, target: str) -> str:
    """The name of the service that ``host`` and ``target`` are of; both must fit where the table gives both."""
    name = read_host(host).name
    for known, of_host, of_target in _COMPILED:
        if (not known.host or of_host.search(name)) and (not known.target or of_target.search(target)):
            return known.name
    return ""


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
