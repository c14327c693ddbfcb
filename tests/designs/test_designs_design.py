"""`foveate.Design`: read, drawn with the pictures beside it, checked, compared, merged."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from designs_stand import LETTERS, POSTER, need_letters, poster_in

from foveate import Design
from foveate.app import create
from foveate.background import waited
from foveate.designs.easel import Easel, OwnEasel
from foveate.errors import BadDesign, BadOption, DesignConflict, DesignTooLarge, SourceNotFound
from foveate.imaging import Image
from foveate.service.draw import Drawing
from foveate.settings import Caching, Origins, Settings, load

if TYPE_CHECKING:
    from pathlib import Path


def test_a_design_is_drawn_with_the_picture_beside_it(tmp_path: Path, photo: Image) -> None:
    made = Design.open(poster_in(tmp_path, photo)).render("png")
    assert (made.content_type, str(made.size)) == ("image/png", "120x90")
    drawn = Image.new_from_buffer(made.data, "")
    assert drawn(105, 75) == [255, 0, 0]
    assert drawn(86, 25)[0] > 200  # the head of the scene
    assert drawn(20, 75) == [255, 255, 255]


def test_it_is_awaited_as_well(tmp_path: Path, photo: Image) -> None:
    design = Design.open(poster_in(tmp_path, photo))
    made = asyncio.run(design.render_async("jpg", scale=2, page=1))
    assert (made.content_type, str(made.size)) == ("image/jpeg", "240x180")


@pytest.mark.parametrize("options", ["width=5,fit=pad,background=black", "gravity=left,blur=2"])
def test_pictures_may_have_any_options(tmp_path: Path, photo: Image, options: str) -> None:
    text = POSTER.replace('src="scene.png"', f'src="scene.png" options="{options}"')
    plain = Design.open(poster_in(tmp_path, photo)).render()
    made = Design.open(poster_in(tmp_path, photo, text)).render()
    assert made.size == plain.size
    assert made.data != plain.data


def test_a_picture_that_is_not_there_is_an_error_that_names_it(
    tmp_path: Path, photo: Image
) -> None:
    design = Design.open(poster_in(tmp_path, photo, POSTER.replace("scene", "lost")))
    with pytest.raises(SourceNotFound, match=r"lost\.png"):
        design.render()
    (found,) = design.check()
    assert (found.found.block, found.check) == ("photo", "sources")


def test_it_is_told_what_does_not_fit(tmp_path: Path, photo: Image) -> None:
    need_letters()
    text = LETTERS.replace('size="20"', 'size="90"').replace('x="10"', 'x="20"')
    found = Design.open(poster_in(tmp_path, photo, text)).check()
    assert [(each.found.block, each.check) for each in found] == [("title", "fits")]
    away = LETTERS.replace('x="10"', 'x="900" font="None Such"')
    found = Design.open(poster_in(tmp_path, photo, away)).check()
    assert [each.check for each in found] == ["fonts", "edges"]


def test_what_is_in_order_is_so(tmp_path: Path, photo: Image) -> None:
    assert Design.open(poster_in(tmp_path, photo)).check() == ()


def test_xml_and_json_are_the_same_design() -> None:
    design = Design.read(POSTER)
    assert design.xml == POSTER
    assert Design.read(json.dumps(design.json)) == design
    with pytest.raises(BadDesign):
        Design.read("{}")


def test_changes_lead_from_one_to_the_other_and_only_from_there() -> None:
    before, after = Design.read(POSTER), Design.read(POSTER.replace('x="100"', 'x="90"'))
    changes = before.changes_to(after)
    assert [each["sentence"] for each in changes["changes"]] == [
        "Change x of rect mark from 100 to 90."
    ]
    assert before.with_changes(changes) == after
    with pytest.raises(DesignConflict):
        after.with_changes(changes)


def test_it_is_filled_in_with_values() -> None:
    design = Design.read(POSTER)
    assert 'fill="#0000ff"' in design.filled({"mark.fill": "#00f"}).xml
    assert design.xml == POSTER
    with pytest.raises(BadOption, match="did you mean"):
        design.filled({"mark.fil": "#00f"})


def test_two_versions_are_joined_and_what_contradicts_is_named() -> None:
    base = Design.read(POSTER)
    ours = Design.read(POSTER.replace('x="100"', 'x="90"'))
    theirs = Design.read(POSTER.replace('x="100"', 'x="80"').replace("#ff0000", "#00ff00"))
    made, conflicts = base.merged(ours, theirs)
    assert 'x="90"' in made.xml
    assert "#00ff00" in made.xml
    assert [str(each) for each in conflicts] == [
        "Change x of rect mark from 100 to 80: x was changed to something else."
    ]


@pytest.mark.parametrize(
    "options", ["", "segment=foreground", "saturation=0,rotate=90", "fit=pad,background=%23f008"]
)
def test_pictures_are_the_same_as_by_the_way_of_a_server(
    tmp_path: Path, portrait: str, options: str
) -> None:
    scene = Design.read(POSTER.replace('"scene.png"', f'"a.png" options="{options}"')).scene
    shutil.copy(portrait, tmp_path / "a.png")
    places = {"caching": Caching(folder=str(tmp_path)), "origins": Origins(folder=str(tmp_path))}
    core = create(Settings(models=load().models, **places))  # type: ignore[arg-type]

    async def both() -> list[bytes]:
        own = OwnEasel.of(core, None)
        easels = [own, Easel(core=core, delivery=own.delivery)]
        return [(await each.draw(scene, Drawing())).data for each in easels]

    own, served = (Image.new_from_buffer(data, "") for data in waited(both()))
    assert float((own - served).abs().max()) <= 1


def test_no_design_is_written_that_could_not_be_opened_again(tmp_path: Path) -> None:
    start = '<design version="1"><page id="p" width="9" height="9">'
    text = '<text id="t" x="0" y="0" width="9" height="9" xml:space="preserve">{}</text>'
    end = "</page></design>"
    full, over = (Design.read(start + text.format("\n" * n) + end) for n in (1997, 1998))
    assert Design.read(full.xml).scene == full.scene
    for written in (lambda: over.xml, lambda: over.xml_in(tmp_path)):
        with pytest.raises(DesignTooLarge, match="at most 2000 elements as it is written"):
            written()
