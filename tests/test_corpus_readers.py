"""Readers: one golden page for each line of READERS, and what each refuses."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.errors import BadRecord
from corpus.ingest import pages
from corpus.prepare import Settings, prepare
from corpus.readers import BY_NAME, READERS
from corpus.readers.html import extract
from corpus.readers.page import Item, Options, Page, Refusal
from corpus.sources import format_of

CASES = Path(__file__).parent / "cases" / "corpus"
TEXT = "UBND huyện Bắc Hà tổ chức hội nghị.\nThu ngân sách đạt 52 tỷ đồng."
ROW = {"id": "a1", "url": "https://bacha.laocai.gov.vn/tin?id=5", "text": TEXT, "title": "Hội nghị"}


def read(path: Path | str, **options: object) -> list[Item]:
    return list(pages([path], Options(**options), []))  # type: ignore[arg-type]


def one(path: Path, **options: object) -> Page:
    (item,) = read(path, **options)
    assert isinstance(item, Page), item
    return item


def refused(path: Path | str, **options: object) -> Refusal:
    items = read(path, **options)
    assert isinstance(items[-1], Refusal), items
    return items[-1]


def warc(*bodies: bytes, kind: str = "text/html; charset=utf-8") -> bytes:
    from fastwarc.warc import WarcRecord, WarcRecordType

    out = io.BytesIO()
    for number, body in enumerate(bodies):
        record = WarcRecord()
        record.init_headers(record_type=WarcRecordType.response)
        record.headers["WARC-Target-URI"] = f"https://bacson.langson.gov.vn/tin/{number}?utm_source=x"
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + body)
        record.write(out)
    return out.getvalue()


PAGE = (CASES / "page.html").read_bytes()


def write(path: Path, name: str) -> Path:
    """A file of each format with the same article in it."""
    lines = (json.dumps(ROW, ensure_ascii=False) + "\n").encode("utf-8")
    if name == "text":
        target, data = path / "a.txt", TEXT.encode("utf-8")
    elif name == "jsonl":
        target, data = path / "a.jsonl", lines
    elif name == "html":
        target, data = path / "a.html", PAGE
    elif name == "warc":
        target, data = path / "a.warc", warc(PAGE)
    elif name == "parquet":
        target = path / "a.parquet"
        pq.write_table(pa.Table.from_pylist([ROW]), target)
        return target
    else:
        from datasets import Dataset

        target = path / "saved"
        Dataset.from_list([ROW]).save_to_disk(str(target))
        return target
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("name", BY_NAME)
def test_every_reader_finds_its_format_and_gives_the_golden_document(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, name)
    assert format_of(path) == name
    page = one(path)
    made = prepare(page, Settings())
    golden = json.loads((CASES / "readers.json").read_text(encoding="utf-8"))[name]
    assert {
        "id": made.id.replace(tmp_path.name, "FOLDER"),  # type: ignore[union-attr]
        "text": made.text,
        "title": made.title,  # type: ignore[union-attr]
        "published": made.published,  # type: ignore[union-attr]
        "site": made.site,  # type: ignore[union-attr]
        "codec": made.codec,  # type: ignore[union-attr]
        "reader": made.reader.split("/")[0],  # type: ignore[union-attr]
    } == golden
    assert page.raw_sha256 and len(page.raw_sha256) == 64


def test_the_table_of_readers_is_complete() -> None:
    assert {path.stem for path in (Path(__file__).parents[1] / "corpus" / "readers").glob("*.py")} - {
        *("__init__", "page", "fields", "streams")
    } == set(BY_NAME)
    assert all(reader.what and reader.version for reader in READERS)


def test_raw_hash_is_that_of_the_bytes_found(tmp_path: Path) -> None:
    path = write(tmp_path, "html")
    assert one(path).raw_sha256 == hashlib.sha256(PAGE).hexdigest()


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "utf-16-le", "tcvn3", "cp1258"])
def test_jsonl_in_other_encodings(codec: str, tmp_path: Path) -> None:
    from corpus.legacy import encode_legacy

    text = (
        "\n".join(json.dumps({"id": f"n{i}", "text": "UBND xã họp"}, ensure_ascii=False) for i in range(3))
        + "\n"
    )
    path = tmp_path / "a.jsonl"
    path.write_bytes(encode_legacy(text, codec) if codec == "tcvn3" else text.encode(codec, "replace"))
    told = None if codec in ("utf-16", "utf-8-sig") else codec
    items = read(path, encoding=told, format="jsonl")
    assert [item.given_id for item in items if isinstance(item, Page)] == ["n0", "n1", "n2"]
    if codec != "cp1258":
        assert {item.text for item in items if isinstance(item, Page)} == {"UBND xã họp"}


def test_one_line_in_another_encoding_is_set_aside_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good, bad = '{"id": "a", "text": "UBND xã"}\n', '{"id": "b", "text": "Café"}\n'
    path.write_bytes(good.encode() + bad.encode("latin-1") + good.replace('"a"', '"c"').encode())
    items = read(path)
    assert [getattr(item, "given_id", getattr(item, "code", "")) for item in items] == ["a", "encoding", "c"]


# --- compressed files -------------------------------------------------------------------------------


def packed(data: bytes, how: str) -> bytes:
    return gzip.compress(data) if how == "gz" else zstandard.compress(data)


LINES = b"".join(json.dumps({**ROW, "id": f"n{i}"}).encode() + b"\n" for i in range(2_000))


@pytest.mark.parametrize("how", ["gz", "zst"])
def test_compressed_jsonl_is_found_by_content_and_read(how: str, tmp_path: Path) -> None:
    path = tmp_path / f"pages.{how}"
    path.write_bytes(packed(LINES[:5_000].rsplit(b"\n", 1)[0] + b"\n", how))
    assert format_of(path) == "jsonl"
    assert len(read(path)) > 10
    two = tmp_path / f"two.jsonl.{how}"  # frames and members one after another
    two.write_bytes(packed(LINES, how) + packed(LINES, how))
    assert len(read(two)) == 4_000


@pytest.mark.parametrize("how", ["gz", "zst"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cut_off_compressed_files_keep_what_came_and_say_so(how: str, share: float, tmp_path: Path) -> None:
    import random

    noise = random.Random(1)
    rows = b"".join(
        json.dumps({"id": f"n{i}", "text": TEXT + str(noise.random())}).encode() + b"\n"
        for i in range(30_000)
    )
    data = packed(rows, how)
    path = tmp_path / f"cut.jsonl.{how}"
    path.write_bytes(data[: int(len(data) * share)])
    items = read(path)
    assert isinstance(items[-1], Refusal) and items[-1].code == "truncated"
    assert str(path) in items[-1].message and "again" in items[-1].message
    assert all(isinstance(item, Page) for item in items[:-1])
    assert len(items) > 1


# --- Parquet and WARC -------------------------------------------------------------------------------


def test_cut_off_parquet(tmp_path: Path) -> None:
    path = write(tmp_path, "parquet")
    path.write_bytes(path.read_bytes()[:-20])
    assert refused(path).code == "truncated"


def test_parquet_without_the_text_column_names_those_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"], "noi_dung": [TEXT]}), path)
    refusal = refused(path)
    assert refusal.code == "missing-column"
    assert "noi_dung" in refusal.message and "--text-field" in refusal.message
    assert one(path, text_field="noi_dung").text == TEXT


@pytest.mark.parametrize("cut", [10, 400, 900])
def test_cut_off_warc(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(warc(PAGE, PAGE)[:-cut])
    items = read(path)
    assert items[-1].code == "truncated"  # type: ignore[union-attr]
    assert isinstance(items[0], Page)
    whole = tmp_path / "b.warc.gz"
    whole.write_bytes(gzip.compress(warc(PAGE, PAGE))[:-cut])
    assert refused(whole).code == "truncated"


def test_warc_takes_html_only_and_makes_the_url_the_id(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(warc(b"\x89PNG", kind="image/png") + warc(PAGE))
    page = one(path)
    made = prepare(page, Settings())
    assert made.id == "https://bacson.langson.gov.vn/tin/0"  # tracking is no part of it


# --- columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "identity"),
    [
        ({"text": TEXT, "id": "<urn:uuid:1>", "url": "http://a.vn/1", "date": "2020-01-01"}, "<urn:uuid:1>"),
        (
            {"text": TEXT, "timestamp": "2020/01/01", "url": "http://A.vn/1#x", "source": "mC4"},
            "http://a.vn/1",
        ),
        ({"content": TEXT, "warc_headers": {"warc-target-uri": "https://b.vn/2"}}, "https://b.vn/2"),
        ({"text": TEXT, "id": 17}, "17"),
    ],
    ids=["FineWeb-2", "CulturaX", "OSCAR", "number"],
)
def test_known_columns(row: dict[str, object], identity: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    page = one(path)
    made = prepare(page, Settings())
    assert (made.id, made.text) == (identity, TEXT)
    assert page.published is None  # the date of a crawl is no date of publication


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"text": TEXT}, "no-id"),
        ({"id": "a"}, "missing-text"),
        ({"id": "a", "text": 5}, "missing-text"),
        ({"id": ["a"], "text": TEXT}, "bad-id"),
        ({"id": "a\nb", "text": TEXT}, "bad-id"),
        ({"id": "x" * 2_000, "text": TEXT}, "bad-id"),
    ],
)
def test_rows_that_are_set_aside(row: dict[str, object], code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    refusal = refused(path)
    assert refusal.code == code
    assert refusal.message.startswith(f"{path}:1: ")


def test_hugging_face_dataset_without_text_or_with_a_bad_address(tmp_path: Path) -> None:
    from datasets import Dataset

    Dataset.from_list([{"id": "1", "body_html": "x"}]).save_to_disk(str(tmp_path / "saved"))
    assert refused(tmp_path / "saved").code == "missing-column"
    assert refused("hf://").code == "unreadable"


# --- HTML -------------------------------------------------------------------------------------------


def test_captions_do_not_vanish_and_come_where_the_picture_is() -> None:
    found = extract(PAGE.decode("utf-8"), "page")
    lines = found.text.split("\n")
    assert found.captions == (
        "Toàn cảnh hội nghị tổng kết.",
        "Đồng chí Bí thư Huyện ủy phát biểu chỉ đạo hội nghị",
    )
    for caption, before in zip(found.captions, ("Ngày 27/12/2021", "Trong năm qua"), strict=True):
        assert lines[lines.index(caption) - 1].startswith(before)
    assert found.published == "2021-12-28"  # the page's own metadata, not the date in its header
    assert "18/05/2022" not in found.text and "Bản quyền" not in found.text


def test_captions_become_regions_and_the_title_too() -> None:
    page = Page(record="p", html=PAGE.decode("utf-8"), path_id="x/p.html", reader="html@1")
    made = prepare(page, Settings())
    kinds = {made.text[r.start : r.end]: r.kind for r in made.regions}  # type: ignore[union-attr]
    assert kinds["Toàn cảnh hội nghị tổng kết."] == "caption"
    assert kinds["Huyện Bắc Hà tổng kết công tác năm 2021"] == "title"
    assert kinds["Trí Dũng"] == "byline"


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<div>" * 5_000 + "x", "too-deep"),
        ("<html><body><p>" + "<i>x</i>" * 100_000, "too-deep"),
        ("<html><head><title>Trang</title></head><body></body></html>", "no-article"),
        ("", "no-article"),
    ],
    ids=["deep", "bomb", "no-article", "nothing"],
)
def test_html_that_is_refused(html: str, code: str) -> None:
    with pytest.raises(BadRecord) as caught:
        extract(html, "page")
    assert caught.value.code == code


def test_html_in_a_declared_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    html = "<html><head><meta charset=iso-8859-1></head><body><p>Café fermé</p></body></html>"
    path.write_bytes(html.encode("latin-1"))
    assert one(path).codec == "iso8859-1"
