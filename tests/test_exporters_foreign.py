"""Our labels as VLSP and OntoNotes name them: tables by hand, kinds of places, what is taken away."""

from collections import Counter

import pytest
from hypothesis import given

from corpus.document import Document
from exporters.foreign import FOREIGN, foreign_pieces, place_kind
from exporters.rows import Item, Tally, provenance_rows
from exporters.sentences import FOREIGN_ROWS
from exporters.views import spans_of, tag_names
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.span import Record, RecordSpan, Source, by_position
from tests.nested import nested

VIEWS = {view.name: view for view in FOREIGN}
SCHEME = load_scheme()


def gold(text, *said):
    made = []
    for label, surface, *more in said:
        start = text.index(surface)
        norm = more[0] if more else None
        made.append(
            RecordSpan(
                id=surface, start=start, end=start + len(surface), label=label, text=surface, norm=norm
            )
        )
    return by_position(made)


def shown(view, text, *said):
    return [
        f"{piece.label} {text[piece.start : piece.end]}"
        for piece in foreign_pieces(VIEWS[view], gold(text, *said), Counter())
    ]


OFFICE = "Phó Chủ tịch UBND huyện Đầm Hà Trần Thị Lan"
OFFICE_SPANS = [
    ("TITLE", "Phó Chủ tịch UBND huyện Đầm Hà"),
    ("ORG", "UBND huyện Đầm Hà"),
    ("LOC", "huyện Đầm Hà"),
    ("PER", "Trần Thị Lan"),
]
LAW = "Nghị quyết Đại hội Đảng bộ huyện lần thứ XXII"
LAW_SPANS = [
    ("LAW", LAW),
    ("EVENT", "Đại hội Đảng bộ huyện lần thứ XXII"),
    ("ORG", "Đảng bộ huyện"),
    ("ORDINAL", "lần thứ XXII"),
]
NUMBERS = "7,5%, 5 tỷ đồng, 30 ha, 38 độ C, 12 xã, thứ 3, 8/8, ngày 1/5, 2020-2025, 8 giờ, 3 năm, 45 tuổi"
NUMBER_SPANS = [
    ("PERCENT", "7,5%"), ("MONEY", "5 tỷ đồng"), ("QUANTITY", "30 ha", Norm(unit="har")),
    ("QUANTITY", "38 độ C", Norm(unit="Cel")), ("CARDINAL", "12"), ("ORDINAL", "thứ 3"), ("RATIO", "8/8"),
    ("DATE", "ngày 1/5", Norm(edtf="XXXX-05-01")), ("DATE", "2020-2025", Norm(edtf="2020/2025")),
    ("TIME", "8 giờ"), ("DURATION", "3 năm"), ("DURATION", "45 tuổi"),
]  # fmt: skip

