#!/usr/bin/env python3
"""check.py NAME…: each peer installed, seeded, started, and each job of its peer.toml done for real.

This is how a peer is tested without the harness. For each job: three requests of each of three clients answer as
peer.toml says; the same request with a wrong password, or with credentials that nobody issued, does not; signing up
twice under one name does not. Then what revoke.toml says: once a token or session is revoked, the job is refused.
Last, SIGTERM ends the server with all its children. Needs Python 3.11 and nothing else.
"""

import argparse
import http.client
import http.cookies
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib

PEERS = pathlib.Path(__file__).resolve().parent
PASSWORD = "correct-horse-9271-battery"
# Argon2id of PASSWORD, m=19456,t=2,p=1
HASH = "$argon2id$v=19$m=19456,t=2,p=1$13BxQ/JBea8MAeLJypbN0Q$camDA1SUtMkbLj3viOFD+sZSCrgwY6h2IjHNOBmjZLw"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
COUNTER = itertools.count(1)


class Wrong(Exception):
    """What a peer did that its peer.toml does not say."""


def fill(template, values):
    """The template with each known placeholder replaced; other braces are left alone (JSON)."""
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), template)


def named(request):
    """The placeholders that a request names."""
    texts = [request["path"], request.get("body", ""), *request.get("headers", {}).values()]
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def send(request, values):
    """Status, headers and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", values["port"], timeout=30)
    headers = {name: fill(value, values) for name, value in request.get("headers", {}).items()}
    body = fill(request["body"], values).encode() if "body" in request else None
    connection.request(request["method"], fill(request["path"], values), body, headers)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, content


def answers_well(request, values, answer):
    status, _, content = answer
    return status == request["status"] and fill(request.get("body_has", ""), values) in content


def taken(request, answer):
    """The values that the request takes from its answer."""
    _, headers, content = answer
    values = {}
    for name, source in request.get("take", {}).items():
        kind, _, where = source.partition(":")
        if kind == "json":
            found = json.loads(content)
            for step in where.strip("/").split("/"):
                found = found[int(step)] if isinstance(found, list) else found[step]
        elif kind == "cookie":
            cookies = [http.cookies.SimpleCookie(line) for line in headers.get_all("set-cookie", [])]
            found = next(cookie[where].coded_value for cookie in cookies if where in cookie)
        elif kind == "header":
            found = headers[where]
        else:
            raise Wrong(f"takes {source}")
        values[name] = found
    return values


def do(what, request, values):
    """Sends it, wants what is written, and keeps what it takes."""
    answer = send(request, values)
    if not answers_well(request, values, answer):
        raise Wrong(f"{what}: {request['method']} {request['path']} answered {answer[0]}: {answer[2][:300]}")
    values.update(taken(request, answer))


def steps_for(job, request, begin):
    """The begin steps that a request needs: those whose values it, or such a step, names."""
    wanted, steps = named(request), []
    for step in reversed(begin):
        if job in step.get("jobs", [job]) and wanted & set(step.get("take", {})):
            steps.insert(0, step)
            wanted |= named(step)
    return steps


def new_client(job, request, peer, values):
    number = next(COUNTER)
    client = dict(values, user=f"u{number:06}", fresh=f"n{time.time_ns()}")
    for step in steps_for(job, request, peer.get("begin", [])):
        do(f"{job}, begin", step, client)
    return client


def forged(client, peer):
    """The client with each value it was given changed, and a wrong password."""
    given = {name for step in peer.get("begin", []) for name in step.get("take", {})}
    wrong = {name: client[name][:-9] + client[name][-9:][::-1] + "x" for name in given & client.keys()}
    return dict(client, password="wrong-horse-9271-battery", **wrong)


def check_job(job, request, peer, values):
    for _ in range(3):
        client = new_client(job, request, peer, values)
        for _ in range(3):
            client["fresh"] = f"n{time.time_ns()}"
            do(job, request, client)
    # signing up twice is refused, and for the others what was forged
    stranger = client if "fresh" in named(request) else forged(client, peer)
    answer = send(request, stranger)
    if answers_well(request, stranger, answer) or answer[0] >= 500:
        raise Wrong(f"{job}: what must be refused got {answer[0]}: {answer[2][:300]}")
    print(f"  {job}: answers, and refuses with {answer[0]}")


def check_revocation(rule, peer, values):
    job, request = rule["job"], peer["jobs"][rule["job"]]
    begin = {"path": "", "headers": {"": " ".join(f"{{{name}}}" for name in named(request) | named(rule))}}
    client = new_client(job, begin, peer, values)
    before = dict(client)
    do(job, request, client)
    do(f"{job}, revoke", rule, client)
    answer = send(request, before)
    if answer[0] != rule.get("refused") or (
        "refused_has" in rule and rule["refused_has"] not in answer[2]
    ):
        raise Wrong(f"{job}: once revoked it answered {answer[0]}: {answer[2][:300]}")
    print(f"  {job}: refused with {answer[0]} after {rule['method']} {rule['path']}")


def wait_until_ready(peer, values, server):
    for _ in range(600):
        if server.poll() is not None:
            raise Wrong(f"the server ended with {server.returncode}")
        try:
            if send({"method": "GET", "path": peer["ready"]}, values)[0] == peer.get("ready_status", 200):
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise Wrong("the server is not ready after 30 seconds")


def session_members(session):
    """The processes of the session that are no zombies."""
    members = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(int(stat.parent.name))
    return members


def check_ends(server, values):
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(15)
    except subprocess.TimeoutExpired as late:
        raise Wrong("SIGTERM did not end the server within 15 seconds") from late
    if left := session_members(server.pid):
        raise Wrong(f"left behind after SIGTERM: {left}")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", values["port"])) == 0:
            raise Wrong("somebody still listens after SIGTERM")
    print("  SIGTERM ended it and its children")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command, values, **more):
    subprocess.run([fill(part, values) for part in command], check=True, **more)


def check_peer(name, options, data):
    folder = PEERS / name
    peer = tomllib.loads((folder / "peer.toml").read_text())
    cache = pathlib.Path(options.cache) / name
    cache.mkdir(parents=True, exist_ok=True)
    values = {
        "here": folder, "cache": cache, "data": data, "port": free_port(), "users": options.users,
        "hash": HASH, "password": PASSWORD,
    }
    environment = dict(os.environ)
    environment.update({key: fill(text, values) for key, text in peer.get("environment", {}).items()})
    for command in peer.get("install", []):
        run(command, values)
    run(peer["versions"], values, stdout=subprocess.DEVNULL)
    begun = time.monotonic()
    for command in peer.get("seed", []):
        run(command, values, env=environment)
    print(f"  {options.users} users seeded in {time.monotonic() - begun:.1f} s")
    command = [fill(part, values) for part in peer["serve"]]
    server = subprocess.Popen(command, env=environment, cwd=data, start_new_session=True)
    try:
        wait_until_ready(peer, values, server)
        for job, request in peer["jobs"].items():
            check_job(job, request, peer, values)
        if (rules := folder / "revoke.toml").exists():
            for rule in tomllib.loads(rules.read_text())["revoke"]:
                check_revocation(rule, peer, values)
        check_ends(server, values)
    finally:
        for left in session_members(server.pid):
            os.kill(left, signal.SIGKILL)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("names", nargs="+", metavar="NAME")
    arguments.add_argument("--users", type=int, default=1000)
    arguments.add_argument("--cache", default=os.path.expanduser("~/.cache/countersign-tools/bench-peers"))
    options = arguments.parse_args()
    wrong = 0
    for name in options.names:
        print(f"{name}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="countersign-peer-") as data:
            try:
                check_peer(name, options, data)
            except (Wrong, OSError, subprocess.CalledProcessError, LookupError) as problem:
                print(f"  WRONG: {problem}")
                wrong += 1
    print(f"{len(options.names) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
