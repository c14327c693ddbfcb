"""What is charged: sums of plain numbers, and what they cost at given prices."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter, sub
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.settings import Costs

HOUR_S: Final = 3600
GB: Final = 1e9
"""As who sells transfer counts."""
MOST: Final = 2**63
"""Of anything, as SQLite counts."""
LEAST: Final = 0.00001
"""Of money that is told in digits."""


class Name(NamedTuple):
    """Who is charged for what: few different ones."""

    key: str
    """The name of the key that asked, `signed` for those without a name, or `unsigned`."""
    route: str
    options_class: str = ""
    """What was asked for, where that is a rendition."""


SHARED: Final = Name("", "shared")
"""What this process did for nobody alone: starting, its event loop, tidying."""
BACKGROUND: Final = Name("", "background")
"""What was done while nobody asked, for those who will."""
OTHERS: Final = Name("others", "others")
"""Whoever comes after so many that all together are one."""


@dataclass(slots=True)
class Amounts:
    """How much it was, of everything."""

    requests: int = 0
    hits: int = 0
    """Those that a cache answered: each of them a decode less."""
    cpu_s: float = 0.0
    gpu_s: float = 0.0
    bytes_in: int = 0
    """Of originals that were read, and of bodies that came."""
    bytes_out: int = 0
    """Of the bodies of answers."""
    bytes_stored: int = 0
    """Of renditions that were kept."""
    bytes_saved: int = 0
    """Of originals that need not be read again, because a cache answered."""
    tokens_in: int = 0
    tokens_out: int = 0
    """Of language models: what was sent, and what they answered."""
    paid: float = 0.0
    """What they ask for it, at the prices of the time."""

    def add(self, other: Amounts) -> None:
        """Take in all of another one."""
        for name in COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def since(self, before: Amounts) -> Amounts:
        """Return what has come to it since it was that."""
        return Amounts(*map(sub, VALUES(self), VALUES(before)))

    @property
    def possible(self) -> bool:
        """Return whether it can be written: neither endless, nor what is no number."""
        return all(-MOST < value < MOST for value in VALUES(self))

    def become(self, other: Amounts) -> None:
        """Be what another one is, for all who add to this one."""
        for name in COLUMNS:
            setattr(self, name, getattr(other, name))

    def __bool__(self) -> bool:
        return any(VALUES(self))


COLUMNS: Final = tuple(each.name for each in fields(Amounts))
WHOLE: Final = frozenset(each.name for each in fields(Amounts) if isinstance(each.default, int))
"""Those that are counted, and never in parts."""
VALUES: Final = attrgetter(*COLUMNS)
"""Of one, in that order: there are thousands at each flush, and `astuple` copies deeply."""


def summed(each: Iterable[Amounts]) -> Amounts:
    """Return all of them together.

    >>> summed([Amounts(requests=1), Amounts(requests=2)]).requests, summed([]).requests
    (3, 0)
    """
    return Amounts(*map(sum, zip(*map(VALUES, each), strict=True)))


class Cost(NamedTuple):
    """What something costs, by what of it."""

    cpu: float
    gpu: float
    bytes_in: float
    bytes_out: float
    bytes_stored: float
    models: float
    """Language models, elsewhere."""

    @property
    def total(self) -> float:
        """Return all of it."""
        return sum(self)


def cost(amounts: Amounts, prices: Costs) -> Cost:
    """Return what that much costs; what is stored as if it were kept for a month.

    >>> from foveate.settings import Costs
    >>> hour = Amounts(cpu_s=3600, bytes_out=10**9)
    >>> round(cost(hour, Costs(cpu_hour=0.04, out_gb=0.09)).total, 4)
    0.13
    """
    return Cost(
        cpu=amounts.cpu_s / HOUR_S * prices.cpu_hour,
        gpu=amounts.gpu_s / HOUR_S * prices.gpu_hour,
        bytes_in=amounts.bytes_in / GB * prices.in_gb,
        bytes_out=amounts.bytes_out / GB * prices.out_gb,
        bytes_stored=amounts.bytes_stored / GB * prices.stored_gb_month,
        models=amounts.paid,
    )


def money(amount: float) -> str:
    """Return an amount in as many digits as say something.

    >>> money(12.3456), money(0.0123456), money(0.0000625), money(0.000001), money(0)
    ('12.35', '0.01235', '0.00006', '<0.00001', '0.00')
    """
    if 0 < amount < LEAST:
        return f"<{LEAST:.5f}"
    return f"{amount:,.2f}" if amount >= 1 or not amount else f"{amount:.5f}"
