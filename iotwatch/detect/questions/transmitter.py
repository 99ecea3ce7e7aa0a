"""Does something near send by radio, by itself?"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.detect.detector import Scene
from iotwatch.model import Finding
from iotwatch.words.kinds import Kind


class TransmitterDetector:
    """One finding per sender that a sweep shows: by its frequencies, its clock, and what is heard with the car away."""

    name = "transmitter"
    version = 1
    asks = "Does something near send by radio, by itself: in bursts by a clock, or loud enough to be in the car?"
    false_alarms = (
        "Phones of passers-by and of the sweepers, a neighbour's car (most cars since 2018 have a module of their own), smart"
        " meters, parcel lockers, alarm panels, and repeaters in garages, which send on uplinks. Images of strong senders and an"
        " overloaded receiver. The factory-fit unit of the car itself. How loud it is tells no distance: devices send as loudly"
        " as their cell asks. Power alone never says what was sent."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        if scene.view.of(Kind.RF_RANGE):
            from iotwatch.detect.radio.senders import findings  # few assets bring a sweep

            yield from findings(self.name, scene.view)
