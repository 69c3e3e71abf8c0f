"""Mail from the real program to a real SMTP server: aiosmtpd, with certificates of our own.

What has to arrive arrives once, over TLS, at one address, and can be read; what is not safe is not
sent; and whatever the SMTP server does, nobody waits for it.
"""

import re
import socket
import statistics
import time

import pytest
from post_office import DAY, NOW, Authority, PostOffice, tls, until
from program import PASSWORD, Program

WAYS = ["starttls", "smtps"]
NEW_PASSWORD = "four other quiet words"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "authority")


def office(way, context, **more):
    key = "offers" if way == "starttls" else "implicit"
    return PostOffice(**{key: context}, **more)


def server(folder, port, authority, way="starttls", user="", more=()):
    scheme = "smtp" if way == "starttls" else "smtps"
    url = f"{scheme}://{user}127.0.0.1:{port}"
    flags = ["--mail-transport", "smtp", "--mail-smtp-url", url]
    flags += ["--mail-ca-file", str(authority.file)]
    flags += ["--mail-from", "Bücher & Co <no-reply@books.example>"]
    return Program(folder, *flags, "--confirmation", "required", "--mail-per-hour", "1000", *more)


@pytest.fixture(scope="module")
def post(authority):
    """A post office that does everything right."""
    with office("starttls", authority.issue()) as post:
        yield post


@pytest.fixture(scope="module")
def program(tmp_path_factory, post, authority):
    """A server that sends there."""
    with server(tmp_path_factory.mktemp("program"), post.port, authority) as program:
        yield program


@pytest.fixture(scope="session", autouse=True)
def soon_back(tmp_path_factory):
    """A server whose post office is away when somebody signs up, and comes back meanwhile."""
    authority = Authority(tmp_path_factory.mktemp("late"), "late")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with server(tmp_path_factory.mktemp("late-program"), port, authority) as program:
        for n in range(3):
            assert program.sign_up(f"late{n}@example.org").status_code == 202
        until(lambda: program.log().count("a mail has to wait") == 3, "three attempts fail")
        with office("starttls", authority.issue(), port=port) as post:
            yield program, post


def link(mail):
    """The link of a mail: the one line of its text that is one."""
    [line] = [line for line in mail.part("plain").splitlines() if line.startswith("http")]
    return line


def token(mail):
    return link(mail).partition("token=")[2]


def code(mail):
    return re.search(r"(?m)^\s*([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", mail.part("plain"))[1]


# What arrives


@pytest.mark.parametrize("way", WAYS)
def test_a_sign_up_is_confirmed_by_the_link_that_arrives_over_tls(tmp_path, authority, way):
    with office(way, authority.issue()) as post:
        with server(tmp_path, post.port, authority, way) as program:
            assert program.sign_up("miguel@example.org").status_code == 202
            before = program.me("miguel@example.org")
            [mail] = post.wait("miguel@example.org")
            proof = {"token": token(mail)}
            confirmed = program.post("/api/confirmation/confirm", proof)
            after = program.me("miguel@example.org")

    assert (before.status_code, confirmed.status_code, after.status_code) == (403, 204, 200)
    assert mail.protected
    assert (mail.sender, mail.to) == ("no-reply@books.example", ["miguel@example.org"])
    assert link(mail).startswith(f"{program.url}/confirm?token=")


def test_the_code_confirms_only_where_it_was_asked_for(program, post):
    flow = program.sign_up("coded@example.org").json()["flow"]
    other = program.sign_up("coded-too@example.org").json()["flow"]
    [mail] = post.wait("coded@example.org")

    def confirm(flow):
        return program.post("/api/confirmation/confirm", {"flow": flow, "code": code(mail)})

    elsewhere, here, again = confirm(other), confirm(flow), confirm(flow)

    assert [answer.status_code for answer in (elsewhere, here, again)] == [400, 204, 400]
    assert program.me("coded@example.org").status_code == 200


def test_a_link_is_looked_at_by_a_scanner_and_used_by_its_owner(program, post):
    program.sign_up("scanned@example.org")
    [mail] = post.wait("scanned@example.org")
    path = link(mail).removeprefix(program.url)

    for _ in range(3):
        program.browser(agent="scanner").open(path)
    scanned = program.me("scanned@example.org")
    sent = program.browser().submit("/confirm", page=path, token=token(mail))

    assert (scanned.status_code, sent.status_code) == (403, 303), sent.text
    assert program.me("scanned@example.org").status_code == 200


