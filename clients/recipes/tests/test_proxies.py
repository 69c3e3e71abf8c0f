"""nginx and Caddy as the recipes have them, before an application that tells what it was told."""

import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from conftest import CLIENTS
from server import PASSWORD, Beside, free_port, until

NGINX, CADDY = os.environ["COUNTERSIGN_NGINX"], os.environ["COUNTERSIGN_CADDY"]
RECIPES = CLIENTS / "recipes"


class Application(BaseHTTPRequestHandler):
    """Believes what it is told under `Remote-…`, as applications behind a proxy do."""

    protocol_version = "HTTP/1.1"
    asked = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = [(name.lower(), value) for name, value in self.headers.items()]
        self.asked.append((self.path, [pair for pair in told if pair[0].startswith("remote")]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET


@pytest.fixture(scope="module")
def application():
    web = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True).start()
    yield web
    web.shutdown()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(request, server, application, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    ports = {"127.0.0.1:8080": server.url.removeprefix("http://"),
             "127.0.0.1:5000": f"127.0.0.1:{application.server_address[1]}"}
    start = nginx if request.param == "nginx" else caddy
    beside = start(folder, port, ports)
    beside.name = request.param
    yield beside
    beside.stop()


def moved(text, ports):
    for written, real in ports.items():
        assert written in text
        text = text.replace(written, real)
    return text


def nginx(folder, port, ports):
    site = moved((RECIPES / "nginx/site.conf").read_text(), ports)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    # The trap that the recipe warns of.
    trap = 'location = /trap { auth_request /_who; return 200 "open"; }'
    site = re.sub(r"\n}\s*\Z", f"\n    {trap}\n}}\n", site)
    kept = "".join(
        f"{what}_temp_path {folder}/{what};"
        for what in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; {kept}\n{site}}}\n"
    )
    command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    return Beside(command, port, folder)


def caddy(folder, port, ports):
    text = moved((RECIPES / "caddy/Caddyfile").read_text(), ports)
    text = text.replace("\n:80 {", f"\nhttp://127.0.0.1:{port} {{\n\tbind 127.0.0.1")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    command = [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    home = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return Beside(command, port, folder, **home)


def ask(site, path, token=None, method="GET", **headers):
    """The answer, and what the application was told if it was reached."""
    headers = {name.replace("__", "-"): value for name, value in headers.items()}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    Application.asked.clear()
    with requests.Session() as http:
        http.trust_env = False
        answer = http.request(
            method, site.url + path, headers=headers, timeout=20, allow_redirects=False
        )
    return answer, dict(Application.asked[0][1]) if Application.asked else None


SPOOFED = {
    "Remote-User": "admin", "Remote-User-Id": "1", "Remote-Roles": "admin", "remote-user": "admin",
    "Remote_User": "admin", "Remote_Roles": "admin", "REMOTE_USER_ID": "1",
}


def test_the_application_is_told_who_it_is(server, site):
    name = server.user("editor")
    answer, told = ask(site, "/anything", server.sign_in(name))

    assert answer.status_code == 200, site.log.read_text()
    assert told["remote-user"] == name
    assert told["remote-roles"] == "editor"
    assert len(told["remote-user-id"]) == 36


def test_nobody_reaches_the_application(server, site):
    revoked = server.sign_in(server.user())
    server.log_out(revoked)

    for token in [None, "x", revoked]:
        for method in ["GET", "POST"]:
            answer, told = ask(site, "/anything", token, method)
            assert (answer.status_code, told) == (401, None)


def test_what_a_client_says_of_itself_does_not_pass(server, site):
    name = server.user()
    token = server.sign_in(name)

    for header, value in SPOOFED.items():
        answer, told = ask(site, "/anything", token, **{header: value})
        assert answer.status_code == 200
        assert told["remote-user"] == name
        assert told.get("remote-roles", "") == ""
        assert set(told) <= {"remote-user", "remote-user-id", "remote-roles"}, header
        answer, told = ask(site, "/anything", None, **{header: value})
        assert (answer.status_code, told) == (401, None)


def test_a_role_is_asked_for(server, site):
    user, admin = server.sign_in(server.user()), server.sign_in(server.user("admin"))

    for path in ["/admin", "/admin/x", "/Admin/x", "//admin/x", "/x/../admin/x", "/%61dmin/x"]:
        answer, told = ask(site, path, user)
        assert (answer.status_code, told) == (403, None), path
    assert ask(site, "/admin/x", admin)[0].status_code == 200


def test_the_question_cannot_be_asked_from_outside(server, site):
    admin = server.sign_in(server.user("admin"))
    if site.name == "nginx":
        for path in ["/_who", "/_admin"]:
            answer, told = ask(site, path, admin)
            assert (answer.status_code, told) == (404, None)


def test_a_browser_that_was_lured_changes_nothing(server, site):
    name = server.user()
    form = {"login": name, "password": PASSWORD}
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(
            site.url + "/login", data=form, headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False, timeout=20,
        )
    assert answer.status_code == 303, answer.text
    cookie = "; ".join(f"{c.name}={c.value}" for c in answer.cookies)

    def site_of(where, method):
        return ask(site, "/x", None, method, Cookie=cookie, Sec__Fetch__Site=where,
                   X__Forwarded__Method="GET")

    assert site_of("same-origin", "POST")[1]["remote-user"] == name
    assert site_of("cross-site", "GET")[1]["remote-user"] == name
    assert (site_of("cross-site", "POST")[0].status_code, Application.asked) == (403, [])


def test_return_in_a_guarded_location_of_nginx_is_open_to_everybody(site):
    """Why the recipe says what it says."""
    if site.name == "nginx":
        answer, _ = ask(site, "/trap")
        assert (answer.status_code, answer.text) == (200, "open")


def test_the_pages_are_there_under_the_same_name(site):
    until(lambda: ask(site, "/login")[0].status_code == 200, "the page")
    assert ask(site, "/login")[1] is None
