"""Measures ``iotwatch decode`` and writes docs/decode-speed.md: messages a second, microseconds a stream, longest answers.

    python tests/bench/decode.py [--lines N] [--runs N] [--every] [--docs FILE]

Messages are those of the tracker corpus (``IOTWATCH_CORPUS``), or else the text dialects' own examples; ``--every`` adds each
message of the corpus, repeated to 64 KiB, to the longest answers. CPU seconds are user and system time; the runs of all are
interleaved with a yardstick that does the same whatever we change, and the least of each is given.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from dense import SIZE, UNITS, filled, kinds, repeated  # noqa: E402 - found by the path above

from iotwatch.decode import decode  # noqa: E402
from iotwatch.decode.trackers import TEXT  # noqa: E402
from iotwatch.open.answer import answer  # noqa: E402
from iotwatch.read.stream import from_bytes  # noqa: E402
from tests.corpus import FOLDER  # noqa: E402

YARDSTICK = "import json, sys\nfor line in sys.stdin:\n    json.loads(line)"
LIMIT_MS = 50
SMALL = {
    "a datagram that nobody knows, 60 bytes": bytes((i * 7 + 145) % 23 for i in range(60)),
    "a DNS question": bytes.fromhex("123401000001000000000000") + b"\x07tracker\x07example\x03com\0\0\1\0\1",
    "an MQTT PUBLISH with a place in JSON": b"\x30\x30\0\x0fowntracks/u/dev" + b'{"lat":48.858222,"lon":2.294}  ',
    "an HTTP request": b"GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\n\r\n",
    "a GT06 login": bytes.fromhex("78780d01012345678901234500018cdd0d0a"),
}


def messages() -> dict[str, list[bytes]]:
    """The messages of every protocol of the corpus, or the examples of every text dialect where it is absent."""
    found: dict[str, list[bytes]] = defaultdict(list)
    path = FOLDER / "positions" / "traccar.jsonl"
    if path.is_file():
        with path.open() as lines:
            for line in lines:
                row = json.loads(line)
                found[row["protocol"]].append(bytes.fromhex(row["payload_hex"]))
    else:
        for dialect in TEXT:
            found[dialect.name] += [example.data for example in dialect.file.example]
    return {name: [one for one in ones if one] for name, ones in found.items()}


def spent(command: list[str], given: Path) -> tuple[float, float]:
    """CPU seconds of one command that reads ``given``, its workers counted, and the seconds that it took."""
    begun = time.perf_counter()
    with given.open("rb") as lines:
        process = subprocess.Popen(
            command, stdin=lines, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, took


def commands(lines: int, runs: int) -> Iterator[str]:
    """A row of the table for one pass of the messages, and for as many lines as asked for: alone, and by workers."""
    every = [one for ones in messages().values() for one in ones]
    with tempfile.TemporaryDirectory() as folder:
        for count in (len(every), lines):
            path = Path(folder) / f"{count}.jsonl"
            with path.open("w") as file:
                for i in range(count):
                    file.write(json.dumps({"id": i, "payload_hex": every[i % len(every)].hex()}) + "\n")
            found: dict[str, list[tuple[float, float]]] = defaultdict(list)
            for _ in range(runs):
                found["yardstick"].append(spent([sys.executable, "-c", YARDSTICK], path))
                for jobs in ("1", "0"):
                    command = [sys.executable, "-m", "iotwatch", "decode", "--jsonl", "--jobs", jobs]
                    found[jobs].append(spent(command, path))
            alone, shared = min(found["1"])[0], min(took for _, took in found["0"])
            yield (
                f"| {count:,} | {alone:.2f} | {count / alone:,.0f} | {alone / min(found['yardstick'])[0]:.0f}"
                f" | {min(found['0'])[0]:.2f} | {shared:.2f} | {count / shared:,.0f} |"
            )


def least(work: Callable[[], object], runs: int, times: int = 1) -> float:
    """CPU milliseconds of one turn of ``work``, the least of several runs."""
    best = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - begun)
    return best / times * 1e3


def dense(*, every: bool) -> dict[str, bytes]:
    """All kinds of 64 KiB."""
    made = kinds()
    for name, ones in messages().items():
        made[f"{name}, mixed"] = repeated(ones)
        made[f"{name}, in hex lines"] = repeated([one.hex().encode() for one in ones], b"\n")
        if every:
            made |= {f"{name}, message {i}": repeated([one]) for i, one in enumerate(ones)}
    return made


def longest(payloads: dict[str, bytes], runs: int) -> list[tuple[float, float, str]]:
    """Milliseconds, ratio to the yardstick of the same moment and name of each payload's answer, the longest first."""
    document = filled(UNITS["json, in lines"]).splitlines()[:-1]
    rows = []
    for name, data in payloads.items():
        yardstick = least(lambda: [json.loads(line) for line in document], runs)
        took = least(lambda data=data: answer(data), runs)  # type: ignore[misc]
        rows.append((took, took / yardstick, name))
    return sorted(rows, reverse=True)


def page(runs: int, lines: int, *, every: bool) -> str:
    """The figures as docs/decode-speed.md."""
    ones = [one for group in messages().values() for one in group]
    for one in ones:
        answer(one)
    plain = least(lambda: [answer(one) for one in ones], runs)
    text = [
        "# Speed of decode",
        "",
        "Made by `python tests/bench/decode.py`; do not edit. CPU time (user and system), least of"
        f" {runs} interleaved runs; {platform.system()} {platform.machine()}, Python {platform.python_version()}."
        " Neighbours on the machine only ever add, so the ratio says more than the seconds.",
        "",
        f"Lines of JSON through `decode --jsonl`, start-up included, by one process (`--jobs 1`) and as it comes, with"
        f" {os.cpu_count()} cores: those after the first 1,000 go to workers.",
        "",
        "| lines | CPU s, one process | a second | times `json.loads` | CPU s, as it comes | wall s | a second |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *commands(lines, runs),
    ]
    text += [
        "",
        f"Without start-up, each message once after all were seen: {len(ones) / plain * 1e3:,.0f} a second"
        f" ({plain / len(ones) * 1e3:.0f} microseconds each).",
        "",
        "| a stream of one message | microseconds |",
        "|---|---:|",
    ]
    for name, data in SMALL.items():
        stream = from_bytes(data)
        text.append(f"| {name} | {least(lambda stream=stream: list(decode(stream)), runs, 200) * 1e3:.0f} |")  # type: ignore[misc]
    payloads = dense(every=every)
    rows = longest(payloads, runs)
    late = sum(took > LIMIT_MS for took, _, _ in rows)
    text += [
        "",
        f"Longest answers to {SIZE >> 10} KiB that state something throughout: {len(rows)} kinds, {late} over {LIMIT_MS} ms."
        " Ratio: to `json.loads` of 64 KiB of small objects in the same moment.",
        "",
        "| kind | CPU ms | ratio |",
        "|---|---:|---:|",
    ]
    text += [f"| {name} | {took:.0f} | {ratio:.0f} |" for took, ratio, name in rows[:24]]
    return "\n".join(text) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--every", action="store_true", help="every message of the corpus, repeated to 64 KiB")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "decode-speed.md")
    wanted = parser.parse_args()
    text = page(wanted.runs, wanted.lines, every=wanted.every)
    print(text)
    wanted.docs.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