def test_the_password_is_reset_by_mail_and_its_owner_is_told(program, post):
    program.sign_up("forgetful@example.org")
    post.wait("forgetful@example.org")

    program.post("/api/recovery", {"login": "forgetful@example.org"})
    reset = post.wait("forgetful@example.org", 2)[1]
    body = {"token": token(reset), "new_password": NEW_PASSWORD}
    answers = [program.post("/api/recovery/reset", body).status_code for _ in range(2)]
    told = post.wait("forgetful@example.org", 3)[2]

    assert answers == [204, 400]
    assert program.me("forgetful@example.org", NEW_PASSWORD).status_code == 200
    assert program.me("forgetful@example.org").status_code == 401
    assert "http" not in told.part("plain")
    assert len(post.to("forgetful@example.org")) == 3


def confirmed(program, post, address):
    """Signs somebody up and confirms the address."""
    assert program.sign_up(address).status_code == 202
    proof = {"token": token(post.wait(address)[0])}
    assert program.post("/api/confirmation/confirm", proof).status_code == 204


def test_a_new_device_is_told_once(program, post):
    confirmed(program, post, "traveller@example.org")
    safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15"
    at_home, abroad = program.browser(), program.browser(agent=safari)

    for browser in (at_home, abroad, at_home, abroad):
        assert browser.log_in("traveller@example.org").status_code == 303
        assert browser.submit("/logout").status_code == 303
    told = post.wait("traveller@example.org", 2)[1]
    program.post("/api/recovery", {"login": "traveller@example.org"})
    mails = post.wait("traveller@example.org", 3)

    assert "Safari, macOS" in told.part("plain")
    assert "127.0.0.1" in told.part("plain")
    assert "password" in mails[2].message["Subject"]
    assert len(mails) == 3


def test_who_has_an_account_is_told_instead_of_getting_another(program, post):
    first = program.sign_up("twice@example.org")
    post.wait("twice@example.org")

    second = program.sign_up("twice@example.org")
    mail = post.wait("twice@example.org", 2)[1]

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json().keys() == second.json().keys()
    assert link(mail) == f"{program.url}/login"


