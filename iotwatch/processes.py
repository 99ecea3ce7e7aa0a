"""Where worker processes come from. Imports nothing heavy, so that the server can start before this process is ready."""

from __future__ import annotations

from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext


def server() -> ForkServerContext:
    """A server that imports what workers need once, has no threads, and is forked for each of them.

    They are never forked from here, since the threads of the hashing would be copied in the middle of their work.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["iotwatch.workers"])
    return context


def start_server() -> None:
    """Let the server import beside this process."""
    server()
    forkserver.ensure_running()
