"""Calls to the Hub through its own client: tried again where that helps, failures in clear words.

The token comes from `HF_TOKEN` alone and is never in a message.  `HF_ENDPOINT` names another Hub (one
without xet needs `HF_HUB_DISABLE_XET=1`); both are read by the client when it is imported.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ServiceError, UsageError

TRANSIENT = frozenset({429, 500, 502, 503, 504})
WORDS = {
    400: "the Hub does not accept what was sent (400)",
    401: "the Hub does not accept the token (401): set HF_TOKEN to one that may write to {repo}",
    403: "the token may not do that (403): it needs write access to {repo}",
    404: "the Hub does not know {repo}, or the token may not see it (404)",
    409: "the Hub says that it is there already (409)",
    412: "somebody else moved its main branch meanwhile (412): look at what changed, then run this again",
    413: "a file is too large for the Hub (413)",
    429: "the Hub asks to slow down (429): wait a few minutes, then run this again",
}
FAILING = "the Hub fails ({status}): run this again later; what was done is found and not done twice"
UNREACHED = (
    "{endpoint} can't be reached or cut the line ({kind}): look at the network and HF_ENDPOINT (a Hub "
    "without xet needs HF_HUB_DISABLE_XET=1), then run this again; what was done is found and not done twice"
)
CLIENT = (
    "the Hub's client gave up: run this again, with HF_HUB_DISABLE_XET=1 if it is about xet; what was done "
    "is found and not done twice"
)
LONGEST = 400


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often a call is tried, and the seconds between (doubling, at most `longest`)."""

    attempts: int = 4
    first: float = 1.0
    longest: float = 30.0


class HubError(ServiceError):
    """A call that failed for good; `status` is the HTTP status, None when no answer came."""

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class Calls:
    """The Hub's client for one dataset.

    Raises UsageError when `repo` is no NAMESPACE/NAME.  Every call raises HubError in the end.
    """

    def __init__(
        self,
        repo: str,
        *,
        token: str | None = None,
        endpoint: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils import validate_repo_id

        try:
            validate_repo_id(repo)
        except HFValidationError:
            raise UsageError(f"{repo!r} is no name of a dataset; write NAMESPACE/NAME") from None
        if repo.count("/") != 1:
            raise UsageError(f"{repo!r} has no namespace; write NAMESPACE/NAME")
        self.repo = repo
        self.token = token or os.environ.get("HF_TOKEN") or None
        self.patience = patience or Patience()
        self.api: Any = HfApi(endpoint=endpoint, token=self.token or False)
        self.endpoint: str = self.api.endpoint

    def __call__(self, name: str, *arguments: Any, **options: Any) -> Any:
        """The method `name` of the client for this dataset."""
        method = getattr(self.api, name)
        return self.tried(lambda: method(self.repo, *arguments, repo_type="dataset", **options))

    def once(self, name: str, *arguments: Any, **options: Any) -> Any:
        """The same, without a second try: for calls that change something and may have done so."""
        method = getattr(self.api, name)
        return self.tried(lambda: method(self.repo, *arguments, repo_type="dataset", **options), attempts=1)

    def tried(self, call: Callable[[], Any], *, attempts: int | None = None) -> Any:
        """What `call` returns, after several tries where the failure may pass."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

        patience = self.patience
        retrying = Retrying(
            stop=stop_after_attempt(attempts or patience.attempts),
            wait=wait_exponential(multiplier=patience.first, max=patience.longest),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            return retrying(call)
        except Exception as error:
            if not _foreign(error):
                raise  # a fault of our own: not to be hidden behind the network
            raise self.in_words(error) from None

    def wait(self, attempt: int) -> None:
        """Sleep as long as between tries number `attempt` and the next."""
        time.sleep(min(self.patience.longest, self.patience.first * 2 ** (attempt - 1)))

    def in_words(self, error: BaseException) -> HubError:
        """A failure of the client as one line for a person."""
        status = status_of(error)
        if status is None:
            words = UNREACHED.format(endpoint=self.endpoint, kind=type(error).__name__)
            if not _unreached(error):
                words = f"{CLIENT} ({' '.join(str(error).split())})"
            return HubError(self.without_token(f"{self.repo}: {words}")[:LONGEST], None)
        words = WORDS.get(status, FAILING if status >= 500 else "the Hub refuses ({status})")
        said = getattr(cause_of(error), "server_message", None)
        line = f"{self.repo}: {words.format(repo=self.repo, status=status)}"
        if said:
            line += f"; it says: {' '.join(str(said).split())}"
        return HubError(self.without_token(line)[:LONGEST], status)

    def without_token(self, text: str) -> str:
        """`text` with the token blotted out."""
        return text.replace(self.token, "hf_…") if self.token else text

    def file(self, path: str, revision: str) -> bytes | None:
        """The bytes of a file at a revision; None when it has no such file."""
        from huggingface_hub.errors import EntryNotFoundError

        with tempfile.TemporaryDirectory() as folder:

            def fetched() -> bytes | None:
                try:
                    found = self.api.hf_hub_download(
                        self.repo, path, repo_type="dataset", revision=revision, cache_dir=folder
                    )
                except EntryNotFoundError as error:
                    if status_of(error) is None:  # not "no such file" but "could not ask"
                        raise
                    return None
                return Path(found).read_bytes()

            found: bytes | None = self.tried(fetched)
            return found


def _foreign(error: BaseException) -> bool:
    """Whether the Hub, its client or the way to it failed, not this code."""
    return isinstance(error, (OSError, RuntimeError, ValueError)) or _unreached(error)


def _unreached(error: BaseException) -> bool:
    """Whether no answer came."""
    from huggingface_hub.errors import HTTPError, LocalEntryNotFoundError

    network = (HTTPError, ConnectionError, TimeoutError, LocalEntryNotFoundError)
    return any(isinstance(each, network) for each in _chain(error))


def _may_pass(error: BaseException) -> bool:
    return _foreign(error) and status_of(error) in (None, *TRANSIENT)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, to the first failure of all."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def cause_of(error: BaseException) -> BaseException:
    """The failure with an HTTP answer behind an error, else the error itself."""
    return next((each for each in _chain(error) if getattr(each, "response", None) is not None), error)


def status_of(error: BaseException) -> int | None:
    """The HTTP status behind an error, or None when no answer came."""
    response = getattr(cause_of(error), "response", None)
    return None if response is None else int(response.status_code)
