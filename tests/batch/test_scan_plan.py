"""One place makes the plan of a sweep, for every verb that reads files."""

from __future__ import annotations

from iotwatch.batch.scan import Plan
from iotwatch.files.case import Case
from iotwatch.open.pipeline import Options


def test_a_case_and_the_user_make_one_plan() -> None:
    case = Case(asset="van", scope=("02:00:00:00:00:07",))
    plan = Plan.of_sweep(case, scope=["192.0.2.7"], jobs=3)
    assert plan == Plan("van", options=Options(scope=("02:00:00:00:00:07", "192.0.2.7")), case=case, jobs=3)
    assert Plan.of_sweep(case, "other").asset == "other"
    assert Plan.of_sweep(None) == Plan()
