"""HTML pages: one file is one document.  The page is decoded here and extracted in `extract`.

Extraction by trafilatura can't be undone: the hash of the raw page and the extractor's version are kept.
trafilatura drops `figcaption` and turns picture tables into rows of bars; captions are made paragraphs
before it sees the page, so that none vanishes, and are reported as captions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.encodings import decode
from corpus.errors import BadRecord, UsageError
from corpus.readers.page import Found, Item, Options, Page, sha256_of
from corpus.readers.streams import opened

if TYPE_CHECKING:
    HtmlElement = Any  # lxml.html.HtmlElement: lxml ships no types

LABEL = "html@1"
LARGEST = 20_000_000  # bytes of one page
DEEPEST = 250  # elements inside each other; real pages stay below 60
MOST = 60_000  # elements; real pages have a few thousand
CAPTION = 300  # code points

_declared = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_table_rule = re.compile(r"[|\s-]*---[|\s-]*")
_caption_class = re.compile(
    r"(?:^|[\s_-])(?:caption|figcaption|photocaption|imgcaption|chu-?thich|img-?desc)", re.I
)


class Extracted(NamedTuple):
    """What a page says: its text (title first), title, captions, date of publication."""

    text: str
    title: str | None
    captions: tuple[str, ...]
    published: str | None


def read(found: Found, options: Options) -> Iterator[Item]:
    """The one page of an HTML file, not yet extracted.  Raises BadRecord when it can't be read."""
    record = str(found.path)
    with opened(found.path) as stream:
        raw = stream.read(LARGEST + 1)
    yield page_of_html(raw, record, options, path_id=found.path_id, source=found.source, reader=LABEL)


def page_of_html(
    raw: bytes,
    record: str,
    options: Options,
    *,
    reader: str,
    path_id: str | None = None,
    url: str | None = None,
    source: str | None = None,
) -> Page:
    """The page in the bytes of an HTML document.  Raises BadRecord."""
    if len(raw) > LARGEST:
        raise BadRecord("too-long", f"{record}: a page of more than {LARGEST:,} bytes", record=record)
    html, codec = decode_html(raw, record, options.encoding)
    return Page(
        record=record,
        html=html,
        url=url,
        path_id=path_id,
        source=source,
        raw_sha256=sha256_of(raw),
        codec=codec,
        reader=f"{reader} {extractor()}",
    )


def decode_html(raw: bytes, record: str, encoding: str | None = None) -> tuple[str, str]:
    """(text, codec): as told, else UTF-8, else as the page declares.  Raises BadRecord `encoding`."""
    try:
        return decode(raw, record, encoding)
    except BadRecord as error:
        declared = _declared.search(raw[:4096])
        if encoding or not declared or error.code != "encoding":
            raise
        name = declared.group(1).decode("ascii")
        if name.lower().replace("-", "") == "utf8":
            raise
        try:
            return decode(raw, record, name)
        except UsageError:
            raise error from None


def extractor() -> str:
    """Name and version of the extractor, as kept in `Document.reader`."""
    from importlib.metadata import version

    return f"trafilatura/{version('trafilatura')}"


def extract(html: str, record: str, url: str | None = None) -> Extracted:
    """The article of a page.  Raises BadRecord `too-deep` or `no-article`."""
    import trafilatura

    tree = _tree(html, record)
    captions = _keep_captions(tree)
    title, published = _metadata(tree, url)
    found: Any = trafilatura.bare_extraction(
        tree, url=url, include_comments=False, include_tables=True, include_images=False, with_metadata=False
    )
    text = str(found.text or "") if found is not None else ""
    if not text.strip():
        raise BadRecord("no-article", f"{record}: no article found in the page; leave it out", record=record)
    lines = [line.strip("| ") for line in text.split("\n") if not _table_rule.fullmatch(line)]
    if title and _same(lines[0], title):
        lines = lines[1:]
    body = "\n".join(line for line in lines if line.strip())
    return Extracted(f"{title}\n{body}" if title else body, title, captions, published)


def _same(left: str, right: str) -> bool:
    return left.split() == right.split()


def _tree(html: str, record: str) -> HtmlElement:
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

    parser = HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree: HtmlElement = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise BadRecord("no-article", f"{record}: no HTML page ({error})", record=record) from None
    depth = count = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST or count > MOST:
            what = f"{DEEPEST} elements inside each other" if depth > DEEPEST else f"{MOST:,} elements"
            raise BadRecord("too-deep", f"{record}: more than {what}; no article", record=record)
    return tree


def _keep_captions(tree: HtmlElement) -> tuple[str, ...]:
    """Make each caption a paragraph of its own after its picture; returns them in order."""
    captions: list[str] = []
    for element in list(tree.iter("figcaption", "p", "div", "span", "em", "td")):
        if not _is_caption(element) or element.getparent() is None:
            continue
        text = " ".join(element.text_content().split())
        if not text or len(text) > CAPTION:
            continue
        captions.append(text)
        _make_paragraph(element, text)
    return tuple(captions)


def _is_caption(element: HtmlElement) -> bool:
    if element.tag == "figcaption":
        return True
    if element.tag == "td":
        return _under_picture(element)
    return bool(_caption_class.search(element.get("class") or ""))


def _under_picture(cell: HtmlElement) -> bool:
    """Whether a table cell with words stands in a table that is there for a picture."""
    table = next(cell.iterancestors("table"), None)
    if table is None or cell.find(".//img") is not None or not cell.text_content().strip():
        return False
    words = len(table.text_content())
    return table.find(".//img") is not None and words <= CAPTION and len(table.findall(".//td")) <= 4


def _make_paragraph(element: HtmlElement, text: str) -> None:
    """Replace a caption by a paragraph that stands outside of figure, table and link."""
    from lxml.html import Element

    paragraph = Element("p")
    paragraph.text = text
    block = element
    for ancestor in element.iterancestors("figure", "table", "a", "picture"):
        block = ancestor
    if block.getparent() is None:
        return
    block.addnext(paragraph)
    element.drop_tree()


def _metadata(tree: HtmlElement, url: str | None) -> tuple[str | None, str | None]:
    """Title and date of publication, from the page's own metadata and markup only."""
    from copy import deepcopy

    from htmldate import find_date

    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    named = tree.xpath("//meta[@property='og:title']/@content | //title/text()")
    title = next((h for h in headings if len(h.split()) > 2), None) or next(
        (" ".join(str(name).split()) for name in named if str(name).strip()), None
    )
    published = find_date(
        deepcopy(tree), url=url, original_date=True, extensive_search=False, outputformat="%Y-%m-%d"
    )
    return title, published
