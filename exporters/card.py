"""The dataset card: README.md with its YAML front matter, every number taken from the rows as written."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from exporters.citation import TITLE, bibtex
from exporters.configs import DEFAULT_CONFIG
from exporters.formats.huggingface import card_data
from exporters.manifest import Manifest
from exporters.parquet import Written
from exporters.plots import plots
from exporters.rows import Tally
from exporters.splits import SPLITS
from exporters.views import Views, column_labels
from labeling.scheme import Scheme

# Bounds of the Hub's size categories, in rows of the default config.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
LARGEST = "1M<n<10M"

FATES = ("accepted", "value corrected", "relabelled", "edge moved", "both", "added", "machine")

CONFIG_TEXTS = {
    "tokens": "One sentence a row: syllable tokens with flat BIO tags.",
    "spans": "One document a row: every name and number, nested, with its value.",
    "documents": "One document a row: the text and where it came from.",
    "provenance": "One span a row: who proposed it, what became of it, who settled it and how.",
    "vlsp": "Flat tags of VLSP 2016 and 2018: TITLE and numbers taken away, EVENT, LAW, PROGRAM as MISC.",
    "vlsp2021": "Flat tags of VLSP 2021, by label and derived kind.",
    "ontonotes": "Flat tags of OntoNotes 5: PROGRAM and TITLE taken away, LOC by its derived kind.",
    "changes": "One change a row: what each version changed in the one before.",
}
# By `config.field` where configs differ, else by the field's own name.
FIELD_TEXTS = {
    "id": "identity of the document",
    "tokens.id": "identity of the sentence in this version: document and place",
    "spans.spans.id": "identity of the span, the same in later versions, also when it is moved or relabelled",
    "tokens.text": "the sentence",
    "spans.spans.text": "the document's text from start to end",
    "doc_id": "`id` of the document in `spans` and `documents`",
    "sent_id": "place of the sentence in its document, from 0",
    "text": "the document's canonical text",
    "start": "code point in the document's text where it begins",
    "end": "code point in the document's text before which it ends",
    "tokens": "syllables, numbers, punctuation; broken at every span's edge",
    "token_starts": "code points in the document's text where the tokens begin",
    "token_ends": "code points in the document's text before which the tokens end",
    "space_after": "whether white space parts the token from the next one of its sentence",
    "ner_tags": "outermost names; a TITLE cut back to its office words when names close it",
    "ner_tags_inner": "the names directly inside those",
    "ner_tags_core": "outermost PER, ORG, LOC once the other names are taken away",
    "number_tags": "numbers and times",
    "spans": "ordered by start, then longest first",
    "label": "one of the labels below",
    "parent": "index in the list of the smallest span around it, or -1",
    "depth": "how many spans lie around it",
    "value": "canonical decimal, exact",
    "value_float": "the same as a float",
    "low": "lower bound of a range",
    "high": "upper bound of a range",
    "low_open": "whether the lower bound itself is excluded",
    "high_open": "whether the upper bound itself is excluded",
    "mod": "more, less, approx, at_least, at_most, start, mid or end",
    "unit": "UCUM or ISO 4217 code",
    "per": "denominators in order",
    "noun": "what is counted, as written",
    "numerator": "of a RATIO",
    "denominator": "of a RATIO",
    "edtf": "EDTF date, ISO 8601 time or duration",
    "resolved": "the full date where the document's own dates allow it",
    "time_split": "train, validation or test by date of publication; null without one, or while few have one",
    "event_date": "EDTF date of what it tells about",
    "site": "host that published it",
    "places": "codes of administrative units",
    "family": "near duplicates share it; it decides the split",
    "digest": "SHA-256 of the text",
    "regions": "parts of the page by their role, as offsets",
    "regions.start": "code point where it begins",
    "kind": "header, title, caption, byline, boilerplate or body",
    "rule": "name of the rule that said so",
    "sources": "who proposed it, best first; empty when a person added it",
    "version": "of the source; in `changes` of the release",
    "score": "the source's own, 0 to 1",
    "fate": "what became of the proposal: accepted, relabelled, edge moved …, or added",
    "how": "how it was settled: machine, single, majority, agreed or curator",
    "by": "pseudonyms of those who have it",
    "round": "round of annotation",
    "guideline": "version of the guideline",
    "scheme": "version of the label scheme",
    "vlsp.ner_tags": "BIO tags",
    "vlsp2021.ner_tags": "BIO tags",
    "ontonotes.ner_tags": "BIO tags",
    "span_id": "`id` of the span",
    "change": "what happened",
    "before": "what stood there",
    "after": "what stands there now",
    "changes.label": "label of the span",
    "provenance.id": "identity of the span",
    "title": "headline",
    "published": "EDTF date of publication",
    "source": "who published it",
    "url": "where it was found",
    "split": "train, validation or test",
    "quality_names": "how the document's names were settled: machine, single, majority, agreed or curator",
    "quality_numbers": "the same for numbers and times",
    "proposals_shown": "whether annotators saw machine proposals; null where no annotator was asked",
}


def write_card(
    target: Path, manifest: Manifest, tally: Tally, written: dict[str, dict[str, Written]], scheme: Scheme
) -> None:
    """Write README.md into a release."""
    (target / "README.md").write_text(card(manifest, tally, written, scheme), encoding="utf-8")


def card(manifest: Manifest, tally: Tally, written: dict[str, dict[str, Written]], scheme: Scheme) -> str:
    """The whole README.md: the same rows and manifest give the same text."""
    front = yaml.safe_dump(front_matter(manifest, written), allow_unicode=True, sort_keys=False, width=1_000)
    body = _template().render(
        manifest=manifest,
        scheme=scheme,
        splits=[split for split in SPLITS if tally.documents[split]],
        tally=tally,
        counts=manifest.counts,
        fields=fields(manifest, written),
        label_rows=label_rows(scheme, tally),
        column_rows=column_rows(scheme, tally),
        quality_rows=sorted(tally.qualities.items()),
        config_texts=CONFIG_TEXTS,
        written=written,
        plots=plots(tally, scheme),
        foreign_rows=sorted(tally.foreign.items()),
        fates=[fate for fate in FATES if any(tally.fates[label, fate] for label in scheme.names)],
        bibtex=bibtex(manifest),
    )
    return f"---\n{front}---\n\n{body}"


def front_matter(manifest: Manifest, written: dict[str, dict[str, Written]]) -> dict[str, Any]:
    """The YAML of the card, as plain values."""
    columns = _features(manifest)
    rows = sum(file.rows for file in written[DEFAULT_CONFIG].values())
    return {
        "language": ["vi"],
        "license": manifest.license,
        "pretty_name": TITLE,
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": [next((name for bound, name in SIZES if rows < bound), LARGEST)],
        "annotations_creators": [manifest.annotations_creators],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "source_datasets": ["original"],
        "tags": ["ner", "nested-ner", "numbers", "vietnamese"],
        **card_data(columns, written, manifest.version, DEFAULT_CONFIG),
    }


def _features(manifest: Manifest) -> dict[str, Any]:
    from datasets import Features

    return {name: Features._from_yaml_list(config.features) for name, config in manifest.configs.items()}


def fields(
    manifest: Manifest, written: dict[str, dict[str, Written]]
) -> dict[str, list[tuple[str, str, str]]]:
    """config → (field, type, meaning) for its table; struct fields as `spans.label`."""
    return {
        name: [
            (field, kind, _meaning(name, field))
            for column in config.features
            for field, kind in _described(column)
        ]
        for name, config in manifest.configs.items()
    }


def _meaning(config: str, field: str) -> str:
    """What a field means: by its config, by its path, by its own name."""
    names = (f"{config}.{field}", field, field.rpartition(".")[2])
    return next(FIELD_TEXTS[name] for name in names if name in FIELD_TEXTS)


def _described(column: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """One YAML feature as (field, type in words), the fields of a struct after it."""
    name = prefix + column["name"]
    said = column.get("list", column.get("dtype"))
    of = "list of " if "list" in column else ""
    if isinstance(said, list):
        inner = [line for field in said for line in _described(field, f"{name}.")]
        return [(name, f"{of}structs"), *inner]
    if isinstance(said, dict):
        return [(name, f"{of}ClassLabel of {len(said['class_label']['names'])}")]
    return [(name, f"{of}{said}")]


def label_rows(scheme: Scheme, tally: Tally) -> list[dict[str, Any]]:
    """Each label with its texts and its count of spans per split."""
    return [
        {
            "name": label.name,
            "definition": label.definition,
            "example": label.examples[0],
            "near": label.near[0],
            "counts": {split: tally.labels[split, label.name] for split in SPLITS},
        }
        for label in scheme.labels
    ]


def column_rows(scheme: Scheme, tally: Tally) -> list[dict[str, Any]]:
    """Per flat column and label: how many gold spans it is about, shows, shows cut back, can't show."""
    rows = []
    for column in Views._fields:
        for label in column_labels(scheme)[column]:
            gold, shown, cut = (tally.columns[column, label, what] for what in ("gold", "shown", "cut"))
            if gold:
                rows.append(
                    {
                        "column": column,
                        "label": label,
                        "gold": gold,
                        "shown": shown,
                        "cut": cut,
                        "hidden": gold - shown,
                    }
                )
    return rows


def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    source = (resources.files("exporters") / "templates" / "card.md.j2").read_text(encoding="utf-8")
    environment = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown; cells are escaped by `cell`
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return environment.from_string(source)
