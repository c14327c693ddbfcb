"""The library: one call from a path, an address or bytes to a rendition."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from base64 import b64decode
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_pictures import BLACK, GREEN, RED, Heads, drawn
from PIL import Image as Pil
from service_networks import analyses, done
from service_networks import picture as painted

import foveate
from foveate.app import create
from foveate.errors import (
    AuditFailed,
    BadOption,
    OriginNotAllowed,
    SourceNotFound,
    SourceTooLarge,
    Unavailable,
    UnknownOption,
    UnknownPreset,
)
from foveate.imaging import Image
from foveate.people.audit import FILE, AuditLog
from foveate.people.keys import Keys
from foveate.people.store import LanceStore
from foveate.service.access import Access
from foveate.service.formats import SETS
from foveate.service.people import People
from foveate.service.subjects import Subjects
from foveate.settings import Load, Origins, load
from foveate.settings import People as PeopleSettings
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.app import App


@pytest.fixture
def file(tmp_path: Path, photo: Image) -> Path:
    path = tmp_path / "scene.png"
    photo.write_to_file(str(path))
    return path


@pytest.fixture
def origin(file: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(file.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{file.name}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_path_bytes_and_options_in_three_shapes_give_the_same_picture(file: Path) -> None:
    options = foveate.parse_options("width=80,rotate=90").options
    made = [
        foveate.render(file, "width=80,rotate=90"),
        foveate.render(str(file), {"width": 80, "rotate": 90}),
        foveate.render(file.read_bytes(), options),
    ]
    assert {m.data for m in made} == {made[0].data}
    assert (made[0].size.width, made[0].size.height) == (80, 107)  # type: ignore[union-attr]


def test_options_may_have_the_name_of_a_preset_of_the_app(file: Path) -> None:
    app = create(replace(load(), presets={"thumb": "width=80,format=png"}), Anywhere)
    for options in ("preset=thumb,rotate=90", {"preset": "thumb", "rotate": 90}):
        made = foveate.render(file, options, app=app)
        assert str(made.size) == "80x107"
    with pytest.raises(UnknownPreset, match="did you mean thumb"):
        foveate.render(file, "preset=thumbs", app=app)


@pytest.mark.parametrize(
    ("options", "size", "corner", "middle"),
    [
        ("crop.width=20,gravity=right", (20, 40), "green", "green"),
        ("crop.width=0.25,crop.height=10,gravity=0x0", (20, 10), "red", "red"),
        ("crop.width=20,gravity=box-center:0.4x0.5,width=10", (10, 20), "red", "red"),
        ("width=100,height=100,fit=pad-down,background=blue", (100, 100), "blue", "green"),
        ("width=60,height=80,fit=squeeze-down", (30, 40), "red", "green"),
        ("width=10,height=10,fit=outside", (20, 10), "red", "green"),
        ("width=10,height=20,adapt=box", (20, 10), "red", "green"),
        ("width=10,height=20,fit=cover,adapt=fit", (10, 5), "red", "green"),
    ],
)
def test_what_other_services_can_say_comes_out_in_pixels(
    options: str, size: tuple[int, int], corner: str, middle: str
) -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :40], picture[:, 40:] = (255, 0, 0), (0, 255, 0)
    made = foveate.render(picture, f"{options},format=png").to_numpy()
    assert made.shape[1::-1] == size
    inks = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
    right_of_middle = made[size[1] // 2, size[0] // 2 + 1, :3]
    assert np.abs(made[0, 0, :3].astype(int) - inks[corner]).max() < 40
    assert np.abs(right_of_middle.astype(int) - inks[middle]).max() < 40


def test_overlays_are_read_from_where_their_url_says(file: Path) -> None:
    mark = [{"url": str(file), "width": 40, "top": 0, "left": 0}]
    made = foveate.render(file, {"width": 160, "draw": mark})
    image = Image.new_from_buffer(made.data, "")
    assert image(5, 4)[0] > 150  # the red mark of the small copy


def test_a_misspelt_option_is_an_error_here(file: Path) -> None:
    with pytest.raises(UnknownOption, match="widht"):
        foveate.render(file, "widht=80")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"gone\.jpg"):
        foveate.render(tmp_path / "gone.jpg", "width=80")


def test_private_addresses_need_the_setting(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OriginNotAllowed):
        foveate.render(origin, "width=80")
    monkeypatch.setenv("FOVEATE_ORIGINS__ALLOW_PRIVATE", "1")
    foveate.forget_settings()
    assert foveate.render(origin, "width=80").content_type == "image/png"


def test_whatever_is_at_hand_is_a_picture(file: Path) -> None:
    pil = Pil.open(file)
    with file.open("rb") as opened:
        pixels = [
            foveate.render(given, "width=80,format=png").to_numpy()
            for given in (file, opened, pil, np.asarray(pil), file.as_uri(), foveate.read(file))
        ]
    assert pixels[0].shape == (60, 80, 3)
    for other in pixels[1:]:
        assert np.array_equal(pixels[0], other)


def test_every_verb_works_inside_a_running_loop(file: Path, origin: str) -> None:
    """A notebook has one; so has every async program."""
    app = create(replace(load(), origins=Origins(allow_private=True)), Anywhere)

    async def notebook() -> None:
        made = foveate.render(origin, "width=80", app=app)
        assert made.content_type == "image/png"
        assert foveate.crops(file, "1:1", app=app)[0].aspect == "1:1"
        assert foveate.analyse(origin, "colours", app=app)["colours"].palette
        twins = await asyncio.gather(
            *(foveate.render_async(origin, f"width={side}", app=app) for side in (20, 30, 40))
        )
        assert [twin.size and twin.size.width for twin in twins] == [20, 30, 40]
        assert (await foveate.crops_async(file, ["1:1"], app=app))[0].aspect == "1:1"
        assert (await foveate.analyse_async(file, "colours", app=app)).size.width == 320

    asyncio.run(notebook())


def test_a_twin_that_is_cancelled_stops_its_work(file: Path) -> None:
    app = create(load(), Anywhere)
    slow = "width=3000,height=3000,fit=contain,blur=250,format=png"

    async def impatient() -> None:
        task = asyncio.create_task(foveate.render_async(file, slow, app=app))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(impatient())
    started = time.monotonic()
    # With one worker less a second picture of one core would wait for the first one's end.
    for _ in range(4):
        assert foveate.render(file, "width=20", app=app).size is not None
    assert time.monotonic() - started < 3


BEGINNERS = """
import sys, threading, foveate
from foveate.background import default_app
both = threading.Barrier(8)
made, apps = [], set()
def begin(side):
    both.wait()
    made.append(foveate.render(sys.argv[1], f"width={side}").size.width)
    apps.add(id(default_app()))
