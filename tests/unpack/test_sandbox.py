"""The reader process: what confines it, that it ends on its limits, and that the next blob gets a fresh one."""

from __future__ import annotations

import bz2
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch import unpack
from iotwatch.errors import UnpackError
from iotwatch.files.limits import UnpackLimits
from iotwatch.files.shelf import Kept
from iotwatch.unpack import sandbox, wire
from tests.unpack.images import make_tar

PROBE = """
import json, os, socket, sys
from iotwatch.unpack.confine import confine
state = confine(1 << 30, json.loads(sys.argv[1]))
def fails(action):
    try:
        action()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return ""
answers = {
    "read": fails(lambda: open("/etc/hostname").read()),
    "list": fails(lambda: os.listdir("/etc")),
    "write": fails(lambda: open(sys.argv[2], "w").write("x")),
    "program": fails(lambda: os.execv("/bin/true", ["true"])),
    "memory": fails(lambda: bytearray(2 << 30)),
    "connect": fails(lambda: socket.create_connection(("192.0.2.1", 80), 1)),
    "landlock": state.landlock, "network": state.network, "missing": state.missing,
}
import zipfile
print(json.dumps(answers))
"""


def probe(tmp_path):
    readable = [*(path for path in sys.path if path), *sandbox._readable()]
    code = f"import sys; sys.path[:] = {sys.path!r}\n{PROBE}"
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([p for p in readable if p != "/"]), str(tmp_path / "written")],
        capture_output=True,
        check=True,
        cwd=Path(unpack.__file__).parent.parent.parent,
    )
    return json.loads(done.stdout)


def test_the_child_cannot_use_more_memory_nor_write(tmp_path):
    answers = probe(tmp_path)
    assert answers["memory"] == "MemoryError"
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_landlock_hides_the_file_system(tmp_path):
    answers = probe(tmp_path)
    if not answers["landlock"]:
        assert any("landlock" in line for line in answers["missing"])
        pytest.skip("this kernel has no landlock; the state says so")
    assert answers["read"] == answers["list"] == answers["write"] == answers["program"] == "PermissionError"
    assert not (tmp_path / "written").exists()


def test_the_child_has_no_network(tmp_path):
    answers = probe(tmp_path)
    if answers["network"] == "none":
        assert any("network" in line for line in answers["missing"])
        pytest.skip("this system allows no network namespace; the state says so")
    assert answers["connect"] in ("OSError", "PermissionError")


def test_what_is_missing_is_coverage(monkeypatch):
    bare = wire.SandboxState((), 0, "none", ("landlock: absent",))
    monkeypatch.setattr(sandbox, "state", lambda: bare)
    rows = unpack.unpack(make_tar(), None).coverage
    assert ("unpack.sandbox", 0, "landlock: absent") in {(row.measure, row.value, row.note) for row in rows}


def test_one_child_serves_many_blobs():
    first, second = make_tar({"a": b"1"}), make_tar({"b": b"2"})
    unpack.unpack(first, None)
    child = sandbox._child.process.pid
    assert unpack.unpack(second, None).members[0].data == b"2"
    assert sandbox._child.process.pid == child


def test_wall_time_ends_the_child_and_the_next_blob_is_read():
    bomb = bz2.compress(bytes(60 << 20))
    started = time.monotonic()
    result = unpack.unpack(bomb, None, limits=UnpackLimits(seconds=0.05))
    assert time.monotonic() - started < 5
    assert [(row.status, row.type) for row in result.artefacts] == [("limit", "bzip2")]
    assert unpack.unpack(make_tar(), None).members


def test_cpu_time_ends_the_child():
    slow = b":0000000000\n" * 3_000_000
    (artefact,) = unpack.unpack(slow, None, limits=UnpackLimits(cpu_seconds=0)).artefacts
    assert (artefact.status, artefact.note) == ("limit", "the reader used more than 0 s of CPU")


def test_a_killed_child_is_a_status():
    sandbox.state()
    sandbox._child.process.kill()
    sandbox._child.process.wait()
    assert unpack.unpack(make_tar(), None).members  # it was dead before: a fresh one starts


def test_memory_limit_is_a_status():
    bomb = bz2.compress(bytes(50 << 20))
    (artefact,) = unpack.unpack(bomb, None, limits=UnpackLimits(memory=100 << 20)).artefacts
    assert artefact.status == "limit"
    assert "memory" in artefact.note or "died" in artefact.note


def test_a_step_of_an_absent_path_is_an_error():
    with pytest.raises(UnpackError, match="no such entry"):
        sandbox.pick("tar", make_tar(), "not/there")


@given(st.binary(max_size=200))
def test_any_frame_decodes_or_is_refused(body):
    try:
        frame = wire.decode_frame(bytearray(body))
    except UnpackError:
        return
    assert isinstance(frame, wire.Found | wire.Ended | wire.SandboxState)


@pytest.mark.parametrize("spans", [((0, 10**9),), ((10**9, 1),)])
def test_spans_that_a_fallen_child_makes_up_are_refused(monkeypatch, spans):
    lie = wire.Found("a", (unpack.Cut(spans),), 0, True, "", "file", "ok", "")
    monkeypatch.setattr(sandbox, "read", lambda *_, **__: sandbox.Reading([(lie, Kept(0))]))
    result = unpack.unpack(make_tar(), None)
    assert not result.members
    assert result.artefacts[0].status == "damaged"
