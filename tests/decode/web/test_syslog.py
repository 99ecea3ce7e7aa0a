from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes

# RFC 5424 section 6.5 example 1 (without its BOM), and RFC 3164 section 5.4 example 1.
NEW = b"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8"
OLD = b"<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick on /dev/pts/8"


@pytest.mark.parametrize(
    ("line", "host", "text"), [(NEW, "mymachine.example.com", b"- 'su root'"), (OLD, "mymachine", b"'su root'")]
)
def test_the_examples_of_the_standards(line, host, text, datagrams, traits_of):
    messages = list(decode(datagrams(line, port=514)))
    assert [(kind, value) for kind, value, _ in traits_of(messages)] == [("syslog.host", host), ("syslog.app", "su")]
    assert messages[0].fields == {"priority": 34}
    assert messages[0].body.data.startswith(text)


def test_lines_over_tcp():
    assert len(list(decode(from_bytes(OLD + b"\n" + NEW + b"\n", kind="tcp")))) == 2


def test_a_priority_that_cannot_be():
    assert list(decode(from_bytes(OLD.replace(b"<34>", b"<999>")))) == []
