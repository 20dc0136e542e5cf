"""`vicivic.toml` in the workspace: defaults of flags, below the command line and the environment.

    [ingest]
    max-chars = 500000

    [release]
    licence = "cc-by-4.0"

    ["studio up"]
    port = 8090

A table is a verb, a key is one of its flags without the dashes.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.store import DEFAULT_WORK

FILE = "vicivic.toml"


def workspace_of(arguments: Sequence[str]) -> Path:
    """The workspace that a command line means: the last --work, else VICIVIC_WORK, else work/."""
    found = os.environ.get("VICIVIC_WORK") or DEFAULT_WORK
    for position, word in enumerate(arguments):
        if word == "--work" and position + 1 < len(arguments):
            found = arguments[position + 1]
        elif word.startswith("--work="):
            found = word.removeprefix("--work=")
    return Path(found)


def defaults(path: Path, verbs: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """verb → parameter → value, from a settings file; empty when there is none.

    A verb of two words becomes two levels, as the command line looks it up.

    `verbs` gives for each verb its flags (without dashes) and the parameter each one sets.
    Raises UsageError for a file that is not TOML, an unknown verb or an unknown key.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path}: not readable as TOML ({error})") from None
    made: dict[str, Any] = {}
    for verb, table in found.items():
        if verb not in verbs or not isinstance(table, dict):
            raise UsageError(f"{path}: [{verb}] is not a verb; the verbs are {', '.join(verbs)}")
        for key, value in table.items():
            if key not in verbs[verb]:
                flags = ", ".join(sorted(verbs[verb]))
                raise UsageError(f"{path}: [{verb}] has no setting {key!r}; it has {flags}")
            place = made
            for word in verb.split():
                place = place.setdefault(word, {})
            place[verbs[verb][key]] = value
    return made
