"""Mail to a server that wants TLS: whose certificate is known and fits is spoken to, no other."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from pipeline.report.mailbox import Mailbox
from pipeline.report.post import Mail

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates"),
]
PERSON = "anna@example.org"


class Kept(Message):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []

    def handle_message(self, message: object) -> None:
        self.got.append(str(message))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(params=["IP:127.0.0.1", "DNS:elsewhere.example.org"])
def served(request: pytest.FixtureRequest, tmp_path: Path, kept: Kept) -> Iterator[tuple[str, int, Path]]:
    """A server with a certificate for a name: that name, its port, and the certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
         f"subjectAltName={request.param}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, "127.0.0.1", port, tls_context=context, require_starttls=True)
    controller.start()
    yield request.param, port, certificate
    controller.stop()


@pytest.mark.parametrize("is_known", [True, False])
def test_only_a_known_certificate_of_this_very_server_gets_a_letter(
    served: tuple[str, int, Path], kept: Kept, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, port, certificate = served
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    message = EmailMessage()
    message["From"], message["To"], message["Date"] = (
        "palier@example.org",
        PERSON,
        str(datetime(2026, 3, 30, tzinfo=UTC)),
    )
    with Mailbox(Mail.model_validate({"host": "127.0.0.1", "port": port, "from": "palier@example.org"}), "") as mailbox:
        failures = mailbox.send(message, [PERSON])
    if is_known and name == "IP:127.0.0.1":
        assert (failures, len(kept.got)) == ({}, 1)
    else:
        assert "certificate verify failed" in failures[PERSON].why and not failures[PERSON].is_final and not kept.got
