"""Ingest: ids, growth, refusals that add up, bad input, kills, workers that die."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.cli import ingest_command, show_command, stats_command, summary
from corpus.documents import read_document, read_documents, shards
from corpus.errors import UsageError, WorkspaceError
from corpus.events import read_events
from corpus.ingest import Outcome, ingest
from corpus.prepare import Settings
from corpus.readers.page import ERRORS, REASONS, Options, Page, Refusal
from corpus.refused import read_refused
from corpus.shards import Block, run
from corpus.sources import plain_url
from corpus.store import Workspace, read_rows

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
LEAD = "UBND huyện Bắc Hà, tỉnh Lào Cai tổ chức hội nghị triển khai nhiệm vụ phát triển kinh tế - xã hội năm {n}."
WORDS = [
    "thu",
    "ngân",
    "sách",
    "xã",
    "họp",
    "dân",
    "đường",
    "trường",
    "trạm",
    "rừng",
    "lúa",
    "ngô",
    "chè",
    "cam",
    "đào",
    "mận",
    "hồng",
    "nước",
    "điện",
    "cầu",
    "chợ",
    "bản",
    "thôn",
]


def body(number: int, rng: random.Random) -> str:
    """A civic text that is like no other."""
    tail = " ".join(rng.choice(WORDS) for _ in range(70))
    return LEAD.format(n=2000 + number) + "\nBí thư Huyện ủy phát biểu tại hội nghị, " + tail + "."


def lines(rows: Iterable[dict[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def brought(root: Path, *paths: Path | str, **settings: object) -> tuple[Workspace, Outcome]:
    workspace = Workspace(root, create=True)
    options = Options(
        **{name: settings.pop(name) for name in list(settings) if name in Options.__struct_fields__}
    )  # type: ignore[arg-type]
    return workspace, ingest(workspace, paths, Settings(options=options, **settings))  # type: ignore[arg-type]


def ids(workspace: Workspace) -> set[str]:
    return {document.id for document in read_documents(workspace)}


def adds_up(outcome: Outcome) -> None:
    assert outcome.read == outcome.kept + sum(outcome.counts.get(code, 0) for code in REASONS)
    assert set(outcome.counts) <= {"new", "revised", "unchanged"} | set(REASONS)
    numbers = (
        [int(part.strip().split()[0].replace(",", "")) for part in summary(outcome).split(":")[1].split(", ")]
        if ":" in summary(outcome)
        else []
    )
    assert outcome.kept + sum(numbers) == outcome.read


# --- ids --------------------------------------------------------------------------------------------


def test_the_seeds(tmp_path: Path) -> None:
    workspace, outcome = brought(tmp_path / "w", SEEDS)
    assert summary(outcome) == "5 kept of 5"
    assert ids(workspace) == {f"seeds/{path.name}" for path in SEEDS.glob("0*.txt")}
    for document in read_documents(workspace):
        raw = (SEEDS / document.id.split("/")[1]).read_text(encoding="utf-8")
        assert document.segments is not None
        assert document.text == raw  # they are canonical already
        assert document.segments.to_raw(0, len(raw)) == (0, len(raw))


def test_the_id_of_a_file_does_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "news" / "2020"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(LEAD.format(n=1), encoding="utf-8")
    for place, path in (
        (tmp_path, "news"),
        (tmp_path / "news", "."),
        (deep, ".."),
        (tmp_path, str(tmp_path / "news")),
    ):
        monkeypatch.chdir(place)
        workspace, _ = brought(tmp_path / "w", path)
        assert ids(workspace) == {"news/2020/a.txt"}
    monkeypatch.chdir(tmp_path)
    assert ids(brought(tmp_path / "w2", "news", source="bao")[0]) == {"bao/2020/a.txt"}
    assert ids(brought(tmp_path / "w3", "news/2020/a.txt")[0]) == {"2020/a.txt"}


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTPS://BacHa.LaoCai.gov.vn/Tin?id=5&b=2", "https://bacha.laocai.gov.vn/Tin?b=2&id=5"),
        ("https://a.vn/1#top", "https://a.vn/1"),
        ("https://a.vn/1?utm_source=x&utm_medium=y&fbclid=z&gclid=q", "https://a.vn/1"),
        ("https://a.vn/1?id=&utm_campaign=x", "https://a.vn/1?id="),
        ("https://a.vn:8080/1?b=1&a=2&b=0", "https://a.vn:8080/1?a=2&b=0&b=1"),
        ("https://a.vn/tin-t%E1%BB%A9c", "https://a.vn/tin-t%E1%BB%A9c"),
    ],
)
def test_one_spelling_of_a_url(url: str, plain: str) -> None:
    assert plain_url(url) == plain
    assert plain_url(plain) == plain


def test_the_same_id_twice(tmp_path: Path) -> None:
    rng = random.Random(1)
    first, second = body(1, rng), body(2, rng)
    path = tmp_path / "a.jsonl"
    path.write_text(
        lines([{"id": "x", "text": first}, {"id": "x", "text": second}, {"id": "x", "text": first}]),
        encoding="utf-8",
    )
    workspace, outcome = brought(tmp_path / "w", path)
    assert outcome.counts == {"new": 1, "duplicate-id": 1, "repeated": 1}
    assert read_document(workspace, "x").text == first
    path.write_text(lines([{"id": "x", "text": second}]), encoding="utf-8")
    _, outcome = brought(tmp_path / "w", path)
    assert outcome.counts == {"revised": 1}
    assert read_document(workspace, "x").text == second


# --- growth -----------------------------------------------------------------------------------------


def test_the_workspace_grows_and_loses_nothing(tmp_path: Path) -> None:
    rng = random.Random(2)
    texts = {f"d{n}": body(n, rng) for n in range(12)}
    path = tmp_path / "a.jsonl"

    def put(rows: dict[str, str]) -> Outcome:
        path.write_text(lines({"id": i, "text": t} for i, t in rows.items()), encoding="utf-8")
        return brought(tmp_path / "w", path)[1]

    assert put(dict(list(texts.items())[:8])).counts == {"new": 8}
    workspace = Workspace(tmp_path / "w")
    before = [shard.read_bytes() for shard in shards(workspace)]
    assert put(dict(list(texts.items())[:8])).counts == {"unchanged": 8}
    assert [shard.read_bytes() for shard in shards(workspace)] == before  # nothing was written
    changed = dict(list(texts.items())[4:]) | {"d5": texts["d5"] + " Hội nghị bế mạc."}
    old = read_document(workspace, "d5")
    assert put(changed).counts == {"unchanged": 3, "revised": 1, "new": 4}
    assert ids(workspace) == set(texts)  # d0 to d3 are gone from the source, not from here
    assert read_document(workspace, "d5").text.endswith("bế mạc.")
    assert read_document(workspace, "d5", old.digest).text == old.text  # the old revision stays readable


def test_takedowns_are_honoured(tmp_path: Path) -> None:
    from corpus.takedowns import take_down

    workspace, _ = brought(tmp_path / "w", SEEDS)
    name = sorted(ids(workspace))[0]
    assert take_down(workspace, [name], "asked by the author") == 1
    assert take_down(workspace, [name]) == 0
    assert name not in ids(workspace)
    with pytest.raises(UsageError, match="taken down"):
        read_document(workspace, name)
    take_down(workspace, ["bacson.langson.gov.vn"])
    path = tmp_path / "a.jsonl"
    path.write_text(
        lines([{"url": "https://bacson.langson.gov.vn/1", "text": body(1, random.Random(3))}]),
        encoding="utf-8",
    )
    assert brought(tmp_path / "w", path)[1].counts == {"taken-down": 1}


# --- refusals ---------------------------------------------------------------------------------------


def bad_folder(folder: Path) -> dict[str, str]:
    """A folder of bad input; returns path → expected reason."""
    folder.mkdir()
    rng = random.Random(5)
    files: dict[str, tuple[bytes, str]] = {
        "empty.txt": (b"", "empty"),
        "blank.txt": (" \n\u200b\n\u00a0".encode(), "empty"),
        "photo.bin": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary"),
        "broken.txt": (body(1, rng).encode()[:-1] + b"\xe1\xbb", "encoding"),
        "mixed.txt": (body(2, rng).encode() + "Đảng ủy xã".encode("utf-16-le"), "binary"),
        "nul.txt": (body(3, rng).encode() + b"\x00", "nul"),
        "marks.txt": ("… !!! 12.5 % — (21/10) ***".encode(), "no-words"),
        "english.txt": (
            b"The committee met today and discussed the budget of the coming year with all its members present."
            * 3,
            "not-vietnamese",
        ),
        "line.txt": (b"a" * 3_000_000, "too-long"),
        "cut.jsonl.gz": (
            gzip.compress(lines([{"id": "g", "text": "x" * 10_000}]).encode())[:40],
            "truncated",
        ),
        "cut.parquet": (b"PAR1" + b"\x00" * 50, "truncated"),
        "bad.jsonl": (b'{"id": "j", "text": \n', "invalid-json"),
        "surrogate.jsonl": (b'{"id": "s", "text": "a \\ud800 b"}\n', "surrogate"),
        "deep.jsonl": (b"[" * 100_000 + b"\n", "invalid-json"),
        "latin.jsonl": ('{"id": "l", "text": "Café"}\n'.encode("latin-1"), "encoding"),
        "deep.html": (b"<html>" + b"<div>" * 5_000 + b"x", "too-deep"),
        "hollow.html": (b"<!doctype html><html><body></body></html>", "no-article"),
        "good.txt": (body(9, rng).encode(), "new"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    return {name: reason for name, (_, reason) in files.items()} | {"self": "unreadable"}


def test_bad_input_is_set_aside_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    expected = bad_folder(tmp_path / "in")
    workspace, outcome = brought(tmp_path / "w", tmp_path / "in")
    adds_up(outcome)
    assert ids(workspace) == {"in/good.txt"}
    rejected = list(read_events(tmp_path / "w" / "documents" / "rejected.jsonl", "rejected"))
    found = {Path(str(item.body["record"]).split(":")[0]).name: item.body["code"] for item in rejected}
    found |= {Path(refusal.record).name: refusal.code for refusal in read_refused(workspace)}
    assert found | {"good.txt": "new"} == expected
    for item in rejected:
        message = str(item.body["message"])
        assert str(tmp_path / "in") in message and "\n" not in message and len(message) < 500
    assert outcome.rejected == sum(reason in ERRORS for reason in expected.values())
    again, second = brought(tmp_path / "w", tmp_path / "in")  # the same refusals are kept once
    first = {("unchanged" if code == "new" else code): number for code, number in outcome.counts.items()}
    assert second.counts == first
    assert len(list(read_events(tmp_path / "w" / "documents" / "rejected.jsonl"))) == len(rejected)
    assert len(list(read_refused(again))) == 2


def test_what_is_no_regular_file_is_set_aside_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe.txt")
    (tmp_path / "in" / "gone.txt").symlink_to(tmp_path / "nothing")
    assert brought(tmp_path / "w", tmp_path / "in")[1].counts == {"unreadable": 2}


def test_a_line_of_50_mb_is_set_aside_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"id": "big", "text": "' + "x" * 50_000_000 + '"}\n')
        file.write(lines([{"id": "small", "text": body(1, random.Random(1))}]))
    workspace, outcome = brought(tmp_path / "w", path)
    assert outcome.counts == {"too-long": 1, "new": 1}
    assert ids(workspace) == {"small"}


def test_max_chars_counts_characters_not_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ệ" * 1_000, encoding="utf-8")
    assert brought(tmp_path / "w", path, max_chars=1_000, language="any", civic="off")[1].counts == {"new": 1}
    assert brought(tmp_path / "v", path, max_chars=999, language="any", civic="off")[1].counts == {
        "too-long": 1
    }


def test_filters_can_be_turned_off_and_the_threshold_moved(tmp_path: Path) -> None:
    recipe = "Cách làm món gà rang muối thơm ngon tại nhà rất đơn giản. " * 12
    path = tmp_path / "a.jsonl"
    path.write_text(
        lines(
            [
                {"id": "r", "text": recipe},
                {"id": "e", "text": "Nothing here is in Vietnamese, not a word of it all."},
            ]
        ),
        encoding="utf-8",
    )
    workspace, outcome = brought(tmp_path / "w", path)
    assert outcome.counts == {"not-civic": 1, "not-vietnamese": 1}
    assert {(r.id, r.code, r.text is not None) for r in read_refused(workspace)} == {
        ("r", "not-civic", True),
        ("e", "not-vietnamese", True),
    }
    assert outcome.rejected == 0  # filters change no exit code
    assert brought(tmp_path / "v", path, threshold=-5.0)[1].counts == {"new": 1, "not-vietnamese": 1}
    assert brought(tmp_path / "u", path, civic="off", language="any")[1].counts == {"new": 2}


def test_unknown_paths_and_formats_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        brought(tmp_path / "w", tmp_path / "nowhere")
    with pytest.raises(UsageError, match="--format docx"):
        brought(tmp_path / "w", SEEDS, format="docx")
    with pytest.raises(UsageError, match="--encoding"):
        brought(tmp_path / "w", SEEDS, encoding="klingon")


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w", create=True)
    with workspace.writing(), pytest.raises(WorkspaceError, match="another vicivic"), workspace.writing():
        pass


# --- the command ------------------------------------------------------------------------------------


def cli(*arguments: str) -> tuple[int, str, str]:
    import typer

    app = typer.Typer()
    app.command("ingest")(ingest_command)
    app.command("stats")(stats_command)
    app.command("show")(show_command)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_json_and_exit_codes(tmp_path: Path) -> None:
    code, out, _ = cli("ingest", str(SEEDS), "--work", str(tmp_path / "w"), "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["verb"], told["counts"], told["rejected"]) == ("ingest", {"read": 5, "kept": 5, "new": 5}, 0)
    bad_folder(tmp_path / "in")
    code, out, err = cli("ingest", str(tmp_path / "in"), "--work", str(tmp_path / "w"))
    assert code == 1
    assert out.count("\n") == 1 and out.startswith("1 kept of 19: ")
    assert "set aside [truncated]" in err
    code, out, _ = cli("ingest", "--work", str(tmp_path / "w"), "--explain", "in/english.txt")
    assert code == 0 and "not-vietnamese" in out


@pytest.mark.parametrize("verb", ["ingest", "stats", "show"])
def test_help_is_shown_at_any_width(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in ("40", "120"):
        monkeypatch.setenv("COLUMNS", width)
        code, out, err = cli(verb, "--help")
        assert code == 0, err
        assert "--work" in out


def test_stats_and_show(tmp_path: Path) -> None:
    brought(tmp_path / "w", SEEDS)
    code, out, _ = cli("stats", "--work", str(tmp_path / "w"), "--json")
    told = json.loads(out)
    assert code == 0 and told["documents"] == 5
    assert told["words"] == sum(
        len(path.read_text(encoding="utf-8").split()) for path in SEEDS.glob("0*.txt")
    )
    assert told["provinces"]["tỉnh Lào Cai"] == 1 and told["sources"] == {"seeds": 5}
    assert sum(told["genres"].values()) == sum(told["events"].values()) == 5
    _, out, _ = cli("stats", "--work", str(tmp_path / "w"))
    assert out.endswith("5 documents, 4,176 words, 0 refused\n") or "5 documents" in out
    name = "seeds/003_01b3ba7cbce06933.txt"
    _, out, _ = cli("show", name, "--work", str(tmp_path / "w"))
    assert "vn63:392" in out and "Toàn cảnh hội nghị." in out
    _, out, _ = cli("show", name, "--work", str(tmp_path / "w"), "--json")
    assert json.loads(out)["id"] == name


@pytest.mark.parametrize("width", [40, 80, 200])
def test_show_fits_the_terminal_and_tells_regions_apart(width: int, tmp_path: Path) -> None:
    from rich.console import Console

    from corpus.show import Mark, render, show_document

    workspace, _ = brought(tmp_path / "w", SEEDS)
    document = read_document(workspace, "seeds/004_62beaacdaf80b642.txt")
    console = Console(
        width=width, record=True, force_terminal=True, color_system="standard", file=io.StringIO()
    )
    console.print(show_document(workspace, document.id))
    plain = console.export_text(clear=False)
    assert max(map(len, plain.split("\n"))) <= width
    assert plain.count("TRÍ DŨNG") == 1
    assert "\x1b[" in console.export_text(styles=True)
    start = document.text.index("Bắc Sơn")
    console.print(render(document, [Mark(start, start + 7, "red", "LOC")]))
    assert "Bắc Sơn[LOC]" in console.export_text().replace("\n", "")


# --- killed anywhere ----------------------------------------------------------------------------------


def content(root: Path) -> tuple[list[tuple[str, str, str]], list[str], list[str]]:
    """Everything that an ingest leaves in a workspace, without the clock."""
    workspace = Workspace(root)
    rows = [row for path in shards(workspace) for row in read_rows(path, str)]
    refused = sorted(refusal.message for refusal in read_refused(workspace))
    rejected = sorted(str(item.body) for item in read_events(root / "documents" / "rejected.jsonl"))
    return sorted(rows), refused, rejected


def test_input(path: Path, count: int) -> Path:
    rng = random.Random(11)
    rows: list[dict[str, object]] = [{"id": f"d{n:05d}", "text": body(n, rng)} for n in range(count)]
    copies = [{"id": f"copy{n}", "text": rows[n * 7]["text"]} for n in range(count // 20)]
    broken: list[dict[str, object]] = [{"id": f"none{n}"} for n in range(count // 40)]
    mixed = rows + copies + broken
    rng.shuffle(mixed)
    path.write_text(lines(mixed), encoding="utf-8")
    return path


test_input.__test__ = False  # type: ignore[attr-defined]

COMMAND = "import sys; from corpus.cli import ingest_command as run; run([sys.argv[1]], work=__import__('pathlib').Path(sys.argv[2]), jobs=int(sys.argv[3]))"


def start(path: Path, root: Path, jobs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(path), str(root), str(jobs)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def killed_runs(tmp_path: Path, times: int, jobs: int, sign: signal.Signals) -> None:
    path = test_input(tmp_path / "pages.jsonl", 1_600)
    began = time.monotonic()
    assert start(path, tmp_path / "clean", jobs).wait() == 1  # some rows have no text
    whole = time.monotonic() - began
    clean = content(tmp_path / "clean")
    assert len(clean[0]) > 1_500 and clean[1] and clean[2]
    rng = random.Random(times)
    for number in range(times):
        root = tmp_path / f"w{number}"
        process = start(path, root, jobs)
        time.sleep(rng.uniform(0.15, 1.0) * whole)
        os.killpg(process.pid, sign)
        process.wait()
        assert start(path, root, jobs).wait() == 1
        assert content(root) == clean
        left = {entry.name for entry in (root / "documents").iterdir()}
        assert left == {"run-000001", "rejected.jsonl"}


def test_killed_ingest_ends_in_the_same_workspace(tmp_path: Path) -> None:
    killed_runs(tmp_path, 2, 1, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_ingest_ends_in_the_same_workspace_20_times(jobs: int, tmp_path: Path) -> None:
    killed_runs(tmp_path, 10, jobs, signal.SIGKILL)


@pytest.mark.slow
def test_stopped_ingest_goes_on(tmp_path: Path) -> None:
    killed_runs(tmp_path, 4, 2, signal.SIGINT)


def test_workers_give_the_same_documents(tmp_path: Path) -> None:
    path = test_input(tmp_path / "pages.jsonl", 1_600)
    one = Workspace(tmp_path / "one", create=True)
    two = Workspace(tmp_path / "two", create=True)
    first = ingest(one, [path], Settings(), workers=1)
    second = ingest(two, [path], Settings(), workers=2)
    assert first.counts == second.counts
    assert content(tmp_path / "one") == content(tmp_path / "two")


def deadly(items: list[object], path: Path) -> int:
    """Stands for a page that kills the process that reads it."""
    if "poison" in items:
        os.kill(os.getpid(), signal.SIGKILL)
    path.write_text(json.dumps(items), encoding="utf-8")
    return len(items)


def test_what_kills_workers_is_found_and_set_aside(tmp_path: Path) -> None:
    blocks = [Block(tmp_path / f"{n}.json", [f"{n}-{i}" for i in range(6)]) for n in range(4)]
    blocks[2].items[3] = "poison"
    done = list(run(deadly, blocks, workers=2, give_up=lambda item: f"gave up {item}"))
    assert sorted(block.path for block, _ in done) == sorted(block.path for block in blocks)
    assert {result for _, result in done} == {6}
    kept = [json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8")) for n in range(4)]
    assert kept[2] == ["2-0", "2-1", "2-2", "gave up poison", "2-4", "2-5"]
    assert kept[0] == blocks[0].items and kept[3] == blocks[3].items
    assert not list(tmp_path.glob(".probe*"))


def test_reasons_are_documented_words() -> None:
    assert all(words and code == code.lower() for code, words in REASONS.items())
    refusal = Refusal(record="r", code="nul", message="m")
    assert refusal.is_error and not Refusal(record="r", code="not-civic", message="m").is_error
    assert Page(record="r").text is None


def test_a_takedown_says_how_many_documents_it_took_out(tmp_path: Path) -> None:
    work = str(tmp_path / "w")
    assert cli("ingest", str(SEEDS), "--work", work)[0] == 0
    arguments = ("ingest", "--take-down", "seeds/000_8824d1b809f65392.txt", "--work", work, "--json")
    code, printed, _ = cli(*arguments)
    assert (code, json.loads(printed)["counts"]) == (0, {"added": 1, "known": 0, "documents": 1})
    code, printed, _ = cli(*arguments)
    assert json.loads(printed)["counts"] == {"added": 0, "known": 1, "documents": 0}
    code, _, told = cli("ingest", "--take-down", "seeds/000", "--work", work)
    assert code == 0
    assert "no document here has such an id, URL or site" in told


def test_an_empty_jsonl_is_set_aside(tmp_path):
    (tmp_path / "none.jsonl").write_bytes(b"")
    workspace = Workspace(tmp_path / "w", create=True)
    outcome = ingest(workspace, [tmp_path / "none.jsonl"], Settings())
    assert (outcome.read, outcome.kept, outcome.counts["empty"], outcome.rejected) == (1, 0, 1, 1)
