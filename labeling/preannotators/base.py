"""What every source of proposals is: a name, a version, the labels it speaks for, one batch method."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Protocol

from corpus.document import Document
from labeling.norm import Norm
from labeling.span import Proposal, Source, make_span


class PreAnnotator(Protocol):
    """Pure and deterministic: the same documents give the same proposals, in any batch size."""

    @property
    def name(self) -> str:
        """The source's name on the command line and in every proposal."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever rules, data or model change: derived from a hash of them."""
        ...

    @property
    def labels(self) -> frozenset[str]:
        """The labels this source speaks for."""
        ...

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """Proposals of each document, in the order given; spans may nest and even cross (merge decides)."""
        ...


def proposal(
    text: str,
    start: int,
    end: int,
    label: str,
    *,
    source: str,
    version: str,
    rule: str,
    score: float,
    norm: Norm | None = None,
) -> Proposal:
    """One source's proposal over `text`.  Raises SpanError when the span does not fit."""
    span = make_span(text, start, end, label, norm)
    return Proposal(span=span, sources=(Source(source, version, rule, score),), score=score)


def version_of(*packages: str, extra: Iterable[str] = ()) -> str:
    """A version from the bytes of the named packages' files and from `extra` (model versions …).

    "a.package" stands for all its files (not its sub-packages), "a.package:file.py" for one of them.
    """
    digest = hashlib.sha256()
    for item in packages:
        package, _, only = item.partition(":")
        folder = resources.files(package)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.is_file() and not entry.name.endswith(".pyc") and only in ("", entry.name):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    for text in extra:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:12]
