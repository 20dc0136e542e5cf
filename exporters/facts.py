"""What a release says about itself beside its rows: counts, dates, terms, agreement; the first manifest."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import msgspec

from corpus import __version__
from corpus.errors import UsageError
from corpus.store import Workspace
from exporters.build import Build, described
from exporters.manifest import Agreed, Manifest, content_hash, hash_of_test, write_manifest
from exporters.splits import HELD, SPLITS
from exporters.versions import Kind
from labeling.scheme import Scheme

CREATORS: dict[Kind, str] = {"machine": "machine-generated", "human": "expert-generated"}
SCORER = "score.py"
DRAWS = 200  # bootstrap draws for the interval of agreement


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What only the people behind a dataset can say: its licence, whom to ask, who is cited.

    With `baselines` a CRF is learnt from train and scored on test for the card.
    """

    licence: str = "other"
    contact: str | None = None
    authors: tuple[str, ...] = ()
    baselines: bool = False


def first_manifest(
    target: Path, scheme: Scheme, kind: Kind, build: Build, *, counts: dict[str, int], terms: Terms
) -> Manifest:
    """The manifest as far as it is known before the release has a number."""
    import datasets
    import pyarrow as pa

    manifest = Manifest(
        version="",
        kind=kind,
        previous=None,
        created=created(build.newest),
        annotations_creators=CREATORS[kind],
        license=terms.licence,
        contact=terms.contact,
        authors=list(terms.authors),
        baselines_wanted=terms.baselines,
        scheme=scheme.version,
        guideline=scheme.guideline,
        labels=list(scheme.names),
        code=f"vicivic {__version__}",
        tools={"datasets": datasets.__version__, "pyarrow": pa.__version__},
        content="",
        test_digest=hash_of_test(target, scheme.names),
        counts=counts,
        configs=described(build.written, scheme),
    )
    return msgspec.structs.replace(manifest, content=content_hash(manifest))


def with_baselines(target: Path, manifest: Manifest) -> Manifest:
    """The manifest with the scores of the CRF baseline of each flat column, where they are wanted.

    The rows are written; a manifest for the readers of the baseline is left in the folder.
    """
    if not manifest.baselines_wanted or manifest.test_digest is None:
        return manifest
    from exporters.baselines import crf_baselines

    write_manifest(target, manifest)
    found = msgspec.to_builtins(crf_baselines(target))
    for baseline in found:
        for group in baseline["groups"]:
            for score in group["scores"].values():
                score.update(
                    (name, round(value, 3)) for name, value in score.items() if isinstance(value, float)
                )
    return msgspec.structs.replace(manifest, baselines=found)


def write_scorer(target: Path) -> None:
    """Put score.py beside the data: it needs nothing but Python and this release."""
    held = (resources.files("exporters") / "templates" / SCORER).read_bytes()
    (target / SCORER).write_bytes(held)


def agreement(workspace: Workspace) -> Agreed | None:
    """How far annotators agree, over the documents of the workspace that several did; None without any."""
    from labeling.quality import agreement as measured

    found = measured(workspace, draws=DRAWS)
    whole = next((line for line in found.lines if line.label == "*"), None)
    if whole is None:
        return None
    return Agreed(
        documents=found.documents,
        spans=whole.spans,
        exact=_rounded(whole.exact.value),
        exact_low=_rounded(whole.exact.low),
        exact_high=_rounded(whole.exact.high),
        alpha=_rounded(whole.alpha.value),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def created(newest: str | None) -> str | None:
    """The release's date: SOURCE_DATE_EPOCH, else the day of the newest annotation, else none."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return newest[:10] if newest else None
    if not epoch.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH={epoch!r} is no count of seconds; unset it or give digits")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()


def counts_of(documents: int, build: Build) -> dict[str, int]:
    """Counts that add up: documents = released + pending + held + waiting."""
    tally = build.tally
    left_out = build.left_out
    counts = {
        "documents": documents,
        "released": len(build.documents),
        "pending": left_out["pending"],
        "held": left_out[HELD],
    }
    counts["waiting"] = documents - sum(counts[name] for name in ("released", "pending", "held"))
    counts |= {split: tally.documents[split] for split in SPLITS}
    counts |= {
        "sentences": tally.sentences.total(),
        "tokens": tally.tokens.total(),
        "spans": tally.labels.total(),
    }
    return counts
