"""Item trackers in advertisements: which network they speak to, and whether they say that their owner is near.

A row of ``LAYOUTS`` is a form of one network; its source stands above it. The bytes are not signed: anybody can send them.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from iotwatch.decode.air.advertisements import Advertisements
from iotwatch.read.layers.columns import Bytes, Int64s
from iotwatch.words.tags import Form, Network, OwnerState

_STRUCTURES = 16
"""AD structures that are looked at in one advertisement; 31 bytes hold no more."""
_AIRCRAFT = 0x16FFFA
_SERVICE_DATA, _MANUFACTURER, _SOME_SERVICES, _ALL_SERVICES = 0x16, 0xFF, 0x02, 0x03
Said = tuple[OwnerState, Form]


class Layout(msgspec.Struct, frozen=True):
    """``code`` is the company or service that the AD structure of type ``kind`` begins with. What follows is the body, of one of
    ``sizes`` bytes, in which ``begins`` stands first where ``mask`` has ones; its byte ``state_at`` says the rest, by the bits
    of ``state_mask``. ``counter`` bounds a counter in it, least significant byte first; at ``id_at`` stands the number of the
    network that the maker uses.
    """

    network: Network
    kind: int
    code: int
    sizes: range | tuple[int, ...]
    says: Callable[[int], Said]
    begins: bytes = b""
    mask: bytes = b""
    state_at: int = 0
    state_mask: int = 0
    counter: tuple[int, int] | None = None
    id_at: int | None = None


def _always(state: OwnerState, form: Form = Form.NONE) -> Callable[[int], Said]:
    return lambda _: (state, form)


def _by_bit(set_: OwnerState, clear: OwnerState) -> Callable[[int], Said]:
    return lambda value: (set_ if value else clear, Form.NONE)


_FIND_MY_FORMS = {0: Form.PHONE, 1: Form.TAG, 2: Form.ACCESSORY, 3: Form.HEADPHONES}


def _find_my_away(value: int) -> Said:
    """Bits 4 and 5 of the status are the kind of device. Phones send this form as soon as they are offline, owner or not."""
    form = _FIND_MY_FORMS[value >> 4 & 3]
    return (OwnerState.UNKNOWN if form is Form.PHONE else OwnerState.SEPARATED), form


def _find_my_near(value: int) -> Said:
    return OwnerState.NEAR, _FIND_MY_FORMS[value >> 4 & 3]


def _smart_tag(value: int) -> Said:
    """The lower three bits of the first byte."""
    forms = {1: Form.PREMATURE, 2: Form.OFFLINE, 3: Form.OVERMATURE}
    form = forms.get(value, Form.CONNECTED)
    away = form in (Form.OFFLINE, Form.OVERMATURE)
    return (OwnerState.SEPARATED if away else OwnerState.NEAR), form


LAYOUTS: tuple[Layout, ...] = (
    # Apple: furiousMAC/continuity, messages/findmy.md; kinds of device: AirGuard's AirTag.kt.
    Layout(Network.FIND_MY, _MANUFACTURER, 0x004C, range(27, 252), _find_my_away, b"\x12\x19", b"\xff\xff", 2, 0x30),
    Layout(Network.FIND_MY, _MANUFACTURER, 0x004C, range(4, 252), _find_my_near, b"\x12\x02", b"\xff\xff", 2, 0x30),
    # Samsung: AirGuard's SamsungTracker.kt; arXiv 2210.14702. FD69 are phones of the same network.
    Layout(
        Network.SMART_THINGS, _SERVICE_DATA, 0xFD5A, range(12, 252), _smart_tag, b"\x10", b"\xf8", 0, 0x07, (1, 4)
    ),
    Layout(Network.SMART_THINGS, _SERVICE_DATA, 0xFD69, range(1, 252), _always(OwnerState.UNKNOWN, Form.PHONE)),
    # Tile: AirGuard's Tile.kt; arXiv 2510.00350. It has no word for its owner.
    Layout(Network.TILE, _SERVICE_DATA, 0xFEED, range(10, 252), _always(OwnerState.UNKNOWN), b"\x02\x00", b"\xff\xff"),
    # Google: AirGuard's GoogleFindMyNetwork.kt; frame type, 20 or 32 bytes of identifier, flags. Eddystone shares the service.
    Layout(
        Network.FIND_HUB, _SERVICE_DATA, 0xFEAA, (21, 22, 33, 34), _by_bit(OwnerState.SEPARATED, OwnerState.NEAR),
        b"\x40", b"\xfe", 0, 0x01,
    ),
    # Chipolo's own network: AirGuard's Chipolo.kt.
    Layout(
        Network.CHIPOLO, _SERVICE_DATA, 0xFE33, range(2, 252), _by_bit(OwnerState.SEPARATED, OwnerState.NEAR),
        state_at=1, state_mask=0x01,
    ),
    # Pebblebee: AirGuard's PebbleBee.kt knows the service alone.
    *(
        Layout(Network.PEBBLEBEE, kind, 0xFA25, range(252), _always(OwnerState.UNKNOWN))
        for kind in (_SERVICE_DATA, _SOME_SERVICES, _ALL_SERVICES)
    ),
    # IETF draft-ietf-dult-accessory-protocol, "Advertising": the network's id, then bit 0 is set near the owner.
    Layout(
        Network.DULT, _SERVICE_DATA, 0xFCB2, range(2, 252), _by_bit(OwnerState.NEAR, OwnerState.SEPARATED),
        state_at=1, state_mask=0x01, id_at=0,
    ),
)  # fmt: skip


class Tagged(msgspec.Struct, frozen=True):
    """The advertisements of item trackers: row of the table, number of its layout, where the body begins, and the bits of its
    state. ``others`` are the rows that other readers know by a service (ASTM F3411's aircraft)."""

    row: Int64s
    layout: Int64s
    body: Int64s
    state: Int64s
    others: Int64s


def tagged(heard: Advertisements) -> Tagged:
    """Those of ``heard`` that have the form of a layout; the first AD structure that does decides."""
    found: list[tuple[Int64s, ...]] = []
    others: list[Int64s] = []
    data, rows, at = heard.data, np.arange(len(heard)), heard.start
    for _ in range(_STRUCTURES):
        end = at + 1 + data[at]
        whole = (data[at] > 2) & (end <= heard.end[rows])
        short = (data[at] > 0) & (data[at] <= 2) & (end <= heard.end[rows])
        code = _code(data, at)
        number = np.where(whole, _layouts(data, code, at, end), -1)
        mine = number >= 0
        found.append((rows[mine], number[mine], at[mine] + 4))
        others.append(rows[whole & (code == _AIRCRAFT)])
        left = (whole | short) & ~mine
        rows, at = rows[left], end[left]
        if not len(rows):
            break
    row, number, body = (np.concatenate(column) for column in zip(*found, strict=True))
    order = row.argsort(kind="stable")
    row, number, body = row[order], number[order], body[order]
    offsets = np.array([one.state_at for one in LAYOUTS])[number]
    masks = np.array([one.state_mask for one in LAYOUTS])[number]
    return Tagged(row, number, body, data[body + offsets].astype(np.int64) & masks, np.concatenate(others))


def _code(data: Bytes, at: Int64s) -> Int64s:
    """Type and company or service of each AD structure, as one number."""
    return data[at + 1].astype(np.int64) << 16 | data[at + 3].astype(np.int64) << 8 | data[at + 2]


def _layouts(data: Bytes, code: Int64s, at: Int64s, end: Int64s) -> Int64s:
    """The number of the layout of each AD structure, -1 where there is none."""
    number = np.full(len(at), -1, np.int64)
    for index, layout in enumerate(LAYOUTS):
        rows = (code == (layout.kind << 16 | layout.code)).nonzero()[0]
        if not len(rows):
            continue
        fits = np.isin(end[rows] - at[rows] - 4, layout.sizes)
        for offset, (byte, mask) in enumerate(zip(layout.begins, layout.mask, strict=True)):
            fits &= data[at[rows] + 4 + offset] & mask == byte
        number[rows[fits]] = index
    return number
