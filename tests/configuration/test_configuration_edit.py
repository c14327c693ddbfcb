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
    [
        "encoding.webp_effort = 2 # quick\n[load]\n",
        '[encoding]\r\n"webp_effort" = 2\r\n[load]\r\n',
        "[ 'encoding' ]\nwebp_effort=2\n",
        "# \u2028\n[encoding]\nwebp_effort = 2\n",
    ],
)
def test_a_value_changes_however_its_name_is_written(text: str) -> None:
    assert with_values(text, {"encoding.webp_effort": 4}) == text.replace("2", "4", 1)


def test_what_is_not_there_comes_beside_names_with_dots() -> None:
    text = 'encoding.quality = 80\r\nruntime.engine = "auto#x"\r\n'
    changed = with_values(text, {"encoding.webp_effort": 4, "runtime.engine": "openvino"})
    assert changed == (
        'encoding.quality = 80\r\nencoding.webp_effort = 4\r\nruntime.engine = "openvino"\r\n'
    )


@pytest.mark.parametrize(
    "text",
    ["encoding = {webp_effort = 2}\n", "[encoding\n", "encoding = 3", "\ufeff[encoding]\n"],
)
def test_a_file_that_says_it_in_another_way_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(BadSettings, match=r"Write into it: encoding\.webp_effort = 4"):
        with_values(text, {"encoding.webp_effort": 4})
