"""The operator's pictures: looked at once, kept, found by what they show."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from foveate.design.sought import ENOUGH
from foveate.designs.library.index import Index
from foveate.designs.library.library import Library
from foveate.errors import BrokenImage, ModelError
from foveate.geometry.box import Box, Size
from foveate.values import Thing
from foveate.vision.tags import Tag
from foveate.vision.vocabulary import Kind

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Labels:
    labels: tuple[Tag, ...]


@dataclass(frozen=True)
class Seen:
    size: Size
    parts: dict[str, Any]

    def __getitem__(self, part: str) -> Any:
        return self.parts[part]


@dataclass
class Eyes:
    """Sees what the bytes of a file say: `dog .9`."""

    looked: list[str] = field(default_factory=list)

    def __call__(self, picture: Path) -> Seen:
        self.looked.append(picture.name)
        said = picture.read_text()
        if said == "broken":
            raise BrokenImage("Expected a picture, got noise.")
        word, score, kind = said.split()
        tags = (Tag(word, float(score), Kind.THING),) if kind == "tag" else ()
        box = Box(left=0, top=0, width=50, height=50)
        things = () if kind == "tag" else (Thing(word, box, float(score)),)
        return Seen(Size(100, 100), {"tags": Labels(tags), "objects": things})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    for name, said in {
        "IMG_1.jpg": "dog .9 tag",
        "IMG_2.jpg": "dog .3 tag",
        "IMG_3.jpg": "cat .95 thing",
        "holidays/greece/IMG_4.jpg": "building .4 tag",
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(said)
    return made


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def library(folder: Path, tmp_path: Path, eyes: Eyes) -> Library:
    return Library(folder=folder, index=Index(tmp_path / "index"), look=eyes)


@pytest.mark.parametrize("words", ["a dog", "ein Hund", "un chien", "un perro", "犬の写真"])
def test_the_surest_picture_is_put_in_in_five_languages(library: Library, words: str) -> None:
    found = library(words)
    assert found.best is not None
    assert found.best.src == "IMG_1.jpg"
    assert [each.src for each in found.others("IMG_1.jpg")] == ["IMG_2.jpg"]


def test_what_is_a_thing_is_as_sure_as_it_is_large(library: Library) -> None:
    found = library("a cat")
    assert found.best is not None
    assert found.best.sure == pytest.approx(0.95)


def test_nothing_is_put_in_that_is_not_sure(library: Library) -> None:
    found = library("a submarine")
    assert found.best is None
    assert not found.found
    assert found.pictures == 4
    assert library("a red dog in Lisbon").found[0].sure < ENOUGH


def test_names_of_folders_and_captions_are_what_a_picture_shows(
    library: Library, folder: Path
) -> None:
    (folder / "IMG_2.txt").write_text("Unser Leuchtturm an der Ostsee")
    best = library("holidays in Greece").best
    assert best is not None
    assert best.src == "holidays/greece/IMG_4.jpg"
    best = library("a lighthouse").best
    assert best is not None
    assert (best.src, best.shows) == ("IMG_2.jpg", "Unser Leuchtturm an der Ostsee")


def test_each_picture_is_looked_at_once_and_again_when_it_changed(
    library: Library, folder: Path, eyes: Eyes
) -> None:
    library.refresh()
    assert sorted(eyes.looked) == ["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg"]
    eyes.looked.clear()
    (folder / "IMG_1.jpg").write_text("wolf .99 tag")
    (folder / "IMG_3.jpg").unlink()
    library.refresh()
    assert eyes.looked == ["IMG_1.jpg"]
    assert library.count() == 3
    assert library("a wolf").best is not None
    assert library("a cat").best is None


def test_what_ends_it_loses_nothing_that_was_seen(
    library: Library, folder: Path, tmp_path: Path, eyes: Eyes
) -> None:
    class Killed(BaseException):
        pass

    def kill(_name: str, done: int, _all: int) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        library.refresh(progress=kill)
    eyes.looked.clear()
    again = Library(folder=folder, index=Index(tmp_path / "index"), look=eyes)
    again.refresh()
    assert len(eyes.looked) == 2
    assert again.count() == 4


def test_a_search_looks_at_new_pictures_for_a_while_and_tells_the_rest(library: Library) -> None:
    library.patience_s = -1.0
    found = library("a dog")
    assert (found.pictures, found.unseen) == (0, 4)


def test_a_picture_that_cannot_be_read_is_told_and_not_looked_at_again(
    library: Library, folder: Path, eyes: Eyes
) -> None:
    (folder / "IMG_9.jpg").write_text("broken")
    library.refresh()
    (unread,) = library.unread()
    assert unread.name == "IMG_9.jpg"
    assert "cannot be decoded" in unread.failed
    eyes.looked.clear()
    library.refresh()
    assert not eyes.looked


def test_what_every_picture_would_meet_ends_it(folder: Path, tmp_path: Path) -> None:
    def blind(_: Path) -> Seen:
        raise ModelError("Expected a network, got none.")

    library = Library(folder=folder, index=Index(tmp_path / "index"), look=blind)
    with pytest.raises(ModelError):
        library.refresh()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_no_link_leads_out_of_the_folder(library: Library, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_text("tiger .99 tag")
    (folder / "IMG_5.jpg").symlink_to(tmp_path / "secret.jpg")
    assert library("a tiger").best is None
    assert library.count() == 4


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_no_caption_comes_from_outside_of_the_folder_by_a_link(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("a tiger")
    (folder / "IMG_1.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "all.txt").write_text("a lighthouse")
    (folder / "IMG_2.txt").symlink_to("all.txt")
    assert library("a tiger").best is None
    best = library("a lighthouse").best
    assert best is not None
    assert (best.src, best.shows) == ("IMG_2.jpg", "a lighthouse")
    assert all(
        "tiger" not in text for each in library.index.known(str(folder)) for text in each.texts
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_nobody_waits_for_who_writes_into_a_pipe_beside_a_picture(
    library: Library, folder: Path
) -> None:
    os.mkfifo(folder / "IMG_1.txt")
    library.refresh()
    assert library.count() == 4


@pytest.mark.skipif(os.name != "posix", reason="names are of letters here")
@pytest.mark.parametrize(
    ("letter", "told"), [(b"\xff", "A\\xff.jpg"), (b"\x01", "A\x01.jpg"), (b"\n", "A\n.jpg")]
)
def test_a_picture_that_no_design_can_name_is_told_and_the_rest_is_seen(
    library: Library, folder: Path, eyes: Eyes, letter: bytes, told: str
) -> None:
    odd = os.fsencode(folder) + b"/A" + letter + b".jpg"
    try:
        with open(odd, "w") as opened:  # noqa: PTH123 - a path of bytes
            opened.write("wolf .9 tag")
    except OSError:
        pytest.skip("this disk has no such names")
    library.refresh()
    (unread,) = library.unread()
    assert (unread.name, unread.failed) == (
        told,
        "Expected a name in UTF-8, without control characters, got another one.",
    )
    assert sorted(eyes.looked) == ["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg"]
    eyes.looked.clear()
    assert library("a wolf").unseen == 0
    os.unlink(odd)  # noqa: PTH108 - a path of bytes
    library.refresh()
    assert not library.unread()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_a_link_that_leads_nowhere_ends_nothing(library: Library, folder: Path) -> None:
    (folder / "A.jpg").symlink_to("x" * 300)
    (folder / "B.jpg").symlink_to("B.jpg")
    library.refresh()
    assert library.count() == 4


def test_folders_do_not_see_each_other(library: Library, tmp_path: Path, eyes: Eyes) -> None:
    library.refresh()
    other = tmp_path / "others"
    other.mkdir()
    assert Library(folder=other, index=library.index, look=eyes)("a dog").pictures == 0
