"""Publishing with the unmodified client against a double of the Hub over real HTTP, failures included."""

import json
import os
import shutil
import subprocess
import sys

import msgspec
import pytest

from corpus.errors import ReleaseError, ServiceError, UsageError
from exporters.hub import publish
from exporters.hub_calls import Calls, HubError, Patience
from exporters.manifest import read_manifest, write_manifest
from tests.civic_release import shared
from tests.hub_double import TOKEN, Blob, serve
from tests.releasing import contents

REPO = "org/civic-news"
REAL_TOKEN, REAL_REPO = os.environ.get("HF_TOKEN"), os.environ.get("VICIVIC_HUB_REPO")


@pytest.fixture(scope="module")
def folder():
    return shared("written")[1]


@pytest.fixture(autouse=True)
def without_xet(monkeypatch):
    """As HF_HUB_DISABLE_XET=1, which the client reads when it is imported; and no token of ours."""
    from huggingface_hub import constants
    from huggingface_hub.utils import disable_progress_bars

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    disable_progress_bars()


@pytest.fixture
def hub():
    with serve() as running:
        yield running


def calls(hub, *, token=TOKEN, repo=REPO, attempts=2):
    patience = Patience(attempts=attempts, first=0.01, longest=0.01)
    return Calls(repo, token=token, endpoint=hub.url, patience=patience)


def next_release(folder, target, version="1.1.0", *, drop=(), change=()):
    """A later release: some files gone, some changed, everything frozen anew."""
    shutil.copytree(folder, target, copy_function=shutil.copyfile)
    for path in drop:
        (target / path).unlink()
    for path in change:
        (target / path).write_bytes((target / path).read_bytes() + b"\n")
    write_manifest(target, msgspec.structs.replace(read_manifest(folder), version=version))
    return target


def files_at(hub, revision="main"):
    files = hub.repos[REPO].at(revision).files
    return {path: blob.data for path, blob in files.items() if path != ".gitattributes"}


def commits(hub):
    repo = hub.repos[REPO]
    return [commit.title for commit in repo.history(repo.at("main"))]


def writes(hub):
    return [
        path
        for method, path, _ in hub.log
        if method != "GET" and method != "HEAD" and "paths-info" not in path
    ]


# --- the plain way ------------------------------------------------------------------------------


def test_one_commit_one_tag_every_byte_private(hub, folder):
    done = publish(folder, calls(hub))
    repo = hub.repos[REPO]
    assert (done.state, done.tag, done.private, repo.private) == ("published", "v1.0.0", True, True)
    assert commits(hub) == ["Release 1.0.0", "initial commit"]
    assert repo.tags == {"v1.0.0": done.commit}
    assert files_at(hub, "v1.0.0") == contents(folder)
    (sent,) = hub.asked("POST", "/commit/main")
    header = json.loads(sent.splitlines()[0])["value"]
    assert header["parentCommit"] == repo.at(done.commit).parent
    (tagged,) = hub.asked("POST", "/tag/")
    assert json.loads(tagged)["tag"] == "v1.0.0"
    assert [path for path in writes(hub) if "/tag/" in path] == [f"/api/datasets/{REPO}/tag/{done.commit}"]


def test_public_only_when_asked(hub, folder):
    assert not publish(folder, calls(hub), public=True).private
    assert not hub.repos[REPO].private


def test_again_changes_nothing(hub, folder):
    first = publish(folder, calls(hub))
    before = len(writes(hub))
    again = publish(folder, calls(hub))
    assert (again.state, again.commit) == ("unchanged", first.commit)
    assert len(writes(hub)) == before


def test_the_next_version_sends_what_changed_and_removes_what_went(hub, folder, tmp_path):
    publish(folder, calls(hub))
    gone = "data/tokens/train-00000-of-00001.parquet"
    later = next_release(folder, tmp_path / "1.1.0", drop=[gone], change=["README.md"])
    done = publish(later, calls(hub))
    assert files_at(hub) == files_at(hub, "v1.1.0") == contents(later)
    assert files_at(hub, "v1.0.0") == contents(folder)
    assert done.plan.removed == [gone]
    assert sorted(done.plan.changed) == ["README.md", "SHA256SUMS", "manifest.json"]
    assert done.plan.new == []
    sent = [json.loads(line) for line in hub.asked("POST", "/commit/main")[-1].splitlines()]
    assert {part["value"]["path"] for part in sent[1:]} == {gone, *done.plan.changed}
    assert commits(hub)[0] == "Release 1.1.0"


