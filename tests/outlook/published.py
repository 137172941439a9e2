"""The published models of buying and dropping out, on the grid: BG/NBD (Fader, Hardie & Lee 2005) and Pareto/NBD (Schmittlein et al. 1987).

Their parameters for CDNOW, with weeks as days, are those of the paper of 2005; who has stopped never comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, xlogy

from pipeline.outlook.rate import Classes, Groups, Real, _mass, _parts, classes_for

BG_NBD = np.log([0.243, 4.414, 0.793, 2.426])
PARETO_NBD = np.log([0.553, 10.578, 0.606, 11.669])


@dataclass(frozen=True)
class BgNbd(Classes):
    """Who has had no event has not stopped: x in place of x + 1 in the powers of 1 − p."""

    def still(self, groups: Groups) -> Real:
        return super().still(groups) - np.log1p(-self.stop)

    def stopped(self, groups: Groups) -> Real:
        found = super().stopped(groups) - np.log1p(-self.stop)
        return np.where(groups.events[:, None] > 0, found, -np.inf)

    def weight(self) -> Real:
        return _mass(self)(BG_NBD)

    def reach(self, days: float, most: int) -> Real:
        """Chance of at least 1 … most events within `days` of who earns now. Shape: (classes, most)."""
        times = np.arange(1, most + 1)
        return np.exp(xlogy(times - 1, 1 - self.stop[:, None])) * gammainc(times, self.rate[:, None] * days)


@dataclass(frozen=True)
class ParetoNbd(Classes):
    """Stops at any time, at the rate `stop` a day."""

    def still(self, groups: Groups) -> Real:
        return groups.events[:, None] * np.log(self.rate) - (self.rate + self.stop) * groups.age[:, None]

    def stopped(self, groups: Groups) -> Real:
        both = self.rate + self.stop
        last, age = groups.last[:, None], groups.age[:, None]
        ended = -np.expm1(-both * (age - last))
        with np.errstate(divide="ignore"):
            return groups.events[:, None] * np.log(self.rate) + np.log(self.stop / both) - both * last + np.log(ended)

    def weight(self) -> Real:
        """A Gamma × a Gamma: the mass of all that is nearer to a class than to any other."""
        r, alpha, s, beta = np.exp(PARETO_NBD)
        by_rate, by_stop = (
            _parts(gammainc(shape, scale * np.sqrt(grid[1:] * grid[:-1])))
            for shape, scale, grid in ((r, alpha, np.unique(self.rate)), (s, beta, np.unique(self.stop)))
        )
        return np.outer(by_rate, by_stop).ravel()

    def reach(self, days: float, most: int) -> Real:
        """Chance of at least 1 … most events within `days` of who earns now. Shape: (classes, most)."""
        times, both = np.arange(1, most + 1), (self.rate + self.stop)[:, None]
        return (self.rate[:, None] / both) ** times * gammainc(times, both * days)


def bg_nbd(groups: Groups) -> BgNbd:
    grid = classes_for(groups)
    return BgNbd(grid.rate, grid.stop)


def pareto_nbd(groups: Groups) -> ParetoNbd:
    grid = classes_for(groups)
    rates, stops = np.unique(grid.rate), np.geomspace(1e-4, 10, 40)
    return ParetoNbd(np.repeat(rates, len(stops)), np.tile(stops, len(rates)))


def log_likelihood(classes: BgNbd | ParetoNbd, groups: Groups) -> float:
    each = np.logaddexp(classes.still(groups), classes.stopped(groups)) + np.log(np.maximum(classes.weight(), 1e-300))
    return float(np.logaddexp.reduce(each, axis=1) @ groups.partners)


def reaching(classes: BgNbd | ParetoNbd, groups: Groups, days: float, most: int) -> Real:
    """Chance of each group to have at least 0 … most events within `days`. Shape: (groups, most + 1)."""
    prior = np.log(np.maximum(classes.weight(), 1e-300))
    still, stopped = classes.still(groups) + prior, classes.stopped(groups) + prior
    share = np.exp(still - np.logaddexp.reduce(np.logaddexp(still, stopped), axis=1)[:, None])
    return np.column_stack([np.ones(len(share)), share @ classes.reach(days, most)])


@dataclass(frozen=True)
class InWeeks:
    """A published model in the place of fitted rates, with seven days of the clock as a week."""

    model: Callable[[Groups], BgNbd | ParetoNbd]

    def times(self, groups: Groups, days: float, after: float, most: int) -> Real:
        """Chance of 0 … most events of each group within `days` from now. Shape: (groups, most + 1)."""
        assert after == 0
        weekly = Groups(groups.events, groups.last / 7, groups.age / 7, groups.partners)
        return -np.diff(reaching(self.model(weekly), weekly, days / 7, most), axis=1, append=0)
