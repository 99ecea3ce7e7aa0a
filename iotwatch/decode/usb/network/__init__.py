"""Network frames in a device's bulk pipes: which interface carries them, packed how, and the frames as one ``Framed`` body.

The descriptors say what an interface is for, as far as a standard class says it. Where they do not (a vendor's interface, a
capture that began after the device was plugged in) the content decides: enough packets must prove to be IP by their
checksums, and what was decided so is told as guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np

from iotwatch.decode.usb.descriptors import Enumerated
from iotwatch.decode.usb.network.ip import proven
from iotwatch.decode.usb.network.packings import EEM, ETHERNET_FRAMES, EVERY, NTB, QMAP, RAW_PACKETS, RNDIS, Packing
from iotwatch.decode.usb.network.ppp import read_ppp
from iotwatch.decode.usb.network.unit import DEVICE_SERVICE, RAW_IP, Tally, Unit
from iotwatch.decode.usb.pipes import Pipe, gathered
from iotwatch.decode.usb.text import is_text
from iotwatch.model import Coverage
from iotwatch.read.stream import Stream
from iotwatch.read.streams.inner import Framed
from iotwatch.words.measures import Measure

_TOLD = {"ECM": ETHERNET_FRAMES, "EEM": EEM, "NCM": NTB, "MBIM": NTB, "RNDIS": RNDIS}
_RMNET = (QMAP, RAW_PACKETS, ETHERNET_FRAMES)
# What may carry packets though its class does not say so; PPP may stand on a plain serial port too.
_OPEN = frozenset({"", "vendor", "data", "ACM"})
_SERIAL = frozenset({"", "vendor", "data", "ACM", "AT"})
_SAMPLE = 64  # transfers that a guess looks at


class Found(msgspec.Struct, frozen=True):
    """What one interface carries: ``frames`` to be read as packets, how they were packed, and which pipes are used up.

    ``texts`` are ranges of the capture's stream that hold something else than frames: a dialogue beside PPP, a device
    service stream of MBIM. ``first`` is the transfer that the statement stands on; ``cellular`` says why this is a modem.
    """

    frames: Framed
    packing: str
    interface: int
    guessed: bool
    pipes: tuple[Pipe, ...]
    first: tuple[int, int]
    sessions: tuple[int, ...] = ()
    texts: tuple[tuple[int, int], ...] = ()
    cellular: str = ""


def find_network(stream: Stream, known: Enumerated) -> Iterator[Found]:
    """The network interfaces of one device, out of what its bulk pipes carried."""
    interfaces: dict[int, list[Pipe]] = {}
    for endpoint, pipe in known.pipes.items():
        interfaces.setdefault(known.endpoints.get(endpoint, -1), []).append(pipe)
    for interface, pipes in sorted(interfaces.items()):
        role = known.role(interface)
        where = f"{known.device.key} interface {interface}" if interface >= 0 else known.device.key
        left = pipes
        for packing, chosen, guessed in _packings(stream, pipes, role):
            basis = "guessed from content" if guessed else f"{role} interface"
            found = _frames(stream, packing, chosen, basis, where)
            if len(found.frames.begins) or not guessed:
                yield msgspec.structs.replace(found, interface=interface, guessed=guessed)
            left = [pipe for pipe in left if all(pipe is not one for one in chosen)]
        if role in _SERIAL and left:
            yield from _ppp(stream, left, interface, where)


def _packings(stream: Stream, pipes: list[Pipe], role: str) -> Iterator[tuple[Packing, list[Pipe], bool]]:
    """How the frames in an interface's pipes are packed, for which pipes, and whether that is a guess."""
    told = _TOLD.get(role)
    if told is not None:
        others = {} if any(_score(stream, pipe, told)[0] for pipe in pipes) else _guess(stream, pipes, EVERY)
        yield from ((packing, chosen, True) for packing, chosen in others.items())
        if not others:
            yield told, pipes, False
    elif role == "QMI":
        formats = _guess(stream, pipes, _RMNET, need=1) or {RAW_PACKETS: pipes}
        yield from ((packing, chosen, False) for packing, chosen in formats.items())
    elif role in _OPEN:
        for packing, chosen in _guess(stream, pipes, EVERY).items():
            yield packing, chosen, True


def _guess(
    stream: Stream, pipes: list[Pipe], candidates: Sequence[Packing], need: int | None = None
) -> dict[Packing, list[Pipe]]:
    """The packing that explains most of each pipe, of those that enough proven packets stand behind."""
    groups: dict[Packing, tuple[list[Pipe], int]] = {}
    for pipe in pipes:
        scores = [(_score(stream, pipe, packing), packing) for packing in candidates]
        (count, rest), best = max(scores, key=lambda score: (score[0][0], -score[0][1]))
        if count and count >= rest:
            chosen, total = groups.get(best, ([], 0))
            groups[best] = ([*chosen, pipe], total + count)
    return {packing: chosen for packing, (chosen, total) in groups.items() if total >= (need or packing.need)}


