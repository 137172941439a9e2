"""Delivery into folders and to a mail server on this machine, of pages that were published before."""

import email
import email.policy
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from small_home import ABOUT, notebook, orders, small_home

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.report import mailbox
from pipeline.report.delivery import ATTEMPTS, deliver
from pipeline.report.index import write_index
from pipeline.report.order_review import read_all_orders
from pipeline.report.record import Record, read_records, write_record

pytestmark = pytest.mark.processes

NOW = datetime(2026, 3, 16, 6, tzinfo=UTC)
PAGE = '<html><header><a href="index.html">All reports</a></header>Gold: 131, Île-de-France</html>'
REPORT = """
[[report]]
name = "weekly"
notebook = "tiny"
every = "week"
start = 2026-01-05
"""
TO_FOLDER = REPORT + 'deliver_to = "shared/pages"\n'
TO_PEOPLE = REPORT + 'mail_to = ["anna@example.org", "ben@example.org"]\n'


class Server:
    """Keeps what it is sent; refuses who is on its list; knows one password."""

    port: int

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.passwords: list[bytes] = []
        self.refuses: set[str] = set()
        self.answers: list[str] = []
        self.closes_at = ""

    async def handle_RCPT(self, _: Any, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:
        if address == self.closes_at:
            return "421 too many for now"
        if address in self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop()
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append((envelope.rcpt_tos, message))
        return "250 OK"

    def check(self, _: Any, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password)
        return AuthResult(success=data.password == b"secret", handled=False)


@pytest.fixture
def server() -> Iterator[Server]:
    kept = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        kept.port = free.getsockname()[1]
    controller = Controller(kept, "127.0.0.1", kept.port, authenticator=kept.check, auth_require_tls=False)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path)
    notebook(made, "tiny")
    made.reports.mkdir()
    return made


def mail(server: Server, more: str = "") -> str:
    return (
        f'\n[mail]\nhost = "127.0.0.1"\nport = {server.port}\nfrom = "palier@example.org"\nstarttls = false\n{more}\n'
    )


def published(home: Home, period: date = date(2026, 3, 16), **changed: Any) -> Record:
    name = f"weekly.{period}"
    (home.reports / f"{name}.html").write_text(PAGE, encoding="utf-8")
    record = Record.model_validate({
        "report": "weekly", "page": "weekly", "period": period, "notebook": "tiny", "parameters": {"as_of": "2026-03-15"}, "status": "published",
        "made_at": "2026-03-16 06:00 UTC", "files": [f"{name}.html"], "about": {**ABOUT, "title": "Weekly", "made_at": "", "parameters": {}}, **changed,
    })  # fmt: skip
    write_record(home, record)
    return record


def pass_over(home: Home, password: str = "", at: datetime = NOW) -> list[Record]:
    return deliver(home, read_all_orders(home), at, password)


def test_a_folder_gets_the_page_and_the_name_that_stays_without_a_link_that_leads_nowhere(home: Home) -> None:
    orders(home, TO_FOLDER)
    published(home)
    [record] = pass_over(home)
    folder = home.root / "shared" / "pages"
    assert sorted(path.name for path in folder.iterdir()) == ["weekly.2026-03-16.html", "weekly.html"]
    assert (folder / "weekly.html").read_text(encoding="utf-8") == PAGE.replace(
        '<a href="index.html">All reports</a>', "<span>Palier</span>"
    )
    assert (record.status, record.delivery, record.delivered) == ("published", "", ["shared/pages"])
    assert pass_over(home) == []


def test_only_the_newest_page_is_owed_and_what_was_marked_when_it_was_published(home: Home) -> None:
    orders(home, TO_FOLDER)
    published(home, date(2026, 3, 2))
    published(home, date(2026, 3, 9), delivery="not delivered yet")
    published(home)
    assert [record.period.day for record in pass_over(home)] == [9, 16]
    assert not (home.root / "shared" / "pages" / "weekly.2026-03-02.html").exists()


