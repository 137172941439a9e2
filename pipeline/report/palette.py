"""One colour per tier everywhere, safe for colour-blind readers, at least 3:1 on white."""

from pipeline.model.programme import Programme

BY_RANK = ("#12436D", "#F46A25", "#801650", "#28A197", "#A285D1")
NO_TIER = "#8A8A8A"
INK = "#2B2B2B"
FAINT = "#6B6B6B"
SMALL_GROUP = "#BDBDBD"
UP = "#28A197"
DOWN = "#801650"


def tier_colour(programme: Programme, tier: str) -> str:
    """The colour of a tier by its rank; grey for no tier, an unknown label and partners off the roster."""
    ranks = [step.id for step in programme.tiers()]
    return BY_RANK[ranks.index(tier) % len(BY_RANK)] if tier in ranks else NO_TIER


def tint(colour: str, share: float) -> str:
    """A colour mixed with white: share 1 is the colour itself, 0 is white."""
    mixed = (round(255 + (int(colour[i : i + 2], 16) - 255) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in mixed)
