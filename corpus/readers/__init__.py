"""Readers, one file each.  A new one is a module with `read`, a line here and a golden file in the tests."""

from __future__ import annotations

from corpus.readers import jsonl, text
from corpus.readers.page import Reader

READERS = (
    Reader("text", "1", "plain text, one file is one document", text.read),
    Reader("jsonl", "1", "JSON Lines, also .gz and .zst", jsonl.read),
)
BY_NAME = {reader.name: reader for reader in READERS}
