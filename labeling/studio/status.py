"""How far the projects of the workspace's rounds are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from corpus.store import Workspace
from labeling.studio.client import Studio, condition
from labeling.studio.projects import gone
from labeling.studio.rounds import read_rounds


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One project.  tasks = annotated + skipped + open; `drafts` are tasks with unsubmitted work."""

    round: str
    project: int
    tasks: int
    annotated: int
    skipped: int
    open: int
    drafts: int
    annotators: tuple[str, ...]
    last_pull: str | None

    def words(self) -> str:
        """One line for people."""
        people, last = ", ".join(self.annotators) or "nobody yet", self.last_pull or "never"
        return (
            f"{self.round} (project {self.project}): {self.annotated} of {self.tasks} annotated, "
            f"{self.skipped} only skipped, {self.open} open; by {people}; last pull: {last}"
        )

    def plain(self) -> dict[str, Any]:
        """The fields as plain values."""
        return dict(msgspec.to_builtins(self))


def read_status(workspace: Workspace, studio: Studio) -> list[Progress]:
    """Ask the server about every project of every round that lives on it."""
    studio.check()
    emails = studio.emails()
    found = []
    for plan in read_rounds(workspace):
        for project in plan.projects if plan.server == studio.slug else ():
            if studio.project(project) is None:
                raise gone(plan, project)
            mine = condition("data.round", "equal", "String", plan.name)
            tasks = studio.count_tasks(project, mine)
            some = condition("total_annotations", "greater", "Number", 0)
            none = condition("total_annotations", "equal", "Number", 0)
            annotated = studio.count_tasks(project, mine, some)
            skipped = studio.count_tasks(
                project, mine, none, condition("cancelled_annotations", "greater", "Number", 0)
            )
            drafts = studio.count_tasks(project, mine, condition("draft_exists", "equal", "Boolean", True))
            people = studio.annotators(project)
            found.append(
                Progress(
                    round=plan.name,
                    project=project,
                    tasks=tasks,
                    annotated=annotated,
                    skipped=skipped,
                    open=tasks - annotated - skipped,
                    drafts=drafts,
                    annotators=tuple(sorted(emails.get(person, f"user-{person}") for person in people)),
                    last_pull=_last_pull(workspace, f"{studio.slug}-{project}"),
                )
            )
    return found


def _last_pull(workspace: Workspace, name: str) -> str | None:
    path = workspace.folder("annotations") / f"{name}.seen.json"
    if not path.exists():
        return None
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