def _score(stream: Stream, pipe: Pipe, packing: Packing) -> tuple[int, int]:
    """Packets that prove to be IP in a sample of a pipe, and what there is beside them."""
    best = (0, 0)
    for first in dict.fromkeys((0, max(0, len(pipe.starts) // 2 - _SAMPLE // 2))):
        sample, (run,) = gathered(stream, [pipe.some(first, _SAMPLE)])
        tally = Tally()
        units = list(packing.walk(run, tally))
        count = sum(proven(sample.data, unit) for unit in units)
        best = max(best, (count, len(units) - count + tally.unread), key=lambda score: (score[0], -score[1]))
    return best


def _frames(stream: Stream, packing: Packing, pipes: list[Pipe], basis: str, where: str) -> Found:
    whole, runs = gathered(stream, pipes)
    tally = Tally()
    units = [(unit, run.outbound) for run in runs for unit in packing.walk(run, tally)]
    services = [unit for unit, _ in units if unit.link == DEVICE_SERVICE]
    units = [(unit, outbound) for unit, outbound in units if unit.link != DEVICE_SERVICE]
    sessions = sorted({unit.session for unit, _ in units} - {0})
    name = packing.name
    if packing is NTB and units:
        name = "MBIM" if units[0][0].link == RAW_IP else "NCM"
    told = [Coverage(Measure.USB_NETWORK, len(units), f"frames in {name} on {where}, {basis}")]
    if tally.cut:
        told.append(
            Coverage(Measure.USB_NETWORK_CUT, tally.cut, f"transfers on {where} that are not whole in the capture")
        )
    if tally.unread:
        told.append(
            Coverage(Measure.USB_NETWORK_UNREAD, tally.unread, f"transfers on {where} that hold no {name} frame")
        )
    return Found(
        frames=_framed(whole, units, told, f"{name} on {where}", complete=not tally.cut),
        packing=name,
        interface=-1,
        guessed=False,
        pipes=tuple(pipes),
        first=min(pipe.first() for pipe in pipes),
        sessions=tuple(sessions),
        texts=tuple(_back(whole, pipes, services)),
        cellular=f"{name} data" if name in ("MBIM", "QMAP") and units else "",
    )


def _back(whole: Stream, pipes: Iterable[Pipe], units: list[Unit]) -> Iterator[tuple[int, int]]:
    """Where units of the gathered bytes stand in the capture's stream; those that span transfers are left out."""
    starts = [start for pipe in pipes for start in pipe.starts]
    for unit in units:
        index = whole.segment_at(unit.start)
        if whole.segment_at(unit.end - 1) == index:
            start = starts[index] + unit.start - int(whole.starts[index])
            yield start, start + unit.end - unit.start


def _framed(
    whole: Stream, units: list[tuple[Unit, bool]], told: Sequence[Coverage], carrier: str, *, complete: bool
) -> Framed:
    """The frames of all pipes in the order of the capture."""
    table = np.array([(unit.start, unit.end, unit.length, unit.link) for unit, _ in units], np.int64).reshape(-1, 4)
    outbound = np.array([sent for _, sent in units], np.bool_)
    frame = whole.frames[np.maximum(np.searchsorted(whole.starts, table[:, 0], "right") - 1, 0)]
    order = np.argsort(frame, kind="stable")
    begins, ends, lengths, links = table[order].T
    return Framed(
        data=whole.data,
        starts=whole.starts,
        offsets=whole.offsets,
        frames=whole.frames,
        times=whole.times,
        origin=whole.origin,
        kind="network",
        path=whole.path,
        context=whole.context,
        begins=begins,
        ends=ends,
        lengths=lengths,
        links=links.astype(np.int32),
        outbound=outbound[order],
        told=tuple(told),
        complete=complete,
        carrier=carrier,
    )


def ppp_frames(stream: Stream, pipes: list[Pipe], where: str) -> Framed | None:
    """The network frames of a PPP session in some pipes; ``None`` when there is none."""
    session = read_ppp(stream, pipes, is_text)
    if session is None:
        return None
    told = [Coverage(Measure.USB_NETWORK, len(session.units), f"frames in PPP on {where}")]
    return _framed(session.stream, session.units, told, f"PPP on {where}", complete=True)


def _ppp(stream: Stream, pipes: list[Pipe], interface: int, where: str) -> Iterator[Found]:
    session = read_ppp(stream, pipes, is_text)
    if session is None:
        return
    told = [Coverage(Measure.USB_NETWORK, len(session.units), f"frames in PPP on {where}")]
    cut = sum(missing > 0 for pipe in pipes for missing in pipe.missing)
    if cut:
        told.append(Coverage(Measure.USB_NETWORK_CUT, cut, f"transfers on {where} that are not whole in the capture"))
    if session.broken:
        told.append(
            Coverage(Measure.USB_NETWORK_UNREAD, session.broken, f"PPP frames on {where} with a wrong check sequence")
        )
    frames = _framed(session.stream, session.units, told, f"PPP on {where}", complete=not cut)
    first = min(pipe.first() for pipe in pipes)
    texts = tuple(session.rest)
    yield Found(
        frames=frames, packing="PPP", interface=interface, guessed=False, pipes=tuple(pipes), first=first, texts=texts
    )
