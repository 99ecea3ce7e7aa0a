"""Traffic without a beacon, of the study apart: times in seconds inside a recording of a given length.

Each kind is drawn from what its protocol or program does; where a document says the timers it is named. Nothing here
imports the program or the traffic that its scorer was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator


def _log(random: Rng, low: float, high: float) -> float:
    """A number between two, evenly in its logarithm."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _sessions(
    random: Rng, length: float, stay: tuple[float, float], away: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """From and to of the times in which somebody uses it; the recording begins anywhere in one or between two.

    Nobody stays for more than a third of the recording. One session that fills all of it is one clock by all that its times
    can tell; how often that happens is a question of the user and not of the scorer, and the page says so.
    """
    longest = min(stay[1], length / 3)
    now = -random.uniform(0, longest + away[1])
    while now < length:
        end = now + _log(random, stay[0], longest)
        yield now, end
        now = end + _log(random, *away)


def _ticks(random: Rng, begin: float, end: float, period: float, jitter: float) -> Floats:
    sleeps = period * random.uniform(1 - jitter, 1 + jitter, max(1, int((end - begin) / period / (1 - jitter)) + 1))
    times = begin + np.cumsum(sleeps)
    return times[times < end]


def _joined(parts: list[Floats]) -> Floats:
    return np.sort(np.concatenate(parts)) if parts else np.empty(0)


def memoryless(random: Rng, length: float) -> Floats:
    return np.cumsum(random.exponential(_log(random, 5, length / 8), 2000))


def browsing(random: Rng, length: float) -> Floats:
    """Pages: a handful of fetches in seconds, then reading."""
    pages = np.cumsum(random.lognormal(np.log(_log(random, 15, 90)), 1.0, 500))
    return _joined([page + np.cumsum(random.exponential(1.5, random.poisson(2) + 1)) for page in pages])


def back_off(random: Rng, length: float) -> Floats:
    """Calls that fail are tried again after 1, 2, 4 ... seconds (gRPC's connection back-off: factor 1.6, +- 20 %)."""
    factor, parts, now = random.choice([1.6, 2.0]), [], 0.0
    while now < length:
        waits = random.choice([1.0, 2.0, 5.0]) * factor ** np.arange(random.integers(1, 7)) * random.uniform(0.8, 1.2)
        parts.append(now + np.append(0.0, np.cumsum(waits)))
        now = parts[-1][-1] + random.exponential(120)
    return _joined(parts)


def chunks(random: Rng, length: float) -> Floats:
    """A stream in pieces: a request every 2 to 10 s, +- 30 %, for minutes, then a pause of any length."""
    parts = []
    for begin, end in _sessions(random, length, (60, 900), (10, 1800)):
        parts.append(_ticks(random, begin, end, random.uniform(2, 10), 0.3))
    return _joined(parts)


def retry_trains(random: Rng, length: float) -> Floats:
    """Something is tried at a fixed step a few times, is given up, and is tried again when somebody asks."""
    step = _log(random, 2, length / 40)
    tries = random.integers(3, 12)
    parts, now = [], -random.uniform(0, 60)
    while now < length:
        parts.append(now + step * np.arange(tries) + random.normal(0, 0.02, tries))
        now = parts[-1][-1] + random.exponential(length / 12) + 3 * step
    return _joined(parts)


def foreground_polling(random: Rng, length: float) -> Floats:
    """An app asks every so often while it is on the screen."""
    period, jitter = _log(random, 5, 60), random.uniform(0, 0.15)
    return _joined([_ticks(random, a, b, period, jitter) for a, b in _sessions(random, length, (30, 600), (20, 1800))])


def games(random: Rng, length: float) -> Floats:
    """Rounds of some minutes with a report every one to five seconds, and the lobby between them."""
    parts = []
    period = random.uniform(1, 5)
    for begin, end in _sessions(random, length, (90, 900), (20, 400)):
        parts.append(_ticks(random, begin, end, period, 0.1))
        parts.append(end + np.cumsum(random.exponential(12, 3)))
    return _joined(parts)


def voip(random: Rng, length: float) -> Floats:
    """Calls: STUN keep-alives every 15 s or so (RFC 8445 section 11) and RTCP at half to one and a half times 5 s (RFC 3550)."""
    parts = []
    for begin, end in _sessions(random, length, (20, 900), (30, 1800)):
        parts.append(_ticks(random, begin, end, 15, 0.05))
        if random.random() < 0.5:
            parts.append(_ticks(random, begin, end, 5, 0.5))
    return _joined(parts)


def ntp(random: Rng, length: float) -> Floats:
    """Four quick questions, then polls whose interval doubles (RFC 5905), begun anew whenever the network comes back."""
    parts = []
    for begin, end in _sessions(random, length, (120, 2400), (5, 120)):
        waits = np.append([2.0, 2.0, 2.0], 2.0 ** np.repeat(np.arange(4, 11), random.integers(1, 4)))
        times = begin + np.cumsum(waits * random.uniform(0.95, 1.05, len(waits)))
        parts.append(times[times < end])
    return _joined(parts)


def dhcp(random: Rng, length: float) -> Floats:
    """Discovery at 4, 8, 16, 32 s +- 1 (RFC 2131 section 4.1) whenever the link comes up."""
    parts, now = [], 0.0
    while now < length:
        waits = np.array([4.0, 8, 16, 32, 64])[: random.integers(1, 6)]
        parts.append(now + np.append(0.0, np.cumsum(waits + random.uniform(-1, 1, len(waits)))))
        now = parts[-1][-1] + random.exponential(150)
    return _joined(parts)