def test_dry_run_writes_nothing_and_needs_no_token(hub, folder, tmp_path):
    plan = publish(folder, calls(hub, token=None), dry_run=True)
    assert (plan.state, sorted(plan.plan.new)) == ("planned", sorted(contents(folder)))
    publish(folder, calls(hub), public=True)
    before = len(writes(hub))
    later = next_release(folder, tmp_path / "1.1.0", change=["README.md"])
    plan = publish(later, calls(hub, token=None), dry_run=True)
    assert sorted(plan.plan.changed) == ["README.md", "SHA256SUMS", "manifest.json"]
    assert len(writes(hub)) == before


# --- cut off, moved, failing --------------------------------------------------------------------


def test_a_crash_between_commit_and_tag_is_taken_up(hub, folder):
    hub.fail("POST", "/tag/", "cut", times=9)
    with pytest.raises(HubError, match="can't be reached or cut the line"):
        publish(folder, calls(hub))
    assert hub.repos[REPO].tags == {}
    hub.failures.clear()
    done = publish(folder, calls(hub))
    assert done.state == "tagged"
    assert hub.repos[REPO].tags == {"v1.0.0": done.commit}
    assert commits(hub) == ["Release 1.0.0", "initial commit"]


def elsewhere(repo, files=None):
    """Somebody else's commit on the branch."""
    head = repo.at("main")
    return repo.commit("main", "Update README.md", "", {**head.files, "README.md": Blob(b"mine", lfs=False)})


def test_an_untagged_release_below_another_s_commit_is_tagged_where_it_is(hub, folder):
    hub.fail("POST", "/tag/", 500, times=9)
    with pytest.raises(HubError, match=r"the Hub fails \(500\)"):
        publish(folder, calls(hub))
    ours = hub.repos[REPO].at("main").oid
    elsewhere(hub.repos[REPO])
    hub.failures.clear()
    assert publish(folder, calls(hub)).commit == ours
    assert hub.repos[REPO].tags == {"v1.0.0": ours}
    assert commits(hub)[0] == "Update README.md"


def test_a_branch_that_somebody_moved_is_refused_until_looked_at(hub, folder, tmp_path):
    publish(folder, calls(hub))
    moved = elsewhere(hub.repos[REPO])
    later = next_release(folder, tmp_path / "1.1.0", change=["README.md"])
    with pytest.raises(ServiceError, match=f"somebody changed it.*--over {moved.oid[:12]}"):
        publish(later, calls(hub))
    with pytest.raises(ServiceError, match="somebody changed it"):
        publish(later, calls(hub), over=moved.parent)
    assert commits(hub)[0] == "Update README.md"
    done = publish(later, calls(hub), over=moved.oid[:12])
    assert hub.repos[REPO].at(done.commit).parent == moved.oid
    assert files_at(hub, "v1.1.0") == contents(later)


def test_a_branch_that_moves_between_look_and_commit(hub, folder):
    hub.before.append(elsewhere)
    with pytest.raises(HubError, match=r"somebody else moved its main branch meanwhile \(412\)"):
        publish(folder, calls(hub))
    assert commits(hub) == ["Update README.md", "initial commit"]
    assert hub.repos[REPO].tags == {}


@pytest.mark.parametrize("status", [500, 503, 429, "cut"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/revision/main"), ("GET", "/refs"), ("POST", "/repos/create"), ("POST", "/commit/main"), ("POST", "/tag/")],
)  # fmt: skip
def test_what_passes_is_tried_again(status, method, path, hub, folder):
    hub.fail(method, path, status)
    done = publish(folder, calls(hub))
    assert commits(hub) == ["Release 1.0.0", "initial commit"]
    assert hub.repos[REPO].tags == {"v1.0.0": done.commit}
    assert files_at(hub, "v1.0.0") == contents(folder)


@pytest.mark.parametrize("status", ["cut", 500])
@pytest.mark.parametrize("path", ["/repos/create", "/commit/main", "/tag/"])
def test_a_lost_answer_is_not_done_twice(status, path, hub, folder):
    hub.fail("POST", path, status, after=True)
    done = publish(folder, calls(hub))
    assert commits(hub) == ["Release 1.0.0", "initial commit"]
    assert hub.repos[REPO].tags == {"v1.0.0": done.commit}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"does not accept the token \(401\): set HF_TOKEN to one that may write to org/civic-news"),
        (403, r"\(403\): it needs write access"),
        (409, r"\(409\)"),
        (412, r"somebody else moved its main branch meanwhile \(412\)"),
        (413, r"too large for the Hub \(413\)"),
        (429, r"asks to slow down \(429\): wait"),
        (500, r"the Hub fails \(500\): run this again later"),
        (418, r"the Hub refuses \(418\)"),
        ("cut", r"can't be reached or cut the line"),
    ],
)
def test_what_does_not_pass_is_said_in_one_line_without_the_token(status, message, hub, folder):
    hub.fail("POST", "/commit/main", status, times=99)
    with pytest.raises(HubError, match=message) as caught:
        publish(folder, calls(hub))
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert TOKEN not in f"{caught.value!r} {caught.value}"
    assert hub.repos[REPO].tags == {}
    assert files_at(hub) == {}


