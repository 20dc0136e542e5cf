"""Is this page civic news?  A score from counted, separate categories, with its reasons.

Each category is counted alone (one pattern for all would let "Đại hội Đảng" eat "Đảng bộ").  A category
gives 1 point when it is there and 2 when it is there well (three hits, or two different terms).
Places give up to 2, density up to 1; what marks another genre takes points off.  Local news of party and
government, as in the seeds, scores 7 to 11; after the reform of 2025 (xã, phường, đặc khu, no districts)
the same.  Legal texts, theses, company notices, sport and foreign politics score below 3.

Texts of fewer than `SHORT` syllables are scored, but too short to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from corpus.places import mentions
from corpus.spelling import fold

THRESHOLD = 3.0  # default; seeds score 7 and more, see tests/cases/corpus/civic.jsonl
SHORT = 60  # syllables
VERSION = "1"


class Category(NamedTuple):
    """A named feature: terms counted on folded text, and the points it gives at most."""

    name: str
    terms: tuple[str, ...]
    points: float


CATEGORIES = (
    Category(
        "party",
        (
            r"đảng bộ|đảng ủy|chi bộ|cấp ủy|đảng viên",
            r"huyện ủy|tỉnh ủy|thành ủy|quận ủy|thị ủy",
            r"bí thư|ban thường vụ|ban chấp hành|ủy viên",
            r"mặt trận tổ quốc|mttq|đoàn thanh niên|hội phụ nữ|hội nông dân|cựu chiến binh|hội lhpn",
            r"trung ương đảng|đảng cộng sản|xây dựng đảng|nghị quyết đại hội",
        ),
        2,
    ),
    Category(
        "government",
        (
            r"ubnd|ủy ban nhân dân",
            r"hđnd|hội đồng nhân dân",
            r"chính quyền|hệ thống chính trị|cải cách hành chính|dịch vụ công|trung tâm phục vụ hành chính",
            r"đại biểu quốc hội|cử tri|tiếp xúc cử tri|tiếp công dân",
            r"sở nông nghiệp|sở tài chính|sở nội vụ|sở y tế|sở giáo dục|sở xây dựng|sở công thương",
            r"công an tỉnh|công an huyện|công an xã|công an phường|ban chỉ huy quân sự|bộ đội biên phòng",
        ),
        2,
    ),
    Category(
        "programme",
        (
            r"nông thôn mới| ntm",
            r"ocop",
            r"giảm nghèo|hộ nghèo|an sinh xã hội|nhà tạm|đền ơn đáp nghĩa|gia đình chính sách",
            r"chuyển đổi số|đề án 06",
            r"chỉ tiêu|nhiệm kỳ|kế hoạch đề ra|thu ngân sách|phát triển kinh tế",
            r"phong trào thi đua|toàn dân đoàn kết|học tập và làm theo",
            r"quốc phòng|an ninh trật tự|phòng, chống",
        ),
        2,
    ),
    Category(
        "event",
        (
            r"hội nghị|kỳ họp|phiên họp|buổi làm việc|buổi gặp mặt",
            r"đại hội|sơ kết|tổng kết|ra mắt|khai mạc",
            r"lễ công bố|lễ kỷ niệm|lễ phát động|lễ khánh thành|lễ khởi công|lễ đón",
            r"tặng quà|thăm hỏi|đến thăm|đoàn công tác|kiểm tra thực tế|dâng hương",
            r"bầu cử|bổ nhiệm|điều động|công bố quyết định|tiếp xúc",
            r"phát biểu|chủ trì|dự hội nghị|kết luận",
        ),
        2,
    ),
)
PENALTIES = (
    Category(
        "legal",
        (
            r"^\s*căn cứ (?:luật|nghị|thông|quyết|hiến|bộ)",
            r"^\s*điều \d+[.:]",
            r"quyết định:\s*$|nơi nhận:",
            r"số:?\s*\d+/(?:\d{4}/)?(?:qđ|nq|nđ|tt|kh|cv|ct|tb|bc)",
            r"có hiệu lực (?:thi hành )?kể từ ngày|chịu trách nhiệm thi hành",
        ),
        -5,
    ),
    Category(
        "thesis",
        (
            r"luận văn|luận án|khóa luận|đồ án|tiểu luận",
            r"tài liệu tham khảo|lời cam đoan|danh mục (?:bảng|chữ viết tắt)",
            r"giả thuyết|phương pháp nghiên cứu|đối tượng nghiên cứu|cơ sở lý luận|tính cấp thiết",
            r"^\s*chương (?:\d+|[ivx]+)\b",
        ),
        -5,
    ),
    Category(
        "company",
        (
            r"hội đồng quản trị|hđqt|cổ đông|đhđcđ",
            r"cổ phiếu|cổ tức|chứng khoán|niêm yết|vốn điều lệ|báo cáo tài chính",
            r"lợi nhuận (?:sau|trước) thuế|doanh thu thuần|tổng giám đốc",
            r"khuyến mãi|giá bán|mua ngay|hotline|liên hệ ngay|đặt hàng",
        ),
        -4,
    ),
    Category(
        "foreign",
        (
            r"tổng thống|nhà trắng|điện kremlin|thượng viện|hạ viện|lầu năm góc",
            r"\b(?:ukraine|israel|gaza|nato|trump|putin|washington|moscow|triều tiên)\b",
        ),
        -3,
    ),
    Category(
        "sport-and-show",
        (
            r"cầu thủ|bàn thắng|huấn luyện viên|hlv|v-?league|trận đấu|đội tuyển|world cup",
            r"ca sĩ|diễn viên|showbiz|hoa hậu|bộ phim|album|liveshow",
        ),
        -3,
    ),
)

_special = re.compile(r"[\\()\[\]?*+^$.]")


def _counter(term: str) -> Callable[[str], int]:
    """How often a term occurs in a folded text; plain words are counted without a regular expression."""
    if _special.search(term):
        find = re.compile(term, re.M).finditer
        return lambda low: sum(1 for _ in find(low))
    words = term.split("|")
    return lambda low: sum(low.count(word) for word in words)


_counters = {
    category.name: tuple(_counter(term) for term in category.terms) for category in CATEGORIES + PENALTIES
}


class Score(NamedTuple):
    """The score, the points of each category, and how many times each was hit."""

    value: float
    points: dict[str, float]
    hits: dict[str, int]
    syllables: int

    @property
    def is_short(self) -> bool:
        """Whether the text is too short to be refused."""
        return self.syllables < SHORT


def score(text: str) -> Score:
    """The civic score of a canonical text."""
    low = fold(text)
    syllables = low.count(" ") + low.count("\n") + 1
    points: dict[str, float] = {}
    hits: dict[str, int] = {}
    for category in CATEGORIES + PENALTIES:
        counts = [count(low) for count in _counters[category.name]]
        hits[category.name] = sum(counts)
        points[category.name] = _points(category, counts, syllables)
    places = {unit.name for mention in mentions(text[:20_000]) for unit in mention.units[:1]}
    hits["places"] = len(places)
    points["places"] = float(min(2, len(places))) or -1.0
    found = sum(hits[category.name] for category in CATEGORIES)
    points["density"] = round(min(1.0, found / syllables * 25), 2)
    points = {name: value for name, value in points.items() if value}
    return Score(round(sum(points.values()), 2), points, hits, syllables)


def _points(category: Category, counts: list[int], syllables: int) -> float:
    total, different = sum(counts), sum(count > 0 for count in counts)
    if category.points > 0:
        full = total >= 3 or different >= 2
        return category.points if full else category.points / 2 * (total > 0)
    # another genre shows by several of its signs, or by one sign again and again
    strong = (different >= 2 and total >= 3) or (total >= 4 and total > syllables / 200)
    return category.points if strong else 0.0


def explain(found: Score, threshold: float = THRESHOLD) -> str:
    """`7.5 (threshold 3.0): party 2 (14 hits), government 2 (5), …`"""
    parts = ", ".join(
        f"{name} {value:g}" + (f" ({found.hits[name]} hits)" if name in found.hits else "")
        for name, value in found.points.items()
    )
    short = f"; {found.syllables} syllables, too short to be refused" if found.is_short else ""
    return f"{found.value:g} (threshold {threshold:g}): {parts}{short}"