def mdns(random: Rng, length: float) -> Floats:
    """Questions at 1, 2, 4 ... s (RFC 6762 section 5.2), begun anew when a screen or an app wakes."""
    parts, now = [], 0.0
    while now < length:
        waits = 2.0 ** np.arange(random.integers(2, 10))
        nap = random.exponential(_log(random, 60, 600))
        times = now + np.append(0.0, np.cumsum(waits)) + random.uniform(0.02, 0.12, len(waits) + 1)
        parts.append(times[times < now + nap + 1])
        now += nap + 1
    return _joined(parts)


def resumption(random: Rng, length: float) -> Floats:
    """Short TLS connections that resume one another: two to six at every tap of a finger."""
    taps = np.cumsum(random.lognormal(np.log(_log(random, 10, 120)), 1.2, 500))
    return _joined([tap + np.cumsum(random.lognormal(0.6, 0.5, random.integers(2, 7))) for tap in taps])


def prefetch(random: Rng, length: float) -> Floats:
    """A browser fetches ahead: some things after each page, at the pace at which it finds time."""
    pages = np.cumsum(random.gamma(1.2, _log(random, 20, 90), 500))
    return _joined([page + 1.1 * np.arange(1, random.integers(2, 9)) + random.exponential(0.3) for page in pages])


def cloud_sync(random: Rng, length: float) -> Floats:
    """Files are sent some seconds after they were changed, several in turn, while somebody works."""
    parts = []
    for begin, end in _sessions(random, length, (120, 1800), (60, 1800)):
        edits = begin + np.cumsum(random.exponential(_log(random, 10, 90), 400))
        edits = edits[edits < end]
        parts += [edit + 5 + random.gamma(2.0, 1.0, random.integers(1, 4)).cumsum() for edit in edits]
    return _joined(parts)


def push(random: Rng, length: float) -> Floats:
    """A channel that pings when nothing was said for so long; what is said comes at random and sets the timer back."""
    quiet = _log(random, 30, max(60.0, length / 8))
    return np.cumsum(np.minimum(quiet, random.exponential(quiet * random.uniform(0.3, 1.0), 2000)))


def updates(random: Rng, length: float) -> Floats:
    """A download in pieces of equal size at the pace of the network, with waits for writing, and checks before."""
    parts = [np.array([random.uniform(0, length)])]
    begin, pace = random.uniform(-100, length * 0.8), _log(random, 1.2, length / 150)
    waits = pace * random.gamma(12, 1 / 12, random.integers(12, 60))
    waits[random.random(len(waits)) < 0.05] += random.exponential(40)
    parts.append(begin + np.cumsum(waits))
    return _joined(parts)


def dns_refresh(random: Rng, length: float) -> Floats:
    """A name is asked again when it is needed and its time to live has run out: the time to live, and then chance."""
    live = float(random.choice([5, 20, 30, 60, 300]))
    wait = live * random.uniform(0.4, 3.0)
    parts = []
    for begin, end in _sessions(random, length, (120, 3600), (60, 1800)):
        times = begin + np.cumsum(live + random.exponential(wait, 1000))
        parts.append(times[times < end])
    return _joined(parts)


def tcp_keepalive(random: Rng, length: float) -> Floats:
    """Probes at a fixed interval while a connection is idle; data sets the timer back, and connections end."""
    every, parts = float(random.choice([10, 15, 30, 45, 60, 75])), []
    for begin, end in _sessions(random, length, (60, 1200), (20, 1200)):
        data = begin + np.append(0.0, np.cumsum(random.exponential(every * random.uniform(1.0, 6.0), 400)))
        for one, other in zip(data, np.minimum(np.append(data[1:], end), end), strict=True):
            if one < end:
                parts.append(np.arange(one, other, every))
    return _joined(parts)


def portal_checks(random: Rng, length: float) -> Floats:
    """Is the network open? Asked when it changes, then again after 1, 2, 4 ... s up to ten minutes, till the answer is yes."""
    parts, now = [], 0.0
    while now < length:
        waits = np.minimum(2.0 ** np.arange(random.integers(1, 12)), 600.0) * random.uniform(0.9, 1.1)
        parts.append(now + np.append(0.0, np.cumsum(waits)))
        now = parts[-1][-1] + random.exponential(200)
    return _joined(parts)


def neighbours(random: Rng, length: float) -> Floats:
    """ARP and its like: an entry holds for 0.5 to 1.5 times 30 s (RFC 4861 section 6.3.2) and is asked for at the next packet."""
    parts = []
    for begin, end in _sessions(random, length, (60, 900), (30, 900)):
        times = begin + np.cumsum(random.uniform(15, 45, 400) + random.exponential(random.uniform(5, 60), 400))
        parts.append(times[times < end])
    return _joined(parts)


KINDS: dict[str, Callable[[Rng, float], Floats]] = {
    "memoryless": memoryless,
    "browsing": browsing,
    "back-off": back_off,
    "chunked stream": chunks,
    "retry trains": retry_trains,
    "polling in the foreground": foreground_polling,
    "games": games,
    "VoIP": voip,
    "NTP, doubling": ntp,
    "DHCP discovery": dhcp,
    "mDNS": mdns,
    "TLS resumption": resumption,
    "browser prefetch": prefetch,
    "cloud sync": cloud_sync,
    "push channel": push,
    "software update": updates,
    "DNS refresh": dns_refresh,
    "TCP keep-alive": tcp_keepalive,
    "captive-portal checks": portal_checks,
    "neighbour refresh": neighbours,
}
FEWEST, MOST = 8, 600


def drawn(kind: str, random: Rng, length: float) -> Floats:
    """Contacts of one pair of that kind: at least 8 that lie a second apart, 600 at most."""
    while True:
        times = KINDS[kind](random, length)
        times = times[(times >= 0) & (times < length)]
        if FEWEST <= len(times) <= MOST and int((np.diff(times) >= 1.0).sum()) >= FEWEST - 1:
            return times
