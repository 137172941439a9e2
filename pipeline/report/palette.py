"""One colour per tier everywhere, safe for colour-blind readers, at least 3:1 on white."""

from pipeline.model.programme import Programme

FROM_THE_TOP = ("#F46A25", "#12436D", "#28A197", "#A285D1")
PLAIN = "#12436D"
NO_TIER = "#8A8A8A"
INK = "#2B2B2B"
FAINT = "#6B6B6B"
SMALL_GROUP = "#BDBDBD"
UP = "#00695C"
DOWN = "#801650"
"""Up and down are no tier's colours."""


def tier_colour(programme: Programme, tier: str) -> str:
    """The colour of a tier, counted from the top; grey for no tier, an unknown label and partners off the roster."""
    ids = [step.id for version in reversed(programme.version) for step in reversed(version.tier)]
    places = {name: place for place, name in enumerate(dict.fromkeys(ids))}
    return FROM_THE_TOP[places[tier] % len(FROM_THE_TOP)] if tier in places else NO_TIER


def tint(colour: str, share: float) -> str:
    """A colour mixed with white: share 1 is the colour itself, 0 is white."""
    mixed = (round(255 + (int(colour[i : i + 2], 16) - 255) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in mixed)
