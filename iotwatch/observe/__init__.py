"""Messages and artefacts -> observations and positions. Traffic and firmware meet here.

What looks into artefacts is loaded by whoever has some: ``iotwatch.observe.artefacts``.
"""

from iotwatch.observe.collector import Collector
from iotwatch.observe.messages import observe_message
from iotwatch.observe.traffic.capture import ObservedCapture
from iotwatch.observe.traffic.names import Names
from iotwatch.observe.traffic.scope import Scope

__all__ = ["Collector", "Names", "ObservedCapture", "Scope", "observe_message"]
