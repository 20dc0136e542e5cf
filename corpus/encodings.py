"""Bytes → text, with the codec that was used; what can't be decoded with certainty is refused.

Order: byte order mark; strict UTF-8; then UTF-16 without a mark and windows-1258, taken only when the
result is Vietnamese beyond doubt (`corpus.vietnamese`).  TCVN3, VISCII and VNI are read only when named
with `--encoding`: where one of them would give good Vietnamese, the refusal says so, but nothing is
guessed.  Windows-1258 writes tone marks apart; NFC, the last step of canonical text, joins them.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from corpus.errors import BadRecord, UsageError
from corpus.legacy import NAMES, decode_legacy
from corpus.vietnamese import share_of

MOJIBAKE = re.compile("[ÃÄÆ][\u0080-\u00bf‘’“”„†‡•…‰€™š›œžŸ]|á[º»]")
CERTAIN = 0.98  # share of possible syllables that proves a codec
WORDS = 12  # lower-case words that such a proof needs

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
    if plain in NAMES:
        return NAMES[plain]
    try:
        return codecs.lookup(plain).name
    except LookupError:
        raise UsageError(
            f"--encoding {name}: unknown; use tcvn3, viscii, vni, or a codec of Python (cp1258, utf-16)"
        ) from None


def decode(raw: bytes, record: str, encoding: str | None = None) -> tuple[str, str]:
    """(text, codec) of `raw`.  Raises BadRecord `binary`, `nul` or `encoding`."""
    if encoding:
        return _decode_as(raw, record, codec_of(encoding))
    for mark, codec in _marks:
        if raw.startswith(mark):
            return _decode_as(raw, record, codec)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        proven = _proven(raw)
        if proven:
            return proven
        _refuse_binary(raw, record)
        raise BadRecord(
            "encoding",
            f"{record}: not UTF-8 at byte {error.start} (0x{raw[error.start]:02x}); {_hint(raw)}",
            record=record,
        ) from None
    if b"\x00" in raw and (proven := _proven(raw)):
        return proven
    _refuse_binary(raw, record)
    return text, "utf-8"


def repair(text: str) -> str | None:
    """The text that UTF-8 read as a one-byte encoding was, when that is certain; else None.

    Uses ftfy's `fix_encoding` alone, which touches nothing but mis-decoded text.
    """
    if not MOJIBAKE.search(text):
        return None
    import ftfy

    fixed = str(ftfy.fix_encoding(text))
    before, after = share_of(text), share_of(fixed)
    better = fixed != text and after.valid_share >= CERTAIN and after.valid_share > before.valid_share
    return fixed if better and not MOJIBAKE.search(fixed) else None


def _decode_as(raw: bytes, record: str, codec: str) -> tuple[str, str]:
    try:
        if codec in NAMES.values():
            return decode_legacy(raw, codec), codec
        return raw.decode(codec), codec
    except UnicodeDecodeError as error:
        raise BadRecord(
            "encoding",
            f"{record}: not {codec} at byte {error.start} (0x{raw[error.start]:02x}); "
            "name another --encoding or save the file again as UTF-8",
            record=record,
        ) from None


def _proven(raw: bytes) -> tuple[str, str] | None:
    """The text in UTF-16 without a mark or windows-1258, if it is Vietnamese beyond doubt."""
    names = ("utf-16-le", "utf-16-be") if b"\x00" in raw else ("cp1258",)
    for codec in names:
        if text := _vietnamese_as(raw, codec):
            return text, codec
    return None


def _vietnamese_as(raw: bytes, codec: str) -> str | None:
    try:
        text = decode_legacy(raw, codec) if codec in NAMES.values() else raw.decode(codec)
    except UnicodeDecodeError:
        return None
    share = share_of(unicodedata.normalize("NFC", text[:100_000]))
    good = share.words >= WORDS and share.valid_share >= CERTAIN and share.accented_share >= 0.3
    return text if good else None


def _hint(raw: bytes) -> str:
    for codec in ("tcvn3", "viscii", "vni"):
        if _vietnamese_as(raw, codec):
            return f"it reads well as {codec}: if it is, use --encoding {codec}"
    return "name the encoding with --encoding"


def _refuse_binary(raw: bytes, record: str) -> None:
    head = raw[:65536]
    controls = len(_control.findall(head))
    if not controls and b"\x00" not in raw:
        return
    try:
        raw.decode("utf-8")
        textual = controls <= max(4, len(head) // 100)
    except UnicodeDecodeError:
        textual = controls <= len(head) // 100 and b"\x00" not in raw
    if not textual:
        raise BadRecord("binary", f"{record}: a binary file, no text; leave it out", record=record)
    if b"\x00" in raw:
        raise BadRecord(
            "nul",
            f"{record}: NUL at byte {raw.index(0)}; the file is damaged, save it again",
            record=record,
        )
