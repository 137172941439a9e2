"""How often partners earn, and whether they still do: latent classes of a rate and a drop-out, fitted to the history.

A partner seen for T days has x events, the last one after t days. He belongs to an unknown class: he earns at a rate λ a
day and stops with chance p after each event, or at once (MBG/NBD: Batislam, Denizel & Filiztekin 2007). The published models
let him stop for good, and so forecast too little, the more the longer the horizon; here who has stopped comes back at
1.5 % of his former rate. The classes stand on a fixed grid, so that no special function is needed and the mixture over them
is learned from the data. A day is a day of the clock of `history`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betainc, gammainc

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

RATES, STOPS = 40, 24
RETURNING = 0.015
"""The share of his former rate at which a partner who has stopped comes back: on CDNOW it takes the mean error of the log
increment from 0.14 to 0.03."""
FITTED_ON = 4_000
"""Groups on which the four parameters of the prior are sought; with more, every n-th."""
STEPS, PRIOR_WEIGHT = 60, 50.0


@dataclass(frozen=True)
class Groups:
    """Partners alike in what the model knows of them. Shapes: (groups,). last, age: days; partners: how many they are."""

    events: Whole
    last: Real
    age: Real
    partners: Whole

    def rows(self, at: slice) -> "Groups":
        """Some of the groups."""
        return Groups(self.events[at], self.last[at], self.age[at], self.partners[at])


@dataclass(frozen=True)
class Classes:
    """The grid. Shapes: (classes,). rate: events a day; stop: the chance of stopping after an event."""

    rate: Real
    stop: Real

    def still(self, groups: Groups) -> Real:
        """Log-likelihood of a history together with still earning at its end. Shape: (groups, classes)."""
        x, age = groups.events[:, None], groups.age[:, None]
        return x * np.log(self.rate) + (x + 1) * np.log1p(-self.stop) - self.rate * age

    def stopped(self, groups: Groups) -> Real:
        """Log-likelihood of a history together with having stopped before its end. Shape: (groups, classes)."""
        x, last = groups.events[:, None], groups.last[:, None]
        return x * np.log(self.rate) + np.log(self.stop) + x * np.log1p(-self.stop) - self.rate * last

    def times(self, days: float, after: float, most: int) -> tuple[Real, Real]:
        """Chance of 0 … most events within `days` that begin `after` days from now, for who earns now, and who stopped.

        Shapes: (classes, most + 1); the last column holds all that is more. Two states with events between them: the
        generating function of their number is the exponential of a 2 × 2 matrix, read back by a Fourier transform.
        """
        back = RETURNING * self.rate
        size = 1 << max(
            5, int(np.ceil(np.log2(2 * float((self.rate * days).max() + 8 * np.sqrt(self.rate.max() * days + 1)))))
        )
        z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)  # the other half is its mirror
        rate, stop, back = self.rate[:, None], self.stop[:, None], back[:, None]
        a, b = rate * (z * (1 - stop) - 1), z * rate * stop
        c, d = z * back * (1 - stop), back * (z * stop - 1)
        mean = (a + d) / 2
        root = np.sqrt(((a - d) / 2) ** 2 + b * c)
        root = np.where(np.abs(root) < 1e-14, 1e-14, root)
        up, down = np.exp((mean + root) * days) / 2, np.exp((mean - root) * days) / 2
        even, odd = up + down, (up - down) / root
        earning = _counts(even + odd * (a - mean + b), size, most)
        stopped = _counts(even + odd * (c + d - mean), size, most)
        leaving, coming = rate * stop, back * (1 - stop)
        fading = np.exp(-(leaving + coming) * after)
        rests = leaving / (leaving + coming)  # where the two states settle
        to_stop, to_earn = rests * (1 - fading), (1 - rests) * (1 - fading)
        return earning + to_stop * (stopped - earning), stopped + to_earn * (earning - stopped)


def _counts(generating: NDArray[np.complex128], size: int, most: int) -> Real:
    """From a generating function on the unit circle to chances. Shape: (classes, most + 1)."""
    found = np.maximum(np.fft.irfft(generating, size, axis=1), 0)
    if size <= most + 1:
        return np.pad(found, ((0, 0), (0, most + 1 - size)))
    return np.concatenate([found[:, :most], found[:, most:].sum(axis=1, keepdims=True)], axis=1)


@dataclass(frozen=True)
class Rates:
    """A fitted mixture. weight: shape (classes,). log_likelihood: of the fitted Gamma × Beta or Gamma × Gamma alone."""

    classes: Classes
    weight: Real
    log_likelihood: float
    parameters: Real

    def times(self, groups: Groups, days: float, after: float, most: int) -> NDArray[np.float32]:
        """Chance of 0 … most events of each group within `days` that begin `after` days from now. Shape: (groups, most + 1)."""
        earning, stopped = (table.astype(np.float32) for table in self.classes.times(days, after, most))
        prior = np.log(np.maximum(self.weight, 1e-300))
        found = np.empty((len(groups.events), most + 1), np.float32)
        for first in range(0, len(found), 5_000):
            part = groups.rows(slice(first, first + 5_000))
            still, gone = self.classes.still(part) + prior, self.classes.stopped(part) + prior
            highest = np.maximum(still, gone).max(axis=1, keepdims=True)
            still, gone = np.exp(still - highest).astype(np.float32), np.exp(gone - highest).astype(np.float32)
            both = (still.sum(axis=1) + gone.sum(axis=1))[:, None]
            found[first : first + 5_000] = (still @ earning + gone @ stopped) / both
        return found


def classes_for(groups: Groups) -> Classes:
    """A grid wide enough for the histories at hand."""
    longest = max(float(groups.age.max(initial=0.0)), 1.0)
    fastest = float(((groups.events + 1) / np.maximum(groups.age, 1.0)).max(initial=0.0))
    rates = np.geomspace(0.02 / longest, max(2.0 * min(fastest, 1.0), 2.0 / longest), RATES)
    stops = 1 / (1 + np.exp(-np.linspace(-6.0, 4.0, STOPS)))
    return Classes(np.repeat(rates, STOPS), np.tile(stops, RATES))


def fitted(groups: Groups) -> Rates:
    """Fit the prior by maximum likelihood, then let the data reshape it, as far as they outweigh 50 partners of it."""
    classes = classes_for(groups)
    if not len(groups.events):
        return Rates(classes, np.full(len(classes.rate), 1 / len(classes.rate)), 0.0, np.zeros(4))
    part = groups.rows(slice(None, None, -(-len(groups.events) // FITTED_ON)))
    shape, offset = _scaled(classes, part)
    mass = _mass(classes)

    def loss(parameters: Real) -> float:
        found = np.log(np.maximum(shape @ mass(parameters), 1e-300)) + offset
        return -float(found @ part.partners)

    best = minimize(loss, _start(groups), method="Nelder-Mead", options={"maxiter": 800, "xatol": 1e-2, "fatol": 0.01})
    start = weight = mass(best.x)
    for _ in range(STEPS):
        each = shape @ weight
        weight = weight * (shape.T @ (part.partners / np.maximum(each, 1e-300))) + PRIOR_WEIGHT * start
        weight /= weight.sum()
    return Rates(classes, weight, -float(best.fun), best.x)


def _scaled(classes: Classes, groups: Groups) -> tuple[Real, Real]:
    """The likelihood of each group in each class, scaled by its largest: (groups, classes), and that one's logarithm."""
    log = np.logaddexp(classes.still(groups), classes.stopped(groups))
    offset = log.max(axis=1)
    return np.exp(log - offset[:, None]), offset


def _start(groups: Groups) -> Real:
    """Where the search for the four parameters begins: a skewed rate around the mean, one stop in four events."""
    rate = max(float(groups.events @ groups.partners), 0.5) / max(float(groups.age @ groups.partners), 1.0)
    return np.log([0.5, 0.25 / rate, 0.8, 2.4])


def _mass(classes: Classes) -> Callable[[Real], Real]:
    """From four parameters, a Gamma × a Beta, to the mass of each class: of all that is nearer to it than to any other."""
    rates, stops = classes.rate[::STOPS], classes.stop[:STOPS]
    odds = stops / (1 - stops)
    between_rates, between_odds = np.sqrt(rates[1:] * rates[:-1]), np.sqrt(odds[1:] * odds[:-1])

    def mass(parameters: Real) -> Real:
        r, alpha, a, b = np.exp(np.clip(parameters, -12, 12))
        by_rate = _parts(gammainc(r, alpha * between_rates))
        return np.outer(by_rate, _parts(betainc(a, b, between_odds / (1 + between_odds)))).ravel()

    return mass


def _parts(below: Real) -> Real:
    return np.diff(below, prepend=0.0, append=1.0)