def test_a_message_tells_the_summary_in_words_and_brings_the_page(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    published(home)
    [record] = pass_over(home)
    assert (record.delivery, record.delivered) == ("", ["anna@example.org", "ben@example.org"])
    [(to, message)] = server.got
    assert to == ["anna@example.org", "ben@example.org"] and message["To"] == "anna@example.org, ben@example.org"
    assert message["Subject"] == "Weekly, from 2026-03-16 on"
    body, [attached] = message.get_body(("plain",)), list(message.iter_attachments())
    assert body
    for part in (
        "All is well.",
        "from 2026-03-16 on, data up to 2026-03-15",
        "Status: published",
        "Build: b",
        "Invented",
    ):
        assert part in body.get_content()
    assert attached.get_filename() == "weekly.2026-03-16.html" and attached.get_content_type() == "text/html"
    assert "Gold: 131, Île-de-France" in attached.get_content()


def test_a_name_from_the_data_cannot_become_a_header(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    hostile = "Weekly: Île\r\nBcc: eve@example.org\u2028X: y\x00\n\nbody"
    published(home, about={**ABOUT, "title": hostile, "headline": hostile, "build_id": hostile})
    [record] = pass_over(home)
    assert record.delivery == ""
    [(to, message)] = server.got
    assert "eve@example.org" not in to and message["Bcc"] is None and message["X"] is None
    assert "Île" in message["Subject"] and "Bcc: eve@example.org" in message["Subject"]


def test_who_was_refused_is_told_and_tried_again_and_nobody_gets_it_twice(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    published(home)
    server.refuses = {"ben@example.org"}
    [record] = pass_over(home)
    assert record.status == "published" and record.delivered == ["anna@example.org"]
    assert "ben@example.org: mail by 127.0.0.1" in record.delivery and "550 nobody of that name" in record.delivery
    write_index(home, read_all_orders(home).report, [], [], NOW.date(), "now")
    assert "Not delivered:</b> ben@example.org" in (home.reports / "index.html").read_text(encoding="utf-8")
    server.refuses = set()
    [record] = pass_over(home)
    assert (record.delivery, record.refusals) == ("", 1)
    assert [to for to, _ in server.got] == [["anna@example.org"], ["ben@example.org"]]


def test_a_delivery_that_is_refused_is_given_up_for_the_day_and_never_called_well(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    published(home)
    server.refuses = {"ben@example.org"}
    told = [pass_over(home)[0] for _ in range(ATTEMPTS + 1)]
    assert [record.refusals for record in told] == [1, 2, 3, 3]
    assert all("550 nobody" in record.delivery for record in told)
    server.refuses = set()
    assert "550 nobody" in pass_over(home)[0].delivery
    [record] = pass_over(home, at=NOW + timedelta(days=1))
    assert (record.delivery, [to for to, _ in server.got]) == ("", [["anna@example.org"], ["ben@example.org"]])


def test_what_cannot_be_reached_is_tried_at_every_call(
    home: Home, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.root / "shared").write_text("a file where the folder should be", encoding="utf-8")
    both = REPORT + 'deliver_to = "shared/pages"\nmail_to = ["anna@example.org"]\n'
    orders(home, both + mail(server))
    published(home)
    with monkeypatch.context() as out_of_order:
        out_of_order.setattr(smtplib, "SMTP", refuses_to_connect)
        for _ in range(2 * ATTEMPTS):
            [record] = pass_over(home)
            assert "shared/pages: cannot write" in record.delivery and "refused" in record.delivery
    (home.root / "shared").unlink()
    [record] = pass_over(home)
    assert (record.delivery, record.refusals, len(server.got)) == ("", 0, 1)


def refuses_to_connect(*_: Any, **__: Any) -> Any:
    raise ConnectionRefusedError("Connection refused")


def test_an_older_page_is_never_delivered_over_a_newer_one(home: Home) -> None:
    orders(home, TO_FOLDER)
    published(home, date(2026, 3, 9))
    published(home, status="failed", failure="notebook_error")
    assert pass_over(home) == []
    assert not (home.root / "shared").exists()


def test_a_server_that_is_not_there_is_asked_once_in_a_run(
    home: Home, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders(home, TO_PEOPLE + mail(server))
    for day in (9, 16):
        published(home, date(2026, 3, day), delivery="not delivered yet")
    asked: list[None] = []
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: asked.append(None) or refuses_to_connect())
    told = pass_over(home)
    assert [record.status for record in told] == ["published"] * 2 and len(asked) == 1
    assert all("Connection refused" in record.delivery for record in told)


def test_a_server_that_falls_silent_is_not_waited_for_again(
    home: Home, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "PATIENCE_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server.port = silent.getsockname()[1]
        orders(home, TO_PEOPLE + mail(server))
        for day in (9, 16):
            published(home, date(2026, 3, day), delivery="not delivered yet")
        began = time.monotonic()
        told = pass_over(home)
        assert time.monotonic() - began < 2 * 0.5
    assert all("timed out" in record.delivery for record in told)


def test_a_server_that_hangs_up_is_called_again_for_the_next_page(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    for day in (9, 16):
        published(home, date(2026, 3, day), delivery="not delivered yet")
    server.answers = ["421 enough for now"]
    failed, delivered = pass_over(home)
    assert "it said 421 enough for now" in failed.delivery and failed.delivered == []
    assert (delivered.delivery, len(server.got)) == ("", 1)


def test_a_server_that_closes_among_the_addresses_has_served_none_of_them(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server))
    published(home)
    server.closes_at = "ben@example.org"
    [record] = pass_over(home)
    assert (record.delivered, record.refusals, len(server.got)) == ([], 0, 0)
    assert record.delivery.count("421 too many for now") == 2
    server.closes_at = ""
    [record] = pass_over(home)
    assert record.delivered == ["anna@example.org", "ben@example.org"]


def test_a_folder_that_may_be_mounted_is_never_made(home: Home, tmp_path: Path) -> None:
    mount = tmp_path.with_name(f"{tmp_path.name}-mount")
    orders(home, REPORT + f'deliver_to = "{mount}/pages"\n')
    published(home)
    [record] = pass_over(home)
    assert f"{mount}: is not there" in record.delivery and not mount.exists()
    mount.mkdir()
    [record] = pass_over(home)
    assert record.delivery == "" and (mount / "pages" / "weekly.html").is_file()


def test_who_stands_twice_gets_it_once(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE.replace("ben@", "anna@") + mail(server))
    published(home)
    pass_over(home)
    assert [to for to, _ in server.got] == [["anna@example.org"]]


@pytest.mark.parametrize(
    ("password", "said"),
    [("secret", ""), ("wrong", "535"), ("", "set PALIER_MAIL_PASSWORD"), ("gehéim", "letters beyond ASCII")],
)
def test_the_password_is_told_to_the_server_and_to_nobody_else(
    password: str, said: str, home: Home, server: Server
) -> None:
    orders(home, TO_PEOPLE + mail(server, 'user = "palier"'))
    published(home)
    [record] = pass_over(home, password)
    assert said in record.delivery and bool(record.delivery) == bool(said)
    kept = "".join(path.read_text(encoding="utf-8") for path in (home.reports / "runs").rglob("*.json"))
    assert not password or password not in kept
    assert set(server.passwords) <= {password.encode()}


def test_a_server_without_starttls_is_refused_where_it_is_asked_for(home: Home, server: Server) -> None:
    orders(home, TO_PEOPLE + mail(server).replace("false", "true"))
    published(home)
    [record] = pass_over(home)
    assert "STARTTLS" in record.delivery and server.got == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TO_PEOPLE, "report weekly, mail_to: no [mail] says how"),
        (REPORT + 'mail_to = ["a@b.org\\nBcc: x@y.org"]', "is no plain address"),
        (REPORT + 'mail_to = "a@b.org"', "report weekly, mail_to: "),
        (REPORT + '[mail]\nhost = "h"\nfrom = "Anna <a@b.org>"', "mail.from: 'Anna <a@b.org>' is no plain address"),
        (REPORT + '[mail]\nhost = "h"\nfrom = "a@b.org"\npassword = "x"', "mail.password: no such key"),
        (REPORT + '[mail]\nhost = "h"\nfrom = "a@b.org"\nuser = "u"\nstarttls = false', "set starttls = true"),
        (REPORT + 'deliver_to = "data/processed/reports"', "deliver_to: data/processed/reports lies in data/processed"),
    ],
)
def test_a_mistake_about_delivery_refuses_the_run(text: str, said: str, home: Home) -> None:
    orders(home, text)
    with pytest.raises(PalierError) as told:
        read_all_orders(home)
    assert said in str(told.value)


def test_a_report_that_is_no_longer_delivered_owes_nothing(home: Home) -> None:
    orders(home, REPORT)
    published(home, delivery="shared/pages: cannot write")
    assert [record.delivery for record in pass_over(home)] == [""]
    assert [record.delivery for record in read_records(home)] == [""] and pass_over(home) == []
