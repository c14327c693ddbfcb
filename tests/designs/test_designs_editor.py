"""Edits by plain words: any number at once, and of designs that lack a picture."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from designs_stand import LETTERS, need_letters, poster_in

from foveate import Design
from foveate.app import create
from foveate.deadline import NEVER
from foveate.delivery.delivery import Delivery
from foveate.design.assistant.states import Changed
from foveate.design.xml import reading
from foveate.designs.easel import Easel
from foveate.designs.editor import Editor
from foveate.errors import EditRefused
from foveate.metrics import Metrics
from foveate.settings import Caching, Limits, Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.design.scene.model import Scene
    from foveate.imaging import Image

PHOTO = '<image id="photo" role="photo" width="200" height="60" src="scene.png"/>'
OVER_PHOTO = LETTERS.replace("    <text", f"    {PHOTO}\n    <text")
THREADS = 2


async def edited(editor: Editor, scene: Scene) -> Scene:
    states = editor.edit(scene, "Make the title red", key="", deadline=NEVER)
    return [each.scene async for each in states if isinstance(each, Changed)][-1]


async def edited_at_once(folder: Path, many: int) -> list[Scene]:
    """Return what comes of edits while pictures are read in few threads."""
    pool = ThreadPoolExecutor(THREADS)
    asyncio.get_running_loop().set_default_executor(pool)
    settings = Settings(
        origins=Origins(folder=str(folder)),
        caching=Caching(folder=str(folder / "cache")),
        limits=Limits(timeout_s=5),
    )
    core = create(settings)
    editor = Editor(
        easel=Easel(core=core, delivery=Delivery(core, Metrics())), asked=settings.assistant
    )
    edits = [
        edited(editor, reading.loads(OVER_PHOTO.replace("Summer", f"Summer {number}")))
        for number in range(many)
    ]
    return await asyncio.gather(*edits)


def test_more_edits_at_once_than_threads_read_pictures(tmp_path: Path, photo: Image) -> None:
    need_letters()
    poster_in(tmp_path, photo)
    made = asyncio.run(edited_at_once(tmp_path, THREADS + 1))
    assert len(made) == THREADS + 1


def test_a_picture_that_is_missing_below_letters_takes_nothing_else_away(
    tmp_path: Path, photo: Image
) -> None:
    need_letters()
    design = Design.open(poster_in(tmp_path, photo, OVER_PHOTO.replace("scene", "lost")))
    assert [each.check for each in design.check()] == ["sources"]
    assert design.edit("Make the title red").xml != design.xml
    assert design.resized("1:1")[0].scene.pages[0].width == 1080
    design.branded('name = "Nord"\n[colours]\naccent = "#0b3d91"\n')


def test_an_edit_of_which_nothing_is_left_once_it_is_mended_is_refused(
    tmp_path: Path, photo: Image
) -> None:
    need_letters()
    design = Design.open(poster_in(tmp_path, photo, LETTERS))
    with pytest.raises(EditRefused, match="Nosuch Sans"):
        design.edit("set the title in the font Nosuch Sans")
