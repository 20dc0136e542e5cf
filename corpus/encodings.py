"""Bytes → text, with the codec that was used; what can't be decoded with certainty is refused.

Order: byte order mark; strict UTF-8; then only what shows itself without doubt (UTF-16 without mark,
windows-1258).  TCVN3, VISCII and VNI look like many other codecs: they are read only when named with
`--encoding`, never guessed.
"""

from __future__ import annotations

import codecs
import re

from corpus.errors import BadRecord, UsageError

_marks = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_control = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def codec_of(name: str) -> str:
    """The codec that `--encoding NAME` means.  Raises UsageError for an unknown name."""
    plain = name.lower().replace("_", "-")
    try:
        return codecs.lookup(plain).name
    except LookupError:
        raise UsageError(f"--encoding {name}: unknown; use a codec that Python knows") from None


def decode(raw: bytes, record: str, encoding: str | None = None) -> tuple[str, str]:
    """(text, codec) of `raw`.  Raises BadRecord `binary`, `nul` or `encoding`."""
    if encoding:
        return _decode_as(raw, record, codec_of(encoding))
    for mark, codec in _marks:
        if raw.startswith(mark):
            return _decode_as(raw, record, codec)
    _refuse_binary(raw, record)
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        raise BadRecord(
            "encoding",
            f"{record}: not UTF-8 at byte {error.start} (0x{raw[error.start]:02x}); "
            "name the encoding with --encoding",
            record=record,
        ) from None


def _decode_as(raw: bytes, record: str, codec: str) -> tuple[str, str]:
    try:
        return raw.decode(codec), codec
    except UnicodeDecodeError as error:
        raise BadRecord(
            "encoding",
            f"{record}: not {codec} at byte {error.start} (0x{raw[error.start]:02x}); "
            "name another --encoding or save the file again as UTF-8",
            record=record,
        ) from None


def _refuse_binary(raw: bytes, record: str) -> None:
    controls = len(_control.findall(raw[:65536]))
    if not controls and b"\x00" not in raw:
        return
    try:
        raw.decode("utf-8")
        textual = controls <= max(4, len(raw[:65536]) // 100)
    except UnicodeDecodeError:
        textual = False
    if not textual:
        raise BadRecord("binary", f"{record}: a binary file, no text; leave it out", record=record)
    if b"\x00" in raw:
        raise BadRecord(
            "nul",
            f"{record}: NUL at byte {raw.index(0)}; the file is damaged, save it again",
            record=record,
        )
