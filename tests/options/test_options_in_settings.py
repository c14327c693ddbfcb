"""What is wrong with options in settings, in the one report on all settings."""

from __future__ import annotations

import pytest

from foveate.errors import BadSettings
from foveate.options.in_settings import load


def test_options_in_presets_and_keys_are_reported_beside_other_settings_as_they_were_written() -> (
    None
):
    environment = {
        "FOVEATE_PRESETS__Thumb": "widht=90",
        "FOVEATE_LIMITED_KEYS__SHOP": "hush preset=big preset=thumb",
        "FOVEATE_SERVER__PORT": "many",
        "FOVEATE_PRESETS__FINE": "width=90",
    }
    with pytest.raises(BadSettings) as caught:
        load(environment)
    assert caught.value.public.split("\n") == [
        "FOVEATE_SERVER__PORT: expected a whole number from 0 to 65535, got 'many'",
        "FOVEATE_PRESETS__Thumb: there is no option widht (did you mean width?)",
        "FOVEATE_LIMITED_KEYS__SHOP: there is no preset 'big'.",
    ]


def test_good_options_in_settings_are_no_problem() -> None:
    assert load({"FOVEATE_PRESETS__THUMB": "width=90"}).presets == {"thumb": "width=90"}


def test_a_thousand_bad_presets_make_no_endless_report() -> None:
    with pytest.raises(BadSettings) as caught:
        load({f"FOVEATE_PRESETS__P{number}": "widht=90" for number in range(1000)})
    assert len(caught.value.public.split("\n")) <= 50


def test_a_month_whose_budget_is_counted_is_not_forgotten_before_it_is_over() -> None:
    environment = {"FOVEATE_COSTS__BUDGET_MONTH": "5", "FOVEATE_COSTS__KEEP_DAYS": "30"}
    with pytest.raises(BadSettings, match="FOVEATE_COSTS__KEEP_DAYS: expected 31 or more"):
        load(environment)
    assert load(environment | {"FOVEATE_COSTS__KEEP_DAYS": "31"}).costs.budget_month == 5
    assert load({"FOVEATE_COSTS__KEEP_DAYS": "30"}).costs.keep_days == 30
