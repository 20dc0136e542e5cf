"""Readers, one file each.  A new one is a module with `read`, a line here and a golden file in the tests."""

from __future__ import annotations

from corpus.readers import html, huggingface, jsonl, parquet, text, warc
from corpus.readers.page import Reader

READERS = (
    Reader("text", "1", "plain text, one file is one document", text.read),
    Reader("jsonl", "1", "JSON Lines, also .gz and .zst", jsonl.read),
    Reader("parquet", "1", "Parquet, one row is one document", parquet.read),
    Reader("html", "1", "an HTML page, its article extracted by trafilatura", html.read),
    Reader("warc", "1", "WARC, also .gz and .zst, its HTML responses", warc.read),
    Reader("huggingface", "1", "a folder of save_to_disk, or hf://owner/name/config:split", huggingface.read),
)
BY_NAME = {reader.name: reader for reader in READERS}
