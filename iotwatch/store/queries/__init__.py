"""What is asked of the database, by noun: each question gives raw rows, in an order that their content decides.

Nothing outside the store selects rows. ``report.reader.Reader`` is the door through which they leave masked.
"""

from iotwatch.store.queries import artefacts as artefacts
from iotwatch.store.queries import assets as assets
from iotwatch.store.queries import evidence as evidence
from iotwatch.store.queries import findings as findings
from iotwatch.store.queries import flows as flows
from iotwatch.store.queries import listed as listed
from iotwatch.store.queries import named as named
from iotwatch.store.queries import observations as observations
from iotwatch.store.queries import positions as positions
from iotwatch.store.queries import sources as sources
