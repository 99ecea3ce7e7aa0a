from __future__ import annotations

import pytest

from iotwatch.observe.texts import is_source_code


@pytest.mark.parametrize(
    "text",
    [
        b"#!/bin/sh\necho -e 'AT+CGMI\\r' > /dev/ttyUSB2\n",
        b'"""Talks to a modem."""\n\nimport sys\n\nprint("AT+CGMI")\n',
        b"from serial import Serial\n",
        b"/* asks */\n#include <stdio.h>\n",
    ],
)
def test_programs_are_told_by_their_beginning(text: bytes) -> None:
    assert is_source_code(text)


@pytest.mark.parametrize(
    "text",
    [
        b"AT+CGMI\r\nQuectel\r\n\r\nOK\r\n",
        b"[    1.5] usb 1-1: new high-speed USB device\n",
        b"$GPGGA,101010,,,,,0\r\n# cat /etc/init.d/rcS\n#!/bin/sh\n",
        b"importing keys\nfrom 192.0.2.1 important news\n",
    ],
)
def test_logs_are_no_programs(text: bytes) -> None:
    assert not is_source_code(text)