def test_nobody_there(folder):
    with serve() as hub:
        away = calls(hub)
    with pytest.raises(HubError, match=r"http://127\.0\.0\.1:\d+ can't be reached"):
        publish(folder, away)


def test_a_hub_without_xet_is_said_to_be_one(hub, folder, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    with pytest.raises(HubError, match="a Hub without xet needs HF_HUB_DISABLE_XET=1"):
        publish(folder, calls(hub, attempts=1))
    assert commits(hub) == ["initial commit"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError(f"shard {{x}} failed\nfor {TOKEN}"), r"gave up.*\(shard \{x\} failed for hf_…\)"),
        (PermissionError("expired"), r"gave up.*\(expired\)"),
    ],
)
def test_what_the_client_itself_gives_up_on(error, message, hub, folder, monkeypatch):
    def gives_up(*_, **__):
        raise error

    reached = calls(hub)
    monkeypatch.setattr(reached.api, "create_commit", gives_up)
    with pytest.raises(HubError, match=message) as caught:
        publish(folder, reached)
    assert TOKEN not in str(caught.value)


def test_a_fault_of_our_own_is_not_hidden(hub, folder, monkeypatch):
    def broken(*_, **__):
        raise KeyError("ours")

    reached = calls(hub)
    monkeypatch.setattr(reached.api, "create_commit", broken)
    with pytest.raises(KeyError, match="ours"):
        publish(folder, reached)


def test_tokens(hub, folder):
    with pytest.raises(UsageError, match="set HF_TOKEN"):
        publish(folder, calls(hub, token=None))
    wrong = "hf_" + "w" * 34
    with pytest.raises(HubError, match=r"\(401\)") as caught:
        publish(folder, calls(hub, token=wrong))
    assert wrong not in str(caught.value)
    assert hub.repos == {}


# --- versions and tags --------------------------------------------------------------------------


def test_a_version_is_never_changed(hub, folder, tmp_path):
    publish(folder, calls(hub))
    other = next_release(folder, tmp_path / "other", version="1.0.0", change=["README.md"])
    with pytest.raises(ServiceError, match=r"v1\.0\.0 is published with other content.*release the next one"):
        publish(other, calls(hub))
    assert files_at(hub, "v1.0.0") == contents(folder)


def test_an_older_version_does_not_follow_a_newer_one(hub, folder, tmp_path):
    publish(next_release(folder, tmp_path / "1.1.0"), calls(hub))
    with pytest.raises(ServiceError, match=r"holds 1\.1\.0, which is newer than 1\.0\.0"):
        publish(folder, calls(hub))


def test_a_tag_that_appears_elsewhere_meanwhile_is_seen(hub, folder):
    def tagged(repo):
        repo.tags["v1.0.0"] = repo.at("main").oid

    hub.before.append(tagged)
    with pytest.raises(ServiceError, match=r"points at .*, not at the release's commit"):
        publish(folder, calls(hub))


