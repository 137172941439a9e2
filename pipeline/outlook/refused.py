"""What is not forecast, and why."""

from datetime import date

from pipeline.base.errors import PalierError
from pipeline.model.programme import Programme
from pipeline.model.version import Version
from pipeline.outlook.past import METHODS


def refuse(programme: Programme, version: Version, origin: date, on: date, run_for_it: float, method: str) -> None:
    """Raise PalierError for a forecast that has no answer, with the fact and the next step."""
    if on < origin:
        raise PalierError(
            f"--on {on}: lies before --as-of {origin}. What has been is told by `palier standing --as-of {on}`."
        )
    if version.standing_by == "label":
        raise PalierError(
            f"--on {on}: by the rules of {version.effective} labels decide, and who gives them is not forecast. "
            "Give a day on which points decide, or another --programme or --scenario."
        )
    if version.best or version.worth:
        raise PalierError(
            f"--on {on}: the rules of {version.effective} count the best results or pay by turn, which is not forecast. "
            "Ask about rules without [[version.best]] and [[version.worth]]."
        )
    if not 0 <= run_for_it <= 1:
        raise PalierError(f"--run-for-it {run_for_it}: is a share from 0 to 1.")
    if method and method not in METHODS:
        raise PalierError(f"--method {method}: say {', '.join(METHODS)}.")
