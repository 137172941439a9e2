"""The message that brings a page: a summary in plain words, the page attached. No text from the data can be a header."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from pipeline.report.provenance import WARNING
from pipeline.report.record import Record
from pipeline.report.table import shown

LONGEST_SUBJECT = 200


def letter(record: Record, page: str, sender: str, addresses: list[str], at: datetime) -> EmailMessage:
    """One published page to these addresses. The same page has the same Message-ID, however often it is sent."""
    title = one_line(record.about.get("title") or record.page)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, ", ".join(addresses)
    message["Subject"] = f"{title[:LONGEST_SUBJECT]}, from {record.period} on"
    message["Date"] = format_datetime(at)
    named = sha256(f"{record.name} {record.made_at} {' '.join(addresses)}".encode()).hexdigest()
    message["Message-ID"] = f"<{named[:32]}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_summary(record, title))
    message.add_attachment(page, subtype="html", cte="base64", filename=f"{record.name}.html")
    return message


def one_line(text: str) -> str:
    """Without line breaks and all else that is not a letter to read."""
    return " ".join(shown(str(text)).split())


def _summary(record: Record, title: str) -> str:
    about = record.about
    as_of = record.parameters.get("as_of")
    lines = [
        title,
        *([one_line(about["headline"])] if about.get("headline") else []),
        "",
        f"Period: from {record.period} on" + (f", data up to {one_line(as_of)}" if as_of else ""),
        f"Status: {record.status}, made at {record.made_at}",
        f"Build: {one_line(about.get('build_id') or 'not recorded')}",
        "",
        *([one_line(WARNING), ""] if about.get("is_invented") else []),
        "The page is attached; any browser opens it.",
    ]
    return "\n".join(lines)
