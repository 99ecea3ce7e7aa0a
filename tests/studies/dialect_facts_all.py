"""All families of ``dialect_facts``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.studies import dialect_facts_boxes as boxes
from tests.studies import dialect_facts_chinese as chinese
from tests.studies import dialect_facts_others as others
from tests.studies import dialect_facts_text as text
from tests.studies.dialect_facts import Case

FAMILIES: dict[str, Callable[[], Iterator[Case]]] = {
    "jt808": chinese.jt808,
    "jt808-more": chinese.jt808_more,
    "gt06": chinese.gt06,
    "teltonika": chinese.teltonika,
    "queclink": text.queclink,
    "h02": text.h02,
    "texts": text.texts,
    "suntech": text.suntech,
    "rest": text.rest,
    "binary": boxes.binary,
    "calamp": boxes.calamp,
    "atrack": boxes.atrack,
    "castel": boxes.castel,
    "topflytech": boxes.topflytech,
    "cellocator": boxes.cellocator,
    "navtelecom": boxes.navtelecom,
    **others.FAMILIES,
}
