"""What other libraries do that the corpus room works around.

Each test asserts the foreign behaviour: when one fails after an upgrade, its workaround can go.
"""

from __future__ import annotations

import io
import os
import unicodedata
from pathlib import Path

import pytest


def test_trafilatura_drops_captions_of_figures() -> None:
    """Why corpus.readers.html makes captions paragraphs first."""
    import trafilatura

    page = (Path(__file__).parent / "cases" / "corpus" / "page.html").read_text(encoding="utf-8")
    found = trafilatura.extract(page, include_tables=True, include_comments=False)
    assert found and "chính quyền huyện" in found
    assert "Toàn cảnh hội nghị tổng kết" in page
    assert "Toàn cảnh hội nghị tổng kết" not in found
    assert "| Đồng chí Bí thư" in found or "Đồng chí Bí thư Huyện ủy phát biểu" not in found  # a row of bars


def test_zstandard_ends_a_cut_off_frame_in_silence() -> None:
    """Why corpus.readers.streams reads frames itself."""
    import zstandard

    packed = zstandard.compress(os.urandom(300_000))
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed[:100_000]), read_across_frames=True)
    assert 0 < len(reader.read()) < 300_000  # and no error


def test_a_language_identifier_calls_unaccented_and_scrambled_text_vietnamese() -> None:
    """Why corpus.vietnamese looks at syllables first."""
    import py3langid

    plain = "Sang nay, Uy ban nhan dan huyen to chuc hoi nghi trien khai nhiem vu phat trien kinh te xa hoi nam nay"
    scrambled = (
        "Sáng này, Ủỷ bàn nhân dân hủỵện tổ chức hội nghị trỉển khạỉ nhỉệm vụ phát trỉển kỉnh tế xã hộỉ"
    )
    assert py3langid.classify(plain)[0] == "vi"
    assert py3langid.classify(scrambled)[0] == "vi"


def test_pythons_cp1258_does_not_write_composed_letters() -> None:
    """Why the tests write windows-1258 themselves."""
    with pytest.raises(UnicodeEncodeError):
        "ế".encode("cp1258")
    assert unicodedata.normalize("NFC", b"\xea\xec".decode("cp1258")) == "ế"


def test_ftfy_rewrites_quotes_unless_told_to_fix_the_encoding_only() -> None:
    """Why corpus.encodings uses `fix_encoding` alone."""
    import ftfy

    text = "Khẩu hiệu “Đoàn kết”"
    assert ftfy.fix_text(text) != text
    assert ftfy.fix_encoding(text) == text


def test_underthesea_puts_a_closing_quote_into_the_next_sentence() -> None:
    """Why corpus.segment splits sentences itself."""
    from underthesea import sent_tokenize

    text = "Ông nói: “Chúng tôi sẽ làm hết sức mình.” Mọi người vỗ tay."
    assert [piece.strip() for piece in sent_tokenize(text)] != [text[:41], text[42:]]


def test_fastwarc_yields_a_record_that_is_cut_off() -> None:
    """Why corpus.readers.warc compares lengths."""
    from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

    out = io.BytesIO()
    record = WarcRecord()
    record.init_headers(record_type=WarcRecordType.resource)
    record.set_bytes_content(b"x" * 500)
    record.write(out)
    (found,) = list_of_lengths(ArchiveIterator(io.BytesIO(out.getvalue()[:-200])))
    assert found < 500


def list_of_lengths(records: object) -> list[int]:
    return [len(record.reader.read()) for record in records]  # type: ignore[attr-defined]
