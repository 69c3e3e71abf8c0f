"""The server as a program of a test's own, with users, and other programs beside it."""

import json
import os
import socket
import subprocess
import time

import requests

PROGRAM = os.environ["COUNTERSIGN_PROGRAM"]
PASSWORD = "three quiet words"
NUMBERS = iter(range(1, 1_000_000))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def until(holds, what, seconds=20):
    """Waits for what another program does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.005)


class Server:
    """A `countersign serve` on a database of its own."""

    def __init__(self, folder, *flags, port=None):
        self.folder, self.port = folder, port or free_port()
        address = f"127.0.0.1:{self.port}"
        self.url = f"http://{address}"
        flags = [
            "--listen", address, "--public-url", self.url, "--hashing-memory-kib", "8",
            "--hashing-iterations", "1", "--sign-up-proof", "off", "--mail-transport", "off",
            "--sign-up-per-address-hour", "0", "--throttle-mode", "off",
            "--browser-cookies", "plain", "--status-list-ttl-seconds", "2", *flags,
        ]
        out, err = (open(folder / name, "wb") for name in ["stdout", "stderr"])
        with out, err:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--json", *flags],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )
        self.http = requests.Session()
        self.http.trust_env = False
        until(lambda: self.said() or self.process.poll() is not None, "ready", 30)
        assert self.said(), (folder / "stderr").read_text()

    def said(self):
        return (self.folder / "stdout").read_text().partition("\n")[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def command(self, *words):
        done = subprocess.run(
            [PROGRAM, *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
            input=f"{PASSWORD}\n",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def call(self, method, path, **more):
        return self.http.request(method, self.url + path, timeout=30, **more)

    def user(self, *roles):
        """The name of a new user."""
        name = f"user{next(NUMBERS)}"
        given = [f"--role={role}" for role in roles]
        self.command("user", "add", name, "--password-stdin", *given)
        return name

    def sign_in(self, name):
        answer = self.call("POST", "/api/tokens", auth=(name, PASSWORD))
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def log_out(self, token):
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.call("DELETE", "/api/tokens", headers=headers)
        assert answer.status_code == 204, answer.text

    def revocations_key(self):
        admin = self.user("admin")
        return self.command("key", "add", admin, "--name", "stream", "--scope", "revocations")


class Beside:
    """Another program that answers at a port."""

    def __init__(self, command, port, folder, **env):
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env={**os.environ, **env}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )
        until(lambda: self.answers(port) or self.process.poll() is not None, "an answer")
        assert self.process.poll() is None, self.log.read_text()

    def answers(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
