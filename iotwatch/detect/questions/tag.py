"""Does an item tracker by Bluetooth go where the car goes, and is its owner away?"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.detect.detector import Scene
from iotwatch.model import Finding
from iotwatch.words.kinds import Kind


class TagDetector:
    """One finding per tag that stayed; who was heard in passing is counted in coverage."""

    name = "tag"
    version = 1
    asks = "Does an item tracker by Bluetooth (AirTag, SmartTag, Tile, Find Hub ...) go where the car goes, its owner away?"
    false_alarms = (
        "Tags of passengers, luggage, keys of hired cars and lost property go along too, and tags of cars parked beside this one"
        " stay as long as it does. Phones without a network and home-made beacons send the bytes of tags. Programs that make tags"
        " up send hundreds: these are told as a flood. Bytes are not signed, so nothing is certain."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        if scene.view.of(Kind.TAG):
            from iotwatch.detect.tags.found import findings  # few assets bring advertisements

            yield from findings(self.name, scene.view)
