"""Copies of a release by fsspec: local folders and another file system, cut off, damaged, again."""

import shutil
import uuid

import fsspec
import msgspec
import pytest

from corpus.errors import ReleaseError, ServiceError, UsageError
from exporters import mirror as mirroring
from exporters.manifest import read_manifest, write_manifest
from exporters.mirror import mirror
from tests.civic_release import shared
from tests.releasing import contents


@pytest.fixture(scope="module")
def folder():
    return shared("written")[1]


@pytest.fixture(params=["folder", "file", "memory"])
def target(request, tmp_path):
    return {
        "folder": str(tmp_path / "copies"),
        "file": f"file://{tmp_path}/copies",
        "memory": f"memory://{uuid.uuid4().hex}/copies",
    }[request.param]


def there(target):
    """path → bytes below a target."""
    system, root = fsspec.core.url_to_fs(target)
    return {path.removeprefix(f"{root}/"): system.cat_file(path) for path in system.find(root)}


def whole(folder):
    return {f"1.0.0/{path}": data for path, data in contents(folder).items()}


def test_a_copy_holds_every_byte_and_again_sends_nothing(folder, target):
    done = mirror(folder, target)
    assert (done.state, done.sent, done.target) == ("copied", done.files, f"{target}/1.0.0")
    assert there(target) == whole(folder)
    again = mirror(folder, f"{target}/")
    assert (again.state, again.sent) == ("unchanged", 0)


def test_dry_run_copies_nothing(folder, target):
    done = mirror(folder, target, dry_run=True)
    assert (done.state, done.sent) == ("planned", done.files)
    assert there(target) == {}


def test_a_cut_copy_is_not_whole_and_goes_on(folder, target, monkeypatch):
    sent = []
    send = mirroring._send

    def cut(system, source, root, entry, place):
        if len(sent) == 5:
            raise OSError("the line is cut")
        sent.append(entry.path)
        send(system, source, root, entry, place)

    monkeypatch.setattr(mirroring, "_send", cut)
    with pytest.raises(ServiceError, match=r"the line is cut; run this again"):
        mirror(folder, target)
    assert "1.0.0/SHA256SUMS" not in there(target)
    if not target.startswith("memory"):
        assert not any(path.startswith("1.0.0/") for path in there(target))
    monkeypatch.undo()
    done = mirror(folder, target)
    assert (done.state, done.sent) == ("copied", done.files - 5)
    assert there(target) == whole(folder)


def test_a_damaged_copy_is_mended(folder, target):
    mirror(folder, target)
    system, root = fsspec.core.url_to_fs(target)
    system.pipe_file(f"{root}/1.0.0/README.md", b"damaged")
    done = mirror(folder, target)
    assert (done.state, done.sent) == ("copied", 1)
    assert there(target) == whole(folder)


def test_a_version_is_never_changed(folder, target, tmp_path):
    mirror(folder, target)
    other = tmp_path / "other"
    shutil.copytree(folder, other, copy_function=shutil.copyfile)
    (other / "README.md").write_bytes(b"other")
    write_manifest(other, msgspec.structs.replace(read_manifest(folder), kind="x"))
    with pytest.raises(ReleaseError, match=r"1\.0\.0 is there with other content"):
        mirror(other, target)
    assert there(target) == whole(folder)


def test_a_folder_of_somebody_s_is_left_alone(folder, tmp_path):
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "thesis.txt").write_text("x")
    with pytest.raises(ReleaseError, match="is no whole release; move it away"):
        mirror(folder, str(tmp_path))
    assert there(str(tmp_path)) == {"1.0.0/thesis.txt": b"x"}


@pytest.mark.parametrize("name", ["s3://bucket/civic", "nowhere://x"])
def test_places_that_need_something_that_is_not_there(name, folder):
    with pytest.raises(UsageError, match=f"{name}: .*"):
        mirror(folder, name)


def test_a_place_that_keeps_something_else_is_seen(folder, target, monkeypatch):
    monkeypatch.setattr(mirroring.shutil, "copyfileobj", lambda source, file, size: file.write(b"x"))
    with pytest.raises(ServiceError, match="does not come back as it was sent"):
        mirror(folder, target)
