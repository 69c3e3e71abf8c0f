"""The running servers, and users on them.

`cargo xtask test --only peers` starts the servers and names them in COUNTERSIGN_PEERS; nothing is
started here. Their tests are in test_peers.py; those of test_mail.py start the program themselves.
"""

import itertools
import json
import os
from dataclasses import dataclass, field

import pytest
import requests

ALGORITHMS = ["EdDSA", "ES256", "RS256"]
SERVERS = json.loads(os.environ["COUNTERSIGN_PEERS"])
SHARED_SECRET = os.environ["COUNTERSIGN_SHARED_SECRET"]
NUMBERS = itertools.count(1)


@dataclass
class Server:
    """One server, and what its ready line said of it."""

    algorithm: str
    ready: dict
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self):
        # Neither a proxy nor a .netrc of whoever runs this may add to a request.
        self.http.trust_env = False

    def url(self, path):
        return self.ready["url"] + path

    def call(self, method, path, **more):
        return self.http.request(method, self.url(path), timeout=30, **more)

    def me(self, **more):
        return self.call("GET", "/api/me", **more)

    def bearer(self, token):
        return self.me(headers={"Authorization": f"Bearer {token}"})

    def jwks(self):
        return self.call("GET", "/.well-known/jwks.json").json()

    def sign_up(self, username=None, password="three quiet words"):
        """A new user; without a name, one that nobody has."""
        username = username or f"peer{next(NUMBERS)}"
        answer = self.call("POST", "/api/users", json={"username": username, "password": password})
        assert answer.status_code == 201, answer.text
        return User(self, username, password, answer.json()["id"])

    def admin(self):
        """The administrator of the sample data."""
        user = User(self, "admin", self.ready["admin_password"])
        user.id = self.me(auth=user.auth).json()["id"]
        return user


@dataclass
class User:
    """A user of a server."""

    server: Server
    username: str
    password: str
    id: str | None = None

    @property
    def auth(self):
        return (self.username, self.password)

    def tokens(self):
        """Signs in: the answer of RFC 6749 §5.1."""
        answer = self.server.call("POST", "/api/tokens", auth=self.auth)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def server():
    """The server with the default algorithm."""
    return Server("EdDSA", SERVERS["EdDSA"])


@pytest.fixture(params=ALGORITHMS)
def each(request):
    """The server of each algorithm in turn."""
    return Server(request.param, SERVERS[request.param])


@pytest.fixture
def shared():
    """The server whose profiles sign under SHARED_SECRET."""
    return Server("HS256", SERVERS["shared"])


@pytest.fixture(scope="session", autouse=True)
def soon_over():
    """A server of short-lived tokens with one of them, issued first: it expires meanwhile."""
    server = Server("EdDSA", SERVERS["brief"])
    return server, server.sign_up().tokens()["access_token"]
