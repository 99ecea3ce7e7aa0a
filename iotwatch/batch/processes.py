"""Where worker processes come from. Imports nothing heavy, so that the server can start before this process is ready."""

from __future__ import annotations

import gc
import signal
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext


def server() -> ForkServerContext:
    """A server that imports what workers need once, has no threads, and is forked for each of them.

    They are never forked from here, since the threads of the hashing would be copied in the middle of their work.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["iotwatch.batch.workers"])
    return context


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
    """What a worker does first: it can be interrupted, and its collector does not walk what was imported."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    spare_the_collector()


def spare_the_collector() -> None:
    """Reading makes many small values that live to the end: Python's collector would walk them again and again for nothing."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
