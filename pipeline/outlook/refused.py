"""What is not forecast, and why."""

from datetime import date

from pipeline.base.errors import PalierError
from pipeline.model.version import Version
from pipeline.outlook.past import METHODS

MOST_DAYS = 30 * 366


def refuse_rules(version: Version, asking: str) -> None:
    """Raise PalierError for rules under which nothing is forecast."""
    if version.standing_by == "label":
        raise PalierError(
            f"{asking}: by the rules of {version.effective} labels decide, and who gives them is not forecast. "
            "Give a day on which points decide, or another --programme or --scenario."
        )
    if version.best or version.worth or version.window == "personal year":
        raise PalierError(
            f"{asking}: the rules of {version.effective} count the best results, pay by turn or give each partner a year of his own, "
            "which is not forecast. Ask about rules without [[version.best]], [[version.worth]] and personal years."
        )


def refuse(version: Version, origin: date, on: date, run_for_it: float, method: str) -> None:
    """Raise PalierError for a forecast that has no answer, with the fact and the next step."""
    if on < origin:
        raise PalierError(
            f"--on {on}: lies before --as-of {origin}. What has been is told by `palier standing --as-of {on}`."
        )
    if (on - origin).days > MOST_DAYS:
        raise PalierError(f"--on {on}: lies more than 30 years after --as-of {origin}. Give an earlier day.")
    refuse_rules(version, f"--on {on}")
    if not 0 <= run_for_it <= 1:
        raise PalierError(f"--run-for-it {run_for_it}: is a share from 0 to 1.")
    if method and method not in METHODS:
        raise PalierError(f"--method {method}: say {', '.join(METHODS)}.")
