"""Observations -> findings, one file per question. The order here is the order of ``show detector``."""

from iotwatch.detect.assistance import AssistanceDetector
from iotwatch.detect.beacon import BeaconDetector
from iotwatch.detect.contract import Detector, Scene
from iotwatch.detect.decisions import decide
from iotwatch.detect.endpoint import EndpointDetector
from iotwatch.detect.identity import IdentityDetector
from iotwatch.detect.location import LocationDetector
from iotwatch.detect.module import ModuleDetector
from iotwatch.detect.program import ProgramDetector
from iotwatch.detect.secret import SecretDetector
from iotwatch.detect.tie import TieDetector
from iotwatch.detect.vendor import VendorDetector
from iotwatch.detect.verdict import Verdict, verdict

DETECTORS: tuple[Detector, ...] = (
    LocationDetector(),
    BeaconDetector(),
    ModuleDetector(),
    IdentityDetector(),
    ProgramDetector(),
    SecretDetector(),
    TieDetector(),
    EndpointDetector(),
    AssistanceDetector(),
    VendorDetector(),
)

__all__ = ["DETECTORS", "Detector", "Scene", "Verdict", "decide", "verdict"]
