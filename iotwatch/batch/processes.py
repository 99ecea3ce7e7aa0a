"""Where worker processes come from, and how they end. Imports nothing heavy, so that the server can start before this process
is ready."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing import active_children, forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext
from multiprocessing.util import get_temp_dir
from types import FrameType
from typing import ParamSpec, TypeVar

from iotwatch.batch.collector import spare_the_collector
from iotwatch.files.scratch import sweep

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
# Storing what is finished takes a worker well less than this, also on a machine that is busy. The command itself is
# given half a second more ("cli.ending").
_SECONDS = 2.0
# Bytes of a socket's path (unix(7): 108 with its end), and of what multiprocessing adds to the folder.
_SOCKET_PATH, _SOCKET_NAME = 107, len("/pymp-12345678/listener-12345678")
_SHORT = ("/tmp", "/var/tmp")  # noqa: S108  mkdtemp makes a private folder in it


_OF_A_SCAN = ("iotwatch.batch.workers", "iotwatch.open.artefact")


def server(needed: Sequence[str] = _OF_A_SCAN) -> ForkServerContext:
    """A server that imports what workers need once, has no threads, and is forked for each of them.

    They are never forked from here, since the threads of the hashing would be copied in the middle of their work.
    """
    _shorten_sockets()
    context = get_context("forkserver")
    context.set_forkserver_preload([*needed])
    return context


def _shorten_sockets() -> None:
    """Have the server's socket stand where its path is short enough to be one, whatever ``TMPDIR`` is.

    Nothing but the socket goes there: evidence stays in the folder that the user chose.
    """
    chosen = tempfile.gettempdir()
    if len(os.fsencode(chosen)) + _SOCKET_NAME <= _SOCKET_PATH:
        return
    before = tempfile.tempdir
    for short in _SHORT:
        if os.access(short, os.W_OK | os.X_OK):
            tempfile.tempdir = short
            try:
                get_temp_dir()  # made once for this process, and kept
            finally:
                tempfile.tempdir = before
            return


def start_server() -> None:
    """Let the server import beside this process; to be called from the main thread.

    An interrupt from the terminal reaches the server too, which is to say nothing of it; its workers hear it again.
    """
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server()
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, heard)


def begin_work() -> None:
    """What a worker does first: it ends at a signal and with its parent, and its collector does not walk what was imported."""
    from iotwatch.unpack.confine import end_with_parent

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    # The kernel ends it with the server, which ends with the command; where it does not know how, the thread does.
    end_with_parent()
    threading.Thread(target=_outlive_nobody, daemon=True).start()
    spare_the_collector()


def in_worker(task: Callable[_Arguments, _Result], *arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
    """Run one task of a pool; a signal ends the worker after the task was unwound, where the pool would give it the next."""
    try:
        return task(*arguments, **named)
    except SystemExit as end:
        os._exit(int(end.code or 0))


def end_workers() -> None:
    """End the workers of this process: each stores what it finished, one that takes long is killed."""
    workers = active_children()
    for worker in workers:
        worker.terminate()
    deadline = time.monotonic() + _SECONDS
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
    for worker in workers:
        worker.kill()
        worker.join(_SECONDS)
    sweep()  # a killed one leaves its temporary evidence


def _end(number: int, _frame: FrameType | None) -> None:
    for one in (signal.SIGINT, signal.SIGTERM):
        # The terminal and the parent may both send one. SIG_IGN would make Python complain of one that is under way.
        signal.signal(one, _let_go)
    raise SystemExit(128 + number)


def _let_go(_number: int, _frame: FrameType | None) -> None:
    pass


def _outlive_nobody() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
