#!/usr/bin/env python3
"""Every number of a release with its value as one pandas table, and a few questions to it.

python numbers_pandas.py work/releases/1.2.0
python numbers_pandas.py ORG/NAME --revision v1.2.0
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd
from datasets import load_dataset

NAMES = ("PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM")


def numbers(dataset: str, revision: str | None = None) -> pd.DataFrame:
    """One row a number: doc_id, split, and the columns of its span; `label` by name."""
    rows = []
    for split, data in load_dataset(dataset, "spans", revision=revision).items():
        label = data.features["spans"].feature["label"]
        for document in data:
            for span in document["spans"]:
                name = label.int2str(span["label"])
                if name not in NAMES:
                    rows.append({"doc_id": document["id"], "split": split, **span, "label": name})
    return pd.DataFrame(rows)


def main() -> int:
    """Print counts, the largest sums of money and the measures by unit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset")
    parser.add_argument("--revision")
    said = parser.parse_args()
    table = numbers(said.dataset, said.revision)
    if table.empty:
        print("no numbers")
        return 0
    print(table["label"].value_counts().to_string())
    money = table[(table.label == "MONEY") & (table.unit == "VND") & table.value_float.notna()]
    print("\nlargest sums in VND")
    # `value` is the exact decimal; the float is for sorting and adding up
    top = money.nlargest(5, "value_float")
    print(top[["doc_id", "text", "value"]].to_string(index=False) if len(top) else "none")
    measures = table[table.value_float.notna() & (table.label == "QUANTITY")]
    print("\nmeasures by unit")
    print(measures.groupby("unit")["value_float"].agg(["count", "min", "max"]).to_string())
    dates = table[(table.label == "DATE") & table.edtf.notna()]
    print(f"\n{len(dates)} dates, {dates.edtf.str.contains('/').sum()} of them intervals")
    return 0


if __name__ == "__main__":
    sys.exit(main())
