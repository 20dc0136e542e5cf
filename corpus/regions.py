"""Header, title, caption, byline, boilerplate, body: cleaning that can be undone.

Nothing is cut from a text.  Each line that is not blank becomes a `Region`; its `rule` is the name and
version of the rule that decided (`caption.opener@1`), so that rules can be counted and switched off.
A prefix that an extraction tool left on the title line becomes a header of its own.

Rules look at one line and its place (in the page's head, between paragraphs, at its end); they are tried
in the order of RULES, the first that holds decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from corpus.document import Region
from corpus.noise import (
    artefact,
    credit,
    crumb,
    date_line,
    desk,
    foot_line,
    page_tool,
    people_act,
    related,
    scene,
    section,
    sign,
    signed,
    site_line,
    slogan,
    telling,
)
from corpus.segment import paragraphs
from corpus.spelling import fold, key

VERSION = "1"
KINDS = ("header", "title", "caption", "byline", "boilerplate", "body")
HEAD = 8  # a head has at most this many lines
CAPTION = 170  # code points; longer lines are no captions
TITLE = 250

Pattern = re.Pattern[str]


class Line(NamedTuple):
    """A line that is not blank: its content extent, its text, and that text folded for matching."""

    start: int
    end: int
    text: str
    low: str


class Page(NamedTuple):
    """The lines of a text, where its head ends and its foot begins, and what the source itself told."""

    lines: tuple[Line, ...]
    head: int  # lines before this index may be header or title
    foot: int  # lines from this index on may be byline
    title: str  # folded title given by the source, or ""
    captions: frozenset[str]  # folded captions given by the source
    kinds: list[str]  # kinds decided so far


def _words(line: Line) -> int:
    return len(line.text.split())


def _stops(line: Line) -> bool:
    return line.text.rstrip('"”’») ').endswith((".", "!", "?", "…", ";", ":", ","))


def _is_title(page: Page, index: int) -> bool:
    line = page.lines[index]
    if page.kinds and page.kinds[-1] == "title":  # a heading in capitals that goes on in a second line
        return line.text.isupper() and page.lines[index - 1].text.isupper() and not _stops(line)
    if index >= page.head or "title" in page.kinds or not set(page.kinds) <= {"header"}:
        return False
    more = index + 1 < len(page.lines)
    open_end = not _stops(line) or line.text.endswith(("!", "?"))
    return more and open_end and len(line.text) <= TITLE and _words(line) >= 3 and not _is_dateline(line)


def _is_dateline(line: Line) -> bool:
    return bool(re.match(r"[-–—(]\s*\S", line.text)) or line.text[:1].islower()


def _is_caption_of_people(page: Page, index: int) -> bool:
    line = page.lines[index]
    if len(line.text) > CAPTION or telling.search(line.low) or line.text.endswith((":", ";", ",", "…")):
        return False
    return bool(people_act.match(line.low)) and line.text.count(". ") == 0


def _is_scene(page: Page, index: int) -> bool:
    line = page.lines[index]
    short = len(line.text) <= CAPTION and not line.text.endswith((":", ";", ","))
    return short and bool(scene.match(line.low)) and not (_stops(line) and telling.search(line.low))


def _is_byline(page: Page, index: int) -> bool:
    line = page.lines[index]
    if index < page.foot or _stops(line) or _words(line) > 12 or len(page.lines) < 2:
        return False
    return bool(sign.fullmatch(line.text) or desk.fullmatch(line.text))


def _after_related(page: Page, index: int) -> bool:
    """A short line in the list that "Tin liên quan" opened; a full paragraph ends the list."""
    if not page.kinds or page.kinds[-1] != "boilerplate" or len(page.lines[index].text) > TITLE:
        return False
    before = index - 1
    while before >= 0 and page.kinds[before] == "boilerplate":
        if related.search(page.lines[before].low):
            return not _stops(page.lines[index])
        before -= 1
    return False


Test = Callable[[Page, int], bool]


class Rule(NamedTuple):
    """One named rule: the kind it gives and the test of a line at its place in the page."""

    name: str
    kind: str
    test: Test


def _in_head(pattern: Pattern, longest: int = TITLE, *, whole: bool = False) -> Test:
    match = pattern.fullmatch if whole else pattern.search
    return lambda page, i: (
        i < page.head and len(page.lines[i].text) <= longest and bool(match(page.lines[i].low))
    )


def _short(pattern: Pattern, longest: int) -> Test:
    return lambda page, i: len(page.lines[i].text) <= longest and bool(pattern.search(page.lines[i].low))


RULES = (
    Rule("title.given", "title", lambda page, i: i < page.head and page.lines[i].low == page.title),
    Rule("caption.given", "caption", lambda page, i: key(page.lines[i].text) in page.captions),
    Rule("header.date", "header", _in_head(date_line, 80, whole=True)),
    Rule("header.slogan", "header", _in_head(slogan)),
    Rule("header.site", "header", _in_head(site_line, 160)),
    Rule("header.crumb", "header", _in_head(crumb, 160)),
    Rule("header.section", "header", _in_head(section, 60)),
    Rule("header.tool", "header", _in_head(page_tool, 120)),
    Rule("boilerplate.related", "boilerplate", _short(related, 60)),
    Rule("boilerplate.list", "boilerplate", _after_related),
    Rule("boilerplate.foot", "boilerplate", _short(foot_line, TITLE)),
    Rule("boilerplate.tool", "boilerplate", _short(page_tool, 120)),
    Rule(
        "byline.signed", "byline", lambda page, i: i >= page.foot and bool(signed.search(page.lines[i].low))
    ),
    Rule("byline.name", "byline", _is_byline),
    Rule("caption.credit", "caption", _short(credit, TITLE)),
    Rule("caption.scene", "caption", _is_scene),
    Rule("title.first", "title", _is_title),
    Rule("caption.people", "caption", _is_caption_of_people),
    Rule("body", "body", lambda page, i: True),
)


def find_regions(text: str, *, title: str | None = None, captions: Iterable[str] = ()) -> tuple[Region, ...]:
    """The regions of a canonical text, in order: one for each line that is not blank.

    `title` and `captions` are what the source itself gave (an HTML page's heading and figure captions).
    """
    regions: list[Region] = []
    lines: list[Line] = []
    for extent in paragraphs(text):
        start = extent.start
        if len(lines) < HEAD and (found := artefact.match(text, start, extent.end)):
            regions.append(
                Region(start, start + len(found.group().rstrip()), "header", _rule("header.artefact"))
            )
            start = found.end()
        piece = text[start : extent.end]
        lines.append(Line(start, extent.end, piece, fold(piece)))
    page = _page(lines, title, captions)
    rules: list[str] = []
    for index in range(len(lines)):
        rule = next(rule for rule in RULES if rule.test(page, index))
        page.kinds.append(rule.kind)
        rules.append(rule.name)
    _lead_ins(page, rules)
    regions += [
        Region(line.start, line.end, kind, _rule(name))
        for line, kind, name in zip(lines, page.kinds, rules, strict=True)
    ]
    return tuple(sorted(regions, key=lambda region: region.start))


def _rule(name: str) -> str:
    return f"{name}@{VERSION}"


def _page(lines: Sequence[Line], title: str | None, captions: Iterable[str]) -> Page:
    head = next((i for i, line in enumerate(lines) if len(line.text) > TITLE or _stops(line)), len(lines))
    # the foot begins where a list of other articles does, else where the boilerplate at the end does
    foot = next((i for i, line in enumerate(lines) if i and related.search(line.low)), len(lines))
    while foot > 1 and foot_line.search(lines[foot - 1].low):
        foot -= 1
    return Page(
        tuple(lines),
        head=min(HEAD, head + 2),
        foot=max(1, foot - 2),
        title=fold(title) if title else "",
        captions=frozenset(map(key, captions)),
        kinds=[],
    )


def _lead_ins(page: Page, rules: list[str]) -> None:
    """A short line with a colon directly before a caption introduces pictures: it is a caption too."""
    for index in range(len(rules) - 2, -1, -1):
        line = page.lines[index]
        short = line.text.endswith(":") and len(line.text) <= CAPTION // 2
        if short and rules[index] == "body" and page.kinds[index + 1] == "caption":
            page.kinds[index], rules[index] = "caption", "caption.lead-in"


def count_rules(regions: Iterable[Region]) -> Counter[str]:
    """How often each rule decided."""
    return Counter(region.rule for region in regions)
