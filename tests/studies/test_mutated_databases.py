"""Any cell of a database may be hostile: a merge refuses it or takes it without harm; what stands broken is named and healed."""

from __future__ import annotations

from tests.studies.mutated_databases import study


def test_no_changed_database_does_lasting_harm_or_ends_as_a_bug() -> None:
    ends, bad = study(100, 7, broken=12)
    assert bad == []
    assert ends["refused"] > 40
    assert ends["taken"] > 10
    assert ends["named"] > 1
