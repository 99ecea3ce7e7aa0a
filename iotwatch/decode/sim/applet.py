"""Java Card applications in CAP files: what they are, and whether they use the toolkit to ask and to send.

Java Card Platform, Virtual Machine Specification 3.0.5 chapter 6: components with a tag, a size of two bytes and their content,
each a file of a zip or one behind the other. The toolkit's packages: 3GPP TS 43.019 annex B, ETSI TS 102 241 annex A.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Message, Trait
from iotwatch.decode.sim import commands as at
from iotwatch.read.stream import Stream
from iotwatch.words.kinds import Kind

NAME = "java-card-cap"
_HEADER, _APPLET, _IMPORT, _METHOD = 1, 3, 4, 7
_MAGIC = bytes.fromhex("decaffed")
_TOOLKITS = (
    bytes.fromhex("a0000000090003ffffffff8910710002"),
    bytes.fromhex("a0000000090005ffffffff8912000000"),
)
"""sim.toolkit and uicc.toolkit."""
_PUSH = 0x10  # bspush
_ASKS = {at.LOCAL_INFORMATION: "cell or device", at.GEOGRAPHICAL: at.PLACE}
_SENDS = {at.SEND_SMS: "sms", at.SEND_USSD: "ussd", at.SEND_SS: "ussd", at.OPEN_CHANNEL: "bip"}
_MOST = 64


def is_header(data: bytes) -> bool:
    """Whether a file of components begins here: the header comes first."""
    return data[:1] == b"\x01" and data[3:7] == _MAGIC


def messages(components: list[Stream]) -> Iterator[Message]:
    """What an application says, from its components."""
    held = {stream.data[0]: stream for stream in components if len(stream.data) > 3}
    header, imported, method = held.get(_HEADER), held.get(_IMPORT), held.get(_METHOD)
    if header is None or not is_header(header.data):
        return
    package = _aid(header.data, 12)
    applets = _applets(held[_APPLET].data) if _APPLET in held else []
    toolkit = imported is not None and any(name in imported.data for name in _TOOLKITS)
    code = method.data if toolkit and method is not None else b""
    facts = {
        "package": package,
        "applets": applets,
        "tars": [aid[24:30] for aid in applets if len(aid) == 32],
        "toolkit": toolkit,
        "asks": sorted({what for kind, what in _ASKS.items() if bytes((_PUSH, kind)) in code}),
        "sends": sorted({way for kind, way in _SENDS.items() if bytes((_PUSH, kind)) in code}),
    }
    span = (0, len(header.data))
    yield Message(NAME, header, span, traits=(Trait(Kind.SIM_APPLET, package or "unnamed", span, facts),))


def parts(stream: Stream) -> list[Stream]:
    """The components that stand one behind the other."""
    found, here = list[Stream](), 0
    while here + 3 <= len(stream.data) and len(found) < _MOST:
        stop = here + 3 + int.from_bytes(stream.data[here + 1 : here + 3], "big")
        found.append(stream.part(here, min(stop, len(stream.data))))
        here = stop
    return found


def _aid(data: bytes, at_: int) -> str:
    size = data[at_] if len(data) > at_ else 0
    return data[at_ + 1 : at_ + 1 + size].hex() if 5 <= size <= 16 else ""


def _applets(data: bytes) -> list[str]:
    found, here = list[str](), 4
    for _ in range(min(data[3], _MOST)):
        found.append(_aid(data, here))
        here += 3 + (data[here] if here < len(data) else 0)
    return [aid for aid in found if aid]
