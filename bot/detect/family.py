"""The family of faults: what each possible fate of a test message says for and against each of them.

A hypothesis is "this share of messages is refused", "... bounces", "... is held back" or "all take so many times as
long". The log-likelihood ratio of a message's fate under each hypothesis against a healthy day is looked up in tables
over ``u``, the logarithm of its time under way in units of the route's usual time at that hour.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]


class Trouble(IntEnum):
    """The classes of faults; each accumulates evidence on its own, so that one is seen inside another."""

    SENDING = 0
    BOUNCING = 1
    TIMING = 2


REFUSED_SHARES = (0.97, 0.6, 0.3, 0.12, 0.05)
BOUNCED_SHARES = REFUSED_SHARES
LATE_SHARES = (0.97, 0.5, 0.25, 0.1)
SLOW_FACTORS = (2.0, 3.0, 5.0)
SLOW_SHARE = 0.97

REFUSED = slice(0, 5)
BOUNCED = slice(5, 10)
LATE = slice(10, 14)
SLOW = slice(14, 17)
SIZE = 17
OF_TROUBLE = {Trouble.SENDING: REFUSED, Trouble.BOUNCING: BOUNCED, Trouble.TIMING: slice(10, 17)}
TYPICAL = {Trouble.SENDING: (1, 0.6), Trouble.BOUNCING: (6, 0.6), Trouble.TIMING: (11, 0.5)}
"""The hypothesis (index, share) by which a message is called bad or good in each class."""

LOW, STEP, BINS = -4.0, 0.05, 260
GRID: Vector = np.asarray(LOW + STEP * (np.arange(BINS) + 0.5), dtype=np.float64)

LATE_FROM = math.log(1.7)
LATE_DENSITY = 1 / 6.0
"""A held back message's u is even over a range from minutes to hours, whatever the route's usual time."""

TAIL_FROM, TAIL_STEP, TAIL_BINS = 0.5, 0.25, 26
TAIL_EDGES: Vector = np.asarray(TAIL_FROM + TAIL_STEP * np.arange(TAIL_BINS + 1), dtype=np.float64)
TELLING, MOVING = 0.2, 1e-3
"""What a message under way must say to be looked at, and how much it must change to be looked at again."""
ACCEPTED_U = 0.3
"""A message under way for this long is taken as accepted by the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What a healthy day is like: spread of u, density of its tail by bins, and rates of stray troubles."""

    sigma: float
    tail: tuple[float, ...]
    temporary: float
    permanent: float
    unreachable: float
    bounced: float


@dataclass(frozen=True, slots=True)
class Tables:
    """Log-likelihood ratios of every hypothesis: rows over u, and one row for each other fate."""

    arrived: Vector
    pending: Vector
    temporary: Vector
    permanent: Vector
    unreachable: Vector
    bounced: Vector
    sigma: float
    first_u: float
    """Where a message under way first says anything."""
    last_bin: int
    """From where on waiting longer says nothing more."""


def bin_of(u: float) -> int:
    """Find the row of the tables for u."""
    return min(max(int((u - LOW) / STEP), 0), BINS - 1)


def tables(usual: Usual, cap: float) -> Tables:
    """Work out the tables for a healthy day; no single message says more than cap for or against anything."""
    density, survival = _healthy(usual)
    arrived, pending = np.zeros((BINS, SIZE)), np.zeros((BINS, SIZE))
    _refusals(arrived, pending)
    _late(arrived, pending, density, survival)
    _slow(arrived, pending, usual)
    np.clip(arrived, -cap, cap, out=arrived)
    np.clip(pending, -cap, cap, out=pending)
    telling = np.flatnonzero(np.abs(pending).max(axis=1) > TELLING)
    moving = np.flatnonzero(np.abs(np.diff(pending, axis=0)).max(axis=1) > MOVING)
    return Tables(
        arrived=arrived,
        pending=pending,
        temporary=_sudden(REFUSED, REFUSED_SHARES, usual.temporary, cap),
        permanent=_sudden(REFUSED, REFUSED_SHARES, usual.permanent, cap),
        unreachable=_sudden(REFUSED, REFUSED_SHARES, usual.unreachable, cap),
        bounced=_bounce(usual.bounced, cap),
        sigma=usual.sigma,
        first_u=float(GRID[telling[0]]),
        last_bin=int(moving[-1]) + 1,
    )


def _normal_survival(z: Vector) -> Vector:
    return np.array([0.5 * math.erfc(x / math.sqrt(2)) for x in z])


def _tail_mass(tail: tuple[float, ...], u: Vector) -> Vector:
    """Healthy mass of the tail beyond each u."""
    masses = np.asarray(tail)
    beyond = np.concatenate([np.cumsum(masses[::-1])[::-1], [0.0]])
    return np.asarray(np.interp(u, TAIL_EDGES, beyond), dtype=np.float64)


def _healthy(usual: Usual, shift: float = 0.0) -> tuple[Vector, Vector]:
    """Density and survival of a healthy message's u, moved by shift."""
    u = GRID - shift
    total = min(sum(usual.tail), 0.5)
    z = u / usual.sigma
    core = np.exp(-0.5 * z * z) / (usual.sigma * math.sqrt(2 * math.pi))
    edges = np.searchsorted(TAIL_EDGES, u, side="right") - 1
    inside = (edges >= 0) & (edges < TAIL_BINS)
    tail = np.where(inside, np.asarray(usual.tail)[np.clip(edges, 0, TAIL_BINS - 1)] / TAIL_STEP, 0.0)
    density = (1 - total) * core + tail + 1e-7
    survival = (1 - total) * _normal_survival(z) + _tail_mass(usual.tail, u) + 1e-6
    return density, survival


def _refusals(arrived: Vector, pending: Vector) -> None:
    """Write what an accepted or an arrived message says against refusals and bounces."""
    for where, shares in ((REFUSED, REFUSED_SHARES), (BOUNCED, BOUNCED_SHARES)):
        arrived[:, where] = np.log1p(-np.asarray(shares))
    pending[GRID >= ACCEPTED_U, REFUSED] = np.log1p(-np.asarray(REFUSED_SHARES))


def _late(arrived: Vector, pending: Vector, density: Vector, survival: Vector) -> None:
    held = np.where(LATE_FROM <= GRID, LATE_DENSITY, 0.0)
    for column, share in zip(range(LATE.start, LATE.stop), LATE_SHARES, strict=True):
        arrived[:, column] = np.log((1 - share) + share * held / density)
        pending[:, column] = np.log((1 - share) + share / survival)


def _slow(arrived: Vector, pending: Vector, usual: Usual) -> None:
    density, survival = _healthy(usual)
    for column, factor in zip(range(SLOW.start, SLOW.stop), SLOW_FACTORS, strict=True):
        slow_density, slow_survival = _healthy(usual, math.log(factor))
        arrived[:, column] = np.log((1 - SLOW_SHARE) + SLOW_SHARE * slow_density / density)
        pending[:, column] = np.log((1 - SLOW_SHARE) + SLOW_SHARE * slow_survival / survival)


def _sudden(where: slice, shares: tuple[float, ...], rate: float, cap: float) -> Vector:
    row = np.zeros(SIZE)
    row[where] = np.minimum(np.log([(share + (1 - share) * rate) / rate for share in shares]), cap)
    return row


def _bounce(rate: float, cap: float) -> Vector:
    row = _sudden(BOUNCED, BOUNCED_SHARES, rate, cap)
    row[REFUSED] = np.log1p(-np.asarray(REFUSED_SHARES))
    return row
