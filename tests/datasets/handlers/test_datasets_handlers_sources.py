"""What handlers are called, and where they may come from."""

from __future__ import annotations

import pytest

from foveate.datasets.handlers.sources import check_named
from foveate.errors import BadConfiguration


@pytest.mark.parametrize("name", ["thumbs", "a", "one-two_three.4", "a" * 64])
def test_packages_are_called_so(name: str) -> None:
    check_named(name, "1.0")


@pytest.mark.parametrize("name", ["", "a--b", "-a", "a-", "A", "a\n", "a" * 65, f"{'a' * 63}!"])
def test_what_no_package_is_called_is_refused_at_once(name: str) -> None:
    with pytest.raises(BadConfiguration, match="the name of a package"):
        check_named(name, "1.0")
