"""One value of a version set to each of several, and a version with values set otherwise."""

import copy
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from pipeline.base.errors import PalierError, did_you_mean
from pipeline.model.mistakes import mistakes_of, unknown_metrics
from pipeline.model.patch import change
from pipeline.model.programme import Programme
from pipeline.model.version import Version

MOST_VALUES = 1_000_000


@dataclass(frozen=True)
class Axis:
    """One value of a version set to each of several. path: as in a patch; is_threshold: a look-up, not a measurement."""

    path: str
    values: list[Any]
    is_threshold: bool

    @property
    def tier(self) -> str:
        """The tier of a threshold."""
        return self.path.split(".")[1]

    @property
    def metric(self) -> str:
        """The metric of a threshold."""
        return self.path.split(".")[3]


def axis_of(text: str, version: Version) -> Axis:
    """`gold.points=100:160:5`, `gold.domains=1,2`, `window=12,24` or a whole path, as an axis.

    Raises PalierError for a tier, a metric, a path or a value that is not there.
    """
    path, equals, written = text.partition("=")
    if not equals or not path or not written:
        raise PalierError(f"--set {text}: write PATH=VALUES, such as gold.points=100:160:5 or gold.points=100,120.")
    steps = path.split(".")
    tiers = [tier.id for tier in version.tier]
    if len(steps) == 2 and steps[0] in tiers:
        steps = ["tier", steps[0], "requires", steps[1]]
    elif len(steps) == 2 and steps[1] in version.metrics:
        raise PalierError(f"--set {path}: no such tier {steps[0]}{did_you_mean(steps[0], tiers)}")
    if steps[-1] == "id" or steps[0] in ("effective", "standing_by", "hold"):
        raise PalierError(f"--set {path}: is no value to try out. Write a rulebook, or a scenario for hold.")
    is_threshold = len(steps) == 4 and steps[0] == "tier" and steps[2] == "requires"
    if is_threshold and steps[3] not in version.metrics:
        raise PalierError(f"--set {path}: no such metric {steps[3]}{did_you_mean(steps[3], version.metrics)}")
    if is_threshold and steps[1] not in tiers:
        raise PalierError(f"--set {path}: no such tier {steps[1]}{did_you_mean(steps[1], tiers)}")
    values = _values(path, written)
    if is_threshold and not all(isinstance(value, Decimal) and value >= 0 for value in values):
        raise PalierError(f"--set {path}: a threshold is a number of at least 0; found {written}.")
    if is_threshold and version.counts(steps[3]) != "points" and any(value % 1 for value in values):
        raise PalierError(f"--set {path}: counts are whole numbers; found {written}.")
    if not is_threshold:
        values = [int(value) if isinstance(value, Decimal) and value % 1 == 0 else value for value in values]
    return Axis(".".join(steps), values, is_threshold)


def _values(path: str, written: str) -> list[Any]:
    """`100:160:5` inclusive, or values between commas; numbers exact, other words as they stand."""
    if found := re.fullmatch(r"(-?[\d.]+):(-?[\d.]+)(?::([\d.]+))?", written):
        first, last, step = (_number(path, part or "1") for part in found.groups())
        if step <= 0 or last < first or (last - first) / step > MOST_VALUES:
            raise PalierError(f"--set {path}={written}: goes nowhere; write FIRST:LAST:STEP, such as 100:160:5.")
        return [first + step * n for n in range(int((last - first) / step) + 1)]
    parts = [part.strip() for part in written.split(",")]
    return list(dict.fromkeys(_number(path, part) if re.fullmatch(r"-?\d+(\.\d+)?", part) else part for part in parts))


def _number(path: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise PalierError(f"--set {path}: {text} is not a number.") from None
    if number != number.quantize(Decimal("0.01")) or abs(number) >= 10**9:
        raise PalierError(f"--set {path}: {text} has more than two decimals, or is too large.")
    return number


def changed_version(version: Version, changes: dict[str, Any]) -> Version:
    """A version with values set by path. Raises PalierError for a path that leads nowhere or a value that cannot be."""
    if not changes:
        return version
    document = copy.deepcopy(version.model_dump(exclude_defaults=True))
    for path, value in changes.items():
        if (first := path.split(".")[0]) not in Version.model_fields:
            raise PalierError(f"--set {path}: there is no {first}{did_you_mean(first, Version.model_fields)}")
        exact = int(value) if isinstance(value, Decimal) and value == int(value) else value
        try:
            change(document, path, exact)
        except PalierError as error:
            if "changes nothing" not in str(error):
                raise PalierError(f"--set {path}: {error}") from None
    try:
        return Version.model_validate(document)
    except ValidationError as error:
        facts = "; ".join(str(one["msg"]).removeprefix("Value error, ") for one in error.errors())
        raise PalierError(f"--set {', '.join(changes)}: {facts}") from None


def refuse_unmovable(programme: Programme, version: Version, asking: str) -> None:
    """Raise PalierError where labels or holding decide, and not thresholds alone."""
    if version.standing_by == "label":
        raise PalierError(
            f"{asking}: by the rules of {version.effective} labels decide, which no threshold moves. Give a later --after."
        )
    if version.hold:
        raise PalierError(
            f"{asking}: {programme.title} holds tiers by more than thresholds; write scenarios, and compare them with `palier scenarios`."
        )


def refuse_mistakes(programme: Programme) -> None:
    """Raise PalierError for what `palier check` would refuse in a programme put together here."""
    document = {"version": [version.model_dump() for version in programme.version]}
    if mistakes := [*unknown_metrics(document), *mistakes_of(programme)]:
        raise PalierError("; ".join(mistakes))


def with_version(programme: Programme, old: Version, new: Version) -> Programme:
    """The programme with one version in place of another."""
    versions = [new if version.effective == old.effective else version for version in programme.version]
    return programme.model_copy(update={"version": versions})
