from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from design_scenes import PAIRS, SCENES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foveate.design import in_json
from foveate.design.changes.applying import apply
from foveate.design.changes.difference import difference
from foveate.design.changes.in_json import changes_from_json, changes_to_json
from foveate.design.changes.merging import merge
from foveate.design.changes.model import inverse
from foveate.design.nodes.reading import read
from foveate.design.nodes.writing import write
from foveate.design.xml.reading import loads
from foveate.design.xml.writing import digest, dumps

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

large = settings(max_examples=100, suppress_health_check=list(HealthCheck))


@large
@given(SCENES)
def test_a_scene_comes_back_from_its_words(scene: Scene) -> None:
    assert read(write(scene)) == scene


@large
@given(SCENES)
def test_a_scene_comes_back_from_xml_which_is_the_same_again(scene: Scene) -> None:
    text = dumps(scene)
    again = loads(text)
    assert again == scene
    assert dumps(again) == text


@large
@given(SCENES)
def test_a_scene_comes_back_from_json(scene: Scene) -> None:
    assert in_json.loads(in_json.dumps(scene)) == scene


@large
@given(PAIRS)
def test_changes_make_one_scene_the_other_and_back(pair: tuple[Scene, Scene]) -> None:
    before, after = pair
    changes = difference(before, after)
    assert apply(before, changes) == after
    assert apply(after, inverse(changes)) == before
    assert (changes.of, changes.to) == (digest(before), digest(after))


@large
@given(PAIRS)
def test_changes_come_back_from_json(pair: tuple[Scene, Scene]) -> None:
    changes = difference(*pair)
    assert changes_from_json(json.loads(json.dumps(changes_to_json(changes)))) == changes


@large
@given(SCENES)
def test_a_scene_does_not_differ_from_itself(scene: Scene) -> None:
    assert difference(scene, scene).changes == ()


@large
@given(st.tuples(SCENES, SCENES, SCENES))
def test_two_change_sets_can_always_be_merged(scenes: tuple[Scene, Scene, Scene]) -> None:
    base, mine, other = scenes
    ours, theirs = difference(base, mine), difference(base, other)
    merged = merge(base, ours, theirs)
    assert apply(base, merged.changes) == merged.scene
    assert merge(base, ours, ours).scene == mine
    assert merge(base, ours, ours).conflicts == ()
    nothing = difference(base, base)
    assert merge(base, nothing, theirs).scene == other
    assert merge(base, ours, nothing).scene == mine
