"""What was charged since this process began: plain numbers in memory, bounded.

Written on the event loop alone; a request costs a few additions.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.errors import BudgetSpent
from foveate.ledger.amounts import OTHERS, SHARED, Amounts, Name, summed
from foveate.trace import FETCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from foveate.trace import Trace

log = logging.getLogger("foveate.ledger")
MOST: Final = 2000
"""Accounts; whoever comes after them is charged together with all others."""


def process_cpu_s() -> float:
    """Return the processor time of this process, and of those that ended before it."""
    if sys.platform == "win32":
        return time.process_time()  # nobody sums up those that ended
    import resource  # noqa: PLC0415 - not everywhere

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@dataclass(slots=True)
class _Unsettled:
    """A request that was answered, and that something goes on for."""

    account: Amounts
    trace: Trace
    settled: Amounts = field(default_factory=Amounts)

    def settle(self) -> None:
        """Charge what has come to its trace since."""
        trace = self.trace
        spent = Amounts(
            cpu_s=trace.cpu_s,
            gpu_s=trace.gpu_s,
            tokens_in=trace.tokens_in,
            tokens_out=trace.tokens_out,
            paid=trace.paid,
        )
        self.account.add(spent.since(self.settled))
        self.settled = spent


class Ledger:
    """Charges accounts, and refuses work once no more may be spent."""

    def __init__(
        self,
        *,
        most: int = MOST,
        used: Callable[[], float] = process_cpu_s,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._most = most
        self._used = used
        self._clock = clock
        self._accounts: dict[Name, Amounts] = {SHARED: Amounts()}
        self._written: dict[Name, Amounts] = {}
        self._unsettled: list[_Unsettled] = []
        self._most_shared_s = 0.0
        self._stopped_until = 0.0
        self.elsewhere_s = 0.0
        """Processor time that was charged of processes that have not ended."""

    @property
    def accounts(self) -> Mapping[Name, Amounts]:
        """Return what each was charged since the start."""
        return self._accounts

    def counted(self) -> Iterator[tuple[Name, Amounts]]:
        """Yield the same as counters have it, which never fall.

        What is taken back of what was shared comes off what is shared next.
        """
        for name, amounts in self._accounts.items():
            if name == SHARED:
                yield name, replace(amounts, cpu_s=max(amounts.cpu_s, self._most_shared_s))
            else:
                yield name, amounts

    def total(self) -> Amounts:
        """Return all of it since the start."""
        return summed(self._accounts.values())

    def account(self, name: Name) -> Amounts:
        """Return what is charged under that name; to be added to."""
        found = self._accounts.get(name)
        if found is None:
            name = name if len(self._accounts) < self._most else OTHERS
            found = self._accounts.setdefault(name, Amounts())
        return found

    def charge(self, account: Amounts, trace: Trace) -> None:
        """Charge what a request took that was answered, and what still goes on for it."""
        account.bytes_in += sum(span.bytes for span in trace.spans if span.name == FETCH)
        left = _Unsettled(account, trace)
        left.settle()
        if trace.underway:
            self._unsettled.append(left)

    def due(self) -> dict[Name, Amounts]:
        """Return what has come to each account since that was written."""
        self._settle()
        nothing = Amounts()
        news = {
            name: account.since(self._written.get(name, nothing))
            for name, account in self._accounts.items()
        }
        return {name: amounts for name, amounts in news.items() if amounts}

    def written(self, news: Mapping[Name, Amounts]) -> None:
        """Take note that this was written."""
        for name, amounts in news.items():
            self._written.setdefault(name, Amounts()).add(amounts)

    def paid(self, key: str) -> float:
        """Return what that key has paid for language models, of what was written."""
        return sum(each.paid for name, each in self._written.items() if name.key == key)

    def _settle(self) -> None:
        for left in self._unsettled:
            left.settle()
        self._forget_impossible()
        self._unsettled = [left for left in self._unsettled if left.trace.underway]
        charged = sum(a.cpu_s for name, a in self._accounts.items() if name != SHARED)
        # What requests take is known at their end: until then it is shared, then taken back.
        shared_s = self._accounts[SHARED].cpu_s = self._used() + self.elsewhere_s - charged
        self._most_shared_s = max(self._most_shared_s, shared_s)

    def _forget_impossible(self) -> None:
        """Take accounts that cannot be written back to what was: no later charge would count."""
        for name, account in self._accounts.items():
            if not account.possible:
                log.warning("What was charged to %s cannot be, and is left out: %s.", name, account)
                account.become(self._written.get(name, Amounts()))

    def stop(self, until: float) -> None:
        """Refuse work until then, in seconds since 1970; 0 is not at all."""
        self._stopped_until = until

    def check(self) -> None:
        """Do nothing while work may be done. Raises BudgetSpent."""
        left_s = self._stopped_until - self._clock() if self._stopped_until else 0.0
        if left_s > 0:
            raise BudgetSpent(left_s)
