"""Which rulebook is asked: the one named, else the home's own."""

from pipeline.base.errors import PalierError
from pipeline.base.home import Home
from pipeline.model.programme import Programme, read_programme

FOUNDING_CASE = "microsoft-france"


def rulebook_name(home: Home, name: str = "") -> str:
    """The name given; else the only rulebook that the home itself holds; else, for the sample, the founding case's.

    Raises PalierError when the home holds none, or several, which it then lists.
    """
    if name or home.is_project:
        return name or FOUNDING_CASE
    own = sorted(path.stem for path in (home.root / "programmes").glob("*.toml"))
    if len(own) == 1:
        return own[0]
    if home.invented and not own:
        return FOUNDING_CASE
    held = (
        f"holds {len(own)} rulebooks. Name one" if own else "holds no rulebook. Write one, or name one of the project's"
    )
    known = own or [path.stem for path in home.files("programmes", ".toml")]
    raise PalierError(f"{home.root / 'programmes'}: {held}: {', '.join(known)}.")


def rulebook(home: Home, name: str = "") -> tuple[Programme, str]:
    """The rulebook and the hash of its file; see `rulebook_name`."""
    return read_programme(home.file("programmes", f"{rulebook_name(home, name)}.toml"))
