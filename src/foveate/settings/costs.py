"""What work costs, what it may cost, and who is told when it costs more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.kinds import ENDPOINT, SHARE

AMOUNT: Final = Meta(ge=0, le=1_000_000)
"""Money."""
MOST_DAYS: Final = 3660
"""That a ledger is kept, and can be told of at once."""


class Price(NamedTuple):
    """What somebody asks for something, who, and when that was so."""

    amount: float
    source: str
    read: str


C5: Final = Price(0.0425, "an eighth of a c5.2xlarge on demand, AWS us-east-1", "2026-11")
T4: Final = Price(0.526, "a g4dn.xlarge on demand, AWS us-east-1", "2025")
IN: Final = Price(0.0, "AWS takes nothing for what comes from the internet", "2026-11")
OUT: Final = Price(0.09, "the first 10 TB a month to the internet, AWS us-east-1", "2026-11")
S3: Final = Price(0.023, "the first 50 TB in S3 Standard, us-east-1", "2026-11")


def _price(price: Price, of: str) -> float:
    return setting(price.amount, f"What {of} costs ({price.read}).", AMOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The ledger: prices, budgets, and who is told."""

    folder: str = setting(
        "", "Keep the ledger, `costs.sqlite3`, in this folder; empty is the user's state folder."
    )
    flush_s: float = setting(
        10.0,
        "Write what was charged this often.",
        Meta(ge=1, le=600),
    )
    keep_days: int = setting(
        400,
        "Keep the ledger for so long; after a week by the hour. A budget of a month needs 31.",
        Meta(ge=1, le=MOST_DAYS),
    )
    currency: str = setting(
        "USD",
        "What prices and budgets are in.",
        Meta(pattern=r"^[A-Z]{3}$", description="three letters such as USD"),
    )
    cpu_hour: float = _price(C5, "an hour of a processor core")
    gpu_hour: float = _price(T4, "an hour of a GPU")
    in_gb: float = _price(IN, "a gigabyte of originals")
    out_gb: float = _price(OUT, "a gigabyte of answers")
    stored_gb_month: float = _price(S3, "a gigabyte kept for a month")
    budget_day: float = setting(0.0, "What a day (UTC) may cost; 0 is no budget.", AMOUNT)
    budget_month: float = setting(0.0, "What a month (UTC) may cost; 0 is no budget.", AMOUNT)
    warn_at: float = setting(0.8, "Tell already when this part of a budget is spent.", SHARE)
    webhook: str = setting(
        "",
        "Tell this address too, by POST.",
        ENDPOINT,
        secret=True,
    )
    hard_stop: bool = setting(
        default=False,
        about="Refuse work on pictures with 503 once a budget is spent.",
    )
