#!/usr/bin/env python3
"""Score predictions against the gold of this dataset.  Needs nothing but Python 3.9 or newer.

    python score.py gold.jsonl predicted.jsonl                      character spans
    python score.py gold.jsonl predicted.jsonl --column ner_tags    BIO tags of one flat column

Gold is a split as JSONL, one row a line; with `datasets`:

    load_dataset(REPO, "spans", split="test", revision=TAG).to_json("gold.jsonl", force_ascii=False)
    load_dataset(REPO, "tokens", split="test", revision=TAG).to_json("gold.jsonl", force_ascii=False)

Predictions have the same shape and the same ids: {"id", "spans": [{"start", "end", "label", …}]} with
half-open code points of the document's text, or {"id", "ner_tags": […]} with as many tags as tokens.
Labels and tags are names, or ids as in this dataset.  Numbers may carry their value in the columns of
the `spans` config, beside `label` or in an object `norm`.  A row without prediction counts as empty.

exact    start, end and label are those of a gold span
partial  half a point for an overlap with a gold span of the label; pairs one to one, exact ones first,
         then by the largest overlap
outer, inner  spans in no other span of their layer (names, numbers), and the rest; each may be matched
         by a span of any level on the other side
value    the span is exact and its value equal (decimals by number); of spans whose gold has a value

Intervals: 95 % percentile bootstrap of F1 over documents.  BIO: `I-X` after anything but X opens a span.
"""

from __future__ import annotations

import argparse
import array
import hashlib
import json
import random
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

NUMBERS = ("PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL", "RATIO", "DATE", "TIME", "DURATION")
DECIMALS = ("value", "low", "high", "numerator", "denominator")
VALUE = (*DECIMALS, "low_open", "high_open", "mod", "unit", "per", "edtf")
LEVELS = ("all", "outer", "inner")
# Figures for each label and level.  Points of partly right spans are kept doubled: all are whole numbers.
PREDICTED, GOLD, RIGHT, FOUND, RIGHT_PARTLY, FOUND_PARTLY, SAID_VALUE, TRUE_VALUE, SAME_VALUE = range(9)
FIGURES = 9
# Measure → (predictions, gold, right ones of the predictions, found ones of the gold, points of one).
MEASURES = {
    "exact": (PREDICTED, GOLD, RIGHT, FOUND, 1),
    "partial": (PREDICTED, GOLD, RIGHT_PARTLY, FOUND_PARTLY, 2),
    "value": (SAID_VALUE, TRUE_VALUE, SAME_VALUE, SAME_VALUE, 1),
}
SHOWN = (("exact", "all"), ("exact", "outer"), ("exact", "inner"), ("partial", "all"), ("value", "all"))
Span = tuple[int, int, str]
Values = dict[Span, Any]
Rows = dict[str, Values]


class Refused(Exception):
    """Input that can't be scored, in words for a person."""


