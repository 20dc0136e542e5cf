"""The local server: up, healthy, private, found again, down; and what is said when it can't be."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

import pytest

from corpus.errors import ServiceError, UsageError
from corpus.store import Workspace
from labeling.studio import server
from labeling.studio.client import Studio
from labeling.studio.login import local_login


def test_up_serves_loopback_only_and_keeps_its_secrets_private(
    studio_home: Workspace, studio: Studio
) -> None:
    folder = studio_home.folder("studio")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("login.json", "token", "server.json", "id"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    port = int(studio.address.rpartition(":")[2])
    table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    listening = {
        line.split()[1].partition(":")[0]
        for line in table.splitlines()
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert listening == {"0100007F"}  # 127.0.0.1, little endian


def test_no_secret_reaches_the_log_or_the_process_list(studio_home: Workspace) -> None:
    folder = studio_home.folder("studio")
    secrets = [local_login(folder).password, (folder / "token").read_text().strip()]
    found = server.running(studio_home)
    assert found is not None
    command = Path(f"/proc/{found.pid}/cmdline").read_text()
    for secret in secrets:
        assert secret not in command
        assert secret not in (folder / "server.log").read_text()
    assert secrets[0] not in repr(local_login(folder))
    assert secrets[1] not in repr(server.connect(studio_home))


def test_up_twice_says_it_is_running(studio_home: Workspace, studio: Studio, port: int) -> None:
    found, already = server.up(studio_home, port=port)
    assert already
    assert found.address == studio.address
    assert studio.check() == "1.23.2"


def test_sign_up_is_closed(studio: Studio) -> None:
    import requests

    before = studio.emails()
    with requests.Session() as session:
        page = f"{studio.address}/user/signup/"
        session.get(page, timeout=30)
        form = {
            "email": "stranger@example.org",
            "password": "a-long-password-1",
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(page, form, headers={"Referer": page}, timeout=30, allow_redirects=False)
    assert answer.status_code == 403
    assert studio.emails() == before


def test_a_busy_port_is_named_with_the_remedy(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work", create=True)
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port} .* in use.*--port"):
            server.up(workspace, port=port)
    assert server.running(workspace) is None


def test_a_stale_server_file_counts_as_down(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work", create=True)
    folder = workspace.folder("studio")
    folder.mkdir()
    (folder / "server.json").write_text(f'{{"pid":{os.getpid()},"address":"http://127.0.0.1:1"}}')
    assert server.running(workspace) is None  # alive, but not a server of this workspace
    with pytest.raises(ServiceError, match="vicivic studio up"):
        server.connect(workspace)
    assert server.down(workspace) is False
    assert not (folder / "server.json").exists()


def test_down_stops_it_and_up_finds_everything_again(
    tmp_path: Path, studio_template: Path, port: int
) -> None:
    workspace = Workspace(tmp_path / "work", create=True)
    shutil.copytree(studio_template, workspace.folder("studio"))
    server.up(workspace, port=port)
    first = server.connect(workspace)
    project = first.create_project(title="stays", label_config="<View/>")
    assert server.down(workspace)
    with pytest.raises(ServiceError, match="can't be reached"):
        first.check()
    server.up(workspace, port=port)
    second = server.connect(workspace)
    found = second.project(project)
    assert found is not None
    assert found["title"] == "stays"
    assert second.slug == first.slug  # the database names the server, not its port
    token = workspace.folder("studio") / "token"
    for damaged in (None, "", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9.c2VjcmV0"):
        token.unlink()
        if damaged is not None:
            token.write_text(damaged)
        assert server.up(workspace, port=port)[1]  # "run `vicivic studio up` again" mends it
        assert server.connect(workspace).project(project) is not None
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert server.down(workspace)


def test_a_missing_installation_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICIVIC_STUDIO_VENV", str(tmp_path / "none"))
    workspace = Workspace(tmp_path / "work", create=True)
    with pytest.raises(UsageError, match=r"not installed.*VICIVIC_STUDIO_VENV"):
        server.up(workspace)


def test_half_a_remote_server_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    with pytest.raises(UsageError, match="LABEL_STUDIO_API_KEY"):
        server.connect(Workspace(tmp_path / "work", create=True))


def test_each_failure_of_a_remote_server_has_its_words(studio: Studio) -> None:
    with pytest.raises(UsageError, match="no http"):
        Studio("ftp://example.org", "x")
    with pytest.raises(ServiceError, match="can't be reached") as down:
        Studio("http://127.0.0.1:1", "secret-token").check()
    assert "secret-token" not in str(down.value)
    for token in ("secret-token", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9.c2VjcmV0"):
        with pytest.raises(ServiceError, match="refuses the token") as wrong:
            Studio(studio.address, token).check()
        assert token not in str(wrong.value)
    with pytest.raises(ServiceError, match=r"answered 400: \{'title': \['Ensure this field has at least 3"):
        studio.create_project(title="x", label_config="<View/>")
    with pytest.raises(ServiceError, match="check LABEL_STUDIO_URL"):
        Studio(f"{studio.address}/nowhere", "secret-token").check()
