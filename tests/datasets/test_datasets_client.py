"""What a training machine is told before any server is asked."""

from __future__ import annotations

from typing import Any

import pytest

from foveate.datasets.client import Client
from foveate.errors import BadConfiguration


@pytest.mark.parametrize("config", ["x", "", 7, [("seed", 1)]])
def test_a_configuration_that_is_no_mapping_is_refused(config: Any) -> None:
    with Client() as client, pytest.raises(BadConfiguration, match="as a mapping, got"):
        client.request("cats", config=config)
