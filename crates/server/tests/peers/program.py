"""The server as a program of a test's own, with the settings the test is about."""

import json
import os
import re
import socket
import subprocess

import requests
from post_office import until

PROGRAM = os.environ["COUNTERSIGN_PROGRAM"]
PASSWORD = "three quiet words"


class Program:
    """A `countersign demo` that ends with the `with` it was made in."""

    def __init__(self, folder, *flags):
        self.folder, self.flags = folder, flags

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        # Mail is what is tried: cheap hashes, and any number of sign-ups from one address.
        flags = ["--hashing-memory-kib", "8", "--hashing-iterations", "1"]
        flags += ["--sign-up-per-address-hour", "0", "--sign-up-proof", "off"]
        flags += ["--browser-cookies", "plain", *self.flags]
        out, err = (open(self.folder / name, "wb") for name in ["stdout", "stderr"])
        with out, err:
            self.process = subprocess.Popen(
                [PROGRAM, "demo", "--json", "--listen", address, *flags],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )
        until(lambda: self.said() or self.process.poll() is not None, "ready", 30)
        assert self.said(), self.log()
        self.url = json.loads(self.said())["url"]
        self.http = requests.Session()
        self.http.trust_env = False
        return self

    def __exit__(self, *_):
        self.http.close()
        self.process.terminate()
        self.process.wait(20)

    def said(self):
        return (self.folder / "stdout").read_text().partition("\n")[0]

    def log(self):
        return (self.folder / "stderr").read_text()

    def post(self, path, body, **more):
        return self.http.post(self.url + path, json=body, timeout=30, **more)

    def sign_up(self, address, **more):
        body = {"email": address, "password": PASSWORD}
        return self.post("/api/users", body, **more)

    def me(self, address, password=PASSWORD):
        return self.http.get(f"{self.url}/api/me", auth=(address, password), timeout=30)

    def browser(self, agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", language="en"):
        return Browser(self.url, agent, language)


class Browser:
    """Somebody who opens pages and sends forms."""

    def __init__(self, url, agent, language):
        self.url, self.http = url, requests.Session()
        self.http.trust_env = False
        self.http.headers.update({"User-Agent": agent, "Accept": "text/html"})
        self.http.headers.update({"Accept-Language": language, "Sec-Fetch-Site": "same-origin"})

    def open(self, path):
        page = self.http.get(self.url + path, timeout=30)
        assert page.status_code == 200, page.text
        return page

    def submit(self, path, page=None, **fields):
        """Sends the form of a page (of the one at `path`, unless another is named)."""
        found = self.open(page or path)
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', found.text)
        fields["csrf_token"] = token[1]
        return self.http.post(self.url + path, data=fields, timeout=30, allow_redirects=False)

    def log_in(self, login, password=PASSWORD):
        return self.submit("/login", login=login, password=password)
