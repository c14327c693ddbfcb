"""Values put into a TOML file of somebody else's making."""

from __future__ import annotations

import tomllib

import pytest

from foveate.configuration.edit import with_values
from foveate.errors import BadSettings

FILE = """\
# ours
strict = true

[ encoding ] # of all
quality = 80
webp_effort = 2   # quick

[presets]
a = "width=2"
"""


def test_a_value_changes_where_it_stands_and_all_else_stays() -> None:
    changed = with_values(FILE, {"encoding.webp_effort": 4})
    assert changed == FILE.replace("webp_effort = 2 ", "webp_effort = 4 ")


def test_what_is_not_there_comes_into_its_group_or_a_new_one() -> None:
    changed = with_values(FILE, {"encoding.avif_effort": 0, "runtime.engine": "onnxruntime"})
    told = tomllib.loads(changed)
    assert told["encoding"] == {"quality": 80, "webp_effort": 2, "avif_effort": 0}
    assert told["runtime"] == {"engine": "onnxruntime"}
    assert told["presets"] == {"a": "width=2"}
    assert changed.startswith("# ours\n")


def test_an_empty_file_holds_only_what_was_put_there() -> None:
    assert with_values("", {"load.workers": 3}) == "[load]\nworkers = 3\n"


@pytest.mark.parametrize(
    "text",
    ["encoding.webp_effort = 2\n", "encoding = {webp_effort = 2}\n", "[encoding\n", "encoding = 3"],
)
def test_a_file_that_says_it_in_another_way_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(BadSettings, match=r"Write into it: encoding\.webp_effort = 4"):
        with_values(text, {"encoding.webp_effort": 4})
