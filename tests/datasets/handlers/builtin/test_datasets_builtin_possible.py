"""A configuration of which nothing can be made is refused when it is asked for, by its place."""

from __future__ import annotations

import re
from typing import Any

import pytest

from foveate.datasets.handlers.builtin.possible import check
from foveate.datasets.handlers.builtin.schema import SCHEMA
from foveate.datasets.schema import filled
from foveate.errors import BadConfiguration


def looked_at(**config: Any) -> None:
    check(filled(config, SCHEMA), outputs=1000)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"options": ["", "width=no"]}, "config.options[1]: option width: expected"),
        ({"options": ["preset=avatar"]}, "config.options[0]: there is no preset 'avatar'"),
        ({"options": ["sparkle=1"]}, "config.options[0]: expected options, got"),
        ({"options": ["w=9,h=9,fit=pad"]}, "config.options[0]: expected options after which"),
        ({"options": ["segment=foreground,segment.trim=true"]}, "config.options[0]: expected"),
        ({"options": ["faces=subject:anna"]}, "config.options[0]: expected"),
        ({"options": ["w=9,format=avif"]}, "config.options[0]: expected options that change"),
        ({"options": ["format=json"]}, "config.options[0]: expected options that"),
        ({"options": ["quality=30,max-bytes=900"]}, "got `quality`, `max-bytes`: how they are"),
        ({"zoom": 0.5}, "config.zoom: expected 0 where crop is not `face`, got 0.5"),
        ({"splits": {"train": 0}}, "config.splits: expected shares of more than 0 in all, got {"),
        ({"redact": "everything"}, "config.redact: option redact: expected"),
        ({"redact": "faces,width=9"}, "config.redact: expected `redact` alone, got 'faces,width"),
        ({"crop_area": [0.9, 0.2]}, "config.crop_area: expected the least share first, got 0.9"),
        ({"min_light": 0.6, "max_light": 0.5}, "config.min_light: expected at most max_light, 0.5"),
        (
            {"crop": "centre", "aspect": "4:3", "width": 224, "height": 224},
            "config.aspect: expected the shape of",
        ),
        ({"aspect": "1:1"}, "config.aspect: expected none where crop is `whole`: say `centre`"),
        ({"crop_area": [0.2, 0.9]}, "config.crop_area: expected none where crop is not `random`"),
        ({"fill": "000000"}, "config.fill: expected none where nothing is turned by `rotate`"),
        ({"quality": 100, "format": "png"}, "config.quality: expected none where format is `png`"),
        (
            {"variations_per_sample": 5, "backgrounds": "others"},
            "config.variations_per_sample: expected 1 where nothing is by chance",
        ),
        (
            {"options": ["width=100", "", "w=100"]},
            "config.options: expected each rendition once where nothing is by chance, got 'w=100'",
        ),
        ({"crop": "saliency", "aspect": "1:9999"}, "config.aspect: expected a shape from 1:100 to"),
        ({"crop": "face", "width": 1, "height": 400}, "where crop is `face`, got 1:400."),
        (
            {"options": ["", "w=9"], "variations_per_sample": 501},
            "config.variations_per_sample: expected at most 1000 pictures of each one",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_by_its_place(config: dict[str, Any], said: str) -> None:
    with pytest.raises(BadConfiguration, match=re.escape(said)):
        looked_at(**config)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"options": ["", "width=80,height=80,fit=cover,gravity=face", "width=80,fit=pad"]},
        {"redact": "faces|object:car"},
        {"crop": "centre", "aspect": "16:9", "width": 300, "height": 169},
        {"crop": "random", "aspect": "16:9", "width": 300},
        {"crop": "face", "zoom": 0.5, "splits": {"train": 1, "val": 0}},
        {"crop": "random", "crop_area": [0.5, 0.5], "min_light": 0.5, "max_light": 0.5},
        {"rotate": 5, "fill": "000000", "quality": 80},
        {"variations_per_sample": 1000, "flip": "vertical", "options": [""]},
        {"flip": "both", "options": ["", ""]},
        {"variations_per_sample": 9, "backgrounds": "colours"},
        {"variations_per_sample": 9, "jpeg_artefacts": 1},
        {"crop_area": [0.5, 1], "aspect": "", "fill": "mirror", "quality": 90, "format": "png"},
        {"crop": "face", "aspect": "1:100", "width": 4},
        {"crop": "centre", "aspect": "1:9999"},
    ],
)
def test_what_can_be_made_is_taken(config: dict[str, Any]) -> None:
    looked_at(**config)
