"""A local double of the Hub's endpoints that datasets are published through and read from, over real HTTP.

Commits are immutable, branches and tags point at them, large files go the LFS way (`basic`), everything
is asked for by unmodified clients.  `hub.fail(...)` makes chosen requests fail, `hub.log` keeps what
came in.  Not modelled: xet, size and rate limits, the real Hub's checks of a card.

    with serve() as hub:
        HfApi(endpoint=hub.url, token=hub.token)…       with HF_HUB_DISABLE_XET=1
"""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_" + "x" * 34
LFS = (".parquet", ".png", ".gz")
ATTRIBUTES = "".join(f"*{end} filter=lfs diff=lfs merge=lfs -text\n" for end in LFS).encode()
DATE = "2024-05-06T07:08:09.000Z"


@dataclass(frozen=True)
class Blob:
    data: bytes
    lfs: bool

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()

    @property
    def oid(self):
        """The git object id: of the pointer where the file is in LFS."""
        data = self.data
        if self.lfs:
            data = (
                f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(data)}\n"
            ).encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def entry(self, path):
        found = {"type": "file", "path": path, "size": len(self.data), "oid": self.oid}
        if self.lfs:
            found["lfs"] = {"oid": self.sha256, "size": len(self.data), "pointerSize": 134}
        return found


@dataclass(frozen=True)
class Commit:
    oid: str
    parent: str | None
    title: str
    message: str
    files: dict


@dataclass
class Repo:
    private: bool
    commits: dict = field(default_factory=dict)
    branches: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)

    def commit(self, branch, title, message, files):
        parent = self.branches.get(branch)
        said = json.dumps([parent, title, message, sorted((path, blob.oid) for path, blob in files.items())])
        made = Commit(hashlib.sha1(said.encode()).hexdigest(), parent, title, message, dict(files))
        self.commits[made.oid] = made
        self.branches[branch] = made.oid
        return made

    def at(self, revision):
        oid = self.branches.get(revision) or self.tags.get(revision) or revision
        return self.commits.get(oid)

    def history(self, commit):
        while commit is not None:
            yield commit
            commit = self.commits.get(commit.parent)


@dataclass
class Failure:
    """Requests of this method whose path matches fail: with a status, or the line is cut.

    `after`: what was asked for is done all the same, only the answer is lost or false.
    """

    method: str
    path: str
    status: int | str
    times: int
    after: bool


@dataclass
class Hub:
    url: str = ""
    token: str = TOKEN
    repos: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    log: list = field(default_factory=list)
    failures: list = field(default_factory=list)
    before: list = field(default_factory=list)  # called with the repo when a commit comes in
    after: list = field(default_factory=list)  # called with method and path before anything is answered

    def fail(self, method, path, status, *, times=1, after=False):
        self.failures.append(Failure(method, path, status, times, after))

    def asked(self, method, path):
        """The bodies of the requests that matched, in order."""
        return [body for verb, asked, body in self.log if verb == method and re.search(path, asked)]

    def failing(self, method, path):
        for failure in self.failures:
            if failure.times and failure.method == method and re.search(failure.path, path):
                failure.times -= 1
                return failure
        return None


class Answer(Exception):
    """An answer that ends the request."""

    def __init__(self, status, body=b"", **headers):
        super().__init__(status)
        self.status, self.headers = status, headers
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


