"""Does what a device sends follow the car's movement?"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.detect.detector import Scene
from iotwatch.model import Finding


class FollowsDetector:
    """One finding per (device, far end) whose traffic follows the movement far beyond chance; its content is not asked."""

    name = "follows"
    version = 1
    asks = "Is a far end sent to when the car moves, sets off, stops or turns, whatever is said to it?"
    false_alarms = (
        "Whatever is used, or has power, only while the car drives: a passenger's phone, internet radio, maps, the car's own"
        " screen. Few stops say little. Phases that were noted wrongly hide it. A tracker that sends at any time, or stores and"
        " sends later, does not follow and is not seen by this."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        view = scene.view
        if view.contacts and (view.drives or (view.case and view.case.phases)):
            from iotwatch.detect.follows.found import findings  # few people note how the car moved

            yield from findings(self.name, view)
