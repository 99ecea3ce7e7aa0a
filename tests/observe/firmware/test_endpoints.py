"""Far ends: what is used, what is mentioned, what is commented out; names and passwords are left out."""

from __future__ import annotations

import pytest

from tests_files import observed, values
