"""The eight ways in which a point line is spoiled."""

from pipeline.sample.text import Texts, Whole

PARTNER, EARNED, ACTIVITY, DOMAIN, POINTS = 1, 2, 4, 5, 6
"""Places of the glued fields of a point line; category and activity are one of them."""

DAMAGES = (
    (POINTS, b"n.c.;"),
    (POINTS, b"12,5,0;"),
    (EARNED, b"31/02/2004;"),
    (PARTNER, b";"),
    (DOMAIN, b""),
    (DOMAIN, b"Learning;?;"),
    (POINTS, b"2,505;"),
    (ACTIVITY, b'"R\xe9f\xe9rence client;R\xe9f\xe9rence client;'),
)
"""In this order: not a number, two commas, an impossible date, no code, a field missing, a field too many,
three decimals, a quote that never closes."""


def spoil(fields: list[Texts], damage: Whole) -> None:
    """Overwrite one field of each line that has a damage; damages are counted from 1."""
    for row in damage.nonzero()[0]:
        place, text = DAMAGES[damage[row] - 1]
        fields[place][row] = text
