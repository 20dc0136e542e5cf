#!/usr/bin/env python3
"""The CRF baseline of a release's card: learn from `train`, score on `test`.

.venv/bin/python scripts/examples/crf.py work/releases/1.2.0
.venv/bin/python scripts/examples/crf.py work/releases/1.2.0 --column number_tags --json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from corpus.errors import ViCivicError
from exporters.baselines import crf_baselines
from exporters.formats.base import COLUMNS
from labeling.learn import Settings


def main() -> int:
    """Print one table a column, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("release", type=Path)
    parser.add_argument("--column", action="append", help="repeat; default all flat columns")
    parser.add_argument("--iterations", type=int, default=Settings().iterations)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    try:
        found = crf_baselines(
            said.release,
            columns=said.column or COLUMNS,
            settings=Settings(iterations=said.iterations),
            tell=lambda line: print(line, file=sys.stderr),
        )
    except ViCivicError as error:
        print(f"crf.py: {error}", file=sys.stderr)
        return error.exit_code
    if said.json:
        print(msgspec.json.encode(found).decode())
        return 0
    if not found:
        print("no baseline: the release has no test split")
    for baseline in found:
        for group in baseline.groups:
            print(
                f"\n{baseline.column}, {group.name}: {group.documents} documents of test, learnt from "
                f"{baseline.documents} ({baseline.trainer})"
            )
            for label, score in group.scores.items():
                print(
                    f"  {label:10} {score.gold:5} gold  P {score.precision:.3f}  R {score.recall:.3f}  "
                    f"F1 {score.f1:.3f} [{score.low:.3f}, {score.high:.3f}]"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
