"""Payloads to messages. One file per protocol; ``DECODERS`` names them all, and ``decode`` chooses among them."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.air.ais import AIS
from iotwatch.decode.air.geonetworking import GEONETWORKING
from iotwatch.decode.air.remote_id import REMOTE_ID
from iotwatch.decode.at import AT
from iotwatch.decode.at.dumps import SERIAL_DUMP
from iotwatch.decode.at.ppp import LEADS, PPP_CHAT
from iotwatch.decode.cellular.diameter import DIAMETER
from iotwatch.decode.cellular.ecall import ECALL
from iotwatch.decode.cellular.gtp import GTP_CONTROL
from iotwatch.decode.cellular.lookup_xml import LOOKUP_XML
from iotwatch.decode.cellular.pfcp import PFCP
from iotwatch.decode.cellular.radius import RADIUS
from iotwatch.decode.cellular.supl import SUPL
from iotwatch.decode.choice import Choice, Refusal, Why
from iotwatch.decode.diagnostics import DIAGNOSTICS
from iotwatch.decode.diagnostics.rayhunter import RAYHUNTER
from iotwatch.decode.dispatcher import Dispatcher
from iotwatch.decode.generic import GENERIC
from iotwatch.decode.gnss.assistance import ASSISTNOW
from iotwatch.decode.gnss.gpsd import GPSD
from iotwatch.decode.gnss.nmea import NMEA
from iotwatch.decode.gnss.receiver_log import RECEIVER_LOG
from iotwatch.decode.hostlog import HOST_LOG
from iotwatch.decode.iot.can_bus import CAN_BUS
from iotwatch.decode.iot.coap import COAP
from iotwatch.decode.iot.mqtt import MQTT
from iotwatch.decode.iot.vendor_cameras import DHIP, HIKVISION_CONTROL, PTCP, SADP, SADP_ETHERNET
from iotwatch.decode.iot.vendor_home import KASA, MIIO, TUYA, UBIQUITI
from iotwatch.decode.iot.vendor_hytera import HRNP
from iotwatch.decode.message import AccessPoint, Cell, Decoder, Fix, Message, Reader, Trait
from iotwatch.decode.named import NAMED
from iotwatch.decode.sim.at_dialogue import CARD_AT
from iotwatch.decode.sim.dumps import CARD_DUMPS
from iotwatch.decode.sim.gsmtap import GSMTAP
from iotwatch.decode.spelled import Spelled
from iotwatch.decode.trackers import TRACKERS
from iotwatch.decode.usb import USB
from iotwatch.decode.web.dhcp import DHCP
from iotwatch.decode.web.dns import DNS
from iotwatch.decode.web.http import HTTP
from iotwatch.decode.web.quic import QUIC
from iotwatch.decode.web.ssdp import SSDP
from iotwatch.decode.web.syslog import SYSLOG
from iotwatch.decode.web.tls import DTLS, TLS
from iotwatch.files.own import outside
from iotwatch.read.stream import Stream

__all__ = [
    "DECODERS", "AccessPoint", "Cell", "Choice", "Decoder", "Fix", "Message", "Reader", "Refusal", "Trait", "Why",
    "decode",
]  # fmt: skip


def decode(stream: Stream, refusals: list[Refusal] | None = None, *, choice: Choice | None = None) -> Iterator[Message]:
    """Yield what ``stream`` says; nothing when nobody knows its bytes.

    As the messages are taken, who claimed the bytes and found them broken is added to ``refusals``, and all of how their
    decoders were chosen to ``choice``.
    """
    return _DISPATCHER.decode(stream, choice or Choice([] if refusals is None else refusals))


PROTOCOLS: tuple[Decoder, ...] = (
    TLS, SSDP, HTTP, MQTT, DHCP, QUIC, *NAMED, GTP_CONTROL, PFCP, DIAMETER, RADIUS, SADP, DHIP, PTCP, HIKVISION_CONTROL,
    HRNP, TUYA, KASA, MIIO, UBIQUITI, DTLS, SYSLOG, DNS, LOOKUP_XML, ASSISTNOW, ECALL,
)  # fmt: skip
"""Open standards and makers' frames that a few bytes prove, the better proven first."""

LOOSE: tuple[Decoder, ...] = (GPSD, NMEA, AIS, COAP, SUPL, *outside("decoders"))
"""Those that find their messages anywhere in a text, binary heads that little proves, and decoders of other
packages: asked when nobody else spoke."""

_SPELLED = Spelled(decode)
LOGS: tuple[Decoder, ...] = (AT, CARD_AT, *CARD_DUMPS, HOST_LOG, SERIAL_DUMP, _SPELLED)
"""Grammars of text logs: asked for every text, beside whoever else speaks."""

FRAMES: dict[str, Reader] = {
    "802.11": REMOTE_ID,
    "bluetooth": REMOTE_ID,
    "can": CAN_BUS,
    "diagnostics": DIAGNOSTICS,
    "rayhunter": RAYHUNTER,
    "ethertype-8033": SADP_ETHERNET,
    "ethertype-8947": GEONETWORKING,
    "gsmtap": GSMTAP,
    "receiver-log": RECEIVER_LOG,
    "usb": USB,
    **dict.fromkeys(LEADS, PPP_CHAT),
}
"""What needs no choice, by the kind of its stream: typed frames, and files that were told apart already."""

CARRIERS = frozenset({"http", "mqtt"})
"""Envelopes in whose very form some trackers report; their dialects are asked too."""

DECODERS: tuple[Reader, ...] = (*PROTOCOLS, *TRACKERS, *LOOSE, *LOGS, *dict.fromkeys(FRAMES.values()), GENERIC)

_DISPATCHER = Dispatcher(PROTOCOLS, TRACKERS, LOOSE, CARRIERS, LOGS, (GENERIC, _SPELLED), FRAMES)
