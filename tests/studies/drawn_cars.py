"""Every sentence about cars drawn at random, held against the tables: ``python -m tests.studies.drawn_cars [CARS]``.

Prints how many cars had which verdict, how many sentences were said, and every one whose assertion does not hold.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from iotwatch.store import Store
from tests.sentences.test_every_sentence import draw, pages
from tests.sentences.truth import untrue


def main(cars: int) -> int:
    verdicts: Counter[str] = Counter()
    said, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(cars):
            path = Path(folder, f"{number}.db")
            draw(10_000 + number, path)
            with Store(path) as store:
                for truth, statements in pages(store):
                    verdicts[truth.row["verdict"]] += 1
                    said += len(statements)
                    wrong += [f"car {number}: {one}" for one in untrue(truth, statements)]
            path.unlink()
    print(f"{cars:,} cars: " + ", ".join(f"{count} {word}" for word, count in verdicts.most_common()))
    print(f"{said:,} sentences, {len(wrong)} of them untrue")
    print("\n".join(wrong[:50]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