CASES = [
    ("vlsp", OFFICE, OFFICE_SPANS, ["ORG UBND huyện Đầm Hà", "PER Trần Thị Lan"]),
    ("vlsp", LAW, LAW_SPANS, [f"MISC {LAW}"]),
    ("vlsp", NUMBERS, NUMBER_SPANS, []),
    ("vlsp2021", OFFICE, OFFICE_SPANS, ["PERSONTYPE Phó Chủ tịch UBND huyện Đầm Hà", "PERSON Trần Thị Lan"]),
    ("vlsp2021", LAW, LAW_SPANS, [f"PRODUCT-LEGAL {LAW}"]),
    (
        "vlsp2021",
        NUMBERS,
        NUMBER_SPANS,
        [
            "QUANTITY-PER 7,5%", "QUANTITY-CUR 5 tỷ đồng", "QUANTITY-DIM 30 ha", "QUANTITY-TEM 38 độ C",
            "QUANTITY-NUM 12", "QUANTITY-ORD thứ 3", "QUANTITY-NUM 8/8", "DATETIME-DATE ngày 1/5",
            "DATETIME-DATERANGE 2020-2025", "DATETIME-TIME 8 giờ", "DATETIME-DURATION 3 năm", "QUANTITY-AGE 45 tuổi",
        ],
    ),
    ("ontonotes", OFFICE, OFFICE_SPANS, ["ORG UBND huyện Đầm Hà", "PERSON Trần Thị Lan"]),
    ("ontonotes", LAW, LAW_SPANS, [f"LAW {LAW}"]),
    (
        "ontonotes",
        NUMBERS,
        NUMBER_SPANS,
        [
            "PERCENT 7,5%", "MONEY 5 tỷ đồng", "QUANTITY 30 ha", "QUANTITY 38 độ C", "CARDINAL 12",
            "ORDINAL thứ 3", "CARDINAL 8/8", "DATE ngày 1/5", "DATE 2020-2025", "TIME 8 giờ", "DATE 3 năm",
            "DATE 45 tuổi",
        ],
    ),
    (
        "ontonotes",
        "chợ Bắc Hà, sông Đà, xã Na Hối, chương trình OCOP của tỉnh",
        [("LOC", "chợ Bắc Hà"), ("LOC", "sông Đà"), ("LOC", "xã Na Hối"), ("PROGRAM", "chương trình OCOP")],
        ["FAC chợ Bắc Hà", "LOC sông Đà", "GPE xã Na Hối"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("view", "text", "said", "expected"), CASES, ids=[f"{c[0]} {c[1][:20]}" for c in CASES]
)
def test_views_by_hand(view, text, said, expected):
    assert shown(view, text, *said) == expected


def test_what_is_taken_away_or_hidden_is_counted():
    seen = Counter()
    foreign_pieces(VIEWS["vlsp"], gold(OFFICE, *OFFICE_SPANS), seen)
    assert seen == {
        ("vlsp", "TITLE", ""): 1,
        ("vlsp", "ORG", "ORG"): 1,
        ("vlsp", "LOC", "inside"): 1,
        ("vlsp", "PER", "PER"): 1,
    }


PLACES = {
    "country": ["Việt Nam", "Lào", "Trung Quốc"],
    "province": ["tỉnh Cao Bằng", "tỉnh Điện Biên"],
    "district": ["huyện Bắc Hà", "huyệnHà Quảng", "TP. Lào Cai", "thị xã Sa Pa", "quận Cầu Giấy"],
    "commune": ["xã Na Hối", "phường 5", "thị trấn Phố Lu"],
    "hamlet": ["thôn Tân Hợp", "bản Mường", "tổ dân phố số 3"],
    "road": ["quốc lộ 4D", "Đường Lê Lợi"],
    "water": ["sông Đà", "hồ Thác Bà", "Hồ Thang Hen"],
    "facility": ["Bảo tàng Khởi nghĩa Bắc Sơn", "chợ Bắc Hà", "Đền thờ Liệt sỹ"],
}


@pytest.mark.parametrize(("kind", "surface"), [(kind, place) for kind in PLACES for place in PLACES[kind]])
def test_kinds_of_places(kind, surface):
    assert place_kind(surface) == kind


@pytest.mark.parametrize("surface", ["Hồ Chí Minh", "Cầu Giấy", "Bắc Hà"])
def test_bare_names_of_units_are_units(surface):
    assert place_kind(surface) in ("province", "district", "commune")


def item(text, spans):
    document = Document(id="d", text=text)
    record = Record(
        document="d", digest=document.digest, scheme="1", guideline="1.0", round="r1",
        quality={"names": "single", "numbers": "agreed"}, authors=("annotator-01",), spans=tuple(spans),
    )  # fmt: skip
    return Item(document=document, record=record, machine=False)


@given(nested())
def test_every_foreign_view_comes_back_from_its_tags(case):
    text, spans = case
    for name, rows in FOREIGN_ROWS.items():
        names = tag_names(VIEWS[name].labels)
        back = [
            found
            for row in rows(item(text, spans), SCHEME, Tally())
            for found in spans_of(
                [names[tag] for tag in row["ner_tags"]], row["token_starts"], row["token_ends"]
            )
        ]
        assert back == [piece[:3] for piece in foreign_pieces(VIEWS[name], spans, Counter())]


def test_every_label_is_mapped_or_said_to_map_to_nothing():
    nothing = {
        "vlsp": {"TITLE", *SCHEME.layer("numbers")},
        "vlsp2021": {"PROGRAM"},
        "ontonotes": {"TITLE", "PROGRAM"},
    }
    for name, view in VIEWS.items():
        assert set(SCHEME.names) - set(view.table) == nothing[name]
        assert {label for label in view.table.values() if isinstance(label, str)} <= set(view.labels)


def test_provenance_tells_who_and_how():
    said = gold("xã Na Hối", ("LOC", "xã Na Hối"))[0]
    span = RecordSpan(
        id="r1", start=said.start, end=said.end, label="LOC", text=said.text, fate="relabelled", how="agreed",
        sources=(Source("civic", "ab12", "place.class-noun", 0.875),), by=("annotator-01", "annotator-02"),
    )  # fmt: skip
    (row,) = provenance_rows(item("xã Na Hối", [span]), SCHEME, Tally())
    assert row == {
        "id": "r1", "doc_id": "d", "start": 0, "end": 9, "text": "xã Na Hối", "label": 2,
        "sources": [{"source": "civic", "version": "ab12", "rule": "place.class-noun", "score": 0.875}],
        "fate": "relabelled", "how": "agreed", "by": ["annotator-01", "annotator-02"], "round": "r1",
        "guideline": "1.0", "scheme": "1", "quality_names": "single", "quality_numbers": "agreed",
        "proposals_shown": True,
    }  # fmt: skip