def refuse(status, message, code=None):
    headers = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
    return Answer(status, {"error": message}, **headers)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: Hub

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_all(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        with self.server.lock:
            self.hub.log.append((self.command, unquote(path), body))
            failure = self.hub.failing(self.command, unquote(path))
            try:
                if failure is None or failure.after:
                    self.route(path, body)
                    given = Answer(404)
                else:
                    given = None
            except Answer as made:
                given = made
            for action in self.hub.after:
                action(self.command, unquote(path))
        if failure is not None:
            if failure.status == "cut":
                self.close_connection = True
                self.connection.close()
                return
            given = refuse(
                failure.status, f"failure {failure.status}; you sent {self.headers.get('Authorization')}"
            )
        self.answer(given.status, given.body, **given.headers)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_all  # noqa: N815

    def route(self, path, body):
        for method, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, path)
            if method in (self.command, "GET" if self.command == "HEAD" else None) and found:
                handler(self, body, *(unquote(part) if part else part for part in found.groups()))
        raise refuse(404, "no such page")

    def user(self, *, writing):
        said = self.headers.get("Authorization")
        if said is not None and said != f"Bearer {self.hub.token}":
            raise refuse(401, "Invalid credentials in Authorization header")
        if said is None and writing:
            raise refuse(401, "Invalid username or password.")
        return said is not None

    def repo(self, name, *, writing=False):
        known = self.user(writing=writing)
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not known):
            raise refuse(404 if known else 401, "Repository not found", "RepoNotFound")
        return repo

    def commit(self, repo, revision):
        found = repo.at(revision)
        if found is None:
            raise refuse(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return found


def create(self, body):
    self.user(writing=True)
    said = json.loads(body)
    name = f"{said.get('organization') or 'me'}/{said['name']}"
    url = f"{self.hub.url}/datasets/{name}"
    if name in self.hub.repos:
        raise Answer(409, {"error": "You already created this dataset repo", "url": url})
    private = said.get("private") or said.get("visibility") == "private"
    repo = self.hub.repos[name] = Repo(private=bool(private))
    repo.commit("main", "initial commit", "", {".gitattributes": Blob(ATTRIBUTES, lfs=False)})
    raise Answer(200, {"url": url, "name": name, "id": name})


def info(self, body, name, revision=None):
    repo = self.repo(name)
    commit = self.commit(repo, revision or "main")
    raise Answer(200, {
        "_id": "0", "id": name, "sha": commit.oid, "private": repo.private, "gated": False, "disabled": False,
        "downloads": 0, "likes": 0, "tags": [], "createdAt": DATE, "lastModified": DATE,
        "siblings": [{"rfilename": path} for path in sorted(commit.files)],
    })  # fmt: skip


def preupload(self, body, name, revision):
    repo = self.repo(name, writing=True)
    commit = self.commit(repo, revision)
    raise Answer(200, {"files": [
        {
            "path": file["path"], "shouldIgnore": False,
            "uploadMode": "lfs" if file["path"].endswith(LFS) else "regular",
            **({"oid": commit.files[file["path"]].oid} if file["path"] in commit.files else {}),
        }
        for file in json.loads(body)["files"]
    ]})  # fmt: skip


def batch(self, body, name):
    self.repo(name, writing=True)
    objects = []
    for item in json.loads(body)["objects"]:
        made = {"oid": item["oid"], "size": item["size"]}
        if item["oid"] not in self.hub.objects:
            made["actions"] = {
                "upload": {"href": f"{self.hub.url}/lfs/{item['oid']}"},
                "verify": {"href": f"{self.hub.url}/lfs/verify"},
            }
        objects.append(made)
    raise Answer(200, {"transfer": "basic", "objects": objects})


def put(self, body, oid):
    if hashlib.sha256(body).hexdigest() != oid:
        raise refuse(400, "wrong content")
    self.hub.objects[oid] = body
    raise Answer(200)


def verify(self, body):
    said = json.loads(body)
    if len(self.hub.objects.get(said["oid"], b"")) != said["size"]:
        raise refuse(422, "not uploaded")
    raise Answer(200)


def commit(self, body, name, branch):
    repo = self.repo(name, writing=True)
    for action in self.hub.before:
        action(repo)
    parts = [json.loads(line) for line in body.splitlines() if line.strip()]
    header = next(part["value"] for part in parts if part["key"] == "header")
    head = self.commit(repo, branch)
    if header.get("parentCommit") not in (None, head.oid):
        raise refuse(412, "A commit has happened since. Please refresh and try again.")
    files = dict(head.files)
    for part in parts:
        value = part["value"]
        if part["key"] == "file":
            files[value["path"]] = Blob(base64.b64decode(value["content"]), lfs=False)
        elif part["key"] == "lfsFile":
            if value["oid"] not in self.hub.objects:
                raise refuse(400, f"{value['path']} was never uploaded")
            files[value["path"]] = Blob(self.hub.objects[value["oid"]], lfs=True)
        elif part["key"] == "deletedFile":
            del files[value["path"]]
    made = repo.commit(branch, header["summary"], header.get("description", ""), files)
    url = f"{self.hub.url}/datasets/{name}/commit/{made.oid}"
    raise Answer(200, {"success": True, "commitOid": made.oid, "commitUrl": url, "hookOutput": ""})


def refs(self, body, name):
    repo = self.repo(name)
    kinds = (("branches", "heads", repo.branches), ("tags", "tags", repo.tags))
    raise Answer(200, {"converts": [], "pullRequests": [], **{
        key: [{"name": ref, "ref": f"refs/{kind}/{ref}", "targetCommit": oid} for ref, oid in found.items()]
        for key, kind, found in kinds
    }})  # fmt: skip


def tag(self, body, name, revision):
    repo = self.repo(name, writing=True)
    said = json.loads(body)["tag"]
    if said in repo.tags:
        raise refuse(409, f"Tag {said} already exists")
    repo.tags[said] = self.commit(repo, revision).oid
    raise Answer(200)


def untag(self, body, name, said):
    del self.repo(name, writing=True).tags[said]
    raise Answer(200)


def commits(self, body, name, revision):
    repo = self.repo(name)
    raise Answer(200, [
        {"id": each.oid, "title": each.title, "message": each.message, "date": DATE, "authors": [{"user": "me"}]}
        for each in repo.history(self.commit(repo, revision))
    ])  # fmt: skip


def entries(files, under, *, recursive):
    """Files and folders below a path as the Hub lists them."""
    folders, found = set(), []
    for path, blob in sorted(files.items()):
        if under and not path.startswith(f"{under}/"):
            continue
        rest = path.removeprefix(f"{under}/") if under else path
        steps = rest.split("/")[:-1]
        for depth in range(len(steps)):
            folder = "/".join([*([under] if under else []), *steps[: depth + 1]])
            if (recursive or depth == 0) and folder not in folders:
                folders.add(folder)
                found.append({"type": "directory", "path": folder, "oid": "0" * 40, "size": 0})
        if recursive or not steps:
            found.append(blob.entry(path))
    return found


def tree(self, body, name, revision, under=None):
    commit = self.commit(self.repo(name), revision)
    query = parse_qs(urlsplit(self.path).query)
    recursive = query.get("recursive", ["false"])[0].lower() in ("true", "1")
    found = entries(commit.files, (under or "").strip("/"), recursive=recursive)
    if under and not found:
        raise refuse(404, f"{under} does not exist", "EntryNotFound")
    raise Answer(200, found)


def paths_info(self, body, name, revision):
    commit = self.commit(self.repo(name), revision)
    try:
        wanted = json.loads(body)["paths"]
    except ValueError:
        wanted = parse_qs(body.decode()).get("paths", [])
    found = []
    for path in [wanted] if isinstance(wanted, str) else wanted:
        if path in commit.files:
            found.append(commit.files[path].entry(path))
        elif any(known.startswith(f"{path}/") for known in commit.files):
            found.append({"type": "directory", "path": path, "oid": "0" * 40, "size": 0})
    raise Answer(200, found)


def resolve(self, body, name, revision, path):
    commit = self.commit(self.repo(name), revision)
    there = {"X-Repo-Commit": commit.oid}
    blob = commit.files.get(path)
    if blob is None:
        raise Answer(
            404, b"", **there, **{"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"}
        )
    if blob.lfs:
        # another host: clients follow a redirect to the same host and would miss X-Repo-Commit
        away = self.hub.url.replace("127.0.0.1", "localhost")
        raise Answer(302, b"", Location=f"{away}/cdn/{blob.sha256}", **there, **{
            "X-Linked-Etag": f'"{blob.sha256}"', "X-Linked-Size": str(len(blob.data)),
        })  # fmt: skip
    raise ranged(self, blob.data, ETag=f'"{blob.oid}"', **there)


def cdn(self, body, sha256):
    raise ranged(self, self.hub.objects[sha256], ETag=f'"{sha256}"')


def ranged(self, data, **headers):
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
    if not found:
        return Answer(200, data, **headers)
    start, end = int(found[1]), int(found[2] or len(data) - 1)
    return Answer(
        206, data[start : end + 1], **{"Content-Range": f"bytes {start}-{end}/{len(data)}"}, **headers
    )


def fine(self, body):
    raise Answer(200, {"errors": [], "warnings": []})


def whoami(self, body):
    self.user(writing=True)
    raise Answer(200, {"type": "user", "name": "me", "auth": {"accessToken": {"role": "write"}}})


_id = r"([\w.-]+/[\w.-]+)"
_api = rf"/api/datasets/{_id}"
ROUTES = (
    ("POST", r"/api/repos/create", create),
    ("POST", r"/api/validate-yaml", fine),
    ("GET", r"/api/whoami-v2", whoami),
    ("GET", _api, info),
    ("GET", rf"{_api}/revision/([^/]+)", info),
    ("POST", rf"{_api}/preupload/([^/]+)", preupload),
    ("POST", rf"/datasets/{_id}\.git/info/lfs/objects/batch", batch),
    ("PUT", r"/lfs/(\w+)", put),
    ("POST", r"/lfs/verify", verify),
    ("POST", rf"{_api}/commit/([^/]+)", commit),
    ("GET", rf"{_api}/refs", refs),
    ("POST", rf"{_api}/tag/([^/]+)", tag),
    ("DELETE", rf"{_api}/tag/([^/]+)", untag),
    ("GET", rf"{_api}/commits/([^/]+)", commits),
    ("GET", rf"{_api}/tree/([^/]+)(?:/(.*))?", tree),
    ("POST", rf"{_api}/paths-info/([^/]+)", paths_info),
    ("GET", rf"/datasets/{_id}/resolve/([^/]+)/(.+)", resolve),
    ("GET", r"/cdn/(\w+)", cdn),
)


@contextmanager
def serve():
    """A Hub on a free port of loopback, gone when the block ends."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    server.lock = threading.RLock()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
