"""Documents in, proposals out: sources run in batches, and one merge resolves what they say.

This is the engine behind the command and behind `vicivic.prelabel`; it keeps nothing on disk.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from corpus.document import Document
from corpus.errors import BadRecord, UsageError, ViCivicError
from labeling.preannotators.trust import MergeSettings
from labeling.scheme import load_scheme
from labeling.span import Proposal

if TYPE_CHECKING:
    from labeling.preannotators.base import PreAnnotator

BATCH = 16


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of pre-labelling depends on; plain values, so it travels to other processes.

    sources      names from the table of pre-annotators, in any order; empty: all of them
    labels       the labels to keep after the merge; empty: all of the scheme
    doc_timeout  seconds that one document may take (None: no limit)
    merge        trust, calibration and switched-off rules of a workspace; None: the shipped tables
    """

    sources: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    doc_timeout: float | None = None
    merge: MergeSettings | None = None


class Labeled(msgspec.Struct, frozen=True, kw_only=True):
    """One document's outcome: its merged proposals, or why there are none."""

    document: Document
    proposals: tuple[Proposal, ...] = ()
    error: tuple[str, str] | None = None


class Pipeline:
    """Loaded sources and their merge.  Raises UsageError for an unknown source or label."""

    def __init__(self, settings: Settings) -> None:
        from labeling.preannotators.merge import merge_version
        from labeling.preannotators.table import load

        scheme = load_scheme()
        for label in settings.labels:
            if label not in scheme:
                raise UsageError(f"no label {label!r}; the scheme has {', '.join(scheme.names)}")
        self.settings = settings
        self.scheme_version = scheme.version
        self.sources: list[PreAnnotator] = load(settings.sources)
        self.source_versions = {source.name: source.version for source in self.sources}
        self.version = merge_version(self.source_versions, settings.merge)

    @property
    def hash(self) -> str:
        """One hash over everything that can change a span: sources, merge, scheme, kept labels."""
        import hashlib

        labels = ",".join(sorted(self.settings.labels))
        key = f"{self.version}\x1f{self.scheme_version}\x1f{labels}"
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    def propose(self, documents: Sequence[Document]) -> dict[str, list[list[Proposal]]]:
        """What each source says of each document, by source name."""
        return {source.name: source.propose(documents) for source in self.sources}

    def merge(self, document: Document, said: Mapping[str, Sequence[Proposal]]) -> list[Proposal]:
        """What is kept of what the sources said of a document."""
        from labeling.preannotators.merge import merge

        return merge(document, said, self.version, settings=self.settings.merge).kept

    def label(self, documents: Sequence[Document]) -> list[Labeled]:
        """Merged proposals of a batch; a document that breaks a source is found and set apart."""
        if self.settings.doc_timeout is None:
            whole = self._label_together(documents)
            if whole is not None:
                return whole
        return [self._label_alone(document) for document in documents]

    def _label_together(self, documents: Sequence[Document]) -> list[Labeled] | None:
        """The batch in one go; None when one of it breaks a source, whichever that is."""
        try:
            return self._label(documents)
        except ViCivicError:
            raise
        except Exception:
            return None

    def _label_alone(self, document: Document) -> Labeled:
        try:
            with time_limit(self.settings.doc_timeout):
                return self._label([document])[0]
        except DocumentTimeout:
            message = f"took longer than {self.settings.doc_timeout:g} s; raise --doc-timeout"
            return Labeled(document=document, error=("timeout", message))
        except ViCivicError:
            raise
        except Exception as error:
            message = f"a source failed on this text ({type(error).__name__}: {error}); please report it"
            return Labeled(document=document, error=("source-failed", message))

    def _label(self, documents: Sequence[Document]) -> list[Labeled]:
        by_source = self.propose(documents)
        wanted = frozenset(self.settings.labels)
        outcome = []
        for index, document in enumerate(documents):
            said = {name: lists[index] for name, lists in by_source.items()}
            kept = self.merge(document, said)
            chosen = tuple(item for item in kept if not wanted or item.span.label in wanted)
            outcome.append(Labeled(document=document, proposals=chosen))
        return outcome


_loaded: dict[bytes, Pipeline] = {}


def pipeline(settings: Settings) -> Pipeline:
    """The pipeline of these settings, loaded once per process."""
    key = msgspec.json.encode(settings, order="deterministic")
    if key not in _loaded:
        _loaded[key] = Pipeline(settings)
    return _loaded[key]


def label_documents(documents: Iterable[Document], settings: Settings) -> Iterator[Labeled]:
    """Label a stream of documents in order, in this process."""
    engine = pipeline(settings)
    stream = iter(documents)
    while batch := list(islice(stream, BATCH)):
        yield from engine.label(batch)


class DocumentTimeout(Exception):
    """The alarm of one document's time limit."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise DocumentTimeout inside the block after `seconds`.  Only a process's main thread can."""
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise UsageError("a document time limit works only in the main thread of a process")

    def ring(*_: Any) -> None:
        raise DocumentTimeout

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def reference_document(identity: str, text: str, published: str | None) -> Document:
    """A document for labelling only.  Raises BadRecord when there is no text."""
    if not isinstance(text, str):
        raise BadRecord("missing-text", "there is no text")
    return Document(id=identity, text=text, published=published)
