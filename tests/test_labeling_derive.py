"""What follows from a span: kind, core, candidates of official codes."""

import pytest

from corpus.document import Document
from labeling.derive import codes_of, core_of, derive, is_class_noun, kind_of, split_place
from labeling.span import Span, make_span


def spans_of(text: str, *pieces: tuple[str, str]) -> list[Span]:
    return [
        make_span(text, text.index(piece), text.index(piece) + len(piece), label) for piece, label in pieces
    ]


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("country", ["Việt Nam", "nước Lào", "Lào"]),
        ("province", ["tỉnh Lào Cai", "Lào Cai", "thành phố Hà Nội", "TP. Đà Nẵng", "TỈNH CAO BẰNG"]),
        ("district", ["huyện Bắc Hà", "thành phố Lào Cai", "TX. Sa Pa", "quận 1", "thị xã Không Tên"]),
        ("commune", ["xã Quảng Tân", "P.1", "thị trấn Phố Lu", "đặc khu Phú Quốc"]),
        ("hamlet", ["thôn Tân Hợp", "tổ dân phố 5", "Bản Cát Cát"]),
        ("road", ["Quốc lộ 4E", "đường Trần Phú", "cầu Long Biên"]),
        ("water", ["sông Hồng", "hồ Ba Bể"]),
        ("facility", ["Bảo tàng Khởi nghĩa Bắc Sơn", "khu công nghiệp Tằng Loỏng"]),
        ("other", ["núi Mẫu Sơn", "Chốn Nào Đó"]),
    ],
)
def test_kinds(kind: str, texts: list[str]) -> None:
    assert {text: kind_of(text) for text in texts} == dict.fromkeys(texts, kind)


@pytest.mark.parametrize(
    ("text", "core"),
    [("huyện Bắc Hà", "Bắc Hà"), ("TP.  Lào Cai", "Lào Cai"), ("TP.Lào Cai", "Lào Cai"), ("Bắc Hà", "Bắc Hà"), ("tổ dân phố 5", "5"), ("xã", "xã")],
)  # fmt: skip
def test_core_of_a_place_has_no_class_noun(text: str, core: str) -> None:
    [span] = spans_of(text, (text, "LOC"))
    assert core_of(span).slice(text) == core
    noun, start = split_place(text)
    assert text[start:] == core
    assert not noun or is_class_noun(noun) or noun == "tp"


def test_core_of_a_title_ends_where_its_body_begins() -> None:
    text = "Phó Chủ tịch UBND huyện Đầm Hà, Bí thư Tỉnh ủy, Đại tá"
    spans = spans_of(
        text,
        ("Phó Chủ tịch UBND huyện Đầm Hà", "TITLE"),
        ("UBND huyện Đầm Hà", "ORG"),
        ("huyện Đầm Hà", "LOC"),
        ("Bí thư Tỉnh ủy", "TITLE"),
        ("Tỉnh ủy", "ORG"),
        ("Đại tá", "TITLE"),
    )
    found = [core_of(span, spans).slice(text) for span in spans if span.label == "TITLE"]
    assert found == ["Phó Chủ tịch", "Bí thư", "Đại tá"]


def test_core_of_other_spans() -> None:
    text = "Ngày 21/10, năm 2020, UBND xã họp"
    spans = spans_of(text, ("Ngày 21/10", "DATE"), ("năm 2020", "DATE"), ("UBND xã", "ORG"))
    assert [core_of(span).slice(text) for span in spans] == ["21/10", "năm 2020", "UBND xã"]


def test_codes_before_and_after_the_reform_with_reasons() -> None:
    first, *after = codes_of("huyện Bắc Hà")
    assert (first.code, first.name, first.valid_to) == ("vn63:085", "huyện Bắc Hà", "2025-07-01")
    assert first.reasons == ("class-noun", "only-one")
    assert after
    assert all(item.code.startswith("vn34:") and item.reasons == ("successor-of vn63:085",) for item in after)


def test_codes_of_what_is_no_unit_are_none() -> None:
    assert codes_of("thôn Tân Hợp") == ()
    assert codes_of("sông Hồng") == ()


def test_a_unit_above_that_is_named_decides() -> None:
    text = "xã Quảng Tân, huyện Đầm Hà, tỉnh Quảng Ninh"
    spans = spans_of(text, ("xã Quảng Tân", "LOC"), ("huyện Đầm Hà", "LOC"), ("tỉnh Quảng Ninh", "LOC"))
    commune, district, province = derive(Document(id="a", text=text, published="2021-05-01"), spans)
    assert [item.kind for item in (commune, district, province)] == ["commune", "district", "province"]
    assert commune.codes[0].reasons == ("class-noun", "above-named", "valid-then")
    assert commune.codes[0].code.startswith("vn63:")
    assert len({item.code for item in commune.codes}) == len(commune.codes) > 1
    assert district.codes[0].level == "district"
    assert [item.code for item in province.codes][:1] == ["vn63:22"]


def test_the_documents_date_prefers_the_unit_of_its_time() -> None:
    text = "xã Quảng Tân"
    [span] = spans_of(text, (text, "LOC"))
    [found] = derive(Document(id="a", text=text, published="2025-08-01"), [span])
    assert found.codes[0].code.startswith("vn34:")
    assert "valid-then" in found.codes[0].reasons
    [found] = derive(Document(id="a", text=text, published="2025-06-30"), [span])
    assert found.codes[0].code.startswith("vn63:")


def test_every_code_and_kind_in_gold_is_derived_without_a_fault() -> None:
    text = "Ủy viên Trung ương Đảng dự tại Bắc Hà"
    spans = spans_of(
        text, ("Ủy viên Trung ương Đảng", "TITLE"), ("Trung ương Đảng", "ORG"), ("Bắc Hà", "LOC")
    )
    found = derive(Document(id="a", text=text), spans)
    assert [item.kind for item in found] == [None, None, "district"]
    assert [item.core.slice(text) for item in found] == ["Ủy viên", "Trung ương Đảng", "Bắc Hà"]
    assert {item.level for item in found[2].codes} == {"district", "commune"}
