"""Hugging Face datasets: a folder that `save_to_disk` wrote, or `hf://name[/config]:split`, streamed.

`hf://HuggingFaceFW/fineweb-2/vie_Latn:train`, `hf://uonlp/CulturaX/vi:train`: owner, name, then the
configuration where there is one.  A dataset's column names are those that `corpus.readers.fields` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import BadRecord
from corpus.readers.fields import columns_needed, page_of
from corpus.readers.page import Found, Item, Options, Refusal, sha256_of

LABEL = "huggingface@1"
ADDRESS = re.compile(
    r"hf://(?P<name>[\w.-]+/[\w.-]+|[\w.-]+)(?:/(?P<config>[\w.-]+))?(?::(?P<split>[\w.\[\]%:+-]+))?"
)


def is_saved(folder: Path) -> bool:
    """Whether a folder was written by `save_to_disk`."""
    return (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file()


def read(found: Found, options: Options) -> Iterator[Item]:
    """The pages of a dataset, streaming.  Raises BadRecord `unreadable` or `missing-column`."""
    name = found.address or str(found.path)
    rows, columns = _open(name, found)
    if columns is not None and columns_needed(columns, options) is None:
        raise BadRecord(
            "missing-column",
            f"{name}: no column {options.text_field or 'text'!r} (has {', '.join(columns[:8])}); "
            "name it with --text-field",
            record=name,
        )
    number = 0
    iterator = iter(rows)
    while True:
        try:
            row = next(iterator)
        except StopIteration:
            return
        except Exception as error:
            raise BadRecord("truncated", f"{name}: ended after row {number} ({_first_line(error)})") from None
        number += 1
        yield _item(row, f"{name}:{number}", found, options)


def _open(name: str, found: Found) -> tuple[Iterable[Mapping[str, Any]], list[str] | None]:
    import datasets

    try:
        if found.address is None:
            loaded = datasets.load_from_disk(str(found.path))
            parts = [loaded[key] for key in sorted(loaded)] if isinstance(loaded, dict) else [loaded]
            return (row for part in parts for row in part), list(parts[0].column_names)
        match = ADDRESS.fullmatch(found.address)
        if not match:
            raise BadRecord("unreadable", f"{name}: write it as hf://owner/name[/config]:split", record=name)
        stream = datasets.load_dataset(
            match["name"], match["config"], split=match["split"] or "train", streaming=True
        )
        return stream, list(stream.column_names) if stream.column_names else None
    except BadRecord:
        raise
    except Exception as error:
        raise BadRecord(
            "unreadable",
            f"{name}: can't be opened ({_first_line(error)}); check the name, the split and the network",
            record=name,
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).split("\n")[0][:200]


def _item(row: Mapping[str, Any], record: str, found: Found, options: Options) -> Item:
    try:
        page = page_of(row, record, options, source=found.source, reader=LABEL)
    except BadRecord as error:
        return Refusal(record=record, code=error.code, message=str(error))
    raw = (page.text or "").encode("utf-8", "surrogatepass")
    return msgspec.structs.replace(page, raw_sha256=sha256_of(raw), codec="utf-8")
