"""What kind of civic news a document is: one named genre, from its title and opening, for statistics.

The first rule that holds decides; `other` is an honest answer.  The genre is not stored.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.document import Document
from corpus.spelling import fold

OPENING = 500  # code points of body that are looked at beside the title


class Genre(NamedTuple):
    """A genre's name and the pattern that marks it."""

    name: str
    pattern: re.Pattern[str]


GENRES = tuple(
    Genre(name, re.compile(pattern))
    for name, pattern in (
        ("personnel", r"bổ nhiệm|điều động|luân chuyển|công bố quyết định|nghỉ hưu|nghỉ chế độ|nhận chức"),
        ("congress", r"đại hội (?:đảng bộ|đại biểu|chi bộ|lần thứ|hội|đoàn)|bầu cử"),
        ("council-session", r"kỳ họp|phiên họp hđnd|tiếp xúc cử tri|chất vấn"),
        ("gift-visit", r"tặng quà|thăm hỏi|thăm, tặng|trao (?:tặng|quà|nhà)|dâng hương|viếng"),
        ("study-visit", r"học tập kinh nghiệm|trao đổi kinh nghiệm|th[aă]m quan (?:học tập|mô hình)"),
        ("recognition", r"đạt chuẩn|đón (?:nhận|bằng)|công nhận|ocop|về đích|nông thôn mới"),
        ("press", r"gặp mặt (?:báo chí|các cơ quan báo chí)|họp báo|báo chí"),
        ("working-visit", r"làm việc (?:với|tại)|kiểm tra|khảo sát|giám sát|tiếp (?:và làm việc|đoàn)"),
        ("conference", r"hội nghị|sơ kết|tổng kết|triển khai|tập huấn|hội thảo|trực tuyến"),
        ("ceremony", r"khánh thành|khởi công|khai mạc|kỷ niệm|ra quân|phát động|lễ hội"),
    )
)


def genre_of(document: Document) -> str:
    """The genre of a document: by its title where that tells, else by its opening."""
    body = next((region for region in document.regions if region.kind == "body"), None)
    opening = document.text[body.start : body.start + OPENING] if body else document.text[:OPENING]
    for text in (fold(document.title or ""), fold(opening)):
        for genre in GENRES:
            if genre.pattern.search(text):
                return genre.name
    return "other"
