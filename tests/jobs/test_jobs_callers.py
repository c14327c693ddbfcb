"""Who may ask for jobs, and what he hears who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.errors import KeyNeeded
from foveate.jobs.callers import Callers
from foveate.people.keys import ANY, Keys, Scope
from foveate.service.access import RateLimit

if TYPE_CHECKING:
    from pathlib import Path


def test_once_all_keys_are_revoked_this_machine_hears_how_to_be_let_in(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    callers = Callers(keys, (), RateLimit(0))
    assert callers.of("", "", local=True).sees == ""
    keys.add("shop", ANY, Scope.WRITE)
    with pytest.raises(KeyNeeded) as refused:
        callers.of("", "", local=True)
    assert "key open" not in refused.value.public
    keys.revoke("shop")
    with pytest.raises(KeyNeeded, match="foveate jobs key open"):
        callers.of("", "", local=True)
    keys.open()
    assert callers.of("", "", local=True).sees == ""
