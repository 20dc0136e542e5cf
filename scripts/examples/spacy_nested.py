#!/usr/bin/env python3
"""Read a spaCy export back: documents with entities, nested spans and the values of numbers.

vicivic export spacy --out civic-spacy
python spacy_nested.py civic-spacy --split train
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import DocBin


def documents(folder: Path, split: str) -> Iterator[Any]:
    """The `Doc`s of one split, in the order of the release."""
    vocab = spacy.blank("xx").vocab
    for path in sorted((folder / split).glob("part-*.spacy")):
        yield from DocBin(store_user_data=True).from_disk(path).get_docs(vocab)


def main() -> int:
    """Print what is in the first documents."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="train")
    parser.add_argument("--show", type=int, default=3, metavar="N")
    said = parser.parse_args()
    seen = 0
    for doc in documents(said.folder, said.split):
        seen += 1
        if seen > said.show:
            continue
        print(f"\n{doc.user_data['id']}: {len(doc)} tokens, {len(doc.ents)} entities")
        for span in doc.spans["sc"]:
            inside = sum(
                other.start <= span.start and span.end <= other.end and other != span
                for other in doc.spans["sc"]
            )
            value = doc.user_data["values"].get(span.id_, {})
            shown = f"  {value}" if value else ""
            print(f"  {'  ' * inside}{span.label_:9} {span.start_char}-{span.end_char} {span.text!r}{shown}")
    print(f"\n{seen} documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
