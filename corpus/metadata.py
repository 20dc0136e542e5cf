"""Title, dates, byline, dateline of a page: each with its granularity, how it was found, and a confidence.

Unknown is absent, never guessed.  A date in a site's header is the day the page was drawn, not the
article's: it is kept as `header_date` and used for nothing.  A publication date is taken from the
source's own metadata or from a line that says so ("Ngày đăng: …").  The event's date is the first day
named at the head of a sentence in the opening paragraphs; without a year it stays `XXXX-10-21` unless
the publication date, a month left by an extraction tool, or a reporting period ("6 tháng đầu năm 2021")
settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.dates import edtf, is_day, written_dates
from corpus.document import Fact, Region
from corpus.segment import sentences

OPENING = 3  # paragraphs of body that may tell the event's date
HEAD_OF_SENTENCE = 40  # code points

_published_line = re.compile(
    r"(?:ngày (?:đăng|xuất bản)|đăng (?:ngày|lúc|tải)|xuất bản|cập nhật(?: lúc| lần cuối)?)\b[^\d]{0,25}",
    re.I,
)
_day_month = re.compile(
    r"(?:ngày|sáng|trưa|chiều|tối|đêm|hôm nay|hôm qua|vừa qua|sáng nay|chiều nay)[\s,(]*(?:ngày\s+)?"
    r"(?:(?P<d>\d{1,2})\s*(?:/|-|tháng)\s*(?P<m>\d{1,2}))(?!\s*[/-]?\s*\d)(?!\s*năm)",
    re.I,
)
_bare_day_month = re.compile(r"[-–—(\s]*(?P<d>\d{1,2})[/-](?P<m>\d{1,2})(?![\d/-])\s*[,)]")
_period = re.compile(r"\b(?P<n>\d{1,2}|sáu|chín|ba) tháng đầu năm (?P<y>(?:19|20)\d\d)", re.I)
_month_hint = re.compile(r"date (?P<y>\d{4})-(?P<m>\d{2})")
_dateline = re.compile(
    r"(?:\((?P<a>[^()\n]{2,40})\)|(?P<b>[A-ZĐ][\w.]{1,20}(?: [A-ZĐ][\w.]{0,15}){0,3}))\s*[-–—]\s"
)
_numbers = {"ba": 3, "sáu": 6, "chín": 9}


def find_facts(
    text: str, regions: Sequence[Region], *, title: str | None = None, published: str | None = None
) -> tuple[Fact, ...]:
    """What the page tells of itself; `title` and `published` are what the source gave, if anything."""
    facts = [*_title(text, regions, title), *_published(text, regions, published)]
    facts += _header_dates(text, regions)
    facts += _event(text, regions, facts)
    for kind, name in (("byline", "byline"),):
        lines = [text[r.start : r.end] for r in regions if r.kind == kind]
        if lines:
            rule = next(r.rule for r in regions if r.kind == kind)
            facts.append(Fact(name, "; ".join(lines), "text", rule, 0.8))
    opening = next((r for r in regions if r.kind == "body"), None)
    if opening and (found := _dateline.match(text, opening.start, opening.end)):
        facts.append(
            Fact("dateline", found.group("a") or found.group("b"), "text", "dateline.opening@1", 0.6)
        )
    return tuple(facts)


def value_of(facts: Sequence[Fact], name: str) -> str | None:
    """The value of the first fact of that name, or None."""
    return next((fact.value for fact in facts if fact.name == name), None)


def _title(text: str, regions: Sequence[Region], given: str | None) -> Iterator[Fact]:
    region = next((r for r in regions if r.kind == "title"), None)
    if given:
        yield Fact("title", given, "text", "title.given@1", 0.9)
    elif region:
        yield Fact("title", text[region.start : region.end], "text", region.rule, 0.8)


def _published(text: str, regions: Sequence[Region], given: str | None) -> Iterator[Fact]:
    if given:
        yield Fact("published", given, "day", "published.given@1", 0.9)
        return
    for region in regions:
        line = text[region.start : region.end]
        label = _published_line.match(line) if region.kind in ("header", "boilerplate") else None
        for date in written_dates(line[label.end() - 1 :]) if label else ():
            if len(date.edtf) == 10:
                yield Fact("published", date.edtf, "day", "published.line@1", 0.8)
                return


def _header_dates(text: str, regions: Sequence[Region]) -> Iterator[Fact]:
    for region in regions:
        line = text[region.start : region.end]
        if region.rule.startswith("header.artefact") and (found := _month_hint.match(line)):
            yield Fact("month_hint", f"{found['y']}-{found['m']}", "month", "header.artefact@1", 0.3)
        elif region.rule.startswith("header.date"):
            for date in written_dates(line):
                yield Fact("header_date", date.edtf, "day", "header.date@1", 0.1)


def _event(text: str, regions: Sequence[Region], facts: Sequence[Fact]) -> Iterator[Fact]:
    body = [region for region in regions if region.kind == "body"]
    for region in body[:OPENING]:
        for sentence in sentences(text[region.start : region.end]):
            head = text[region.start + sentence.start : region.start + sentence.end][: HEAD_OF_SENTENCE * 2]
            full = next(
                (d for d in written_dates(head) if d.start < HEAD_OF_SENTENCE and len(d.edtf) == 10), None
            )
            partial = _day_month.search(head) or _bare_day_month.match(head)
            if (
                full
                and not (partial and partial.start() < full.start)
                and not _of_a_paper(head[: full.start])
            ):
                yield Fact("event_date", full.edtf, "day", "event.opening@1", 0.8)
                return
            if partial and partial.start() < HEAD_OF_SENTENCE:
                day, month = int(partial["d"]), int(partial["m"])
                if is_day(None, month, day) and not _of_a_paper(head[: partial.start()]):
                    yield _with_year(day, month, text, body, facts)
                    return


def _of_a_paper(before: str) -> bool:
    """Whether a date belongs to a decree or plan named before it ("Quyết định số 12 ngày …")."""
    return bool(
        re.search(r"\b(?:số|nghị quyết|quyết định|kế hoạch|công văn|chỉ thị|thông tư)\b", before, re.I)
    )


def _with_year(day: int, month: int, text: str, body: Sequence[Region], facts: Sequence[Fact]) -> Fact:
    published = value_of(facts, "published")
    if published and len(published) >= 10:
        year = int(published[:4])
        if (month, day) > (int(published[5:7]), int(published[8:10])):
            year -= 1  # an article tells of what has happened
        if is_day(year, month, day):
            return Fact("event_date", edtf(year, month, day), "day", "event.published-year@1", 0.7)
    hint = value_of(facts, "month_hint")
    if hint and int(hint[5:7]) == month:
        return Fact("event_date", edtf(int(hint[:4]), month, day), "day", "event.month-hint@1", 0.5)
    years = set()
    for region in body:
        for found in _period.finditer(text, region.start, region.end):
            months = _numbers.get(found["n"].lower()) or int(found["n"])
            if months <= month <= months + 3:
                years.add(int(found["y"]))
    if len(years) == 1:
        return Fact("event_date", edtf(years.pop(), month, day), "day", "event.period@1", 0.6)
    return Fact("event_date", edtf(None, month, day), "day-month", "event.opening@1", 0.6)
