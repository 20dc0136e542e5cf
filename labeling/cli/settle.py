"""`vicivic settle`: several people's annotations become gold records."""

from __future__ import annotations

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.store import Workspace

EXAMPLES = ("vicivic pull && vicivic settle", "vicivic settle --json --work my-corpus")


def settle(work: Work = WORK, json: Json = False) -> None:
    """Settle submitted annotations into gold records; what people disagree on waits and is named."""
    from labeling.settle import settle as run

    workspace = Workspace(work)
    with workspace.writing():
        done = run(workspace)
    for line in done.waiting:
        tell(f"waits: {line}")
    for item in done.refused:
        tell(f"refused: {item['record']} ({item['annotation']}): {item['message']}")
    counts = {name: done.outcomes[name] for name in sorted(done.outcomes)}
    total = sum(counts.values())
    settled = counts.pop("settled", 0)
    rest = ", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing waits"
    deleted = f"; {done.deleted} deleted on the server, kept here" if done.deleted else ""
    report(
        "settle",
        f"{settled} settled of {total} annotated documents, {done.spans} spans: {rest}{deleted}",
        {"documents": total, "settled": settled, "spans": done.spans, "deleted": done.deleted, **counts},
        as_json=json,
        rejected=len(done.refused),
        qualities=dict(sorted(done.qualities.items())),
        waiting=done.waiting,
    )
    finish(len(done.refused))
