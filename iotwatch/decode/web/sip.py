"""Who speaks SIP in a mobile network's IMS: equipment, SIM and telephone number in the fields of the head.

Equipment: RFC 7254 section 4 (urn:gsma:imei). SIM: 3GPP TS 23.003 section 13.3 (private identity made of the IMSI). The head
itself is read with HTTP's, whose form it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.cellular.diameter import public_identity, user
from iotwatch.decode.cellular.subscriber import equipment
from iotwatch.decode.message import Trait
from iotwatch.decode.web.http_head import Field, Head
from iotwatch.patterns import regex

_URN = regex(r"urn:gsma:imei:([0-9]{8})-([0-9]{6})-[0-9]")
_URI = regex(r"(?:sips?|tel):[^\s<>\"]{1,256}")
USER = regex(r'username="([^"]{1,128})"', re.IGNORECASE)
_EQUIPMENT_FIELDS = ("contact", "accept-contact", "reject-contact")
_OWN_FIELDS = ("p-preferred-identity", "p-asserted-identity", "from")


def identities(head: Head) -> Iterator[Trait]:
    """``imei``, ``imsi`` and ``msisdn`` that the head of a request says of its sender."""
    for name in _EQUIPMENT_FIELDS:
        field = head.fields.get(name)
        found = _URN.search(field.value) if field else None
        if field and found:
            yield from equipment(found[1] + found[2], _within(field, found))
    if not head.method:
        return
    field = head.fields.get("authorization")
    named = USER.search(field.value) if field else None
    if field and named:
        yield from user(named[1], _within(field, named))
    for name in _OWN_FIELDS:
        field = head.fields.get(name)
        found = _URI.search(field.value) if field else None
        if field and found and found[0].startswith("tel:"):
            yield from public_identity(found[0], _within(field, found))


def _within(field: Field, found: re.Match[str]) -> tuple[int, int]:
    """Where a match stands in the bytes; the value was read as UTF-8."""
    start = field.start + len(field.value[: found.start()].encode())
    return start, start + len(found[0].encode())
