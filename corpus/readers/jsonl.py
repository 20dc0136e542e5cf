"""JSON Lines, also compressed (.gz, .zst): one row is one document."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from typing import IO, cast

import msgspec

from corpus.encodings import codec_of, decode
from corpus.errors import BadRecord
from corpus.readers.fields import page_of
from corpus.readers.page import Found, Item, Options, Refusal, sha256_of
from corpus.readers.streams import PIECE, lines, opened

LABEL = "jsonl@1"
ESCAPED = 6  # bytes that one character may take in JSON: \uXXXX


def read(found: Found, options: Options) -> Iterator[Item]:
    """The pages of a JSONL file, streaming; a bad line becomes a Refusal in its place."""
    longest = options.max_chars * ESCAPED + (1 << 16)
    with opened(found.path) as raw:
        stream = _as_utf8(raw, options.encoding)
        number = 0
        for number, line in lines(stream, longest):
            record = f"{found.path}:{number}"
            if line is None:
                yield Refusal(
                    record=record,
                    code="too-long",
                    message=f"{record}: a line of more than {longest:,} bytes; raise --max-chars",
                )
            elif line.strip():
                try:
                    yield _page(line, record, found, options)
                except BadRecord as error:
                    yield Refusal(record=record, code=error.code, message=str(error))
        if not number:
            yield Refusal(record=str(found.path), code="empty", message=f"{found.path}: empty; leave it out")


WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


def _as_utf8(raw: IO[bytes], encoding: str | None) -> IO[bytes]:
    """UTF-16 and UTF-32 as UTF-8, line by line; everything else as it is, without its byte order mark."""
    stream = io.BufferedReader(raw, PIECE) if isinstance(raw, io.RawIOBase) else raw
    head = stream.peek(4)[:4] if hasattr(stream, "peek") else b""
    codec = codec_of(encoding) if encoding else None
    if codec is None and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16"
    if codec in WIDE:
        return cast("IO[bytes]", codecs.EncodedFile(stream, "utf-8", codec, "surrogatepass"))
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return stream


def _page(line: bytes, record: str, found: Found, options: Options) -> Item:
    row, codec = _row(line, record, options)
    page = page_of(row, record, options, source=found.source, reader=LABEL)
    return msgspec.structs.replace(page, raw_sha256=sha256_of(line), codec=codec)


def _row(line: bytes, record: str, options: Options) -> tuple[dict[str, object], str]:
    codec = "utf-8"
    try:
        if options.encoding and codec_of(options.encoding) not in WIDE:
            text, codec = decode(line, record, options.encoding)
            row = msgspec.json.decode(text)
        else:
            row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(line, record, error) from None
    if not isinstance(row, dict):
        raise BadRecord(
            "invalid-json", f"{record}: a JSON {type(row).__name__}, not an object", record=record
        )
    return row, codec


def _malformed(line: bytes, record: str, error: Exception) -> BadRecord:
    """The reason why a line is not JSON: broken UTF-8 and lone surrogates have reasons of their own."""
    try:
        json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as broken:
        message = f"not UTF-8 at byte {broken.start} (0x{line[broken.start]:02x}); name it with --encoding"
        return BadRecord("encoding", f"{record}: {message}", record=record)
    except (ValueError, RecursionError):
        what = str(error).removeprefix("JSON is malformed: ")
        message = f"not valid JSON ({what}); one object a line is expected"
        return BadRecord("invalid-json", f"{record}: {message}", record=record)
    message = "a lone surrogate (\\ud800-\\udfff) stands in the text; write the source again as UTF-8"
    return BadRecord("surrogate", f"{record}: {message}", record=record)
