"""SIGINT, SIGTERM and SIGHUP end a command alike: in order, once, and within three seconds."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

from iotwatch.files.scratch import remove_held

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Storing what is finished and ending the workers has this long.
_SECONDS = 2.5
_heard: list[int] = []


def heed() -> None:
    """Let the first of the signals interrupt the main thread, whatever it does, and the end come soon after that.

    Those that were ignored when the command started (``nohup``) stay so.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    threading.Thread(target=_insist, args=(reader,), daemon=True).start()


def exit_code() -> int:
    """128 and the number of the signal that was heard; that of an interrupt where the user gave up at a question."""
    return 128 + (_heard[0] if _heard else signal.SIGINT)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for one in _SIGNALS:
        # A second one must not break what the first one began. SIG_IGN would make Python complain of one that is under way.
        signal.signal(one, _let_go)
    _heard.append(number)
    raise KeyboardInterrupt


def _let_go(_number: int, _frame: FrameType | None) -> None:
    pass


def _insist(reader: int) -> None:
    """Wait for a signal, in whatever call the main thread is, then end what does not end by itself."""
    while (number := os.read(reader, 1)[0]) not in _SIGNALS:
        pass
    time.sleep(_SECONDS)
    remove_held()
    os._exit(128 + number)
