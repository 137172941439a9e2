"""What reports.toml says of mail: the server, the sender, and what an address may look like."""

from re import fullmatch
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from pipeline.base.document import Strict

PASSWORD = "PALIER_MAIL_PASSWORD"
"""The only place of the password; the command line takes it out of the environment, so that no notebook sees it."""
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def _address(value: Any) -> Any:
    """A bare address of plain letters: nothing in it can begin another header or another command."""
    if not isinstance(value, str) or not fullmatch(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+", value):
        raise ValueError(f"{value!r} is no plain address; write one such as anna@example.org")
    return value


Address = Annotated[str, BeforeValidator(_address)]


class Mail(Strict):
    """The server that takes our messages. user: empty where it asks for none; its password is never in a file."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: Annotated[Address, Field(alias="from")]
    user: str = ""
    starttls: bool = True

    @model_validator(mode="after")
    def _keeps_the_password_secret(self) -> "Mail":
        if self.user and not self.starttls and self.host not in THIS_MACHINE:
            raise ValueError("mail: user without starttls would send the password for all to read; set starttls = true")
        return self
