"""What makes no sense in a rulebook although every value by itself is right."""

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.base.errors import did_you_mean

if TYPE_CHECKING:
    from pipeline.model.programme import Programme


def mistakes_of(programme: "Programme") -> list[str]:
    """All of them, each with its place."""
    return [
        *_twice_mistakes(programme),
        *_order_mistakes(programme),
        *_ladder_mistakes(programme),
        *_benefit_mistakes(programme),
    ]


def _twice_mistakes(programme: "Programme") -> list[str]:
    """What must be named once: a domain that stands twice would count every entry in it twice."""
    named = [
        ("domains", programme.domains),
        ("benefit", [benefit.id for benefit in programme.benefit]),
        ("activity", [activity.id for activity in programme.activity]),
    ]
    return [
        f"{what} {name}: stands twice; take one away"
        for what, names in named
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def _order_mistakes(programme: "Programme") -> list[str]:
    dated = [("version", [version.effective for version in programme.version])]
    dated += [
        (f"benefit {benefit.id}, term", [term.effective for term in benefit.term]) for benefit in programme.benefit
    ]
    return [
        f"{what} {later}: stands after {earlier}; put them in order of effective, each day once"
        for what, days in dated
        for earlier, later in pairwise(days)
        if later <= earlier
    ]


def _ladder_mistakes(programme: "Programme") -> list[str]:
    mistakes = []
    for version in programme.version:
        place = f"version {version.effective}"
        ids = [tier.id for tier in version.tier]
        mistakes += [f"{place}, tier {name}: stands twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
        mistakes += [
            f"{place}, tier {name}: this name has a meaning of its own" for name in ids if name in ("none", "unknown")
        ]
        if version.standing_by == "points":
            mistakes += [
                f"{place}, tier {tier.id}: asks nothing; give it a requires.points"
                for tier in version.tier
                if not tier.requires.model_fields_set
            ]
        for metric in type(version.tier[0].requires).model_fields:
            asking = [(t.id, m) for t in version.tier if (m := getattr(t.requires, metric)) is not None]
            mistakes += [
                f"{place}, tier {name}, requires.{metric}: {high} is below {lower}'s {low}"
                for (lower, low), (name, high) in pairwise(asking)
                if high < low
            ]
    return mistakes


def _benefit_mistakes(programme: "Programme") -> list[str]:
    known = {tier.id for version in programme.version for tier in version.tier} | {"none"}
    mistakes = [
        f"benefit {benefit.id}, term {term.effective}, tiers: no such tier {name!r}{did_you_mean(name, known)}"
        for benefit in programme.benefit
        for term in benefit.term
        for name in term.tiers
        if name not in known
    ]
    mistakes += [
        f"benefit {benefit.id}, term {term.effective}: names neither tiers nor, in named_in, a roster column; "
        "nobody could tell who has it"
        for benefit in programme.benefit
        for term in benefit.term
        if not term.tiers and not benefit.named_in
    ]
    return mistakes
