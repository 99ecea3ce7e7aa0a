"""A database is read as its log leaves it: pairs left by the library itself, in containers by the containers' own programs."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from iotwatch import unpack
from iotwatch.errors import UnpackError
from iotwatch.unpack.sqlite_log import with_log
from tests.unpack.images import check, make_tar, make_zip, open_all, replay

_WHERE = "data/app/trips.db"


def left_open(folder: Path, mode: str, write: Callable[[sqlite3.Connection], None]) -> dict[str, bytes]:
    """The files of a database while ``write`` is done and nobody closed it: what a power cut leaves."""
    path = folder / "trips.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("PRAGMA page_size = 1024")
        store.execute("CREATE TABLE way (id INTEGER PRIMARY KEY, lat REAL, lon REAL, more TEXT)")
        store.execute("INSERT INTO way VALUES (1, 48.5, 11.5, 'first')")
        store.execute(f"PRAGMA journal_mode = {mode}")
        store.execute("PRAGMA wal_autocheckpoint = 0")
        write(store)
        return {one.name: one.read_bytes() for one in folder.iterdir() if not one.name.endswith("-shm")}


def logged(store: sqlite3.Connection) -> None:
    """Two transactions in the log, and the beginning of a third that was not finished."""
    store.executemany("INSERT INTO way VALUES (?, 48.6, 11.6, ?)", [(n, "x" * 300) for n in range(2, 40)])
    store.execute("UPDATE way SET more = 'changed' WHERE id = 1")
    store.execute("PRAGMA cache_size = 1")
    store.execute("BEGIN")
    store.executemany("INSERT INTO way VALUES (?, 1.0, 1.0, ?)", [(n, "y" * 300) for n in range(100, 200)])


def unfinished(store: sqlite3.Connection) -> None:
    """A change that was written over the pages and not finished: the journal holds what stood there."""
    store.executemany("INSERT INTO way VALUES (?, 48.6, 11.6, ?)", [(n, "x" * 300) for n in range(2, 40)])
    store.execute("PRAGMA cache_size = 1")
    store.execute("BEGIN")
    store.execute("UPDATE way SET lat = 1.0")
    store.executemany("INSERT INTO way VALUES (?, 1.0, 1.0, ?)", [(n, "y" * 300) for n in range(100, 300)])


def ids(database: bytes) -> list[tuple[int, float]]:
    """What the library itself reads in a database without a log."""
    with closing(sqlite3.connect(":memory:")) as store:
        store.deserialize(database[:18] + b"\1\1" + database[20:])
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return store.execute("SELECT id, lat FROM way ORDER BY id").fetchall()


WANTED = [(1, 48.5), *((n, 48.6) for n in range(2, 40))]
FORMS = {"WAL": (logged, "-wal"), "DELETE": (unfinished, "-journal")}


@pytest.fixture(params=FORMS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, bytes]:
    write, suffix = FORMS[request.param]
    folder = tmp_path / "made"
    folder.mkdir()
    files = left_open(folder, request.param, write)
    assert set(files) == {"trips.db", f"trips.db{suffix}"}
    return {f"data/app/{name}": content for name, content in files.items()}


def test_the_last_commit_is_what_counts(pair: dict[str, bytes]) -> None:
    database, log = pair.values() if next(iter(pair)) == _WHERE else reversed(pair.values())
    assert ids(with_log(database, log)) == WANTED


def in_squashfs(tree: dict[str, bytes], folder: Path) -> bytes:
    for name, content in tree.items():
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / name).write_bytes(content)
    made = folder / "made.squashfs"
    subprocess.run(["mksquashfs", folder / "tree", made, "-quiet", "-no-progress"], check=True, capture_output=True)
    return made.read_bytes()


def in_ext4(tree: dict[str, bytes], folder: Path) -> bytes:
    in_squashfs(tree, folder)
    made = folder / "made.ext4"
    mke2fs = shutil.which("mke2fs", path="/usr/sbin:/sbin:/usr/bin") or "mke2fs"
    subprocess.run([mke2fs, "-q", "-t", "ext4", "-d", folder / "tree", made, "2M"], check=True, capture_output=True)
    return made.read_bytes()


CONTAINERS: dict[str, Callable[[dict[str, bytes], Path], bytes]] = {
    "tar": lambda tree, _: make_tar(tree),
    "zip": lambda tree, _: make_zip(tree),
    "squashfs": in_squashfs,
    "ext4": in_ext4,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_in_every_kind_of_container_and_the_place_gives_it_again(
    container: str, pair: dict[str, bytes], tmp_path: Path
) -> None:
    if container in ("squashfs", "ext4") and shutil.which("mksquashfs") is None:
        pytest.skip("squashfs-tools and e2fsprogs are not installed")
    image = CONTAINERS[container](pair, tmp_path)
    members, results = open_all(image)
    found = members[_WHERE]
    assert ids(found.data) == WANTED
    assert replay(image, found.place) == found.data
    table = members[f"{_WHERE}!way.jsonl"]
    assert table.data.count(b"\n") == len(WANTED)
    assert replay(image, table.place) == table.data
    rows = {one.path: one for result in results for one in result.artefacts}
    log = next(name for name in pair if name != _WHERE)
    assert rows[_WHERE].note == f"with what {log.rpartition('/')[2]} holds"
    assert (rows[log].note, rows[log].size, log in members) == ("read in trips.db", len(pair[log]), False)


def test_without_a_log_it_stays_as_it_is(tmp_path: Path) -> None:
    files = left_open(tmp_path, "WAL", logged)
    check(make_tar({_WHERE: files["trips.db"]}), {_WHERE: files["trips.db"]})


def test_a_log_that_breaks_gives_what_was_committed_before(tmp_path: Path) -> None:
    files = left_open(tmp_path, "WAL", logged)
    broken = bytearray(files["trips.db-wal"])
    first = ids(with_log(files["trips.db"], bytes(broken[: 32 + 25 * 1048])))
    broken[32 + 25 * 1048 + 100] ^= 1
    assert ids(with_log(files["trips.db"], bytes(broken))) == first


@pytest.mark.parametrize("place", [0, 4, 8, 16, 24])
def test_a_head_that_is_another_s_is_not_applied_and_told(place: int, tmp_path: Path) -> None:
    files = left_open(tmp_path, "WAL", logged)
    log = bytearray(files["trips.db-wal"])
    log[place] ^= 0x40
    if place:
        with pytest.raises(UnpackError):
            with_log(files["trips.db"], bytes(log))
    tree = {_WHERE: files["trips.db"], f"{_WHERE}-wal": bytes(log)}
    found = unpack.unpack(make_tar(tree), None)
    assert {member.path: member.data for member in found.members} == tree
    if place:
        assert found.artefacts[0].note.startswith("its log was not applied: ")


def test_a_log_that_tells_of_pages_that_are_nowhere_is_refused(tmp_path: Path) -> None:
    from iotwatch.unpack.sqlite_log import _FRAME, _WAL, _sums  # the check values are not what is tested here

    files = left_open(tmp_path, "WAL", logged)
    head = files["trips.db-wal"][:24]
    sums = _sums(head, (0, 0), "<")
    page = bytes(1024)
    frame = (7).to_bytes(4, "big") + (0xFFFFFFF0).to_bytes(4, "big")
    checks = _sums(page, _sums(frame, sums, "<"), "<")
    salts = _WAL.unpack_from(files["trips.db-wal"])[4:6]
    log = head + b"".join(one.to_bytes(4, "big") for one in sums)
    log += _FRAME.pack(7, 0xFFFFFFF0, *salts, *checks) + page
    with pytest.raises(UnpackError, match="are not there"):
        with_log(files["trips.db"], log)
