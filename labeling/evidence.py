"""Which annotations count as evidence of what people think, read from the workspace.

All lines of `annotations/*.jsonl` stay; of each annotation id the last line that is not a report of a
deletion counts.  Work for training or control, the curator's and lint's own never count between people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from corpus.events import read_events
from corpus.store import Workspace
from labeling.scheme import Scheme, load_scheme
from labeling.span import Annotation

APART = ("training", "control", "curation")
MACHINES = frozenset({"lint"})
REPAIR = "lint:"


def history(workspace: Workspace, scheme: Scheme | None = None) -> Iterator[Annotation]:
    """Every state of every annotation that was ever pulled, in the order of the files.

    Labels of an older scheme are read as their successors; what the scheme does not know stays as it is.
    """
    scheme = scheme or load_scheme()
    for path in sorted(workspace.folder("annotations").glob("*.jsonl")):
        for event in read_events(path, "annotation"):
            yield migrated(msgspec.convert(event.body, Annotation), scheme)


def migrated(said: Annotation, scheme: Scheme) -> Annotation:
    """An annotation with the labels that the scheme's map of migrations renames."""
    renamed = scheme.migrations
    if not renamed or not any(span.label in renamed for span in said.spans):
        return said
    spans = tuple(
        msgspec.structs.replace(span, label=renamed.get(span.label, span.label)) for span in said.spans
    )
    return msgspec.structs.replace(said, spans=spans)


def latest(states: Iterable[Annotation]) -> list[Annotation]:
    """The state of each annotation that counts, ordered by key."""
    last = {said.key[:3]: said for said in states if said.status != "deleted"}
    return [last[key] for key in sorted(last)]


def counts_between_people(said: Annotation) -> bool:
    """Whether an annotation is a person's own, submitted, and neither training nor control nor curation."""
    kind = said.round.partition(":")[0]
    return said.status == "submitted" and said.author not in MACHINES and kind not in APART


def voices(annotations: Iterable[Annotation]) -> list[Annotation]:
    """The newest evidence of each author on each part and layer of a document's revision, in key order."""
    newest: dict[tuple[object, ...], Annotation] = {}
    for said in sorted(annotations, key=lambda item: (item.updated_at, item.key)):
        if counts_between_people(said):
            newest[said.document, said.digest, said.part, said.layer, said.author] = said
    return sorted(newest.values(), key=lambda said: said.key)


def with_repairs(annotations: Iterable[Annotation]) -> list[Annotation]:
    """People's evidence, each state with the spans that lint made of it, where lint repaired that state.

    A repair is an annotation of its own: server `lint:<server>`, author `lint`, `created_at` the state that
    it repairs.  A later edit by the person leaves it behind.
    """
    annotations = list(annotations)
    repairs = {
        (said.key[0].removeprefix(REPAIR), *said.key[1:3], said.created_at): said
        for said in annotations
        if said.author in MACHINES and said.status == "submitted"
    }
    found = []
    for said in annotations:
        if counts_between_people(said):
            repair = repairs.get((*said.key[:3], said.updated_at))
            found.append(said if repair is None else msgspec.structs.replace(said, spans=repair.spans))
    return found
