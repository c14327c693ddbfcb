"""What the ledger is told of each request, and what of it Prometheus is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.ledger.amounts import BACKGROUND, Amounts, cost, summed
from foveate.metrics import BYTES_SAVED, CHARGED, COST, DECODES_AVOIDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.ledger.ledger import Ledger
    from foveate.metrics import Labels, Row
    from foveate.server.exchange import Exchange
    from foveate.settings import Costs
    from foveate.trace import Trace


def charge(ledger: Ledger, exchange: Exchange) -> None:
    """Charge a request that was answered."""
    account = ledger.account(exchange.name)
    account.requests += 1
    account.hits += exchange.cache == "hit"
    account.bytes_out += exchange.body_bytes
    account.bytes_stored += exchange.bytes_stored
    account.bytes_saved += exchange.bytes_saved
    ledger.charge(account, exchange.trace)


def charge_background(ledger: Ledger, trace: Trace) -> None:
    """Charge what was done for nobody who asked."""
    ledger.charge(ledger.account(BACKGROUND), trace)


def costs_counted(ledger: Ledger, prices: Costs) -> Iterator[tuple[Row, Labels, float]]:
    """Yield what each key was charged since the start: a series for each of few words."""
    accounts: dict[str, list[Amounts]] = {}
    for name, amounts in ledger.counted():
        accounts.setdefault(name.key or name.route, []).append(amounts)
    keys = {key: summed(each) for key, each in accounts.items()}
    saved = summed(keys.values())
    yield DECODES_AVOIDED, (), saved.hits
    yield BYTES_SAVED, (), saved.bytes_saved
    for key, amounts in keys.items():
        for what, paid in cost(amounts, prices)._asdict().items():
            yield COST, (key, what), paid
        yield CHARGED, (key,), amounts.cpu_s