threads = [threading.Thread(target=begin, args=(side,)) for side in range(20, 28)]
for thread in threads: thread.start()
for thread in threads: thread.join()
loops = sum(thread.name == "foveate-library" for thread in threading.enumerate())
print(sorted(made), len(apps), loops)
"""


def test_threads_that_begin_together_share_one_service_and_one_loop(file: Path) -> None:
    command = [sys.executable, "-c", BEGINNERS, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"{list(range(20, 28))} 1 1\n"


def test_calls_wait_for_their_turn_however_many_there_are(file: Path) -> None:
    app = create(replace(load(), load=Load(queue=1, workers=1)), Anywhere)

    async def many() -> list[foveate.Rendition]:
        calls = (foveate.render_async(file, f"width={side}", app=app) for side in range(10, 130))
        return await asyncio.gather(*calls)

    made = asyncio.run(many())
    assert [each.size and each.size.width for each in made] == list(range(10, 130))


class ThatRenders(Anywhere):
    """An origin that calls a verb on the very loop on which it is asked."""

    async def read(self, key: str) -> foveate.Source:
        foveate.render(key, "width=20")
        return await super().read(key)


def test_a_verb_within_the_work_of_a_verb_is_refused_and_does_not_hang(file: Path) -> None:
    with pytest.raises(Unavailable, match="another thread"):
        foveate.render(file, "width=20", app=create(load(), ThatRenders))


class Looked(dict[str, Any]):
    """A mapping that renders when something is looked up in it."""

    def keys(self) -> Any:
        foveate.render(self["url"], "width=20")
        return super().keys()


def test_what_is_handed_over_may_itself_call_verbs(file: Path) -> None:
    class Lazy:
        def read(self) -> bytes:
            return bytes(foveate.render(file, "width=20"))

    assert foveate.render(Lazy(), "width=10").size is not None
    overlays = Looked(url=str(file))
    assert foveate.render(file, "width=10", overlays=overlays).size is not None


@pytest.mark.parametrize("raised", [SystemExit, KeyboardInterrupt, StopIteration])
def test_what_a_file_raises_is_raised_here_and_harms_nobody_else(
    raised: type[BaseException], file: Path
) -> None:
    class Broken:
        def read(self) -> bytes:
            raise raised

    with pytest.raises(raised):
        foveate.render(Broken(), "width=10")
    assert foveate.render(file, "width=10").size is not None


def test_a_file_without_an_end_is_read_up_to_the_limit() -> None:
    with pytest.raises(SourceTooLarge):
        foveate.render("/dev/zero", "width=10")


OUTLIVING = """
import sys, threading, foveate
foveate.render(sys.argv[1], "width=20")
def outlive():
    threading.main_thread().join()
    try:
        foveate.render(sys.argv[1], "width=30")
    except foveate.FoveateError as why:
        print(why)
threading.Thread(target=outlive).start()
"""


def test_a_thread_that_outlives_the_main_one_is_told_so(file: Path) -> None:
    command = [sys.executable, "-c", OUTLIVING, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "main thread has ended" in done.stdout


LATE = """
import os, sys, foveate
foveate.render(sys.argv[1], "width=20")
child = os.fork()
if not child:
    grandchild = os.fork()
    try:
        foveate.render(sys.argv[1], "width=30")
    except foveate.FoveateError as why:
        print(why, flush=True)
    if grandchild:
        os.waitpid(grandchild, 0)
    os._exit(0)
