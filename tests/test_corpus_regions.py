"""Regions, metadata and places."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Region
from corpus.locate import find_places
from corpus.metadata import find_facts, value_of
from corpus.places import REFORM, by_key, lookup, mentions, province_of, units
from corpus.regions import KINDS, RULES, find_regions
from corpus.spelling import fold, key
from corpus.views import view

ROOT = Path(__file__).parents[1]
SEEDS = {path.name[:3]: path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("0*.txt"))}
CASES = ROOT / "tests" / "cases" / "corpus"


def kinds(text: str) -> list[tuple[str, str]]:
    return [(region.kind, text[region.start : region.end]) for region in find_regions(text)]


# --- regions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEEDS)
def test_regions_of_the_seeds(name: str) -> None:
    golden = json.loads((CASES / "regions.json").read_text(encoding="utf-8"))[name]
    text = SEEDS[name]
    found = [[r.kind, r.rule, text[r.start : r.end][:60]] for r in find_regions(text)]
    assert found == golden


ARTICLE = (
    "Thứ năm, 21/07/2022 | 08:30 GMT+7\nTrang chủ » Tin tức » Thời sự\nLượt xem: 1.234\n"
    "Huyện tổng kết phong trào thi đua\n"
    "Sáng 20/7, huyện tổ chức hội nghị tổng kết. Hội nghị đã đánh giá kết quả năm qua.\n"
    "Quang cảnh hội nghị\n"
    "Theo báo cáo, các chỉ tiêu đều đạt và vượt kế hoạch.\n"
    "Ảnh: Văn Hùng\n"
    "Hội nghị đã khen thưởng 12 tập thể.\n"
    "Tin, ảnh: Lê Hà\n"
    "Tin liên quan\nXã Tân An ra quân làm đường\nHội nghị cán bộ chủ chốt\n"
    "Địa chỉ: Số 1 phố Trần Phú. Điện thoại: 0214 888 888\n© Bản quyền thuộc UBND huyện"
)


def test_every_kind_of_noise_has_its_region() -> None:
    found = kinds(ARTICLE)
    assert [kind for kind, _ in found] == [
        *("header", "header", "header", "title", "body", "caption", "body", "caption", "body", "byline"),
        *("boilerplate",) * 5,
    ]
    assert dict(map(reversed, found))["Huyện tổng kết phong trào thi đua"] == "title"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "Đồng chí Bí thư Huyện ủy phát biểu tại buổi lễ",
        "Các đại biểu tham dự hội nghị.",
        "Toàn cảnh buổi làm việc",
        "Lãnh đạo huyện trao giấy khen cho các tập thể xuất sắc.",
        "Người dân xã Mường Hum thu hoạch lúa. Ảnh: Hoàng Long",
        "(Ảnh minh họa)",
        "Đoàn công tác khảo sát tuyến đường liên xã",
    ],
)
def test_captions_between_paragraphs(line: str) -> None:
    body = "Theo báo cáo, huyện đã hoàn thành kế hoạch năm, các mặt công tác đều chuyển biến tốt."
    found = dict(map(reversed, kinds(f"{body}\n{line}\n{body}")))  # type: ignore[arg-type]
    assert found[line] == "caption"


@pytest.mark.parametrize(
    "line",
    [
        "Đồng chí Bí thư Huyện ủy yêu cầu các xã khẩn trương rà soát, phát biểu rõ trách nhiệm.",
        "Đại biểu đã thảo luận, đóng góp nhiều ý kiến vào báo cáo.",
        "Thu ngân sách đạt 52 tỷ đồng.",
        "Kết quả nổi bật",
        "Lãnh đạo huyện kiểm tra, đôn đốc tiến độ thi công, đồng thời đề nghị nhà thầu tăng ca.",
        "Ảnh hưởng của mưa lũ khiến nhiều tuyến đường sạt lở, huyện đã huy động lực lượng khắc phục.",
        "Cán bộ xã tham gia đầy đủ các lớp tập huấn, góp phần nâng cao chất lượng phục vụ nhân dân.",
    ],
)
def test_what_is_no_caption(line: str) -> None:
    body = "Theo báo cáo, huyện đã hoàn thành kế hoạch năm, các mặt công tác đều chuyển biến tốt."
    found = dict(map(reversed, kinds(f"{body}\n{line}\n{body}")))  # type: ignore[arg-type]
    assert found[line] == "body"


@pytest.mark.parametrize("text", ["UBND tỉnh Bắc Kạn", "Ngày 21/10, đoàn đến thăm.", "a\nb", "…"])
def test_texts_too_small_for_titles_and_bylines(text: str) -> None:
    assert {kind for kind, _ in kinds(text)} == {"body"}


def test_a_heading_in_capitals_may_have_two_lines() -> None:
    text = "HUYỆN TỔNG KẾT PHONG TRÀO THI ĐUA\nYÊU NƯỚC NĂM 2021\nSáng 5/3, huyện họp. Hội nghị đã bàn nhiều việc."
    assert [kind for kind, _ in kinds(text)] == ["title", "title", "body"]


def test_what_the_source_tells_comes_first() -> None:
    text = "Thu ngân sách đạt khá.\nẢnh của bạn đọc\nHuyện vượt thu ngân sách năm nay."
    found = find_regions(text, title="Thu ngân sách đạt khá.", captions=["Ảnh của bạn đọc"])
    assert [(r.kind, r.rule) for r in found][:2] == [
        ("title", "title.given@1"),
        ("caption", "caption.given@1"),
    ]


LINES = st.sampled_from(
    [*ARTICLE.split("\n"), "", " ", "\u00a0", "date 2023-06 Tin", "x", *SEEDS["004"].split("\n")]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=14).map("\n".join).map(canon))
def test_regions_cover_every_word_once_and_in_order(text: str) -> None:
    last = 0
    for region in find_regions(text):
        assert region.kind in KINDS and region.rule.endswith("@1")
        assert last <= region.start < region.end <= len(text)
        assert not text[last : region.start].strip()
        last = region.end
    assert not text[last:].strip()


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.name.startswith(rule.kind) for rule in RULES)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=14).map("\n".join).map(canon), st.sets(st.sampled_from(KINDS)))
def test_views_keep_the_way_back(text: str, wanted: set[str]) -> None:
    regions = find_regions(text)
    shown = view(text, regions, wanted)
    for region in regions:
        piece = text[region.start : region.end]
        assert (piece in shown.text) or region.kind not in wanted
    for start in range(0, len(shown.text), 7):
        for end in (start + 1, min(start + 5, len(shown.text))):
            back = shown.back(start, end) if start < end else None
            if back is not None:
                assert text[back.start : back.end] == shown.text[start:end]
            elif start < end:
                assert (
                    "\n" in shown.text[start:end]
                )  # only what crosses the seam of two regions has no way back


# --- metadata ---------------------------------------------------------------------------------------

FACTS = {
    "000": {
        "title": None,
        "event_date": None,
        "published": None,
        "byline": None,
        "province": "vn63:10",
        "district": "vn63:085",
    },
    "001": {
        "event_date": "XXXX-10-21",
        "published": None,
        "byline": "Thanh Nga – Trung tâm TT&VH",
        "province": "vn63:22",
        "district": "vn63:200",
    },
    "002": {
        "event_date": "2020-01-06",
        "published": None,
        "byline": None,
        "province": "vn63:06",
        "district": "vn63:063",
    },
    "003": {
        "event_date": "2023-06-29",
        "published": None,
        "byline": "Phan Nga",
        "province": "vn63:38",
        "month_hint": "2023-06",
    },
    "004": {
        "event_date": "2021-07-21",
        "published": None,
        "byline": "TRÍ DŨNG",
        "province": "vn63:20",
        "header_date": "2022-05-18",
    },
}


def facts_of(text: str, **given_: str | None) -> dict[str, str | None]:
    regions = find_regions(text)
    facts = find_facts(text, regions, **given_)
    date = value_of(facts, "published") or value_of(facts, "event_date")
    facts += find_places(text, regions, date=date)
    return {fact.name: fact.value for fact in facts}


@pytest.mark.parametrize("name", SEEDS)
def test_facts_of_the_seeds(name: str) -> None:
    found = facts_of(SEEDS[name])
    for fact, value in FACTS[name].items():
        assert found.get(fact) == value, fact
    assert (found.get("title") is None) == (name == "000")


def story(lead: str, more: str = "Hội nghị đã thống nhất nhiều nội dung quan trọng.") -> str:
    return f"Huyện triển khai nhiệm vụ\n{lead}\n{more}"


@pytest.mark.parametrize(
    ("text", "published", "event"),
    [
        (story("Sáng 5/3, UBND huyện họp bàn."), None, "XXXX-03-05"),
        (story("Sáng 5/3, UBND huyện họp bàn."), "2021-03-06", "2021-03-05"),
        (story("Chiều 30/12, UBND huyện họp bàn."), "2021-01-02", "2020-12-30"),
        (story("Ngày 7 tháng 9, đoàn đến thăm xã."), None, "XXXX-09-07"),
        (story("Ngày 07/9/2022, đoàn đến thăm xã."), None, "2022-09-07"),
        (story("Sáng 14/7, huyện sơ kết 6 tháng đầu năm 2022."), None, "2022-07-14"),
        (
            story("Sáng 14/2, huyện sơ kết 6 tháng đầu năm 2022."),
            None,
            "XXXX-02-14",
        ),  # the period is not over
        (story("Huyện có 8/8 xã đạt chuẩn."), None, None),
        (story("Đến nay, 11/27 chỉ tiêu đã đạt."), None, None),
        (story("Thực hiện Quyết định số 12 ngày 05/01/2020, huyện họp."), None, None),
        (story("Ngày 31/2, huyện họp."), None, None),
        (story("Trong năm 2020, huyện đạt nhiều kết quả."), None, None),
    ],
)
def test_event_dates(text: str, published: str | None, event: str | None) -> None:
    assert facts_of(text, published=published).get("event_date") == event


def test_a_publication_line_is_believed_and_a_bare_header_date_is_not() -> None:
    rest = "\nHuyện triển khai nhiệm vụ\nHội nghị đã thống nhất nhiều nội dung quan trọng."
    assert facts_of("Ngày đăng: 18/05/2022 08:30" + rest)["published"] == "2022-05-18"
    found = facts_of("Thứ tư, 18/05/2022" + rest)
    assert found["header_date"] == "2022-05-18" and "published" not in found


def test_every_fact_says_how_it_was_found() -> None:
    for text in SEEDS.values():
        for fact in find_facts(text, find_regions(text)):
            assert fact.how and fact.granularity and 0 < fact.confidence <= 1


# --- places -----------------------------------------------------------------------------------------


def test_the_table_of_units() -> None:
    old = [unit for unit in units() if unit.valid_to == REFORM]
    new = [unit for unit in units() if unit.valid_from == REFORM]
    assert len(old) + len(new) == len(units()) == len(by_key())
    assert sum(unit.level == "province" for unit in old) == 63
    assert sum(unit.level == "district" for unit in old) == 696
    assert sum(unit.level == "province" for unit in new) == 34
    assert sum(unit.level == "commune" for unit in new) == 3321
    assert not any(unit.level == "district" for unit in new)
    now = {unit.code for unit in new}
    assert all(set(unit.successors) <= now for unit in old)
    assert all(province_of(unit).level == "province" for unit in units())


def test_the_shipped_table_is_what_its_sources_build(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_places", ROOT / "seeds" / "build_places.py")
    assert spec and spec.loader
    built = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(built)
    shipped = built.TARGET.read_bytes()
    built.TARGET = tmp_path / "places.tsv"
    built.main()
    assert built.TARGET.read_bytes() == shipped
    assert b"MIT" in shipped[:600]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tại huyện Bắc Hà, tỉnh Lào Cai", ["vn63:085", "vn63:10 vn34:15"]),
        ("TP. Hồ Chí Minh và TP.HCM", ["vn63:79 vn34:79", "vn63:79"]),
        ("Thành phố Thanh Hoá", ["vn63:380"]),
        ("huyệnHà Quảng", ["vn63:045"]),
        ("thị xã Sa Pa, phường Hồng Gai", ["vn63:088", "vn63:06691 vn34:06685"]),
        ("TP Phan Rang-Tháp Chàm", ["vn63:582"]),
        ("đặc khu Phú Quý", ["vn34:23272"]),
        ("Quận 1, Thành phố Hồ Chí Minh", ["vn63:760", "vn63:79 vn34:79"]),
        ("xã hội phát triển, thành phố đẹp, huyện đã họp, xã Nông thôn mới", []),
    ],
)
def test_mentions(text: str, found: list[str]) -> None:
    assert [" ".join(unit.key for unit in mention.units) for mention in mentions(text)] == found
    for mention in mentions(text):
        assert mention.units[0].kind == mention.kind


def test_lookup_folds_case_and_tone_marks() -> None:
    assert lookup("THANH HOÁ", "tỉnh") == lookup("Thanh Hóa", "tỉnh") != ()
    assert {unit.level for unit in lookup("Bắc Hà")} == {"district", "commune"}
    assert lookup("Atlantis") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "UBND huyện Bắc Sơn họp.\nHuyện Bắc Sơn đạt 52 tỷ đồng.",
            {"district": "vn63:185", "province": "vn63:20"},
        ),
        (
            "Đoàn công tác của huyện Hà Quảng đến thăm huyện Đầm Hà.\nHuyện Đầm Hà chia sẻ kinh nghiệm.",
            {"district": "vn63:200"},
        ),
        (
            "Huyện Bắc Sơn và huyện Bình Gia ký kết.\nHuyện Bắc Sơn, huyện Bình Gia cùng làm.",
            {"district": None, "province": "vn63:20"},
        ),
        (
            "Huyện Bắc Hà và huyện Bắc Sơn ký kết.\nHuyện Bắc Hà, huyện Bắc Sơn cùng làm.",
            {"district": None, "province": None},
        ),
        (
            "Sáng 5/9/2025, UBND xã Bắc Hà, tỉnh Lào Cai họp.\nXã Bắc Hà thu 2 tỷ đồng.",
            {"district": None, "commune": "vn34:02839", "province": "vn34:15"},
        ),
        ("UBND tỉnh Cao Bằng họp.\nTỉnh Cao Bằng thu 2 tỷ đồng.", {"district": None, "province": "vn63:04"}),
        (
            "UBND tỉnh Lào Cai họp.\nTỉnh Lào Cai thu 2 tỷ đồng.",
            {"province": None},
        ),  # of which list, it does not say
        ("UBND tỉnh Lào Cai họp.\nNgày 5/3/2020, tỉnh Lào Cai thu 2 tỷ đồng.", {"province": "vn63:10"}),
        ("Hội nghị diễn ra thành công.", {"district": None, "province": None, "commune": None}),
    ],
)
def test_where_a_story_takes_place(text: str, expected: dict[str, str | None]) -> None:
    found = facts_of(text)
    for level, unit in expected.items():
        assert found.get(level) == unit, level


def test_a_government_site_counts() -> None:
    text = "Hội nghị diễn ra thành công. Các đại biểu thống nhất cao."
    facts = find_places(text, find_regions(text), site="bacson.langson.gov.vn")
    assert value_of(facts, "province") == "vn63:20"
    assert not find_places(text, find_regions(text), site="bacson.langson.com")


# --- spelling ---------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40).map(lambda raw: canon(raw.encode("utf-8", "ignore").decode("utf-8"))))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_folding_joins_the_two_tone_mark_styles() -> None:
    for old, new in (("hòa", "hoà"), ("ủy", "uỷ"), ("khỏe", "khoẻ"), ("quý", "qúy"), ("Thúy", "Thuý")):
        assert fold(old) == fold(new)
    for word in ("hoàn", "toán", "huỳnh", "quỳnh", "khuỷu", "má", "mà"):
        assert fold(word) == word
    assert key("Phan Rang – Tháp  Chàm") == key("phan rang-tháp chàm")


def test_a_region_is_what_the_document_keeps() -> None:
    assert Region(0, 4, "title", "title.first@1").kind in KINDS
