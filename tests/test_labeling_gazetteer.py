"""The gazetteer takes a name only with a reason, exactly where it stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import UsageError
from labeling.preannotators.gazetteer import SCORES, Gazetteer

SOURCE = Gazetteer()


def found(text: str, places: tuple[str, ...] = (), source: Gazetteer = SOURCE) -> list[tuple[str, str]]:
    [proposals] = source.propose([Document(id="a", text=text, places=places)])
    return [(item.span.text, item.sources[0].rule) for item in proposals]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tại huyện Bắc Hà, tỉnh Lào Cai", [("huyện Bắc Hà", "unit"), ("tỉnh Lào Cai", "unit")]),
        ("TP. Lào Cai và tp Lào Cai", [("TP. Lào Cai", "unit"), ("tp Lào Cai", "unit")]),
        ("Thị xã Sa Pa; TX. Sa Pa", [("Thị xã Sa Pa", "unit"), ("TX. Sa Pa", "unit")]),
        ("HUYỆN BẮC HÀ TỔ CHỨC HỘI NGHỊ", [("HUYỆN BẮC HÀ", "unit")]),
        ("Quận 1, P.1", [("Quận 1", "unit"), ("P.1", "unit")]),
        ("tỉnh Hoà Bình", [("tỉnh Hoà Bình", "unit")]),
        ("huyện\u00a0Bắc\u00a0Hà", [("huyện\u00a0Bắc\u00a0Hà", "unit")]),
        ("huyện M’Đrắk, huyện M'Đrắk", [("huyện M’Đrắk", "unit"), ("huyện M'Đrắk", "unit")]),
        ("tỉnh Bà Rịa – Vũng Tàu", [("tỉnh Bà Rịa – Vũng Tàu", "unit")]),
        ("huyện Bắc Hà ... du khách đến Bắc Hà.", [("huyện Bắc Hà", "unit"), ("Bắc Hà", "named")]),
        ("hàng hóa từ Lào Cai về Hà Nội", [("Lào Cai", "province"), ("Hà Nội", "province")]),
        ("Nơi đến\nHà Nội\nLào Cai", [("Hà Nội", "province"), ("Lào Cai", "province")]),
        # what must not match
        ("họp tại Lào\nCai, huyện Bắc\nHà", []),
        ("đến Bắc Hà.", []),
        ("ông Nguyễn Hà Giang", []),
        ("Chủ tịch Hồ Chí Minh", []),
        ("thanh niên hà giang, HÀ", []),
        ("huyện Bắc Hàn", []),
        ("xã Quảng Tân An", []),
        ("xã Không Có Tên", []),
        ("cao tốc Nội Bài - Lào Cai", []),
        ("huyện Bắc Hà, cầu Bắc Hà", [("huyện Bắc Hà", "unit")]),
        ("Lào Cai-Hà Khẩu", []),
        ("hơn 1 xã, 12 quận", []),
    ],
)
def test_names_and_reasons(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_documents_own_province_is_evidence() -> None:
    assert found("Nhân dân Bắc Hà phấn khởi.") == []
    assert found("Nhân dân Bắc Hà phấn khởi.", places=("vn63:10",)) == [("Bắc Hà", "own")]


def test_units_before_and_after_the_reform() -> None:
    assert found("đặc khu Phú Quốc, thành phố Phú Quốc") == [
        ("đặc khu Phú Quốc", "unit"),
        ("thành phố Phú Quốc", "unit"),
    ]


def test_a_users_list_adds_names_and_changes_the_version(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv"
    path.write_text("# ours\nSuối Giàng\tđỉnh\nLũng Cú\n", encoding="utf-8")
    source = Gazetteer(path)
    assert found("lên Suối Giàng, rồi Lũng Cú.", source=source) == [
        ("Suối Giàng", "listed"),
        ("Lũng Cú", "listed"),
    ]
    assert source.version != SOURCE.version
    assert found("lên Suối Giàng, rồi Lũng Cú.") == []


def test_the_list_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "places.tsv"
    path.write_text("Mường Hum\n", encoding="utf-8")
    monkeypatch.setenv("VICIVIC_GAZETTEER", str(path))
    assert found("chợ phiên ở Mường Hum.", source=Gazetteer()) == [("Mường Hum", "listed")]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_list_that_cant_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "places.tsv"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"VICIVIC_GAZETTEER=.*places\.tsv: can't be read"):
        Gazetteer(path)


PIECES = [
    "huyện",
    "Bắc Hà",
    "Lào Cai",
    "TP.",
    "Quận",
    "1",
    " ",
    " ",
    ", ",
    "İ",
    "😀",
    "\u00a0",
    "-",
    "–",
    "HUYỆN",
    "\n",
    "’",
    "a",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=20).map("".join))
def test_places_are_exact_and_apart(text: str) -> None:
    document = Document(id="a", text=text.encode("utf-8", "ignore").decode())
    [proposals] = SOURCE.propose([document])
    reached = 0
    for item in proposals:
        assert item.span.start >= reached
        assert document.text[item.span.start : item.span.end] == item.span.text
        assert item.score == SCORES[item.sources[0].rule]
        reached = item.span.end
