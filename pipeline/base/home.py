"""Where things lie: one home folder holds data, rulebooks, contracts and notebooks."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.errors import PalierError, did_you_mean

PROJECT = Path(__file__).resolve().parents[2]
AUDIENCE = "PALIER_AUDIENCE"
"""Set to `outside` in the kernels of reports for readers outside: all that they open holds no names."""


@dataclass(frozen=True)
class Home:
    """A home folder. What it does not hold itself (contracts, rulebooks, notebooks) is taken from the project."""

    root: Path
    is_outside: bool = False

    @property
    def is_project(self) -> bool:
        """Whether this home is the project itself, with the sample."""
        return self.root == PROJECT

    @property
    def raw(self) -> Path:
        """Files as received, never edited."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """All that is derived; may be deleted at any time."""
        return self.root / "data" / "processed"

    @property
    def lines(self) -> Path:
        """The typed lines of each raw file, in a folder named after what it was made from."""
        return self.processed / "lines"

    @property
    def warehouse(self) -> Path:
        """The published warehouse file; for readers outside, its copy without names."""
        return self.processed / ("palier-outside.duckdb" if self.is_outside else "palier.duckdb")

    @property
    def reports(self) -> Path:
        """The published reports and their index page."""
        return self.processed / "reports"

    @property
    def invented(self) -> Path | None:
        """The note that the raw files are invented, None where they are not. Whatever shows them says so."""
        note = self.raw / "INVENTED.md"
        return note if note.is_file() else None

    def file(self, *parts: str) -> Path:
        """A file of this home, else the project's own; an error that lists what there is when neither exists."""
        for root in (self.root, PROJECT):
            path = root.joinpath(*parts)
            if path.is_file():
                return path
        wanted = self.root.joinpath(*parts)
        known = {path.stem for path in self.files(parts[0], wanted.suffix)} if len(parts) > 1 else set()
        raise PalierError(f"{wanted}: there is no such file{did_you_mean(wanted.stem, known)}")

    def files(self, folder: str, suffix: str) -> list[Path]:
        """All files of a folder by name; one of this home hides the project's of the same name."""
        found = {
            path.name: path for root in (PROJECT, self.root) for path in sorted((root / folder).glob(f"*{suffix}"))
        }
        return [found[name] for name in sorted(found)]


def home_at(root: Path | None) -> Home:
    """The home in `root`, or the project itself when no folder is given."""
    folder = (root or PROJECT).expanduser().resolve()
    if not folder.is_dir():
        raise PalierError(f"{folder}: there is no such folder. Give --home a folder that holds data/raw.")
    if wrong := {"?", "\\", "{", "}"} & set(str(folder)):
        raise PalierError(
            f"{folder}: the database or papermill cannot use a path with {' or '.join(sorted(wrong))} in it. Rename the folder."
        )
    return Home(folder, is_outside=_is_outside())


def _is_outside() -> bool:
    """Whether this process works for readers outside; a word that nobody knows is an error, not a guess."""
    audience = os.environ.get(AUDIENCE, "inside")
    if audience not in ("inside", "outside"):
        raise PalierError(f"{AUDIENCE}={audience}: must be inside or outside. Set one of them, or unset it.")
    return audience == "outside"
