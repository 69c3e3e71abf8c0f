"""What the tests share: a running server, and where the clients are."""

import sys
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2]
sys.path[:0] = [str(CLIENTS / "python"), str(CLIENTS / "recipes")]

from server import Server  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"), "--heartbeat-seconds", "1")
    yield server
    server.stop()