os.waitpid(child, 0)
"""


def test_children_that_are_forked_too_late_are_told_so_and_do_not_hang(file: Path) -> None:
    command = [sys.executable, "-c", LATE, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.count("spawn") == 2


@pytest.mark.parametrize("wrong", [None, 5, object()])
def test_what_is_neither_options_nor_words_is_refused_in_a_sentence(wrong: Any, file: Path) -> None:
    with pytest.raises(BadOption, match="Expected options"):
        foveate.render(file, wrong)
    with pytest.raises(BadOption, match="Expected a word"):
        foveate.analyse(file, wrong)


def test_a_source_made_by_hand_is_looked_into_as_well(file: Path) -> None:
    assert foveate.render(foveate.Source(file.read_bytes()), "width=20").size is not None


def test_parts_and_sets_are_said_as_on_the_command_line(file: Path) -> None:
    assert list(foveate.analyse(file, "colours")) == ["colours"]
    assert list(foveate.analyse(file, ["colours"])) == ["colours"]
    names = [crop.name for crop in foveate.crops(file, sets="social", gravity="face")]
    assert names == list(SETS["social"])
    with pytest.raises(BadOption, match="colours"):
        foveate.analyse(file, "hats")
    with pytest.raises(BadOption, match="subject:NAME"):
        foveate.crops(file, "1:1", faces="Ann")


def test_a_rendition_saves_converts_and_shows_itself(file: Path, tmp_path: Path) -> None:
    made = foveate.render(file, "width=80")
    assert repr(made) == f"<Rendition image/png 80x60 {len(made.data):,} bytes>"
    assert bytes(made) == made.data == made.save(tmp_path / "small.png").read_bytes()
    assert made.to_pil().size == (80, 60)
    with pytest.raises(BadOption, match="image/png"):
        made.save(tmp_path / "small.jpg")
    moving = foveate.render(file, "width=80,format=png,quality=50")  # a palette
    assert moving.to_numpy().shape == (60, 80, 3)
    shown = made._repr_mimebundle_()
    assert b64decode(str(shown["image/png"])) == made.data
    webp = foveate.render(file, "width=80,format=webp")._repr_mimebundle_()
    assert "data:image/webp;base64," in str(webp["text/html"])
    told = foveate.render(file, "format=json")._repr_mimebundle_()
    assert told["application/json"]["width"] == 320  # type: ignore[index]


FORKED = """
import os, sys, foveate
foveate.read(sys.argv[1])
child = os.fork()
if not child:
    print(foveate.render(sys.argv[1], "width=30").size, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_child_that_is_forked_before_the_first_picture_has_a_loop_of_its_own(file: Path) -> None:
    """A web server loads the application and then forks; libvips allows it no later."""
    command = [sys.executable, "-c", FORKED, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "30x23\n"


def test_the_version_is_that_of_the_package() -> None:
    assert foveate.__version__ == version("foveate")


@pytest.fixture
def naming(tmp_path: Path) -> Iterator[App]:
    """An app whose index knows Ruby, by a square of red."""
    store = LanceStore(str(tmp_path / "index"), staleness_s=0)
    seen = analyses(Heads())
    people = People(analyses=seen, store=store, settings=PeopleSettings())
    done(people.prepare_enrol(painted(drawn(RED)), "team", "Ruby"))
    subjects, app = Subjects(people), create(load(), Anywhere)
    renderer = replace(app.renderer, analyses=seen, subjects=subjects)
    access = Access(keys=Keys(tmp_path), audit=AuditLog(tmp_path))
    yield replace(
        app,
        people=people,
        subjects=subjects,
        renderer=renderer,
        cropper=replace(app.cropper, analyses=seen, renderer=renderer),
        access=access,
    )
    store.close()


def named_renditions(app: App) -> list[object]:
    keep = "format=png,redact.keep=subject:team%2FRuby"
    return [
        foveate.render(drawn(RED, BLACK, GREEN), keep, app=app),
        asyncio.run(foveate.render_async(drawn(RED), keep, app=app)),
        foveate.crops(drawn(RED, BLACK, GREEN), ["1:1"], faces="subject:team/Ruby", app=app),
        asyncio.run(foveate.crops_async(drawn(RED), "1:1", faces="subject:team/Ruby", app=app)),
    ]


def test_who_names_people_is_noted(naming: App) -> None:
    foveate.render(drawn(RED), "width=20", app=naming)
    foveate.crops(drawn(RED), ["1:1"], faces="largest", app=naming)
    assert not list(naming.access.audit.entries())
    named_renditions(naming)
    told = [
        (row["verb"], row["door"], row["collection"], row["subjects"])
        for row in naming.access.audit.entries()
    ]
    assert told == [("render", "library", "team", ["Ruby"])] * 4


def test_pictures_of_people_by_name_are_not_given_where_that_cannot_be_noted(
    naming: App, tmp_path: Path
) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(AuditFailed):
        foveate.render(drawn(RED), "redact.keep=subject:team%2FRuby", app=naming)
    with pytest.raises(AuditFailed):
        foveate.crops(drawn(RED), ["1:1"], faces="subject:team/Ruby", app=naming)
