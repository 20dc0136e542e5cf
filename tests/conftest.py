"""What the whole suite shares: one real Label Studio and one real Chromium a session."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from corpus.store import Workspace
from labeling.studio import server
from labeling.studio.client import Studio
from labeling.studio.login import Login, local_login

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LAPTOP = {"width": 1366, "height": 768}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the session's Label Studio runs in one process, so that there is one server."""
    for item in items:
        if "studio_home" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("label-studio"))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((server.HOST, 0))
        return int(probe.getsockname()[1])


def make_template(folder: Path) -> None:
    """A server's folder with its migrated database, login and token: made once a machine."""
    building = folder.with_name(f"{folder.name}.{os.getpid()}")
    workspace = Workspace(building, create=True)
    server.up(workspace, port=free_port())
    server.down(workspace)
    (building / "studio" / "server.log").unlink()
    building.rename(folder)


@pytest.fixture
def port() -> int:
    """A free port of 127.0.0.1."""
    return free_port()


@pytest.fixture(scope="session")
def studio_template() -> Path:
    """The `studio` folder to copy into a workspace before `studio up`: no migrations to wait for."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    lock = hashlib.sha256((ROOT / "requirements-studio.lock").read_bytes()).hexdigest()[:12]
    folder = cache / f"label-studio-{lock}"
    with FileLock(cache / "label-studio.lock"):
        if not folder.exists():
            make_template(folder)
    return folder / "studio"


@pytest.fixture(scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory, studio_template: Path) -> Iterator[Workspace]:
    """A workspace whose Label Studio is up."""
    workspace = Workspace(tmp_path_factory.mktemp("studio") / "work", create=True)
    shutil.copytree(studio_template, workspace.folder("studio"))
    server.up(workspace, port=free_port())
    yield workspace
    server.down(workspace)


@pytest.fixture(scope="session")
def studio(studio_home: Workspace) -> Studio:
    """The session's server, as its administrator."""
    return server.connect(studio_home)


@pytest.fixture(scope="session")
def login(studio_home: Workspace) -> Login:
    """The administrator's e-mail and password."""
    return local_login(studio_home.folder("studio"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def logged_in(browser: Any, studio: Studio, login: Login) -> Any:
    """What the browser keeps after the administrator logged in by the form."""
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.goto(f"{studio.address}/user/login/")
        page.fill("#email", login.email)
        page.fill("#password", login.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "login" not in url)
        return context.storage_state()


@pytest.fixture
def page(browser: Any, logged_in: Any) -> Iterator[Any]:
    """A page in a laptop-sized window, logged in to the session's server."""
    with browser.new_context(viewport=LAPTOP, storage_state=logged_in) as context:
        yield context.new_page()