# --- what is sent is what was frozen ------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data", "message"),
    [
        ("README.md", b"x", "README.md: is not as the release was frozen"),
        ("notes.txt", b"x", "notes.txt: is not as the release was frozen"),
        ("splits.csv", None, "splits.csv: is missing"),
    ],
)
def test_a_release_that_was_touched_is_not_published(path, data, message, hub, folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    if data is None:
        (copy / path).unlink()
    else:
        (copy / path).write_bytes(data)
    with pytest.raises(ReleaseError, match=message):
        publish(copy, calls(hub))
    assert hub.log == []


@pytest.mark.parametrize("name", ["civic", "a/b/c", "org/civic news", "-/-", ""])
def test_names_that_are_none(name, hub):
    with pytest.raises(UsageError, match="NAMESPACE/NAME"):
        calls(hub, repo=name)


# --- as people use it ---------------------------------------------------------------------------


def load(hub, home, *lines):
    """Run lines of Python with `datasets` in a process of its own, pointed at the double."""
    said = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env={**os.environ, **said}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_load_dataset_by_tag_gives_the_rows_of_that_version(hub, folder, tmp_path):
    publish(folder, calls(hub))
    publish(next_release(folder, tmp_path / "1.1.0", change=["README.md"]), calls(hub))
    found = load(
        hub, tmp_path / "hf",
        "import json, pandas",
        "from datasets import load_dataset",
        f"rows = load_dataset('{REPO}', 'spans', revision='v1.0.0', split='train')",
        "print(json.dumps([list(rows['id']), rows.features['spans'].feature['label'].names]))",
        f"again = load_dataset('{REPO}', 'spans', revision='v1.0.0', split='train', streaming=True)",
        "print(json.dumps([row['id'] for row in again]))",
        f"print(json.dumps(len(load_dataset('{REPO}', revision='v1.1.0')['train'])))",
        f"path = 'hf://datasets/{REPO}@v1.0.0/data/documents/train-00000-of-00001.parquet'",
        "print(json.dumps(pandas.read_parquet(path)['id'].tolist()))",
    )  # fmt: skip
    ids = ["tin 2: đặc biệt", "tin/1", "tin3"]
    assert found[0][0] == found[1] == found[3] == ids
    assert found[0][1][:3] == ["PER", "ORG", "LOC"]
    assert found[2] == 6


@pytest.fixture
def run(hub, tmp_path):
    """The verb in a process of its own, pointed at the double."""
    said = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HOME": str(tmp_path / "hf")}
    return lambda *arguments: subprocess.run(
        [sys.executable, "-m", "vicivic", "publish", *map(str, arguments)],
        env={**os.environ, **said, "HF_HUB_DISABLE_XET": "1", "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_verb(run, hub, folder):
    work = folder.parents[1]
    planned = run(REPO, "--version", "1.0.0", "--dry-run", "--work", work)
    assert planned.returncode == 0
    assert "would publish 1.0.0 to the private dataset org/civic-news" in planned.stdout
    assert "  new       README.md" in planned.stderr
    assert hub.repos == {}
    done = run(REPO, "--work", work, "--json")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert (body["verb"], body["state"], body["commit"]) == (
        "publish",
        "published",
        hub.repos[REPO].tags["v1.0.0"],
    )
    again = run(REPO, "--work", work, "--public")
    assert "1.0.0 is published in org/civic-news already; v1.0.0 at" in again.stdout
    assert "stays private" in again.stderr
    assert TOKEN not in str([planned, done, again])


@pytest.mark.parametrize("path", ["/repos/create", "/lfs/objects/batch", "/commit/main", "/tag/"])
def test_killed_at_any_moment_and_run_again(path, hub, folder, tmp_path):
    killed = []

    def kill(method, asked):
        if path in asked and not killed:
            killed.append(asked)
            process.kill()
            process.wait()

    hub.after.append(kill)
    said = {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DISABLE_XET": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "vicivic", "publish", REPO, "--from", folder],
        env={**os.environ, **said}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.wait() == -9
    done = publish(folder, calls(hub))
    assert commits(hub) == ["Release 1.0.0", "initial commit"]
    assert hub.repos[REPO].tags == {"v1.0.0": done.commit}
    assert files_at(hub, "v1.0.0") == contents(folder)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "name a dataset on the Hub"),
        ((REPO, "--to", "x"), 2, "not both"),
        (("civic",), 2, "NAMESPACE/NAME"),
        ((REPO, "--version", "7.0.0"), 2, "no release 7.0.0; there are 1.0.0"),
        ((REPO, "--version", "latest"), 1, "'latest' is no version"),
    ],
)
def test_wrong_usage_of_the_verb(arguments, code, message, run, folder):
    done = run(*arguments, "--work", folder.parents[1])
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(
    not (REAL_TOKEN and REAL_REPO),
    reason="the real Hub: set HF_TOKEN and VICIVIC_HUB_REPO (a scratch dataset that may be deleted)",
)
def test_the_real_hub(folder):
    from huggingface_hub import HfApi

    token, repo = REAL_TOKEN, REAL_REPO
    try:
        done = publish(folder, Calls(repo, token=token))
        assert publish(folder, Calls(repo, token=token)).state == "unchanged"
        found = HfApi(token=token).list_repo_refs(repo, repo_type="dataset").tags
        assert {tag.name: tag.target_commit for tag in found}["v1.0.0"] == done.commit
    finally:
        HfApi(token=token).delete_repo(repo, repo_type="dataset", missing_ok=True)
