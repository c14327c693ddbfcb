"""Which machines would carry a load."""

from __future__ import annotations

from collections import defaultdict

import pytest

from foveate.ledger.amounts import Amounts, Name
from foveate.ledger.books import DAY_MINUTES, IN_MEMORY, Books, minute_of
from foveate.ledger.machines import sized
from foveate.settings import Costs

NOW = 1_800_000_000.0
SHOP = Name("shop", "image", "resize")


@pytest.mark.parametrize("flush_s", [10, 25, 45, 50, 59, 60, 90, 599, 600])
def test_a_steady_load_needs_the_same_however_old_it_is_and_however_seldom_written(
    flush_s: int,
) -> None:
    books, now, written = Books(IN_MEMORY), minute_of(NOW), defaultdict[int, float](float)
    for second in range((now - 8 * DAY_MINUTES) * 60 + flush_s, (now + 1) * 60, flush_s):
        written[second // 60] += 0.5 * flush_s
    for minute, cpu_s in written.items():
        if not DAY_MINUTES < now - minute < 7 * DAY_MINUTES:
            books.add(minute, {SHOP: Amounts(requests=1, cpu_s=cpu_s)})
    books.tidy(now, 400)
    needs = [sized(books, Costs(flush_s=flush_s), now=NOW, days=days) for days in (1, 8)]
    assert [each.peak_cores for each in needs] == pytest.approx([0.5, 0.5], rel=0.055)


def test_the_busiest_hundredth_of_the_minutes_is_left_out_and_the_rest_has_room() -> None:
    books, now = Books(IN_MEMORY), minute_of(NOW)
    for ago in range(200):
        busy_s = {0: 600.0, 1: 300.0, 2: 84.0}.get(ago, 42.0)
        books.add(now - ago, {SHOP: Amounts(requests=1, cpu_s=busy_s)})
    told = sized(books, Costs(), now=NOW)
    assert told.peak_cores == pytest.approx(1.4)
    assert told.needed_cores == pytest.approx(2.0)
    assert [(f.machine.cores, f.many) for f in told.fleets][:2] == [(2, 1), (4, 1)]
