"""What a mobile modem writes of itself for its makers (Qualcomm's DIAG): frames to log packets in columns."""

from iotwatch.read.diagnostics.packets import LogPackets, by_code, from_dlf, from_hdlc, without
from iotwatch.read.diagnostics.sdm import read_sdm

__all__ = ["LogPackets", "by_code", "from_dlf", "from_hdlc", "read_sdm", "without"]
