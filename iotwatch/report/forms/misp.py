"""Indicators as one MISP event (MISP core format, draft-dulaunoy-misp-core-format): attributes with ``to_ids`` off.

What was observed is behaviour and no malice, so nobody's sensor alarms at it unless an analyst says so.
"""

from __future__ import annotations

import json
import uuid
from typing import IO, Any

from iotwatch.report.forms.indicators import Indicator, Indicators

_NAMESPACE = uuid.UUID("0d0a7e4e-5c0b-5a51-8b36-1f3f0a0b6a3d")
_NO_CLOCK = "1970-01-01"
_TYPES = {"domain": "domain", "ipv4": "ip-dst", "ipv6": "ip-dst", "url": "url", "sha256": "sha256"}
# MISP's own words: threat level undefined, analysis initial, shared with one's own organisation only.
_UNDECIDED = {"threat_level_id": "4", "analysis": "0", "distribution": "0", "published": False}


def write_misp(found: Indicators, out: IO[str]) -> int:
    """Write the event; gives the number of its attributes. The same findings give the same ids."""
    attributes = [_attribute(one) for one in found.found]
    days = [sighting.first[:10] for one in found.found for sighting in one.sightings if sighting.first]
    event = {
        "uuid": _id("event", *(one["uuid"] for one in attributes)),
        "info": "iotwatch: far ends and files of findings (behaviour observed, intent not judged)",
        "date": min(days, default=_NO_CLOCK),
        **_UNDECIDED,
        "Attribute": attributes,
    }
    json.dump({"Event": event}, out, ensure_ascii=False, indent=1)
    out.write("\n")
    return len(attributes)


def _attribute(one: Indicator) -> dict[str, Any]:
    said = [f"{sighting.asset}: {sighting.title}" for sighting in one.sightings]
    return {
        "uuid": _id(one.kind, one.value),
        "type": _TYPES[one.kind],
        "category": "Payload delivery" if one.kind == "sha256" else "Network activity",
        "value": one.value,
        "to_ids": False,
        "distribution": "5",  # as the event's
        "comment": "; ".join(dict.fromkeys([*said, *filter(None, [one.note])])),
    }


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, chr(31).join(parts)))