def manifest() -> dict[str, Any]:
    """manifest.json beside this file, or nothing."""
    try:
        found: dict[str, Any] = json.loads((Path(__file__).parent / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def lines(path: str) -> list[tuple[str, dict[str, Any]]]:
    """(place, row) for each line of a JSONL file."""
    rows, seen = [], set()
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - "-" and pipes too
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("id"), (str, int)):
                    raise Refused(f'{path}:{number}: no object with an "id"')
                if row["id"] in seen:
                    raise Refused(f"{path}:{number}: id {row['id']!r} stands twice")
                seen.add(row["id"])
                rows.append((f"{path}:{number}", row))
    except (OSError, ValueError) as error:
        raise Refused(f"{path}: can't be read as JSONL ({error})") from None
    return rows


def name_of(label: Any, names: list[str], where: str) -> str:
    """A label as a name; a number is an id of this dataset."""
    if isinstance(label, int) and not isinstance(label, bool):
        if not 0 <= label < len(names):
            raise Refused(f"{where}: label id {label}, but {len(names)} names known; write names instead")
        return names[label]
    if not isinstance(label, str):
        raise Refused(f"{where}: label {label!r} is neither a name nor an id")
    return label


def spans_of(row: dict[str, Any], names: list[str], where: str) -> Values:
    """The spans of a row of character spans with their values."""
    found: Values = {}
    for span in row.get("spans") or ():
        try:
            start, end, label = span["start"], span["end"], name_of(span["label"], names, where)
        except (KeyError, TypeError):
            raise Refused(f"{where}: a span needs start, end and label") from None
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            raise Refused(f"{where}: [{start}, {end}) is no span")
        text = row.get("text")
        if isinstance(text, str) and end > len(text):
            raise Refused(f"{where}: [{start}, {end}) leaves the text of {len(text)} characters")
        found[start, end, label] = value_of(span.get("norm") or span)
    return found


def tagged(tags: list[str]) -> Values:
    """The spans of BIO tags, in token indices."""
    found: list[Span] = []
    previous = "O"
    for index, tag in enumerate(tags):
        if tag.startswith("I-") and previous[2:] == tag[2:]:
            found[-1] = (found[-1][0], index + 1, tag[2:])
        elif tag != "O":
            found.append((index, index + 1, tag[2:]))
        previous = tag
    return dict.fromkeys(found)


def value_of(norm: dict[str, Any]) -> Any:
    """What a number means, comparable; None when nothing is said."""
    said = {key: decimal(norm[key]) if key in DECIMALS else norm[key] for key in VALUE if norm.get(key)}
    return said or None


def decimal(text: Any) -> Any:
    """A decimal string as a number, so that 13.710 equals 13.71; anything else as it is."""
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return text


def pairs(gold: list[Span], said: list[Span]) -> list[tuple[Span, Span, bool]]:
    """(gold, said, exact) one to one for the spans of one label."""
    rated = []
    for left in gold:
        for right in said:
            overlap = min(left[1], right[1]) - max(left[0], right[0])
            if overlap > 0:
                rated.append((left != right, -overlap, left, right))
    found = []
    used_gold: set[Span] = set()
    used_said: set[Span] = set()
    for apart, _, left, right in sorted(rated):
        if left not in used_gold and right not in used_said:
            used_gold.add(left)
            used_said.add(right)
            found.append((left, right, not apart))
    return found


def levels(spans: list[Span]) -> dict[Span, str]:
    """Each span's level within its layer."""
    reached, found = {True: 0, False: 0}, {}
    for span in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        layer = span[2] in NUMBERS
        found[span] = "inner" if span[1] <= reached[layer] else "outer"
        reached[layer] = max(reached[layer], span[1])
    return found


def figures(gold: Values, said: Values, labels: list[str]) -> array.array[int]:
    """The figures of one document: for each label, for each level, the nine of them."""
    counted = array.array("Q", bytes(8 * FIGURES * len(LEVELS) * len(labels)))
    level_gold, level_said = levels(list(gold)), levels(list(said))

    def add(label: str, level: str, figure: int, points: int = 1) -> None:
        for each in ("all", level):
            counted[(labels.index(label) * len(LEVELS) + LEVELS.index(each)) * FIGURES + figure] += points

    for label in sorted({span[2] for span in (*gold, *said)}):
        true, mine = [span for span in gold if span[2] == label], [span for span in said if span[2] == label]
        for spans, level, figure, values in (
            (true, level_gold, GOLD, gold),
            (mine, level_said, PREDICTED, said),
        ):
            for span in spans:
                add(label, level[span], figure)
                if values[span] is not None:
                    add(label, level[span], TRUE_VALUE if values is gold else SAID_VALUE)
        for left, right, exact in pairs(true, mine):
            add(label, level_said[right], RIGHT_PARTLY, 2 if exact else 1)
            add(label, level_gold[left], FOUND_PARTLY, 2 if exact else 1)
            if exact:
                add(label, level_said[right], RIGHT)
                add(label, level_gold[left], FOUND)
                if gold[left] is not None and gold[left] == said[right]:
                    add(label, level_gold[left], SAME_VALUE)
    return counted


def rates(whole: array.array[int], rows: list[int], level: str, measure: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the labels in `rows`."""
    predicted, gold, right, found, points = MEASURES[measure]
    places = [(row * len(LEVELS) + LEVELS.index(level)) * FIGURES for row in rows]
    sums = [sum(whole[place + figure] for place in places) for figure in (predicted, gold, right, found)]
    precision = sums[2] / points / sums[0] if sums[0] else 0.0
    recall = sums[3] / points / sums[1] if sums[1] else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def percentile(values: list[float], share: float) -> float:
    """The percentile of sorted values, interpolated between neighbours."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def compare(gold: Rows, said: Rows, labels: list[str], resamples: int) -> dict[str, Any]:
    """group (`all`, `names`, `numbers`, each label) → measure → level → its score and counts."""
    counted = [figures(spans, said.get(document, {}), labels) for document, spans in gold.items()]
    # A document's figures as one long number: adding two of them adds all figures at once.
    packed = [int.from_bytes(each.tobytes(), sys.byteorder) for each in counted]
    size = 8 * FIGURES * len(LEVELS) * len(labels)

    def unpacked(total: int) -> array.array[int]:
        whole = array.array("Q")
        whole.frombytes(total.to_bytes(size, sys.byteorder))
        return whole

    whole = unpacked(sum(packed))
    source = random.Random(0)  # noqa: S311 - a fixed seed is the point
    many = len(packed)
    drawn = [
        unpacked(sum([packed[int(source.random() * many)] for _ in range(many)])) for _ in range(resamples)
    ]
    layers = {
        "names": [x for x in labels if x not in NUMBERS],
        "numbers": [x for x in labels if x in NUMBERS],
    }
    groups = {"all": labels, **layers, **{label: [label] for label in labels}}
    scores: dict[str, Any] = {}
    for group, members in groups.items():
        rows = [labels.index(label) for label in members]
        for measure, level in SHOWN:
            precision, recall, f1 = rates(whole, rows, level, measure)
            places = [(row * len(LEVELS) + LEVELS.index(level)) * FIGURES for row in rows]
            predicted, true = (sum(whole[place + each] for place in places) for each in MEASURES[measure][:2])
            if predicted or true:
                # a resample with nothing in gold and nothing said has no F1
                seen = [place + figure for place in places for figure in MEASURES[measure][:2]]
                some = [each for each in drawn if any(each[place] for place in seen)]
                spread = sorted(rates(each, rows, level, measure)[2] for each in some) or [f1]
                scores.setdefault(group, {}).setdefault(measure, {})[level] = {
                    "precision": round(precision, 4),
                    "recall": round(recall, 4),
                    "f1": round(f1, 4),
                    "low": round(percentile(spread, 0.025), 4),
                    "high": round(percentile(spread, 0.975), 4),
                    "predicted": predicted,
                    "gold": true,
                }
    return scores


def read(path: str, column: str | None, names: list[str]) -> tuple[Rows, dict[str, Any]]:
    """row id → spans with their values; and row id → what must be equal on both sides."""
    rows: Rows = {}
    same: dict[str, Any] = {}
    for where, row in lines(path):
        identity = str(row["id"])
        if column is None:
            rows[identity], same[identity] = spans_of(row, names, where), row.get("text")
        else:
            tags = row.get(column)
            if not isinstance(tags, list):
                raise Refused(f"{where}: no list {column!r}")
            rows[identity] = tagged([name_of(tag, names, where) for tag in tags])
            same[identity] = len(tags)
    return rows, same


def read_both(arguments: argparse.Namespace, names: list[str]) -> tuple[Rows, Rows, int]:
    """Gold, predictions, and how many rows have no prediction.  Raises Refused when they do not fit."""
    gold, texts = read(arguments.gold, arguments.column, names)
    said, told = read(arguments.predicted, arguments.column, names)
    strangers = [identity for identity in said if identity not in gold]
    if not gold or strangers:
        what = f"{arguments.predicted}: {strangers[0]!r} is not in" if strangers else "no row in"
        raise Refused(f"{what} {arguments.gold}; is this the right split?")
    for identity in said:
        if None not in (texts[identity], told[identity]) and texts[identity] != told[identity]:
            what = (
                f"{told[identity]} tags for {texts[identity]} tokens" if arguments.column else "another text"
            )
            raise Refused(f"{arguments.predicted}: {identity!r} has {what}; keep the dataset's own")
    return gold, said, len(gold) - len(said)


def known_names(arguments: argparse.Namespace, about: dict[str, Any]) -> list[str]:
    """The label or tag names of this dataset by id, from its manifest; none where it can't be found."""
    if arguments.column is None:
        return list(about.get("labels") or ())
    for feature in about.get("configs", {}).get("tokens", {}).get("features", ()):
        if feature.get("name") == arguments.column and isinstance(feature.get("list"), dict):
            names = feature["list"].get("class_label", {}).get("names", ())
            return list(names.values() if isinstance(names, dict) else names)
    return []


def rows_of_test(about: dict[str, Any], column: str | None) -> int | None:
    """How many rows the test split has, where the manifest says so."""
    splits = about.get("configs", {}).get("tokens" if column else "spans", {}).get("splits", {})
    rows = splits.get("test", {}).get("rows")
    return rows if isinstance(rows, int) else None


def digest(gold: Rows) -> str:
    """A hash over ids and spans of the gold file: equal where scores may be compared."""
    said = [[identity, sorted(span[:3] for span in spans)] for identity, spans in sorted(gold.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    found = [
        f"{'':11}{'gold':>6}{'said':>7}      P      R     F1   95 %              outer  inner partial value"
    ]
    for group, measures in report["scores"].items():
        exact = measures.get("exact", {}).get("all")
        if exact is None:
            continue
        line = f"{group:11}{exact['gold']:6}{exact['predicted']:7}"
        line += "".join(f"{exact[each]:7.3f}" for each in ("precision", "recall", "f1"))
        line += f"   [{exact['low']:.3f}, {exact['high']:.3f}]"
        for measure, level in SHOWN[1:]:
            score = measures.get(measure, {}).get(level)
            line += f"{score['f1']:7.3f}" if score else f"{'-':>7}"
        found.append(line)
    found.append(f"{report['rows']} rows, {report['without_prediction']} of them without prediction")
    if report["rows_of_test"] not in (None, report["rows"]):
        found.append(
            f"the test split has {report['rows_of_test']} rows: this gold is another split or a part"
        )
    found.append(f"test_digest {report['test_digest'] or 'unknown (no manifest.json beside score.py)'}")
    found.append(f"gold_digest {report['gold_digest']}")
    return "\n".join(found)


def main() -> int:
    """Read, compare, print.  Exit code 1 when the input is refused, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", help="JSONL of the gold rows")
    parser.add_argument("predicted", help="JSONL of the predicted rows")
    parser.add_argument("--column", help="compare BIO tags of this flat column instead of spans")
    parser.add_argument("--resamples", type=int, default=1000, help="for the intervals; 0 leaves them out")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    about = manifest()
    names = known_names(arguments, about)
    try:
        gold, said, missing = read_both(arguments, names)
    except Refused as error:
        print(f"score.py: {error}", file=sys.stderr)
        return 1
    held = list(dict.fromkeys(name[2:] for name in names if name != "O")) if arguments.column else names
    seen = sorted({span[2] for rows in (gold, said) for spans in rows.values() for span in spans})
    strange = [label for label in seen if held and label not in held]
    if strange:
        print(f"score.py: label {strange[0]!r} is none of {', '.join(held)}", file=sys.stderr)
        return 1
    report = {
        "dataset": about.get("version"),
        "test_digest": about.get("test_digest"),
        "gold_digest": digest(gold),
        "column": arguments.column,
        "rows": len(gold),
        "rows_of_test": rows_of_test(about, arguments.column),
        "without_prediction": missing,
        "scores": compare(gold, said, held or seen, arguments.resamples),
    }
    print(json.dumps(report, ensure_ascii=False, indent=1) if arguments.json else table(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
