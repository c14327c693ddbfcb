from __future__ import annotations

import pytest

from foveate.errors import BadUrl, FlexibleVariantsOff
from foveate.options.presets import read_presets
from foveate.options.translators.hosted import translate

PRESETS = read_presets({"thumb": "width=80"})


@pytest.mark.parametrize(
    ("path", "options", "source"),
    [
        ("2cdc28f0/thumb", "preset=thumb", "2cdc28f0"),
        ("photos/2024/a%20b.jpg/thumb", "preset=thumb", "photos/2024/a%20b.jpg"),
        ("2cdc28f0/public", "", "2cdc28f0"),
        ("2cdc28f0/preset=thumb", "preset=thumb", "2cdc28f0"),
    ],
)
def test_the_last_part_is_the_variant_and_all_before_it_the_id(
    path: str, options: str, source: str
) -> None:
    said = translate(path, presets=PRESETS)
    assert (said.options, said.source, said.negotiates) == (options, source, True)


def test_public_may_be_a_preset_like_others() -> None:
    named = read_presets({"public": "width=1366"})
    assert translate("id/public", presets=named).options == "preset=public"


def test_options_stand_there_only_where_variants_are_flexible() -> None:
    with pytest.raises(FlexibleVariantsOff):
        translate("id/w=400,sharpen=3", presets=PRESETS)
    with pytest.raises(FlexibleVariantsOff):
        translate("id/w%3D400", presets=PRESETS)
    flexible = translate("id/w=400,sharpen=3", presets=PRESETS, flexible=True)
    assert flexible.options == "w=400,sharpen=3"


@pytest.mark.parametrize("path", ["", "id", "id/", "/thumb"])
def test_an_id_and_a_variant_are_needed(path: str) -> None:
    with pytest.raises(BadUrl):
        translate(path, presets=PRESETS)
