"""What tshark read in cellular signalling, as messages: SUPL's cells and places, identities in GSMTAP, S1AP and NGAP.

Names are those of tshark's ``-T ek`` output. A cell in signalling is where the network keeps the phone, not a list that was
sent to a look-up service: it is told as a trait. In SUPL the cell is sent to be looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from iotwatch.decode.cellular.subscriber import apn_text, equipment, imsi, msisdn
from iotwatch.decode.cellular.supl import NAMES
from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import Cell, Fix, Message, Trait
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

Values = Mapping[str, list[str]]
_ULP = "ulp_ulp_"
_IDENTITIES = {
    "e212_e212_imsi": imsi, "e164_e164_msisdn": msisdn, "gsm_a_gsm_a_imei": equipment, "gsm_a_gsm_a_imeisv": equipment,
    "nas-5gs_nas_5gs_mm_imei": equipment, "nas-5gs_nas_5gs_mm_imeisv": equipment, "diameter_diameter_IMEI": equipment,
    "gsm_a_gm_gsm_a_gm_sm_apn": apn_text, "nas-5gs_nas_5gs_cmn_dnn": apn_text,
}  # fmt: skip
"""Who reads each field: Diameter comes in SCTP too, beside S1AP and NGAP."""
_CELLS = (
    ("e212_e212_ecgi_mcc", "e212_e212_ecgi_mnc", "s1ap_s1ap_tAC", "s1ap_s1ap_CellIdentity"),
    ("e212_e212_nrcgi_mcc", "e212_e212_nrcgi_mnc", "ngap_ngap_tAC", "ngap_ngap_NRCellIdentity"),
    ("e212_e212_lai_mcc", "e212_e212_lai_mnc", "gsm_a_gsm_a_lac", "gsm_a_bssmap_gsm_a_bssmap_cell_ci"),
)
_RRC = "lte_rrc_lte-rrc_"
# SystemInformationBlockType1 (3GPP TS 36.331 section 6.2.2): operators in single digits, with the number of those of each code.
_BROADCAST = tuple(_RRC + name for name in ("MCC_MNC_Digit", "mnc", "trackingAreaCode", "cellIdentity"))
FIELDS = (
    *(_ULP + name for name in ("message", "refMCC", "refMNC", "refLAC", "refCI", "refUC", "tAC", "trackingAreaCode")),
    *(_ULP + name for name in ("latitudeSign", "latitude", "longitude")),
    *_IDENTITIES,
    *(name for group in _CELLS for name in group),
    *_BROADCAST,
)


def messages(values: Values, stream: Stream, span: tuple[int, int], carrier: str) -> Iterator[Message]:
    """What the packet at ``span`` of ``stream`` says; nothing when none of ``FIELDS`` was found in it."""
    if carrier == "supl":
        yield from _supl(values, stream, span)
        return
    traits = [
        msgspec.structs.replace(trait, facts={**trait.facts, "protocol": carrier})
        for name, read in _IDENTITIES.items()
        for value in values.get(name, ())[:8]
        for trait in read(value, span)
    ]
    traits += [Trait(Kind.CELL_SERVING, cell, span) for cell in _serving(values)]
    traits += [Trait(Kind.CELL, cell, span, {"command": "LTE RRC"}) for cell in _broadcast(values)]
    if traits:
        yield Message(
            carrier, stream, span, stream.time_at(span[0]), traits=tuple(traits), doubts=(ReadingDoubt.BY_TSHARK(),)
        )


def _serving(values: Values) -> Iterator[str]:
    for mcc, mnc, area, cell in _CELLS:
        found = [values[name][0] for name in (mcc, mnc, area, cell) if values.get(name)]
        if len(found) == 4:
            yield "-".join(str(_integer(one)) for one in found)


def _broadcast(values: Values) -> Iterator[str]:
    """The cell that says who it is to all: its first operator, area and cell, a bit string of 28 that ends in a half byte."""
    digits, mnc, area, cell = (values.get(name, []) for name in _BROADCAST)
    if mnc and area and cell and len(digits) >= 3 + _integer(mnc[0]):
        country, operator = "".join(digits[:3]), "".join(digits[3 : 3 + _integer(mnc[0])])
        yield f"{int(country)}-{int(operator)}-{_integer(area[0])}-{_integer(cell[0]) >> 4}"


def _integer(text: str) -> int:
    """Numbers come in decimal, as ``0x..`` or as the bytes of a bit string with colons."""
    try:
        return int(text.replace(":", ""), 16) if ":" in text or text.startswith("0x") else int(text)
    except ValueError:
        return 0


def _supl(values: Values, stream: Stream, span: tuple[int, int]) -> Iterator[Message]:
    """OMA-TS-ULP section 11: location id (the serving cell) and, when the terminal knows it, an estimate (3GPP TS 23.032)."""

    def first(*names: str) -> int | None:
        return next((_integer(values[_ULP + name][0]) for name in names if values.get(_ULP + name)), None)

    mcc, mnc, cid = first("refMCC"), first("refMNC"), first("refCI", "refUC")
    cells: tuple[Cell, ...] = ()
    if mcc and mnc is not None and cid:
        cells = (Cell(mcc, mnc, first("refLAC", "trackingAreaCode", "tAC") or 0, cid),)
    fixes: tuple[Fix, ...] = ()
    latitude, longitude = first("latitude"), first("longitude")
    if latitude is not None and longitude is not None:
        sign = -1 if first("latitudeSign") else 1
        place = (sign * latitude * 90 / (1 << 23), longitude * 360 / (1 << 24))
        if on_globe(*place):
            fixes = (Fix(*place, span),)
    if not cells and not fixes:
        return
    kind = first("message")
    fields = {"message": NAMES[kind]} if kind is not None and kind < len(NAMES) else {}
    yield Message(
        protocol="supl",
        stream=stream,
        span=span,
        time=stream.time_at(span[0]),
        fields={**fields, "purpose": "cell-lookup"},
        fixes=fixes,
        cells=cells,
        doubts=(ReadingDoubt.BY_TSHARK(),),
    )
