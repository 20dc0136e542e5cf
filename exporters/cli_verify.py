"""`vicivic verify`: check a release from a plain copy."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from corpus.command import Json, finish, report, tell

VERIFY_EXAMPLES = (
    "vicivic verify work/releases/1.2.0",
    "vicivic verify copy-of-1.2.0 --previous copy-of-1.1.0",
)


def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder of a release.")],
    previous: Annotated[
        Path | None,
        typer.Option("--previous", metavar="PATH", help="The release before; default: the folder beside it."),
    ] = None,
    json: Json = False,
) -> None:
    """Check hashes, rows, offsets, tags, numbers, splits and history of a release; name every fault."""
    from exporters.verify import verify as run

    done = run(path, previous=previous, progress=lambda check: tell(f"checking {check} …"))
    for fault in done.faults:
        tell(
            f"{fault.check}: {fault.path}: {fault.message}"
            if fault.path
            else f"{fault.check}: {fault.message}"
        )
    counts = dict(sorted(Counter(fault.check for fault in done.faults).items()))
    told = ", ".join(f"{number} {check}" for check, number in counts.items())
    report(
        "verify",
        f"{done.version}: {done.documents} documents, {done.spans} spans: "
        + (f"{len(done.faults)} faults ({told})" if done.faults else "no fault"),
        counts,
        as_json=json,
        rejected=len(done.faults),
        version=done.version,
        documents=done.documents,
        spans=done.spans,
        checks=done.checks,
        faults=[fault._asdict() for fault in done.faults],
    )
    finish(len(done.faults))
