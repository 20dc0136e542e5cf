"""The local Label Studio: one server a workspace, on loopback, with a SQLite of its own.

`<work>/studio/` (0700) holds `data/` (database, SECRET_KEY, media), `server.json` (while it runs),
`server.log`, `login.json` and `token` (0600), and `id`, which names this database in annotation keys:
a database made anew gets a new one, so ids of the old one never meet those of the new.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from corpus.errors import ServiceError, UsageError
from corpus.store import Workspace
from labeling.studio.client import Studio
from labeling.studio.config import KEYMAP
from labeling.studio.login import Login, keep, kept, local_login, local_token, working_token

HOST = "127.0.0.1"
PORT = 8080
PATIENCE = 600.0  # seconds until healthy: a new database takes two minutes of migrations on a busy machine
Tell = Callable[[str], None]


class Running(msgspec.Struct, frozen=True):
    """server.json: which process serves which address."""

    pid: int
    address: str


def up(workspace: Workspace, *, port: int = PORT, tell: Tell = lambda line: None) -> tuple[Running, bool]:
    """Start the server, wait until it is healthy; returns it and whether it was running already.

    Raises ServiceError when the port is in use or the server dies, UsageError when it is not installed.
    """
    found = running(workspace)
    if found is not None:
        working_token(workspace.folder("studio"), found.address)
        return found, True
    program = _program(tell)
    _refuse_busy(port)
    folder = _folder(workspace)
    login = local_login(folder)
    address = f"http://{HOST}:{port}"
    if not (folder / "data" / "label_studio.sqlite3").exists():
        tell("making a new database; the first start takes a minute or two")
        keep(folder / "id", f"local-{secrets.token_hex(4)}")
        (folder / "token").unlink(missing_ok=True)
    _clear_exports(folder / "data" / "export")
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [program, "start", "--no-browser", *_where(folder, port)],
            env=_environment(login),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    found = Running(pid=process.pid, address=address)
    keep(folder / "server.json", msgspec.json.encode(found).decode())
    with _stopped_on_failure(workspace):
        _wait(process, address, folder / "server.log", tell)
        working_token(folder, address)
    return found, False


def down(workspace: Workspace) -> bool:
    """Stop the server and wait for it; returns whether one was running."""
    found = running(workspace)
    marker = workspace.folder("studio") / "server.json"
    if found is not None:
        _stop(found.pid)
    marker.unlink(missing_ok=True)
    return found is not None


def running(workspace: Workspace) -> Running | None:
    """The server of this workspace if its process is alive; a stale server.json counts as none."""
    marker = workspace.folder("studio") / "server.json"
    try:
        found = msgspec.json.decode(marker.read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if _alive(found.pid, workspace.folder("studio") / "data") else None


def connect(workspace: Workspace) -> Studio:
    """The server to work with: LABEL_STUDIO_URL with LABEL_STUDIO_API_KEY, else the local one.

    Raises UsageError when half of the two is missing, ServiceError when no local server is up.
    """
    address, token = os.environ.get("LABEL_STUDIO_URL"), os.environ.get("LABEL_STUDIO_API_KEY")
    if address:
        if not token:
            raise UsageError("LABEL_STUDIO_URL is set; set LABEL_STUDIO_API_KEY too, or unset both")
        return Studio(address, token)
    found = running(workspace)
    if found is None:
        raise ServiceError(
            f"no Label Studio is up for {workspace.root}: run `vicivic studio up --work {workspace.root}`, "
            "or set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY"
        )
    folder = workspace.folder("studio")
    return Studio(found.address, token or local_token(folder, found.address), slug=kept(folder / "id"))


# --- the pieces -------------------------------------------------------------------------------------


def _program(tell: Tell) -> str:
    """The server's program, installed first when this is a checkout."""
    checkout = Path(__file__).resolve().parents[2]
    venv = Path(os.environ.get("VICIVIC_STUDIO_VENV") or checkout / ".venv-studio")
    program = venv / "bin" / "label-studio"
    setup = checkout / "scripts" / "setup"
    if not program.exists() and "VICIVIC_STUDIO_VENV" not in os.environ and setup.exists():
        tell("installing Label Studio beside ViCivic (scripts/setup --studio); once, some minutes")
        subprocess.run([str(setup), "--studio"], check=False, stdout=subprocess.DEVNULL)
    if not program.exists():
        raise UsageError(
            f"{program}: Label Studio is not installed there; make an environment with "
            "`python3 -m venv DIR && DIR/bin/pip install label-studio==1.23.2`, set VICIVIC_STUDIO_VENV=DIR"
        )
    return str(program)


def _clear_exports(folder: Path) -> None:
    """Label Studio keeps a copy of every export, and `pull` exports: nobody reads them."""
    for path in folder.glob("project-*.json"):
        path.unlink()


def _refuse_busy(port: int) -> None:
    """Label Studio would take the next free port in silence: look first."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise ServiceError(
                f"port {port} on {HOST} is in use; stop what uses it, or name another with --port"
            ) from None


def _where(folder: Path, port: int) -> list[str]:
    """Label Studio binds every interface unless told otherwise; `--host` is only what it calls itself."""
    return ["--internal-host", HOST, "--port", str(port), "--data-dir", str((folder / "data").resolve())]


def _environment(login: Login) -> dict[str, str]:
    """No telemetry, no update checks, no open sign-up, none of the caller's own Label Studio settings."""
    foreign = ("LABEL_STUDIO", "DJANGO", "POSTGRE", "SENTRY", "FRONTEND_SENTRY", "VICIVIC")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    keymap = {name: {"key": key, "description": text} for name, (key, text) in KEYMAP.items()}
    return inherited | {
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LABEL_STUDIO_USERNAME": login.email,
        "LABEL_STUDIO_PASSWORD": login.password,
        "EDITOR_KEYMAP": json.dumps(keymap, ensure_ascii=True),
        "PYTHONUNBUFFERED": "1",
    }


def _wait(process: subprocess.Popen[bytes], address: str, log: Path, tell: Tell) -> None:
    import requests

    began = told = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if process.poll() is not None:
            raise ServiceError(f"Label Studio ended before it was ready; see {log}")
        try:
            if requests.get(f"{address}/health", timeout=5).json().get("status") == "UP":
                return
        except (requests.RequestException, ValueError):
            pass
        if time.monotonic() - told > 10:
            told = time.monotonic()
            tell(f"waiting for Label Studio ({told - began:.0f} s)")
        time.sleep(0.3)
    raise ServiceError(f"Label Studio was not ready after {PATIENCE:.0f} s; see {log}")


@contextmanager
def _stopped_on_failure(workspace: Workspace) -> Iterator[None]:
    try:
        yield
    except BaseException:
        down(workspace)
        raise


def _alive(pid: int, data: Path) -> bool:
    """Whether `pid` is our server: alive, and (where /proc tells) started on this data folder."""
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):
        return not Path("/proc/self").exists()
    return str(data.resolve()).encode() in command


def _stop(pid: int) -> None:
    for name, patience in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        os.kill(pid, name)
        ends = time.monotonic() + patience
        while time.monotonic() < ends:
            if _gone(pid):
                return
            time.sleep(0.1)


def _gone(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # a child of this very process would stay a zombie
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _folder(workspace: Workspace) -> Path:
    folder = workspace.folder("studio")
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    (folder / "data").mkdir(exist_ok=True)
    return folder
