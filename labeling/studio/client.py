"""The one way to a Label Studio server, and the only importer of its SDK.

The SDK carries the requests and the tokens (a Personal Access Token is exchanged for short-lived ones);
what a server answers comes back as plain JSON.  Every failure becomes a `ServiceError` of one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ServiceError, UsageError

PAGE = 1_000
KEYS_A_QUERY = 100  # a query stands in the address: 100 keys make about 4 kB
EXPORT_A_TIME = 50
PATIENCE = 600.0  # seconds: importing a thousand tasks takes over ten on a small machine


class Studio:
    """One server, spoken to as one user.  Raises ServiceError for whatever goes wrong on the way.

    `slug` names the server in keys and file names: two servers never share it.
    """

    def __init__(self, address: str, token: str, *, slug: str | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"LABEL_STUDIO_URL: {address!r} is no http(s) address")
        self.address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self.slug = slug or "-".join(filter(None, (parts.hostname, str(parts.port or ""))))
        self._token = token
        self._sdk: Any = None

    def __repr__(self) -> str:
        return f"Studio({self.address!r})"

    # --- server and users ---------------------------------------------------------------------------

    def check(self) -> str:
        """The server's version.  Raises ServiceError when it is down, is none, or refuses the token."""
        version = self._get("api/version/")
        if not isinstance(version, dict) or "release" not in version:
            raise ServiceError(f"{self.address} answers, but not as Label Studio: check LABEL_STUDIO_URL")
        self._get("api/current-user/whoami")
        return str(version["release"])

    def emails(self) -> dict[int, str]:
        """User id → e-mail, of everybody in the organisation."""
        return {int(user["id"]): str(user["email"]) for user in self._get("api/users/")}

    # --- projects ---------------------------------------------------------------------------------

    def projects(self) -> list[dict[str, Any]]:
        """Every project, newest first."""
        return list(self._pages("api/projects/", "results", {"page_size": 100}))

    def project(self, project: int) -> dict[str, Any] | None:
        """One project, or None when there is none of this id."""
        found = self._get(f"api/projects/{project}/", missing=True)
        return dict(found) if found is not None else None

    def create_project(self, **fields: Any) -> int:
        """A new project; returns its id."""
        return int(self._send("POST", "api/projects/", fields)["id"])

    def update_project(self, project: int, **fields: Any) -> None:
        """Change settings of a project."""
        self._send("PATCH", f"api/projects/{project}/", fields)

    def annotators(self, project: int) -> list[int]:
        """The ids of those who annotated in a project."""
        return [int(user["id"]) for user in self._get(f"api/projects/{project}/annotators/")]

    def create_view(self, project: int, data: dict[str, Any]) -> None:
        """A tab of the data manager."""
        self._send("POST", "api/dm/views/", {"project": project, "data": data})

    # --- tasks and predictions --------------------------------------------------------------------

    def tasks_by_key(self, project: int, keys: Iterable[str], include: str) -> Iterator[dict[str, Any]]:
        """Rows (see `tasks`) of the tasks that carry one of `keys` in their data."""
        stream = iter(keys)
        while some := list(islice(stream, KEYS_A_QUERY)):
            yield from self.tasks(project, include, condition("data.key", "in_list", "String", some))

    def tasks(self, project: int, include: str, *conditions: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Rows of the tasks for which all conditions hold, in order of their ids, page by page."""
        parameters = {"project": project, "fields": "all", "include": include, "page_size": PAGE}
        yield from self._pages("api/tasks/", "tasks", {**parameters, **_query(conditions)})

    def count_tasks(self, project: int, *conditions: dict[str, Any]) -> int:
        """How many tasks there are for which all conditions hold."""
        parameters = {"project": project, "include": "id", "page_size": 1, **_query(conditions)}
        return int(self._get("api/tasks/", parameters)["total"])

    def import_tasks(self, project: int, tasks: Sequence[dict[str, Any]]) -> list[int]:
        """Store tasks (without predictions); returns their ids.  Never sent twice by itself."""
        path = f"api/projects/{project}/import?return_task_ids=true"
        return [int(task) for task in self._send("POST", path, tasks)["task_ids"]]

    def import_predictions(self, project: int, predictions: Sequence[dict[str, Any]]) -> int:
        """Store predictions of stored tasks; returns how many the server says it stored."""
        return int(self._send("POST", f"api/projects/{project}/import/predictions", predictions)["created"])

    # --- what people did ----------------------------------------------------------------------------

    def export(self, project: int, tasks: Iterable[int]) -> Iterator[list[dict[str, Any]]]:
        """Tasks with all their annotations and the predictions that were shown, some at a time.

        Only the export carries that snapshot.
        """
        stream = iter(tasks)
        while some := list(islice(stream, EXPORT_A_TIME)):
            parameters = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": some}
            yield list(self._get(f"api/projects/{project}/export", parameters))

    def prediction(self, prediction: int) -> dict[str, Any] | None:
        """One prediction in full, or None when it was deleted."""
        found = self._get(f"api/predictions/{prediction}/", missing=True)
        return dict(found) if found is not None else None

    def has_annotation(self, annotation: int) -> bool:
        """Whether the server still holds an annotation."""
        return self._get(f"api/annotations/{annotation}/", missing=True) is not None

    # --- transport ----------------------------------------------------------------------------------

    def _pages(self, path: str, field: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        page = 1
        while (found := self._get(path, {**parameters, "page": page}, missing=page > 1)) is not None:
            yield from found[field]
            if len(found[field]) < parameters["page_size"]:
                return
            page += 1

    def _get(self, path: str, parameters: dict[str, Any] | None = None, *, missing: bool = False) -> Any:
        return self._call("GET", path, missing=missing, params=parameters)

    def _send(self, method: str, path: str, body: Any) -> Any:
        options = {"max_retries": 0, "timeout_in_seconds": PATIENCE}
        return self._call(method, path, json=body, request_options=options)

    def _call(self, method: str, path: str, *, missing: bool = False, **options: Any) -> Any:
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        trouble = ""
        try:
            response = self._http().request(path, method=method, **options)
            if response.status_code == 404 and missing and _is_json(response):
                return None
            if response.status_code < 300 and _is_json(response):
                return response.json()
            trouble = self._words(response.status_code, response.text)
        except httpx.TimeoutException:
            trouble = "took too long to answer; try again, or look at the server's load"
        except httpx.TransportError as error:
            trouble = f"can't be reached ({error}); `vicivic studio up` starts the local server"
        except ApiError as error:
            trouble = self._words(error.status_code or 0, str(error.body))
        except ValueError:
            trouble = "answers, but not as Label Studio: check LABEL_STUDIO_URL"
        raise ServiceError(f"Label Studio at {self.address} {trouble}") from None

    def _http(self) -> Any:
        if self._sdk is None:
            from label_studio_sdk.client import LabelStudio

            self._sdk = LabelStudio(base_url=self.address, api_key=self._token, timeout=120.0)
        return self._sdk._client_wrapper.httpx_client

    def _words(self, status: int, body: str) -> str:
        if status == 401 and "legacy token" in body:
            return "does not take legacy tokens: make a Personal Access Token in Account & Settings"
        if status in (401, 403):
            return "refuses the token: check LABEL_STUDIO_API_KEY, or run `vicivic studio up` again"
        if status == 404 or "<html" in body.lower():
            return f"does not know this address ({status}): check LABEL_STUDIO_URL"
        detail = " ".join(_detail(body).replace(self._token, "…").split())[:300]
        return f"answered {status}: {detail}"


def condition(column: str, operator: str, kind: str, value: Any) -> dict[str, Any]:
    """A filter of the data manager, as `tasks` and `count_tasks` take it."""
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


def _query(conditions: Sequence[dict[str, Any]]) -> dict[str, str]:
    if not conditions:
        return {}
    filters = {"conjunction": "and", "items": list(conditions)}
    return {"query": json.dumps({"filters": filters}, separators=(",", ":"))}


def _detail(body: str) -> str:
    """What an error answer says, without its ids and versions."""
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if not isinstance(found, dict):
        return body
    return str(found.get("validation_errors") or found.get("detail") or body)


def _is_json(response: Any) -> bool:
    return "json" in response.headers.get("content-type", "")
