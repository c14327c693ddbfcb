from __future__ import annotations

import os
import string
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from foveate.geometry.box import Size
from foveate.imaging.drawing.canvas import solid, with_marks
from foveate.imaging.drawing.glyphs import GLYPHS
from foveate.imaging.drawing.lettering import drawable, lettering, truncated, width_of, wrapped

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.imaging import Image

SAYS = "36 y · female .69 · 9:16"
PRINTS = f"""
import sys
from foveate.geometry.box import Size
import foveate.imaging
from foveate.imaging.drawing.lettering import lettering
from foveate.imaging.drawing.canvas import solid, with_marks
page = with_marks(solid(Size(300, 60), "#000000"), lettering({SAYS!r}, (10, 40), 20, "#ffffff"))
sys.stdout.buffer.write(page.numpy().tobytes())
"""


def page(text: str, *, bold: bool = False) -> Image:
    ground = solid(Size(300, 60), "#000000")
    return with_marks(ground, lettering(text, (10, 40), 20, "#ffffff", bold=bold))


def test_every_printable_letter_is_drawn_and_no_two_look_alike() -> None:
    letters = [letter for letter in string.printable if letter.isprintable() and letter != " "]
    assert set(letters) <= set(GLYPHS)
    drawn = {letter: page(letter).numpy().tobytes() for letter in GLYPHS if letter != " "}
    assert len(set(drawn.values())) == len(drawn)
    assert page(" ").max() == 0


def test_a_text_is_as_wide_as_it_says() -> None:
    left, _, width, _ = page("Habe 0.97").find_trim(background=[0, 0, 0], threshold=60)
    assert left == pytest.approx(10, abs=2)
    assert width == pytest.approx(width_of("Habe 0.97", 20), abs=3)


def test_accents_are_drawn_over_their_letters_and_widen_nothing() -> None:
    words = ["pate", "pâte", "pâté", "päté", "pãté", "påté"]
    assert len({page(word).numpy().tobytes() for word in words}) == len(words)
    assert {round(width_of(word, 20), 3) for word in words} == {round(width_of("pate", 20), 3)}
    plain, accented = (
        [page(letter).find_trim(background=[0, 0, 0], threshold=60)[1] for letter in letters]
        for letters in ("eiEI", "éíÉÍ")
    )
    assert all(upper < top for upper, top in zip(accented, plain, strict=True))
    assert accented[2] < accented[0], "over a capital it stands higher"
    assert page("í").avg() < page("i").avg() + page("é").avg() - page("e").avg(), "without its dot"


def test_bold_has_more_ink() -> None:
    assert page("face", bold=True).avg() > 1.15 * page("face").avg()


def test_letters_need_no_fonts(tmp_path: Path) -> None:
    none = tmp_path / "none.xml"
    none.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    ran = subprocess.run(
        [sys.executable, "-c", PRINTS],
        capture_output=True,
        check=True,
        env={**os.environ, "FONTCONFIG_FILE": str(none)},
    )
    assert ran.stdout == page(SAYS).numpy().tobytes()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Zoë 猫", "Zoe\u0308 ?"),
        ("ế ḁ", "e\u0302\u0301 a"),
        ("90° · 5%", "90° · 5%"),
        ("<a&b>", "<a&b>"),
        ("½", "1?2"),
        ("", ""),
    ],
)
def test_what_has_no_letter_is_brought_to_what_has(text: str, drawn: str) -> None:
    assert drawable(text) == drawn


def test_a_text_is_shortened_to_its_room_and_no_further() -> None:
    room = width_of("Facebook c", 15)
    short = truncated("Facebook cover", 15, room)
    assert short.startswith("Facebo")
    assert short.endswith("…")
    assert width_of(short, 15) <= room
    assert truncated("Facebook", 15, room) == "Facebook"


def test_lines_break_at_spaces_and_lose_separators_at_their_ends() -> None:
    room = width_of("9:16 · 1080x1920 ·", 15)
    assert wrapped("9:16 · 1080x1920 · face", 15, room, 2) == ["9:16 · 1080x1920", "face"]
    assert wrapped("9:16 · 1080x1920 · face", 15, room, 1)[0].endswith("…")
    assert wrapped(" · ", 15, room, 2) == []


def test_what_no_line_has_room_for_is_not_measured() -> None:
    labels = ", ".join(f"label{number:06d}" for number in range(100_000))

    began = time.process_time()
    lines = wrapped(labels, 14, 200, 2)

    assert time.process_time() - began < 0.5
    assert lines[0].startswith("label000000, label000001")
    assert lines[1].endswith("…")
    assert len(truncated("word " * 200_000, 14, 200)) < 100
