"""Sources analysed on a Ray cluster (extra ``cluster``): what a task found comes back as a small database and is merged here.

Every node has this version installed, and reads the sources by the same paths: a shared folder. Nothing but jobs, databases
and Ray's own messages crosses the network, and nothing leaves this machine without an address.
"""

from __future__ import annotations

import os
import socket
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from iotwatch.batch.writing import Fresh, Outcome, Writer, batches, unreadable
from iotwatch.errors import MissingExtra, OptionError, StoreError
from iotwatch.files import keylog, own
from iotwatch.files.scratch import scratch
from iotwatch.open.pipeline import analyse
from iotwatch.signatures import Signatures, load
from iotwatch.store import Analysis, Store
from iotwatch.store.foreign import opened
from iotwatch.store.merging import analysis, checked_sources
from iotwatch.version import __version__

_AHEAD = 3  # tasks that wait for each processor, so that none of them stands still
_RETRIES = 3  # of a task whose node or process was lost
# A database of one source is some times smaller than what it was read from; no honest one is larger than this.
_LARGEST = 4 << 30
_LOOPBACK = "127.0.0.1"
_PATIENCE = 10.0  # seconds


class Cluster:
    """A Ray cluster at ``address``, or one of this machine alone, on loopback, where that is empty. Use as a context manager.

    Raises ``MissingExtra`` without ray, and ``OptionError`` where no cluster answers at the address.
    """

    def __init__(self, address: str, workers: int, store: Store, signatures: Signatures) -> None:
        # Ray would tell its makers of each start.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        try:
            import ray
        except ImportError as error:
            raise MissingExtra("--engine ray needs the ray library: pip install 'iotwatch[cluster]'") from error
        if address:
            _answers(address)
        self._ray = ray
        self._store = store
        self._signatures = signatures
        quiet: dict[str, Any] = {"log_to_driver": False, "configure_logging": False, "ignore_reinit_error": True}
        alone = {"include_dashboard": False, "_node_ip_address": _LOOPBACK, "num_cpus": workers or None}
        try:
            ray.init(address=address or "local", **quiet, **({} if address else alone), runtime_env=_told())
        except Exception as error:  # Ray raises its bare base where a node does not come up in time
            raise _unusable(address or _LOOPBACK, error) from error
        self._task = ray.remote(max_retries=_RETRIES, num_cpus=1)(analysed)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def analyse(self, fresh: Iterable[Fresh], run: int) -> Iterator[Outcome]:
        """Analyse and store what is fresh; a source's outcome comes when it stands in the database.

        A source whose process is lost again and again is told as unreadable, and takes no other with it.
        """
        waiting: dict[Any, list[Fresh]] = {}
        for batch in batches(fresh):
            waiting[self._submit(batch)] = batch
            while len(waiting) >= self._most():
                yield from self._next(waiting, run)
        while waiting:
            yield from self._next(waiting, run)

    def _most(self) -> int:
        """How many tasks may be on their way: nodes come and go."""
        return _AHEAD * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _submit(self, batch: Sequence[Fresh]) -> Any:
        return self._task.remote(msgspec.json.encode(batch), [str(path) for path in self._signatures.own])

    def _next(self, waiting: dict[Any, list[Fresh]], run: int) -> Iterator[Outcome]:
        done, _ = self._ray.wait(list(waiting), num_returns=1)
        batch = waiting.pop(done[0])
        try:
            found = list(self._received(self._ray.get(done[0])))
        except (self._ray.exceptions.RayError, StoreError) as error:
            if len(batch) > 1:
                waiting |= {self._submit([one]): [one] for one in batch}
                return
            told = str(error) if isinstance(error, StoreError) else type(error).__name__
            told = f"lost on the cluster {_RETRIES + 1} times ({told}): try it with --engine local"
            found = [unreadable(job.path, job.asset, told) for job, _ in batch]
        outcomes: list[Outcome] = []
        with Writer(self._store, run, outcomes.append) as writer:
            writer.take(found)
        yield from outcomes

    def _received(self, packed: bytes) -> Iterator[Analysis]:
        """What a task's database holds, its every value checked as another host's is."""
        with scratch() as folder:
            path = folder / "part.db"
            path.write_bytes(_inflated(packed))
            with opened(path) as other:
                for source in checked_sources(other):
                    told = source.version, source.signatures_version
                    if told != (__version__, self._signatures.version):
                        raise OptionError(
                            f"a node of the cluster runs iotwatch {told[0]} with the signatures {told[1]}, here are"
                            f" {__version__} and {self._signatures.version}: install the same everywhere"
                        )
                    yield analysis(other, source)


def _answers(address: str) -> None:
    """Raise ``OptionError`` unless something listens at ``HOST:PORT``: Ray itself asks for minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if not (colon and host and port.isdecimal()):
        raise OptionError(f"--address {address}: a cluster's address is HOST:PORT, for example 192.0.2.7:6379")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise _unusable(address, error) from error


def _unusable(address: str, error: Exception) -> OptionError:
    told = str(error).strip().partition("\n")[0]
    return OptionError(f"no Ray cluster can be used at {address}: {told}")


def _told() -> dict[str, Any] | None:
    """What the nodes hear of this process: where the user's own dialects are, and the key logs."""
    named = {name: os.environ[name] for name in (own.VARIABLE, keylog.VARIABLE) if os.environ.get(name)}
    return {"env_vars": named} if named else None


def analysed(batch: bytes, folders: list[str]) -> bytes:
    """What a node does: the database of a batch of jobs, compressed."""
    jobs = msgspec.json.decode(batch, type=list[Fresh])
    signatures = load(*map(Path, folders))
    with scratch() as folder:
        database = folder / "part.db"
        with Store(database) as store:
            run = store.runs.start(__version__, signatures.version, "")
            with Writer(store, run, lambda _: None) as writer:
                writer.take(analyse(job, signatures, sha256) for job, sha256 in jobs)
        return zlib.compress(database.read_bytes(), 1)


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, _LARGEST)
    except zlib.error as error:
        raise StoreError(f"what a node of the cluster sent is damaged: {error}") from error
    if not inflater.eof:
        raise StoreError("what a node of the cluster sent is cut short, or larger than any source's rows are")
    return data
