from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.options.draw import options_from_json
from foveate.options.grammar import format_options, parse_options
from foveate.options.styles import Style, Styled


@pytest.mark.parametrize("detail", ["style.color=red", "style.background=red", "style.seed=3"])
def test_a_detail_without_a_style_is_refused(detail: str) -> None:
    with pytest.raises(BadOption, match="expected style=NAME beside it"):
        parse_options(detail)


@pytest.mark.parametrize("name", ["color", "background"])
def test_a_colour_that_is_seen_through_is_refused(name: str) -> None:
    with pytest.raises(BadOption, match="expected an opaque colour"):
        parse_options(f"style=ink,style.{name}=rgb(1 2 3 / 50%)")


def test_only_a_double_exposure_has_a_second_picture() -> None:
    with pytest.raises(BadOption, match=r"expected a CSS colour beside style=neon, got 'b\.jpg'"):
        parse_options("style=neon,style.background=b.jpg")
    with pytest.raises(BadOption, match="expected a CSS colour or a source"):
        parse_options("style=double-exposure,style.background=blur")
    asked = parse_options("style=double-exposure,style.background=b.jpg").options
    assert asked.extra_sources() == ("b.jpg",)


@pytest.mark.parametrize("seed", ["-1", "0.5", "1000000", "x"])
def test_a_seed_is_a_whole_number_with_a_bound(seed: str) -> None:
    with pytest.raises(BadOption, match="a whole number from 0 to 999999"):
        parse_options(f"style=ink,style.seed={seed}")


def test_the_order_of_details_does_not_matter_and_defaults_are_left_out() -> None:
    asked = parse_options("style.seed=0,style=sketch").options
    assert asked.style == Styled(style=Style.SKETCH)
    assert format_options(asked) == "style=sketch"


def test_json_says_the_same() -> None:
    said = options_from_json({"style": "poster", "style.color": "#f00"}).options
    assert said == parse_options("style=poster,style.color=red").options
