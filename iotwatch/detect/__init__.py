"""Observations -> findings, one file per question.

The order of ``DETECTORS`` is that of ``show detector``, and each is given what those before it found: ties come last of all
that they can raise. Those of other packages stand behind ours.
"""

from iotwatch.detect.decisions import decide
from iotwatch.detect.detector import Detector, Scene
from iotwatch.detect.questions.analysis import AnalysisDetector
from iotwatch.detect.questions.assistance import AssistanceDetector
from iotwatch.detect.questions.beacon import BeaconDetector
from iotwatch.detect.questions.correlation import CorrelationDetector
from iotwatch.detect.questions.endpoint import EndpointDetector
from iotwatch.detect.questions.follows import FollowsDetector
from iotwatch.detect.questions.identity import IdentityDetector
from iotwatch.detect.questions.location import LocationDetector
from iotwatch.detect.questions.module import ModuleDetector
from iotwatch.detect.questions.program import ProgramDetector
from iotwatch.detect.questions.secret import SecretDetector
from iotwatch.detect.questions.sim_place import SimPlaceDetector
from iotwatch.detect.questions.sim_report import SimReportDetector
from iotwatch.detect.questions.tag import TagDetector
from iotwatch.detect.questions.transmitter import TransmitterDetector
from iotwatch.detect.questions.vendor import VendorDetector
from iotwatch.detect.verdict import verdict
from iotwatch.files.own import outside

DETECTORS: tuple[Detector, ...] = (
    LocationDetector(),
    BeaconDetector(),
    ModuleDetector(),
    IdentityDetector(),
    ProgramDetector(),
    SecretDetector(),
    CorrelationDetector(),
    EndpointDetector(),
    AssistanceDetector(),
    VendorDetector(),
    AnalysisDetector(),
    SimReportDetector(),
    SimPlaceDetector(),
    TagDetector(),
    TransmitterDetector(),
    FollowsDetector(),
    *outside("detectors"),
)

__all__ = ["DETECTORS", "Detector", "Scene", "decide", "verdict"]
