"""SMTP servers on loopback that keep what they get (aiosmtpd), and the certificates they show."""

import asyncio
import datetime
import email
import email.policy
import ipaddress
import ssl
import threading
import time
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


class Authority:
    """Vouches for servers; its certificate is what `mail.ca_file` names."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.cert = sign(self, self, named(name), ca=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(pem(self.cert))

    def issue(self, host="127.0.0.1", begin=NOW - DAY, end=NOW + DAY, ca=None):
        """A server's TLS, with a certificate for `host`."""
        return tls(self.folder, ca or self, host, begin, end)


@dataclass
class Server:
    """Who is certified."""

    key: ec.EllipticCurvePrivateKey


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def pem(cert):
    return cert.public_bytes(serialization.Encoding.PEM)


def sign(by, of, subject, ca=False, host=None, begin=NOW - DAY, end=NOW + DAY):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is of else by.cert.subject)
        .public_key(of.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([alternative(host)]), False)
    return builder.sign(by.key, hashes.SHA256())


def alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def tls(folder, by, host, begin=NOW - DAY, end=NOW + DAY):
    """`by` None: the server vouches for itself."""
    server = Server(ec.generate_private_key(ec.SECP256R1()))
    cert = sign(by or server, server, named("server"), host=host, begin=begin, end=end)
    private = server.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{cert.serial_number:x}.pem"
    file.write_bytes(pem(cert) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@dataclass
class Delivery:
    """One mail as it was handed over."""

    sender: str
    to: list
    protected: bool
    user: str | None
    message: email.message.EmailMessage

    def part(self, kind):
        body = self.message.get_body(preferencelist=(kind,))
        return body.get_content()


@dataclass
class PostOffice:
    """An SMTP server: `implicit` TLS, STARTTLS by `offers`, or neither.

    It knows of every step that a client took, and keeps every mail it accepted.
    """

    implicit: ssl.SSLContext | None = None
    offers: ssl.SSLContext | None = None
    login: tuple | None = None
    port: int = 0
    mails: list = field(default_factory=list)
    steps: list = field(default_factory=list)

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.listener = self.do(
            self.loop.create_server(self.session, "127.0.0.1", self.port, ssl=self.implicit)
        )
        self.port = self.listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.do(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def close(self):
        self.listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def session(self):
        return SMTP(
            self,
            hostname="post.example",
            loop=self.loop,
            tls_context=self.offers,
            require_starttls=self.offers is not None,
            authenticator=self.authenticate if self.login else None,
            auth_required=self.login is not None,
            auth_require_tls=self.implicit is None,
            enable_SMTPUTF8=True,
        )

    def authenticate(self, server, session, envelope, mechanism, data):
        self.steps.append(f"AUTH {mechanism}")
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False, auth_data=data)

    # What aiosmtpd calls.

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.steps.append("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.steps.append("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.steps.append(f"RCPT {address}")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        # As RFC 6532 has it: headers may be UTF-8.
        text = envelope.original_content.decode()
        message = email.message_from_string(text, policy=email.policy.SMTPUTF8)
        user = session.auth_data.login.decode() if session.auth_data else None
        protected = self.implicit is not None or session.ssl is not None
        self.mails.append(
            Delivery(envelope.mail_from, list(envelope.rcpt_tos), protected, user, message)
        )
        return "250 OK"

    # What tests ask.

    def to(self, address):
        return [mail for mail in list(self.mails) if address in mail.to]

    def wait(self, address, count=1, seconds=10):
        """The mails to `address`, once there are so many."""
        until(lambda: len(self.to(address)) >= count, f"{count} mails to {address}", seconds)
        return self.to(address)


def until(holds, what, seconds=10):
    """Waits for what a server does beside its answers."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
