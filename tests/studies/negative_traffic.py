"""Seeded traffic that holds no position, with its headers: encrypted, spoken, played, drawn, stored and measured.

Each family makes one flow's payloads in one direction. Header forms are those of the named documents; what they carry is random,
or numbers of ordinary machines.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from tests.studies.negative_bodies import bodies, imu, jpeg_stream, jpeg_udp, low_entropy, metrics, otlp, random_bytes
from tests.studies.negative_datagrams import (
    Flow,
    dtls,
    esp,
    minecraft,
    openvpn,
    openvpn_tcp,
    pcm,
    quake,
    raknet,
    rdp_udp,
    rtp,
    source_engine,
    turn,
    unity,
    utp,
    valve,
    wireguard,
    zoom,
    zrtp,
)
from tests.studies.negative_industry import INDUSTRY
from tests.studies.negative_services import (
    bittorrent,
    dht,
    h264,
    kerberos,
    ldap,
    mongo,
    mpeg_ts,
    mysql,
    postgres,
    rdp,
    redis,
    rpc,
    rsync,
    smb,
    vnc,
)

Family = Callable[[random.Random], Flow]


FAMILIES: dict[str, Family] = {
    one.__name__: one
    for one in (
        esp, wireguard, openvpn, openvpn_tcp, dtls, rtp, pcm, zrtp, utp, turn, zoom, source_engine, quake, minecraft, raknet,
        valve, unity, rdp_udp, rdp, vnc, rsync, rpc, smb, mpeg_ts, h264, bittorrent, dht, kerberos, ldap, postgres, mysql,
        redis, mongo, bodies, jpeg_stream, jpeg_udp, otlp, metrics, imu, random_bytes, low_entropy, *INDUSTRY,
    )
}  # fmt: skip
FAMILIES["teams"] = partial(rtp, kind=118, step=480)
FAMILIES["random datagrams"] = partial(random_bytes, transport="udp")


def flows(seed: int) -> Iterator[tuple[str, str, list[bytes]]]:
    """Family, transport and payloads, for ever: each family in turn."""
    number = 0
    while True:
        for name, make in FAMILIES.items():
            number += 1
            rng = random.Random(seed * 1_000_003 + number)
            transport, payloads = make(rng)
            yield name, transport, payloads