# How it can be read


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Confirm your address for Bücherstube", "one hour|60 minutes"),
        ("de-AT,en;q=0.5", "Bestätigen Sie Ihre Adresse für Bücherstube", "60 Minuten"),
        ("fr", "Confirmez votre adresse pour Bücherstube", "60 minutes"),
        ("es-MX", "Confirme su dirección para Bücherstube", "60 minutos"),
        ("tlh", "Confirm your address for Bücherstube", "60 minutes"),
    ],
)
def test_a_mail_is_mime_that_python_reads_in_the_readers_language(
    tmp_path, post, authority, language, subject, words
):
    more = ["--pages-service-name", "Bücherstube"]
    address = f"reader-{language[:2]}@example.org"
    with server(tmp_path, post.port, authority, more=more) as program:
        program.sign_up(address, headers={"Accept-Language": language})
        [mail] = post.wait(address)

    message = mail.message
    parts = [part.get_content_type() for part in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    assert not any(part.defects for part in message.walk())
    assert message["Subject"] == subject
    assert message["From"].addresses[0].display_name == "Bücher & Co"
    assert message["To"] == address
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs((message["Date"].datetime - NOW).total_seconds()) < 3600
    lang = language[:2] if language[:2] in ("en", "de", "fr", "es") else "en"
    assert f'<html lang="{lang}"' in mail.part("html")
    for kind in ("plain", "html"):
        text = mail.part(kind)
        assert re.search(words, text), text
        assert token(mail) in text
        assert code(mail) in text
        assert "mail-" not in text, "a text is missing"


# What is not sent


def refused(folder, post, authority, way, user="", more=()):
    """Somebody signs up; why nothing was delivered."""
    with post, server(folder, post.port, authority, way, user, more) as program:
        assert program.sign_up("miguel@example.org").status_code == 202
        failed = ("a mail has to wait", "a mail is given up", "may or may not")
        until(lambda: any(word in program.log() for word in failed), "an attempt fails")
        log = program.log()
    assert post.mails == []
    assert not any(step.startswith(("MAIL", "RCPT")) for step in post.steps), post.steps
    return log


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", ["self-signed", "wrong host", "expired", "not yet", "stranger"])
def test_a_bad_certificate_is_refused_and_nothing_is_delivered(tmp_path, authority, way, fault):
    context = {
        "self-signed": lambda: tls(tmp_path, None, "127.0.0.1"),
        "wrong host": lambda: authority.issue(host="post.elsewhere.example"),
        "expired": lambda: authority.issue(begin=NOW - 3 * DAY, end=NOW - DAY / 2),
        "not yet": lambda: authority.issue(begin=NOW + DAY / 2, end=NOW + 3 * DAY),
        "stranger": lambda: Authority(tmp_path, "stranger").issue(),
    }[fault]()

    log = refused(tmp_path, office(way, context), authority, way)

    assert "certificate" in log, log


def test_without_the_private_authority_its_servers_are_strangers(tmp_path, authority):
    other = Authority(tmp_path, "other")

    log = refused(tmp_path, office("starttls", authority.issue()), other, "starttls")

    assert "certificate" in log, log


def test_when_starttls_is_stripped_nothing_is_delivered(tmp_path, authority):
    log = refused(tmp_path, PostOffice(), authority, "starttls")

    assert "a mail has to wait" in log


def test_a_password_is_shown_over_tls_alone_and_lets_mail_through(tmp_path, authority):
    (tmp_path / "password").write_text("sesame\n")
    flags = ["--mail-smtp-password-file", str(tmp_path / "password")]
    login = ("app@books.example", "sesame")
    with office("starttls", authority.issue(), login=login) as post:
        user = "app%40books.example@"
        with server(tmp_path, post.port, authority, user=user, more=flags) as program:
            program.sign_up("miguel@example.org")
            [mail] = post.wait("miguel@example.org")

    assert (mail.user, mail.protected) == ("app@books.example", True)
    assert "sesame" not in program.log()


def test_a_wrong_password_delivers_nothing(tmp_path, authority):
    (tmp_path / "password").write_text("guess")
    flags = ["--mail-smtp-password-file", str(tmp_path / "password")]
    post = office("starttls", authority.issue(), login=("app", "sesame"))

    log = refused(tmp_path, post, authority, "starttls", "app@", flags)

    assert "guess" not in log


VICTIM, EVIL = "victim@example.org", "a@evil.example"


@pytest.mark.parametrize(
    "address",
    [
        f"{VICTIM}\r\nRCPT TO:<{EVIL}>",
        f"{VICTIM}\nBcc: {EVIL}",
        f"{VICTIM}\r",
        f"{VICTIM}%0d%0aBcc:{EVIL}",
        f"{VICTIM}\0",
        f"{VICTIM}\u2028Bcc: {EVIL}",
        f"{VICTIM},{EVIL}",
        f"{VICTIM}, {EVIL}",
        f"{VICTIM};{EVIL}",
        f"{VICTIM} {EVIL}",
        f"<{VICTIM}>,<{EVIL}>",
        f"Victim <{VICTIM}>",
        f"{VICTIM}>",
        '"a@evil.example"@example.org',
        f'"{EVIL}>"@example.org',
        '"a@evil"@victim',
        '"victim"@example.org',
        '"vic\r\ntim"@example.org',
        r"vic\tim@example.org",
        "victim(a@evil.example)@example.org",
        "victim@evil.example@example.org",
        "victim＠example.org",
        "victim＠evil.example@example.org",
        "victim﹫example.org",
        "victim%evil.example@example.org",
        "victim!evil.example@example.org",
        "evil.example!victim@example.org",
        "ｖｉｃｔｉｍ@example.org",
        "victim@ｅxample.org",
        "victim@example。org",
        "victim@[127.0.0.1]",
        "victim@example.org.",
        "victim..x@example.org",
        "victím@example.org",
        "-victim@example.org",
        "-oQ/tmp@example.org",
        "=?utf-8?q?victim=40evil.example?=@example.org",
    ],
)
def test_an_address_is_one_recipient_or_none(program, post, address):
    before = len(post.mails)

    answer = program.sign_up(address)

    assert answer.status_code in (202, 400), answer.text
    until(lambda: len(post.mails) > before or answer.status_code == 400, "it is sent")
    for mail in post.mails[before:]:
        [to] = mail.to
        header = mail.message["To"].addresses
        assert [shown.addr_spec for shown in header] == [to]
        assert not mail.message["Bcc"] and not mail.message["Cc"]
        assert to.partition("@")[2] == "example.org", to


def test_of_all_these_addresses_nobody_else_got_a_mail(program, post):
    witness = "witness@example.org"
    program.sign_up(witness)
    post.wait(witness)

    assert not any("evil" in step for step in post.steps), post.steps


@pytest.mark.parametrize("path", ["/api/recovery", "/api/confirmation"])
def test_no_list_of_addresses_is_taken(program, post, path):
    name = "login" if path == "/api/recovery" else "email"
    before = len(post.mails)

    listed = program.post(path, {name: [VICTIM, EVIL]})
    twice = program.http.post(
        program.url + path,
        data=f'{{"{name}":"{VICTIM}","{name}":"{EVIL}"}}',
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    joined = program.post(path, {name: f"{VICTIM},{EVIL}"})

    assert (listed.status_code, twice.status_code) == (400, 400)
    assert joined.status_code in (202, 400)
    assert not any(mail.to[0].endswith("evil.example") for mail in post.mails[before:])


# What a name may do in a mail


LURES = ["www.evil.example", "evil.example/login", "https//evil.example", '"><svg onload=alert(1)>']


@pytest.mark.parametrize("lure", LURES)
def test_a_name_nobody_vouches_for_is_not_in_a_mail_to_an_address_of_somebody_else(
    program, post, lure
):
    address = f"lured{LURES.index(lure)}@example.org"
    body = {"username": lure, "email": address, "password": PASSWORD}
    assert program.post("/api/users", body).status_code == 202
    program.post("/api/recovery", {"login": lure})
    mails = post.wait(address, 2)

    for mail in mails:
        for kind in ("plain", "html"):
            assert "evil" not in mail.part(kind)
            assert "<svg" not in mail.part(kind)


def test_the_name_of_a_proven_owner_is_text_and_nothing_else(program, post):
    address, name = "proven@example.org", '"><svg onload=alert(2)>'
    body = {"username": name, "email": address, "password": PASSWORD}
    assert program.post("/api/users", body).status_code == 202
    proof = {"token": token(post.wait(address)[0])}
    assert program.post("/api/confirmation/confirm", proof).status_code == 204

    program.post("/api/recovery", {"login": address})
    reset = post.wait(address, 2)[1]

    assert name in reset.part("plain")
    assert "<svg" not in reset.part("html")
    assert "&lt;svg" in reset.part("html")


def test_the_words_of_a_program_are_no_link_in_a_notice(program, post):
    address = "device@example.org"
    confirmed(program, post, address)

    for agent in ("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "www.evil.example/x"):
        assert program.browser(agent=agent).log_in(address).status_code == 303
    told = post.wait(address, 2)[1]

    assert "evil" not in told.part("plain") + told.part("html")


# Whatever the SMTP server does


def median_of_requests(program, prefix):
    """Milliseconds that a sign-up and a recovery take, by their median and at the worst."""
    times = []
    for n in range(30):
        for path, body in [
            ("/api/users", {"email": f"{prefix}{n}@example.org", "password": PASSWORD}),
            ("/api/recovery", {"login": f"{prefix}{n}@example.org"}),
        ]:
            begun = time.perf_counter()
            assert program.post(path, body).status_code == 202
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), max(times)


def test_a_tarpit_slows_no_request(tmp_path, program, authority, capsys):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as tarpit:
        with server(tmp_path, tarpit.getsockname()[1], authority) as stuck:
            held = median_of_requests(stuck, "held")
            log = stuck.log()
    free = median_of_requests(program, "free")

    figures = "a request takes {:.1f} ms (at most {:.1f})"
    with capsys.disabled():
        print("\nSMTP in a tarpit:", figures.format(*held), "; SMTP well:", figures.format(*free))
    assert "was sent" not in log
    assert held[0] < free[0] + 50
    assert held[1] < 1000


def test_what_could_not_be_sent_arrives_once_when_the_server_is_back(soon_back):
    program, post = soon_back

    for n in range(3):
        post.wait(f"late{n}@example.org", seconds=60)
    time.sleep(2.5)

    assert sorted(mail.to[0] for mail in post.mails) == [f"late{n}@example.org" for n in range(3)]
    proof = {"token": token(post.to("late0@example.org")[0])}
    assert program.post("/api/confirmation/confirm", proof).status_code == 204
