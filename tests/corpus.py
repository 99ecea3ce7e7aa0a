"""Where the development corpus is: the folder that ``IOTWATCH_CORPUS`` names, else the one beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(os.environ.get("IOTWATCH_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
