"""An issuer in the test's hand: keys, status lists and a stream that it can break in any way."""

import base64
import json
import queue
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519

NAME = "https://id.example"


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self, now=None):
        self.now = time.time() if now is None else now

    def __call__(self):
        return self.now

    def pass_(self, seconds):
        self.now += seconds


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Verifiers hang up: that is no error here."""


class Issuer:
    """Signs tokens and serves what a verifier asks for."""

    def __init__(self):
        self.asked, self.answers, self.lines = [], {}, queue.Queue()
        self.clock = Clock()
        self.keys, self.bits = {}, bytearray(128)
        self.kid = self.add_key()
        self.ttl, self.version = 60, 0
        self.server = Web(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.lines.put(None)
        self.server.shutdown()
        self.server.server_close()

    def add_key(self):
        kid = f"key-{len(self.keys)}"
        self.keys[kid] = ed25519.Ed25519PrivateKey.generate()
        return kid

    def jwks(self):
        return {"keys": [self.jwk(kid) for kid in self.keys]}

    def jwk(self, kid):
        jwk = jwt.algorithms.OKPAlgorithm.to_jwk(self.keys[kid].public_key(), as_dict=True)
        return {**jwk, "kid": kid, "alg": "EdDSA", "use": "sig"}

    def token(self, idx=1, kid=None, **claims):
        now = int(self.clock())
        claims = {
            "iss": NAME, "sub": "user-1", "aud": NAME, "client_id": "c", "scope": "", "iat": now,
            "exp": now + 100_000, "jti": "token-1", "sid": "session-1", "auth_time": now,
            "amr": ["pwd"], "roles": ["admin"], "epoch": 0, **claims,
        }
        if idx is not None:
            uri = f"{NAME}/status-lists/1"
            claims.setdefault("status", {"status_list": {"idx": idx, "uri": uri}})
        return self.sign("at+jwt", claims, kid)

    def sign(self, typ, claims, kid=None):
        kid = kid or self.kid
        return jwt.encode(claims, self.keys[kid], "EdDSA", {"typ": typ, "kid": kid})

    def revoke(self, idx):
        self.bits[idx // 8] |= 1 << idx % 8
        self.version += 1

    def status_list(self, **claims):
        now = int(self.clock())
        lst = base64.urlsafe_b64encode(zlib.compress(bytes(self.bits))).rstrip(b"=").decode()
        return self.sign("statuslist+jwt", {
            "iss": NAME, "sub": f"{NAME}/status-lists/1", "iat": now, "exp": now + 10_000,
            "ttl": self.ttl, "status_list": {"bits": 1, "lst": lst}, **claims,
        })

    def count(self, path):
        return sum(asked == path for asked, _ in self.asked)

    def say(self, event, data=None, position=None):
        """One event of the stream, to one listener."""
        lines = f"event: {event}\n"
        lines += f"data: {json.dumps({} if data is None else data)}\n"
        self.lines.put((lines + (f"id: {position}\n" if position else "") + "\n").encode())

    def say_raw(self, raw):
        self.lines.put(raw)

    def hang_up(self):
        self.lines.put(None)

    def handler(issuer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                issuer.asked.append((self.path, self.headers))
                answer = issuer.answers.get(self.path)
                if answer is not None:
                    return answer(self)
                if self.path == "/.well-known/jwks.json":
                    return self.give(json.dumps(issuer.jwks()), {"Cache-Control": "max-age=300"})
                if self.path == "/status-lists/1":
                    etag = f'"{issuer.version}"'
                    if self.headers.get("If-None-Match") == etag:
                        self.send_response(304)
                        return self.end_headers()
                    return self.give(issuer.status_list(), {"ETag": etag})
                if self.path == "/revocations":
                    return self.stream()
                self.send_error(404)

            def give(self, body, headers=None, status=200):
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def stream(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.flush()
                while (raw := issuer.lines.get()) is not None:
                    self.wfile.write(raw)
                    self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        return Handler


def fails(status=503):
    return lambda handler: handler.give("no", status=status)


def gives(body, **headers):
    return lambda handler: handler.give(body, headers)
