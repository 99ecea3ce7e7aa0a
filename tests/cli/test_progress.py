"""The progress bar: on a terminal only, after a while only, and of the bytes of all sources."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from iotwatch.cli import progress
from iotwatch.cli.progress import Progress


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A stderr that says it is a terminal, and work that is long from its start."""
    screen = io.StringIO()
    screen.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=screen))
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    return screen


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a").write_bytes(bytes(1000))
    (tmp_path / "inner" / "b").write_bytes(bytes(3000))
    return tmp_path


def test_the_bar_counts_the_bytes_of_all_sources(terminal: io.StringIO, sources: Path) -> None:
    with Progress([sources, sources / "a"], shown=True, verbose=0) as shown:
        shown.bytes_read(400)
        (task,) = shown._bar.tasks
        assert (task.completed, task.total) == (400, 5000)
        shown.source_ended(SimpleNamespace(path=str(sources / "a"), status="ok"))
        assert task.completed == 1000
        shown.bytes_read(50)
        assert task.completed == 1050
        assert shown._bar.live.is_started
        bar = shown._bar
    assert not bar.live.is_started


def test_short_work_shows_no_bar(terminal: io.StringIO, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 60.0)
    with Progress([sources], shown=True, verbose=0) as shown:
        shown.bytes_read(400)
        assert shown._bar is None


@pytest.mark.parametrize(("shown", "is_terminal"), [(False, True), (True, False)])
def test_no_bar_unasked_or_without_a_terminal(terminal, sources, shown: bool, is_terminal: bool) -> None:
    terminal.isatty = lambda: is_terminal
    with Progress([sources], shown=shown, verbose=0) as silent:
        silent.bytes_read(400)
        assert silent._bar is None


def test_outcomes_are_told_when_asked(capsys: pytest.CaptureFixture[str], sources: Path) -> None:
    for verbose, told in ((1, f"partial: {sources / 'a'}\n"), (0, "")):
        with Progress([sources], shown=True, verbose=verbose) as progress_of_work:
            progress_of_work.source_ended(SimpleNamespace(path=str(sources / "a"), status="partial"))
        assert capsys.readouterr().err == told
