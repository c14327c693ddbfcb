"""What decides over pixels beside a configuration, and so over the id of its dataset."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from service_networks import Matting, analyses

from foveate.datasets.handlers.builtin.installed import BuiltIn
from foveate.datasets.handlers.builtin.schema import SCHEMA
from foveate.datasets.handlers.builtin.seen import seen_by
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.schema import filled
from foveate.settings import Faces, Models, Moderation, Objects, Select, Settings, Text

if TYPE_CHECKING:
    from pathlib import Path

BLIND = {"width": 64, "blur": 2.0}
BALANCED = {"options": ["segment=foreground,segment.quality=balanced"]}


def pin(settings: Settings, **said: Any) -> str:
    return BuiltIn(settings, Limits()).pin_for(filled(said, SCHEMA))


@pytest.mark.parametrize(
    ("settings", "config"),
    [
        (Settings(faces=Faces(redact_score=0.99)), {"redact": "faces"}),
        (Settings(faces=Faces(gravity_score=0.99)), {"crop": "face"}),
        (Settings(faces=Faces(gravity_score=0.99)), {"crop": "saliency"}),
        (Settings(faces=Faces(long_side=320)), {"min_face_quality": 0.5}),
        (Settings(objects=Objects(redact_score=0.99)), {"redact": "object"}),
        (Settings(text=Text(redact_score=0.99)), {"redact": "text"}),
        (Settings(text=Text(crops=True)), {"crop": "face"}),
        (Settings(moderation=Moderation(threshold=0.1)), {"moderate": True}),
        (Settings(moderation=Moderation(threshold=0.1)), {"options": ["moderate=block"]}),
    ],
)
def test_a_setting_that_decides_over_pixels_changes_the_id_of_what_is_looked_at_by_it(
    settings: Settings, config: dict[str, Any]
) -> None:
    assert pin(settings, **config) != pin(Settings(), **config)
    assert pin(settings, **BLIND) == pin(Settings(), **BLIND)


def test_what_is_enforced_is_part_of_every_id_and_blurring_leaves_out_what_blocking_does() -> None:
    block, blur = (Settings(moderation=Moderation(enforce=each)) for each in ("block", "blur"))
    assert pin(block, **BLIND) == pin(blur, **BLIND) != pin(Settings(), **BLIND)


def test_networks_that_are_here_change_the_id_of_what_would_look_with_them_alone() -> None:
    def seen(*missing: str, **said: Any) -> list[str]:
        looks = analyses(missing=missing, **{"matte-own": Matting("own")})
        return seen_by(looks, filled(said, SCHEMA))

    assert seen("isnet", **BALANCED) != seen(**BALANCED)
    assert seen("isnet", matte=True) != seen(matte=True)
    assert seen("isnet", backgrounds="colours") != seen(backgrounds="colours")
    assert seen("nudenet", moderate=True) != seen(moderate=True)
    assert seen("isnet", "nudenet", crop="face") == seen(crop="face")


def test_the_head_of_subjects_decides_where_it_finds_them(tmp_path: Path) -> None:
    usual = Settings(models=Models(folder=str(tmp_path)))
    clear = replace(usual, select=Select(subject_head="clear"))
    assert pin(clear, matte=True) == pin(usual, matte=True)
    assert pin(clear, **BALANCED) != pin(usual, **BALANCED)


def test_whoever_gets_the_handler_elsewhere_looks_which_networks_are_there() -> None:
    handler = BuiltIn(Settings(), Limits())
    small = len(pickle.dumps(handler))
    known = handler.pin_for(filled({"crop": "face"}, SCHEMA))
    copy = pickle.loads(pickle.dumps(handler))  # noqa: S301 - our own
    assert len(pickle.dumps(handler)) == small
    assert copy.pin_for(filled({"crop": "face"}, SCHEMA)) == known
