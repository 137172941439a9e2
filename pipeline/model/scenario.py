"""A scenario: a few changes to one version of a programme, each with its reason and source, and the aims it is held to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.base.document import Strict, mistakes_in, read_document, toml_of
from pipeline.base.errors import PalierError, did_you_mean
from pipeline.base.home import Home
from pipeline.model.patch import change, whole_versions
from pipeline.model.programme import Programme, programme_from
from pipeline.model.standing import GROUPS
from pipeline.model.version import Version

Bound = Annotated[Decimal | float | int, Field(ge=0)]


class Change(Strict):
    """One value of a version set otherwise; `path` as in a patch, such as tier.gold.requires.points."""

    path: str = Field(min_length=1)
    to: Any
    reason: str
    source: str


class Aim(Strict):
    """What a scenario should reach.

    of: `partners` at a tier or above; `losers`, who fall to a lower tier; `benefit_losers`; `load`, those entitled to a
    benefit per head; `group_gap`, the lowest group's share at a tier or above as a share of the highest group's.
    """

    of: Literal["partners", "losers", "benefit_losers", "load", "group_gap"]
    tier: str = ""
    benefit: str = ""
    by: str = ""
    at_most: Bound | None = None
    at_least: Bound | None = None
    reason: str = ""


class ScenarioFile(Strict):
    """A scenario as it is written. rules_of: the day whose version is changed, by default the newest's."""

    title: str
    base: str
    rules_of: date | None = None
    change: list[Change] = Field(min_length=1)
    aim: list[Aim] = []


@dataclass(frozen=True)
class Scenario:
    """A scenario and the programme that it makes: the base, but for the changed version. changed: path, from, to."""

    name: str
    file: ScenarioFile
    base: Programme
    programme: Programme
    changed: list[tuple[str, Any, Any]]

    @property
    def changes_version(self) -> Version:
        """The version of the base that is changed."""
        return self.base.version_on(self.file.rules_of or self.base.version[-1].effective)


def read_scenario(home: Home, name: str) -> Scenario:
    """A scenario of a home, applied to its base. Raises PalierError with every mistake in it."""
    path = home.file("scenarios", f"{name}.toml")
    file = read_document(path, ScenarioFile, lambda data, location: ".".join(map(str, location)))
    base_path = home.file("programmes", f"{file.base}.toml")
    document, _ = whole_versions(toml_of(base_path))
    base = programme_from(base_path, document)
    version = base.version_on(file.rules_of or base.version[-1].effective)
    target, mistakes, changed = document["version"][base.version.index(version)], [], []
    for one in file.change:
        if one.path.endswith(".id"):
            mistakes.append(
                f"  change {one.path}: an id is what before and after are compared by; change the title instead."
            )
            continue
        try:
            changed.append((one.path, change(target, one.path, one.to), one.to))
        except PalierError as error:
            mistakes.append(f"  change {one.path}: {error}")
    mistakes += [f"  change {one.path}: {fact}" for one in file.change for fact in _redundant(one, target, file)]
    mistakes += [
        f"  aim {at}, {fact}" for at, aim in enumerate(file.aim, start=1) for fact in _in_aim(aim, base, target)
    ]
    if mistakes:
        raise PalierError(mistakes_in(path, mistakes))
    return Scenario(name, file, base, programme_from(path, document), changed)


def _redundant(one: Change, version: dict[str, Any], file: ScenarioFile) -> list[str]:
    """A threshold that a lower tier asks already, and not by this scenario, asks nothing more."""
    steps, tiers = one.path.split("."), version.get("tier", [])
    if len(steps) != 4 or steps[0] != "tier" or steps[2] != "requires":
        return []
    ids = [tier.get("id") for tier in tiers]
    below = tiers[: ids.index(steps[1])] if steps[1] in ids else []
    raised = {other.path.split(".")[1] for other in file.change if other.path.endswith(f".requires.{steps[3]}")}
    same = [
        tier["id"] for tier in below if tier.get("requires", {}).get(steps[3]) == one.to and tier["id"] not in raised
    ]
    return (
        [f"is redundant: {same[0]} asks {one.to} already, and a tier needs every tier below it. Take it away."]
        if same
        else []
    )


def scenario_names(home: Home) -> list[str]:
    """The scenarios of a home."""
    return [path.stem for path in home.files("scenarios", ".toml")]


def scenarios_of(home: Home, base: str, names: list[str]) -> list[Scenario]:
    """The scenarios named, or all of a programme. Raises PalierError for one of another programme, or where there is none."""
    found = [read_scenario(home, name) for name in names or scenario_names(home)]
    if names and (other := [one for one in found if one.file.base != base]):
        raise PalierError(
            f"scenario {other[0].name}: is about {other[0].file.base}, not {base}. Ask with --programme {other[0].file.base}."
        )
    ours = [one for one in found if one.file.base == base]
    if not ours:
        raise PalierError(f"scenarios/: holds none about {base}. Write one, or look at those of microsoft-france.")
    return ours


def _in_aim(aim: Aim, base: Programme, version: dict[str, Any]) -> list[str]:
    """What makes no sense in an aim; its tier is one of the changed version."""
    facts = []
    if aim.at_most is None and aim.at_least is None:
        facts.append("at_most: is missing, and so is at_least; nothing is aimed at")
    needs = {
        "partners": ("tier",),
        "losers": (),
        "benefit_losers": ("benefit",),
        "load": ("benefit",),
        "group_gap": ("tier", "by"),
    }
    known = {
        "tier": [str(tier.get("id")) for tier in version.get("tier", []) if isinstance(tier, dict)],
        "benefit": [benefit.id for benefit in base.benefit],
        "by": list(GROUPS),
    }
    for key in ("tier", "benefit", "by"):
        value = getattr(aim, key)
        if key in needs[aim.of] and not value:
            facts.append(f"{key}: is missing; {aim.of} needs it")
        elif key not in needs[aim.of] and value:
            facts.append(f"{key}: says nothing about {aim.of}; take it away")
        elif value and value not in known[key]:
            facts.append(f"{key}: no such {key} {value!r}{did_you_mean(value, known[key])}")
    return facts
