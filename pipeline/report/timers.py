"""How systemd and cron call Palier: files to copy, for this home and this Python."""

import shlex
from collections.abc import Sequence

HOURS = 24


def systemd(command: Sequence[str], every_minutes: int) -> str:
    """A service and its timer, each under the name of its file."""
    reads, builds, called = (" ".join(map(_for_systemd, one)) for one in (*_before(command), command))
    return f"""# ~/.config/systemd/user/palier.service
[Unit]
Description=Palier: read what was delivered, run the reports that are due

[Service]
Type=oneshot
# the - lets the reports run also when a delivery is refused; the journal then says why
ExecStart=-{reads}
ExecStart=-{builds}
ExecStart={called}
# where mail is sent, with PALIER_MAIL_PASSWORD=… in a file that only you can read:
# EnvironmentFile=%h/.config/palier.env

# ~/.config/systemd/user/palier.timer
[Unit]
Description=Palier: every {every_minutes} minutes

[Timer]
OnActiveSec=1min
OnUnitActiveSec={every_minutes}min

[Install]
WantedBy=timers.target

# systemctl --user daemon-reload && systemctl --user enable --now palier.timer && loginctl enable-linger
"""


def crontab(command: Sequence[str], every_minutes: int) -> str:
    """A line for `crontab -e`, or why cron has no word for it."""
    hours, minutes = divmod(every_minutes, 60)
    if not hours and 60 % minutes == 0:
        times = f"*/{minutes} * * * *" if minutes > 1 else "* * * * *"
    elif not minutes and hours <= HOURS and HOURS % hours == 0:
        times = {1: "0 * * * *", HOURS: "0 0 * * *"}.get(hours, f"0 */{hours} * * *")
    else:
        return f"# cron cannot say every {every_minutes} minutes; take a part of an hour or of a day, for example 30 or 120\n"
    reads, builds, called = (shlex.join(one).replace("%", "\\%") for one in (*_before(command), command))
    return f"""# crontab -e
# where mail is sent, in a line of its own above the next one; only you can read this table:
# PALIER_MAIL_PASSWORD=…
{times} {reads} && {builds}; {called}
"""


def _before(command: Sequence[str]) -> tuple[list[str], list[str]]:
    """What comes before `… report --due`: read what is new in data/raw, and publish it."""
    palier = command[: command.index("report")]
    return [*palier, "ingest"], [*palier, "build"]


def _for_systemd(word: str) -> str:
    """In quotes; systemd reads backslash, quote, per cent and dollar as its own."""
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(sign, written)
    return f'"{word}"'
