"""The account and the access token of the local server: made once, kept where only their owner reads them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from corpus.errors import ServiceError

EMAIL = "admin@vicivic.local"


class Login(msgspec.Struct, frozen=True):
    """login.json: the administrator's account of the local server."""

    email: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.email!r})"


def local_login(folder: Path) -> Login:
    """The kept account; made with a random password when there is none."""
    path = folder / "login.json"
    if not path.exists():
        keep(path, msgspec.json.encode(Login(EMAIL, secrets.token_urlsafe(12))).decode())
    return msgspec.json.decode(path.read_bytes(), type=Login)


def local_token(folder: Path, address: str) -> str:
    """The kept access token; minted at the running server when there is none."""
    path = folder / "token"
    if not path.exists() or not kept(path):
        login = local_login(folder)
        keep(path, mint_token(address, login.email, login.password))
    return kept(path)


def working_token(folder: Path, address: str) -> None:
    """See that the kept token works; a token that the server refuses is replaced."""
    import requests

    token = local_token(folder, address)
    try:
        answer = requests.post(f"{address}/api/token/refresh/", json={"refresh": token}, timeout=60)
    except requests.RequestException:
        return  # whoever uses the token next says what is wrong with the server
    if answer.status_code == 401:
        (folder / "token").unlink(missing_ok=True)
        local_token(folder, address)


def mint_token(address: str, email: str, password: str) -> str:
    """A new Personal Access Token of the account.  Raises ServiceError when the server refuses.

    Label Studio has no API for the first token: log in with the form, then ask as the page does.  It
    allows an account one token and never shows it again, so one that was lost is revoked first.
    """
    import requests

    try:
        with requests.Session() as session:
            page = f"{address}/user/login/"
            session.get(page, timeout=60).raise_for_status()
            form = {"email": email, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
            answer = session.post(page, form, headers={"Referer": page}, timeout=60, allow_redirects=False)
            if answer.status_code != 302:
                raise ServiceError(f"Label Studio at {address} refuses the login of {email}")
            headers = {"X-CSRFToken": session.cookies["csrftoken"], "Referer": address}
            tokens = f"{address}/api/token/"
            answer = session.post(tokens, headers=headers, timeout=60)
            if answer.status_code == 409:
                for lost in session.get(tokens, timeout=60).json():
                    body = {"refresh": lost["token"]}
                    session.post(f"{tokens}blacklist/", json=body, headers=headers, timeout=60)
                answer = session.post(tokens, headers=headers, timeout=60)
            answer.raise_for_status()
            return str(answer.json()["token"])
    except (requests.RequestException, KeyError) as error:
        reason = type(error).__name__
        raise ServiceError(f"Label Studio at {address} gave no access token ({reason})") from None


def kept(path: Path) -> str:
    """What a private file says."""
    return path.read_text("utf-8").strip()


def keep(path: Path, text: str) -> None:
    """Write a small file that only its owner reads, whole or not at all."""
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
