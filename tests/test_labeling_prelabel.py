"""The stateless contract: one line in, one line out; whole or not at all; the same from Python."""

import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vicivic
from corpus.canonical import canon
from corpus.document import Document
from corpus.errors import UsageError
from labeling.lines import ERRORS, Options, label_lines
from labeling.prelabel import Settings

CASES = Path(__file__).parent / "cases" / "prelabel"
NUMBERS = ("--source", "quantities")
OPTIONS = Options(settings=Settings(sources=("quantities",)))


def vic(*arguments, check=None, **options):
    done = subprocess.run(
        [sys.executable, "-m", "vicivic", "prelabel", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    if check is not None:
        assert done.returncode == check, done.stderr
    assert "Traceback" not in done.stderr
    return done


def masked(line):
    """A line without what a better rule or another calibration may change."""
    for span in line.get("spans", ()):
        span["score"] = "score"
        for source in span["sources"]:
            source["version"], source["score"], source["rule"] = "version", "score", "rule"
        if span["norm"]:
            span["norm"]["rule"] = "rule"
    if "error" in line:
        line["error"]["message"] = "message"
    return line


def test_the_golden_file_holds_the_contract(tmp_path):
    out = tmp_path / "out.jsonl"
    done = vic("--in", CASES / "in.jsonl", "--out", out, *NUMBERS, check=1)
    made = [masked(json.loads(line)) for line in out.read_text("utf-8").splitlines()]
    golden = [json.loads(line) for line in (CASES / "golden.jsonl").read_text("utf-8").splitlines()]
    assert made == golden
    assert "7 documents of 14 lines" in done.stdout
    assert not list(tmp_path.glob("*partial*"))


def test_golden_codes_are_documented():
    golden = [json.loads(line) for line in (CASES / "golden.jsonl").read_text("utf-8").splitlines()]
    codes = {line["error"]["code"] for line in golden if "error" in line}
    assert codes <= set(ERRORS)
    assert len(codes) == 5


def test_python_gives_what_the_command_gives():
    given_lines = (CASES / "in.jsonl").read_bytes().splitlines()
    through_bytes = list(label_lines(given_lines[:6], OPTIONS))
    objects = [json.loads(line) for line in given_lines[:6]]
    assert list(vicivic.prelabel(objects, sources=["quantities"])) == through_bytes
    document = Document(id="a", text=objects[0]["text"])
    assert list(vicivic.prelabel([document], sources=["quantities"])) == through_bytes[:1]


def test_python_module_stays_light():
    code = (
        "import sys, vicivic; list(vicivic.prelabel(['Đạt 5%.'], sources=['quantities']));"
        "print([m for m in ('label_studio_sdk', 'datasets', 'pandas', 'underthesea') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_travel_between_processes():
    import pickle  # what multiprocessing uses on the way to a worker

    assert pickle.loads(pickle.dumps(OPTIONS)) == OPTIONS


def test_an_unknown_name_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="quantities"):
        list(vicivic.prelabel(["x"], sources=["nobody"]))
    with pytest.raises(UsageError, match="PERCENT"):
        list(vicivic.prelabel(["x"], labels=["PERCENTAGE"], sources=["quantities"]))
    out = tmp_path / "out.jsonl"
    done = vic("--in", CASES / "in.jsonl", "--out", out, "--source", "nobody", check=2)
    assert "nobody" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()


def test_one_name_is_a_name_and_no_text_is_said():
    (line,) = vicivic.prelabel(["Đạt 5%."], sources="quantities", labels="PERCENT")
    assert [span["text"] for span in line["spans"]] == ["5%"]
    with pytest.raises(UsageError, match="not int"):
        list(vicivic.prelabel([5], sources="quantities"))


PIECES = st.sampled_from(
    ["ngày 21/10 ", "5.000 USD", "\r\n", "\u00a0", "  ", "🇻🇳", "e\u0302\u0301", "\u200b", "đạt 13,71%", "\ufeff",
     "gần 6.000 ha", "khoá XV", "\t", "“", "…/.", "Hoà", "12 xã, ", "\u0301", "năm 2020 – 2025 "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_offset_points_at_its_text(raw):
    (line,) = label_lines([json.dumps({"text": raw}).encode()], OPTIONS)
    assert line["text"] == canon(raw)
    for span in line["spans"]:
        assert line["text"][span["start"] : span["end"]] == span["text"]
        behind = line["text"][span["end"] : span["end"] + 1]
        pointed = canon(raw[span["raw_start"] : span["raw_end"]])
        if behind and unicodedata.combining(
            behind
        ):  # a mark that composes with nothing: one segment with its base
            assert pointed.startswith(span["text"])
        else:
            assert pointed == span["text"]
    keys = [(span["start"], -span["end"], span["label"]) for span in line["spans"]]
    assert keys == sorted(set(keys))


def test_filters():
    text = "Ngày 21/10/2021, đạt 13,71% và 5.000 USD."
    (line,) = vicivic.prelabel([text], sources=["quantities"], labels=["MONEY"])
    assert [span["text"] for span in line["spans"]] == ["5.000 USD"]
    strict = Options(settings=OPTIONS.settings, min_score=1.01)
    assert next(label_lines([text], strict))["spans"] == []
    assert "text" not in next(label_lines([text], Options(settings=OPTIONS.settings, text=False)))


def test_flat_keeps_outermost_spans():
    text = "Phó Chủ tịch UBND huyện Đầm Hà kiểm tra."
    (nested,) = label_lines([text], Options())
    (flat,) = label_lines([text], Options(flat=True))
    assert len(flat["spans"]) < len(nested["spans"])
    ends = [0]
    for span in flat["spans"]:
        assert span["start"] >= ends[-1]
        ends.append(span["end"])


def test_too_long_and_timeout_are_error_lines(tmp_path):
    docs = tmp_path / "docs.jsonl"
    long = "Đạt 13,71% và 5.000 USD. " * 60_000
    lines = [{"id": 1, "text": "Đạt 5%."}, {"id": 2, "text": long}, {"id": 3, "text": "Đạt 6%."}]
    docs.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    done = vic("--in", docs, "--doc-timeout", "0.2", *NUMBERS, check=1)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("error", {}).get("code") for line in made] == [None, "timeout", None]
    done = vic("--in", docs, "--max-chars", "1000", "--max-errors", "1", *NUMBERS, check=0)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert made[1]["error"]["code"] == "too-long"
    assert made[1]["line"] == 2
    assert "1 too-long" in done.stderr


@pytest.mark.parametrize(("allowed", "code"), [("0", 1), ("6", 1), ("7", 0), ("49%", 1), ("50%", 0)])
def test_max_errors(allowed, code, tmp_path):
    vic("--in", CASES / "in.jsonl", "--out", tmp_path / "o", "--max-errors", allowed, *NUMBERS, check=code)
    assert len((tmp_path / "o").read_bytes().splitlines()) == 14


@pytest.mark.parametrize(
    "arguments",
    [
        ("--in", "missing.jsonl"),
        ("--in", str(CASES / "in.jsonl"), "--max-errors", "many"),
        ("--in", str(CASES / "in.jsonl"), "--out", "no/such/folder/out.jsonl"),
        ("--in", str(CASES / "in.jsonl"), "--max-errors", "nan"),
        ("--labels", "PER"),
        ("--max-errors", "3"),
        ("--max-chars", "3"),
        ("--in", str(CASES / "in.jsonl"), "--resume"),
        ("--no-such-flag",),
    ],
)
def test_wrong_usage_is_exit_2(arguments, tmp_path):
    done = vic(*arguments, cwd=tmp_path, check=2)
    assert done.stderr.strip()


def test_pipes_and_manifest(tmp_path):
    manifest = tmp_path / "run.json"
    data = (CASES / "in.jsonl").read_text("utf-8")
    done = vic("--in", "-", "--manifest", manifest, "--json", *NUMBERS, input=data, check=1)
    assert len(done.stdout.splitlines()) == 14
    summary = json.loads(done.stderr)
    found = json.loads(manifest.read_text("utf-8"))
    assert summary["counts"] == {key: found["counts"][key] for key in ("lines", "documents", "spans")}
    assert summary["rejected"] == 7 == sum(found["errors"].values())
    assert found["sources"][0]["source"] == "quantities"
    import hashlib

    assert found["input"]["sha256"] == hashlib.sha256(data.encode()).hexdigest()
    again = tmp_path / "again.json"
    vic("--in", CASES / "in.jsonl", "--out", tmp_path / "o", "--manifest", again, *NUMBERS, check=1)
    same = json.loads(again.read_text("utf-8"))
    assert same["pipeline"] == found["pipeline"]
    assert same["counts"] == found["counts"]


def many(path, count=3_000):
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = f"Xã thứ {number}: thu {number},5 tỷ đồng, đạt {number % 100}%, ngày {number % 28 + 1}/5."
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")


def test_processes_give_the_same_bytes(tmp_path):
    many(tmp_path / "docs.jsonl", 400)
    for jobs in (1, 2):
        vic("--in", tmp_path / "docs.jsonl", "--out", tmp_path / f"{jobs}", "--jobs", jobs, *NUMBERS, check=0)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def kill_in_the_middle(command, partial, lines):
    """Start a run, wait for `lines` lines of its partial output, kill it; True when it was cut off."""
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
    deadline = time.monotonic() + 60
    while run.poll() is None and time.monotonic() < deadline:
        if partial.exists() and partial.read_bytes().count(b"\n") >= lines:
            os.killpg(run.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    run.wait()
    return run.returncode == -signal.SIGKILL


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_run_is_taken_up_to_the_same_bytes(kills, tmp_path):
    docs, out = tmp_path / "docs.jsonl", tmp_path / "out.jsonl"
    many(docs, 6_000)
    vic("--in", docs, "--out", tmp_path / "clean", *NUMBERS, check=0)
    command = [sys.executable, "-m", "vicivic", "prelabel", "--in", docs, "--out", out, "--resume", *NUMBERS]
    cut = 0
    for number in range(kills):
        cut += kill_in_the_middle(command, tmp_path / "out.jsonl.partial", (number + 1) * 4_200 // kills)
        assert not out.exists()
    assert cut == kills
    subprocess.run(command, check=True, capture_output=True)
    assert out.read_bytes() == (tmp_path / "clean").read_bytes()


def test_awkward_lines_are_taken_up(tmp_path):
    docs, out = tmp_path / "docs.jsonl", tmp_path / "out.jsonl"
    docs.write_bytes(
        b'\xef\xbb\xbf{"id":1,"text":"5%"}\r\n{"id":1e400,"text":"6%"}\n'
        b'{"id":2,"text":"7%","x":"\\ud800"}\n{"id":3}\n'
    )
    vic("--in", docs, "--out", out, *NUMBERS, check=1)
    clean = out.read_bytes()
    out.rename(tmp_path / "out.jsonl.partial")
    vic("--in", docs, "--out", out, "--resume", *NUMBERS, check=1)
    assert out.read_bytes() == clean


@pytest.mark.parametrize("torn", ["garbage\n", "[1]\n", '{"id":0}\n', '{"id":0,"spans":1}\n'])
def test_a_partial_output_of_something_else_is_refused(torn, tmp_path):
    many(tmp_path / "docs.jsonl", 1)
    (tmp_path / "out.jsonl.partial").write_text(torn, "utf-8")
    arguments = ("--in", tmp_path / "docs.jsonl", "--out", tmp_path / "out.jsonl", "--resume")
    assert "line 1 of" in vic(*arguments, *NUMBERS, check=2).stderr


def test_a_partial_output_of_other_options_is_refused(tmp_path):
    docs, out = tmp_path / "docs.jsonl", tmp_path / "out.jsonl"
    many(docs, 6_000)
    command = [sys.executable, "-m", "vicivic", "prelabel", "--in", docs, "--out", out, *NUMBERS]
    assert kill_in_the_middle(command, tmp_path / "out.jsonl.partial", 100)
    done = vic("--in", docs, "--out", out, "--resume", "--no-text", *NUMBERS, check=2)
    assert "other options or versions" in done.stderr
    vic("--in", docs, "--out", out, "--resume", *NUMBERS, check=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs.jsonl", "out.jsonl"]


def test_the_input_and_folders_are_no_output(tmp_path):
    docs = tmp_path / "docs.jsonl"
    many(docs, 3)
    before = docs.read_bytes()
    assert "is the input too" in vic("--in", docs, "--out", docs, *NUMBERS, check=2).stderr
    assert "is a directory" in vic("--in", docs, "--out", tmp_path, *NUMBERS, check=2).stderr
    assert docs.read_bytes() == before
    os.mkfifo(tmp_path / "pipe")
    for flag in ("--out", "--manifest"):
        done = vic("--in", docs, flag, tmp_path / "pipe", *NUMBERS, check=2)
        assert "is no regular file" in done.stderr
    assert (tmp_path / "pipe").is_fifo()


def test_a_full_disk_is_one_line(tmp_path):
    many(tmp_path / "docs.jsonl", 3)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vicivic", "prelabel", "--in", tmp_path / "docs.jsonl", *NUMBERS],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "vicivic prelabel: the output: no space left on device\n"


@pytest.mark.parametrize(
    ("published", "good"),
    [
        ("2021", True),
        ("2021-06", True),
        ("2020-02-29", True),
        ("2021-06-30T10:00:00+07:00", True),
        ("2021-06-30 10:00", True),
        (None, True),
        ("2021-02-29", False),
        ("2021-13-01", False),
        ("0000", False),
        ("2021-6-30", False),
        ("2021-06T10:00", False),
        ("2021abc", False),
        ("٢٠٢١-٠٦-٣٠", False),
        ("", False),
        (20210630, False),
    ],
)
def test_published_is_a_date_of_the_calendar(published, good):
    (line,) = label_lines([{"text": "Ngày 29-6", "published": published}], OPTIONS)
    assert line.get("error", {}).get("code") == (None if good else "invalid-published")


def test_deep_json_is_an_error_line():
    deep = b'{"id":1,"text":"5%","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    lines = list(label_lines([deep, b'{"text":"5%"}'], OPTIONS))
    assert lines[0]["error"]["code"] == "invalid-json"
    assert lines[1]["spans"]


def test_a_partial_output_of_another_input_is_refused(tmp_path):
    docs, out = tmp_path / "docs.jsonl", tmp_path / "out.jsonl"
    many(docs, 20)
    (tmp_path / "out.jsonl.partial").write_text('{"id":5,"text":"khác","spans":[]}\n', "utf-8")
    done = vic("--in", docs, "--out", out, "--resume", *NUMBERS, check=2)
    assert "line 1 of the partial output" in done.stderr
    vic("--in", docs, "--out", out, *NUMBERS, check=0)
    assert len(out.read_bytes().splitlines()) == 20
