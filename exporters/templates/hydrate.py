#!/usr/bin/env python3
"""Put texts back into a release without texts.  Needs Python 3.9 or newer and pyarrow.

    python hydrate.py texts.jsonl --out full

texts.jsonl has a line {"id", "text"} for each document of the release; the text is the canonical one,
whose SHA-256 (UTF-8) stands as `digest` in the config `documents`.  A text that differs is refused:
offsets would point at other characters.  Titles are taken from "title" when the line has one.  Writes the
Parquet files of every config with the columns that were left out, and checks each against the hash of
the rows of the full release.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class Refused(Exception):
    """Texts that do not fit this release."""


def read_texts(path: Path, digests: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Document id → its line, every digest checked.  Raises Refused with all that is wrong."""
    texts: dict[str, dict[str, Any]] = {}
    wrong = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                said = json.loads(line)
                name, text = said["id"], said["text"]
            except (ValueError, KeyError, TypeError):
                raise Refused(f'{path}:{number}: not a JSON object with "id" and "text"') from None
            if name not in digests:
                continue
            if hashlib.sha256(text.encode("utf-8")).hexdigest() != digests[name]:
                wrong.append(f"{name}: this is another text (its SHA-256 is not {digests[name][:12]}…)")
            texts[name] = said
    wrong += [f"{name}: no text in {path}" for name in digests if name not in texts]
    if wrong:
        raise Refused("\n".join(wrong))
    return texts


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500):
            yield from batch.to_pylist()


def filled(config: str, row: dict[str, Any], said: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A row with its surfaces, its columns in the order of the full release."""
    text = said["text"]
    full = dict(row)
    if "token_starts" in row:
        edges = zip(row["token_starts"], row["token_ends"])  # noqa: B905 - Python 3.9 has no strict=
        full["tokens"] = [text[start:end] for start, end in edges]
    if config == "tokens":
        full["text"] = text[row["start"] : row["token_ends"][-1]]
    elif config == "provenance":
        full["text"] = text[row["start"] : row["end"]]
    else:
        full["text"] = text
    full["title"] = said.get("title")
    if config == "spans":
        spans = [{**span, "text": text[span["start"] : span["end"]]} for span in row["spans"]]
        full["spans"] = [{field: span[field] for field in whole["fields"]["spans"]} for span in spans]
    return {column: full[column] for column in whole["columns"]}


def schema(path: Path, whole: dict[str, Any]) -> Any:
    """The columns of the full release: those of the file, and strings for the surfaces."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = pq.read_schema(path)
    columns = []
    for name in whole["columns"]:
        if name not in known.names:
            columns.append(pa.field(name, pa.list_(pa.string()) if name == "tokens" else pa.string()))
            continue
        kind = known.field(name).type
        if name in whole["fields"]:
            inner = {field.name: field.type for field in kind.value_type}
            fields = [pa.field(field, inner.get(field, pa.string())) for field in whole["fields"][name]]
            kind = pa.list_(pa.struct(fields))
        columns.append(pa.field(name, kind))
    return pa.schema(columns)


def hydrate(texts: dict[str, dict[str, Any]], out: Path, manifest: dict[str, Any]) -> int:
    """Write every config; returns how many files have other rows than the full release."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    differing = 0
    for config, whole in manifest["hydrated"].items():
        key = "id" if config in ("spans", "documents") else "doc_id"
        for split, wanted in whole["splits"].items():
            file = manifest["configs"][config]["splits"][split]["path"]
            made = [filled(config, row, texts[row[key]], whole) for row in rows(HERE / file)]
            digest = hashlib.sha256(b"".join(map(canonical, made)))
            path = out / file
            path.parent.mkdir(parents=True, exist_ok=True)
            table = pa.Table.from_pylist(made, schema(HERE / file, whole))
            pq.write_table(table, path, compression="zstd")
            if digest.hexdigest() != wanted:
                differing += 1
                print(f"{file}: not the rows of the full release (were titles left out?)")
    (out / "README.md").write_bytes((HERE / "README.full.md").read_bytes())
    return differing


def canonical(row: dict[str, Any]) -> bytes:
    """A row as the logical hashes of the manifest are made over."""
    return encoded(row).encode("utf-8") + b"\n"


def encoded(value: Any) -> str:
    """JSON with sorted keys, no spaces, and exponents as `1e16` (json.dumps writes `1e+16`)."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encoded(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encoded, value)) + "]"
    if isinstance(value, float):
        number, mark, exponent = repr(value).partition("e")
        return f"{number}e{int(exponent)}" if mark else number
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    said = parser.parse_args()
    manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
    digests = {
        row["id"]: row["digest"]
        for file in manifest["configs"]["documents"]["splits"].values()
        for row in rows(HERE / file["path"])
    }
    try:
        texts = read_texts(said.texts, digests)
        differing = hydrate(texts, said.out, manifest)
    except (Refused, OSError) as error:
        print(f"hydrate.py: {error}", file=sys.stderr)
        return 1
    print(f"{len(texts)} documents filled in {said.out}, {differing} files differ from the full release")
    return 0


if __name__ == "__main__":
    sys.exit(main())
