"""CITATION.cff: how to cite one version, for tools and people (Citation File Format 1.2.0)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from exporters.manifest import Manifest

CITATION = "CITATION.cff"
TITLE = "ViCivic: Vietnamese civic news with nested names and computed numbers"
AUTHORS = ("The ViCivic developers",)


def authors(manifest: Manifest) -> tuple[str, ...]:
    """Those who are cited: the workspace's setting, else the makers of the tool."""
    return tuple(manifest.authors) or AUTHORS


def write_citation(target: Path, manifest: Manifest) -> None:
    """Write CITATION.cff.  The licence is left out where it is no SPDX id: none is claimed."""
    said: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": TITLE,
        "version": manifest.version,
        "authors": [{"name": name} for name in authors(manifest)],
    }
    if manifest.created:
        said["date-released"] = manifest.created
    said["keywords"] = ["named entity recognition", "nested entities", "numbers", "Vietnamese"]
    text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1_000)
    (target / CITATION).write_text(text, encoding="utf-8")


def bibtex(manifest: Manifest) -> str:
    """The same as a BibTeX entry."""
    names = " and ".join(f"{{{name}}}" for name in authors(manifest))
    year = f"  year = {{{manifest.created[:4]}}},\n" if manifest.created else ""
    return (
        f"@misc{{vicivic-{manifest.version},\n  title = {{{TITLE}}},\n  author = {{{names}}},\n{year}"
        f"  version = {{{manifest.version}}}\n}}"
    )
