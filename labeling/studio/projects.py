"""The projects of a round on its server: found or made, kept up to date, missed when somebody deletes them.

There are no roles in Label Studio, so each annotator has one standing project, shared by all rounds; a
round without named annotators has one project of its own.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec

from corpus.errors import ServiceError, UsageError
from corpus.store import Workspace
from labeling.questions import guideline_version, rulings, rulings_html
from labeling.scheme import Scheme
from labeling.studio.assign import Shares
from labeling.studio.client import Studio
from labeling.studio.config import build_config, build_view
from labeling.studio.guideline import build_instruction
from labeling.studio.rounds import Earlier, Round, plans, read_round, write_round


def open_round(
    workspace: Workspace,
    studio: Studio,
    name: str,
    scheme: Scheme,
    *,
    shares: Shares | None = None,
    new_project: bool = False,
) -> Round:
    """The round's plan with its projects on the server; what is missing of them is made.

    Raises UsageError when the round lives on another server or was shared out otherwise, ServiceError
    when one of its projects was deleted there.
    """
    plan = read_round(workspace, name)
    if plan is None or new_project:
        plan = Round(
            name=name,
            server=studio.slug,
            address=studio.address,
            scheme=scheme.version,
            guideline=guideline_version(workspace, scheme),
            mark=secrets.token_hex(8),
            shares=shares,
        )
        write_round(workspace, plan)
    _refuse_another(plan, studio, shares)
    if not plan.projects:
        plan = msgspec.structs.replace(
            plan, projects=_find_or_make(workspace, studio, plan, scheme, new_project)
        )
        write_round(workspace, plan)
    for project in plan.projects:
        found = studio.project(project)
        if found is None:
            raise gone(plan, project)
        _refresh(studio, found, scheme, page(workspace, scheme))
    guideline = guideline_version(workspace, scheme)
    if plan.guideline != guideline:
        until = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        earlier = (*plan.earlier, Earlier(until=until, guideline=plan.guideline))
        plan = msgspec.structs.replace(plan, guideline=guideline, earlier=earlier)
        write_round(workspace, plan)
    return plan


def _refuse_another(plan: Round, studio: Studio, shares: Shares | None) -> None:
    if plan.server != studio.slug:
        raise UsageError(
            f"round {plan.name!r} lives on {plan.address} ({plan.server}), not on {studio.address}: set "
            "LABEL_STUDIO_URL to that server, or start anew here with `vicivic push --new-project`"
        )
    if shares is not None and shares != plan.shares:
        raise UsageError(
            f"round {plan.name!r} was shared out otherwise (see rounds/{plan.name}.json): leave out "
            "--annotators, --overlap, --blind and --seed to top it up, or choose another --round"
        )


def gone(plan: Round, project: int) -> ServiceError:
    """The words for a project that somebody deleted."""
    return ServiceError(
        f"project {project} of round {plan.name!r} is gone from {plan.address}: somebody deleted it; what "
        "was pulled stays; `vicivic push --new-project` makes a new one"
    )


def _find_or_make(
    workspace: Workspace, studio: Studio, plan: Round, scheme: Scheme, anew: bool
) -> tuple[int, ...]:
    """One project for each annotator: their standing one, else one made before a crash, else a new one."""
    shown = page(workspace, scheme)
    if plan.shares is None:
        return (_made(studio, plan.name, plan.mark, shown),)
    standing = {} if anew else _standing(workspace, studio)
    return tuple(
        standing.get(name) or _made(studio, name, f"{plan.mark}/{name}", shown)
        for name in plan.shares.annotators
    )


def _standing(workspace: Workspace, studio: Studio) -> dict[str, int]:
    """Annotator → project, from the rounds that are there already."""
    return {
        name: project
        for plan in plans(workspace)
        if plan.server == studio.slug and plan.shares is not None
        for name, project in zip(plan.shares.annotators, plan.projects, strict=False)
    }


def _made(studio: Studio, title: str, mark: str, page: dict[str, str]) -> int:
    for found in studio.projects():
        if f"({mark})" in (found.get("description") or ""):
            return int(found["id"])
    project = studio.create_project(
        title=f"ViCivic: {title}"[:50],
        description=f"ViCivic ({mark})",
        **page,
        show_instruction=True,
        show_collab_predictions=True,
        maximum_annotations=1,
    )
    studio.create_view(project, build_view("Tất cả"))
    return project


def page(workspace: Workspace, scheme: Scheme) -> dict[str, str]:
    """What a project shows: the labels, and the guideline with the rulings made so far."""
    version, html = guideline_version(workspace, scheme), rulings_html(rulings(workspace))
    instruction = build_instruction(scheme, rulings=html, version=version)
    return {"label_config": build_config(scheme), "expert_instruction": instruction}


def _refresh(studio: Studio, project: dict[str, Any], scheme: Scheme, page: dict[str, str]) -> None:
    """Bring page and guideline up to date, but take no label away: Label Studio would let us."""
    changed = {name: value for name, value in page.items() if project.get(name) != value}
    used = {label for control in project["parsed_label_config"].values() for label in control["labels"]}
    lost = used - {label.name for label in scheme.labels} - {reason.name for reason in scheme.reasons}
    if "label_config" in changed and lost:
        raise UsageError(
            f"project {project['id']} on {studio.address} has labels that scheme {scheme.version} lacks "
            f"({', '.join(sorted(lost))}): push under a new round, or with --new-project"
        )
    if changed:
        studio.update_project(project["id"], **changed)
