"""Which rulebook is asked: the one named, else the home's own."""

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.model.programme import Programme, read_programme

FOUNDING_CASE = "microsoft-france"


def rulebook_name(home: Home, name: str = "") -> str:
    """The name given; else the only rulebook that the home itself holds; else that of the founding case.

    Raises PalierError that lists them when the home holds several.
    """
    if name or home.is_project:
        return name or FOUNDING_CASE
    own = sorted(path.stem for path in (home.root / "programmes").glob("*.toml"))
    if len(own) > 1:
        raise PalierError(f"{home.root / 'programmes'}: holds {len(own)} rulebooks. Name one: {', '.join(own)}.")
    return own[0] if own else FOUNDING_CASE


def rulebook(home: Home, name: str = "") -> tuple[Programme, str]:
    """The rulebook and the hash of its file; see `rulebook_name`."""
    return read_programme(home.file("programmes", f"{rulebook_name(home, name)}.toml"))
