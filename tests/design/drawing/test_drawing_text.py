"""Letters: how they look, how they are made to fit, and what is said of them."""
# ruff: noqa: RUF001 - letters of all scripts

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawings import BLUE, RED, at, chart, page, png, solid, text

from foveate.design.drawing.raster import draw
from foveate.design.drawing.remarks import Matter
from foveate.design.drawing.text import Measured, measure
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import Shelf
from foveate.design.scene.model import Align, Decoration, Fit, Run, Text, VAlign
from foveate.design.scene.paint import Shadow
from foveate.errors import FontsMissing, UnknownFont
from foveate.options.colours import colour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.models

CENTRED: dict[str, Any] = {"align": Align.CENTER, "valign": VAlign.MIDDLE}
DRAWN: dict[str, Text] = {
    "latin": text(
        "AVATAR\nTo fi ffl\n",
        Run(text="Größe", colour=RED, weight=700, size=24),
        size=20,
    ),
    "serif": text("“Quick”\nfoxes", font="Playfair Display", italic=True, size=24, **CENTRED),
    "hebrew": text("שלום עולם!\nמחיר 12.90 (חדש)", font="Heebo", weight=700, size=16),
    "arabic": text("مرحبا بالعالم\n(جديد) ١٢٫٩٠", size=16, letter_spacing=4),
    "chinese": text("你好，世界。夏季新品上市", weight=900, size=20),
    "japanese": text("骨直底、夏の新作コーヒー", size=20, valign=VAlign.BOTTOM),
    "emoji": text("🎉 ❤️ ☕", size=28, colour=BLUE, **CENTRED),
    "button": text(
        "Order",
        weight=700,
        size=22,
        fill=solid("#fd6"),
        radius=(24,) * 4,
        shadow=Shadow(y=3, blur=6, colour=colour("#0008")),
        **{**CENTRED, "y": 24.0, "height": 48.0},
    ),
    "cast": text("Cast", weight=700, size=36, shadow=Shadow(x=3, y=3, colour=RED), **CENTRED),
    "lines": text(
        Run(text="under", decoration=Decoration.UNDERLINE),
        Run(text=" over", decoration=Decoration.LINE_THROUGH),
        size=20,
    ),
    "spaced": text("WIDE\nAPART", size=16, letter_spacing=6, line_height=2),
    "justified": text("to be or not to be that is the question", size=14, align=Align.JUSTIFY),
}


@pytest.mark.parametrize("name", DRAWN)
def test_each_kind_of_text_looks_as_it_did(
    name: str, typefaces: Typefaces, assert_like: Callable[[bytes, str], None]
) -> None:
    drawn = draw(page(DRAWN[name]), typefaces, chart)
    assert [remark for remark in drawn.remarks if remark.matter is not Matter.WEIGHT] == []
    assert_like(png(drawn), f"design/text-{name}")


def measured(typefaces: Typefaces, *runs: str | Run, language: str = "", **said: Any) -> Measured:
    return measure(text(*runs, **said), typefaces, language)


def test_a_text_that_fits_keeps_its_size(typefaces: Typefaces) -> None:
    for fit in (Fit.NONE, Fit.SHRINK):
        assert measured(typefaces, "short", size=20, fit=fit).size == 20


@pytest.mark.parametrize(
    "words", ["Unbreakable", "many words that need many lines", "长长的文字" * 9]
)
def test_a_text_shrinks_until_it_fits_and_no_further(typefaces: Typefaces, words: str) -> None:
    found = measured(typefaces, words, size=60, fit=Fit.SHRINK)
    assert found.fits
    assert found.width <= 97
    assert found.height <= 97
    larger = measured(typefaces, words, size=found.size + 0.25)
    assert not larger.fits


def test_a_text_grows_until_it_fills_its_box(typefaces: Typefaces) -> None:
    found = measured(typefaces, "Hi", size=8, fit=Fit.GROW)
    assert found.size > 60
    assert found.fits


def test_runs_keep_their_proportion_and_spaces_shrink_with_letters(typefaces: Typefaces) -> None:
    runs = (Run(text="Large", size=80), Run(text="small", size=40))
    found = measured(typefaces, *runs, size=40, letter_spacing=8, fit=Fit.SHRINK)
    assert found.fits
    assert found.size < 20


def test_letters_are_never_shrunk_to_what_nobody_can_read(typefaces: Typefaces) -> None:
    found = measured(typefaces, "word " * 900, size=20, fit=Fit.SHRINK)
    assert found.size == 4
    assert not found.fits
    assert found.remarks[-1].matter is Matter.OVERFLOW


def test_what_is_too_large_is_said_with_the_pixels(typefaces: Typefaces) -> None:
    found = measured(typefaces, "Unbreakable", size=40, width=50.0, height=30.0)
    wide, high = found.over
    assert wide > 100
    assert high > 10
    assert found.remarks[0].sentence.startswith(f"The text is {wide:.0f} px too wide and ")


def ink(typefaces: Typefaces, block: Text) -> NDArray[np.intp]:
    """Return top, bottom, left and right of what is not white."""
    dark = draw(page(block), typefaces, chart).pixels[..., 1] < 200
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    return np.array([rows[0], rows[-1], columns[0], columns[-1]])


@pytest.mark.parametrize(
    ("align", "words", "left"),
    [
        (Align.START, "hello", True),
        (Align.END, "hello", False),
        (Align.LEFT, "hello", True),
        (Align.RIGHT, "hello", False),
        (Align.START, "שלום", False),
        (Align.END, "שלום", True),
        (Align.LEFT, "שלום", True),
    ],
)
def test_start_and_end_follow_the_script(
    typefaces: Typefaces, align: Align, words: str, *, left: bool
) -> None:
    found = ink(typefaces, text(words, size=16, align=align))
    assert (found[2] < 10, found[3] > 86) == (left, not left)


def test_lines_stand_at_the_top_in_the_middle_and_at_the_bottom(typefaces: Typefaces) -> None:
    tops = [ink(typefaces, text("x", size=20, valign=valign))[0] for valign in VAlign]
    assert tops[0] < tops[1] - 25
    assert tops[1] < tops[2] - 25


def test_padding_keeps_letters_from_the_edge(typefaces: Typefaces) -> None:
    plain, padded = (ink(typefaces, text("x", size=20, padding=by)) for by in (0.0, 12.0))
    assert (padded - plain).tolist() == [12, 12, 12, 12]


def test_a_line_is_as_high_as_its_line_height_in_every_font(typefaces: Typefaces) -> None:
    for font in ("Inter", "Lora", "Noto Sans Arabic", "Noto Sans JP", "Bebas Neue"):
        assert measured(typefaces, "a\nb", font=font, size=20, line_height=1.5).height == 60


def test_the_language_chooses_between_the_characters_that_languages_share(
    typefaces: Typefaces,
) -> None:
    shapes = {
        language: draw(
            page(text("骨直底", size=30)), typefaces, chart, language=language
        ).pixels.tobytes()
        for language in ("ja", "ko", "zh-CN", "zh-TW", "zh")
    }
    assert shapes["zh"] == shapes["zh-CN"]
    assert len({shapes["ja"], shapes["ko"], shapes["zh-CN"], shapes["zh-TW"]}) > 2


def test_letters_that_no_font_has_are_named(typefaces: Typefaces) -> None:
    (remark,) = measured(typefaces, "ก and ก, ข", size=8).remarks
    assert remark.matter is Matter.GLYPHS
    assert remark.sentence == "No font has ก (U+0E01), ข (U+0E02)."


def test_fonts_that_could_be_fetched_are_named_with_the_letters(typefaces: Typefaces) -> None:
    away = Shelf(
        tuple(replace(font, here=font.card != "noto-sans-cjk") for font in typefaces.shelf.fonts)
    )
    (remark,) = measured(Typefaces(away), "你", size=8).remarks
    assert remark.sentence.endswith("foveate models pull noto-sans-cjk")


def test_a_weight_that_a_family_lacks_is_told(typefaces: Typefaces) -> None:
    (remark,) = measured(typefaces, "x", font="Bebas Neue", weight=700, italic=True).remarks
    assert remark.matter is Matter.WEIGHT
    assert remark.sentence == "Bebas Neue has no 700 italic: 400 is used."


def test_a_font_of_no_card_is_an_error_that_knows_what_was_meant(typefaces: Typefaces) -> None:
    with pytest.raises(UnknownFont, match=r"Bebas Neue, .* got Playfare Display \(did you mean"):
        measured(typefaces, "x", font="Playfare Display")


def test_a_font_that_somebody_altered_is_damaged(typefaces: Typefaces, tmp_path: Path) -> None:
    font = typefaces.shelf.match("Inter").font
    altered = tmp_path / "altered.ttf"
    altered.write_bytes(font.path.read_bytes()[:-1] + b"!")
    shelf = Shelf((replace(font, path=altered),))
    with pytest.raises(FontsMissing, match="Inter is damaged"):
        measured(Typefaces(shelf), "x", font="Inter")


def test_a_font_that_is_not_here_is_an_error_that_names_the_command(typefaces: Typefaces) -> None:
    away = Shelf(tuple(replace(font, here=False) for font in typefaces.shelf.fonts))
    with pytest.raises(FontsMissing, match="foveate models pull lora-400 lora-400i lora-700"):
        measured(Typefaces(away), "x", font="Lora")


def test_a_substitute_is_used_and_told(typefaces: Typefaces) -> None:
    found = measured(Typefaces(Shelf(typefaces.shelf.fonts, "Inter")), "x", font="Helvetica")
    assert [remark.sentence for remark in found.remarks] == [
        "Inter stands in for Helvetica, which is not here."
    ]


def test_an_empty_text_takes_no_room(typefaces: Typefaces) -> None:
    found = measured(typefaces, size=40, fit=Fit.GROW)
    assert (found.width, found.height, found.fits) == (0.0, 0.0, True)


def test_letters_that_hang_together_are_not_pulled_apart(typefaces: Typefaces) -> None:
    wide, plain = (measured(typefaces, "مرحبا", letter_spacing=by) for by in (20.0, 0.0))
    assert wide.width == plain.width
    assert measured(typefaces, "hello", letter_spacing=20.0).width > 100


def test_a_text_half_transparent_is_so_as_a_whole(typefaces: Typefaces) -> None:
    block = text("Hi", size=90, fill=solid("#f00"), colour=colour("#00f"), opacity=0.5)
    found = draw(page(block), typefaces, chart)
    assert at(found, 90, 90) == pytest.approx([255, 127, 127, 255], abs=1)
    assert found.pixels[..., 2].max() == 255
    assert found.pixels[..., 0].min() == pytest.approx(127, abs=1)


def test_threads_draw_the_same_at_the_same_time(typefaces: Typefaces) -> None:
    pages = [page(block) for block in DRAWN.values()]
    fresh = Typefaces(typefaces.shelf)
    expected = [draw(each, typefaces, chart).pixels.tobytes() for each in pages]
    found: list[list[bytes]] = []

    def work() -> None:
        found.append([draw(each, fresh, chart).pixels.tobytes() for each in pages])

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.parametrize(
    "said",
    [
        {"width": 0.0, "height": 0.0},
        {"line_height": 0.0},
        {"letter_spacing": -90.0},
        {"size": 1e5},
        {"padding": 1e4},
    ],
)
@pytest.mark.parametrize("fit", Fit)
def test_odd_numbers_are_drawn_somehow(
    typefaces: Typefaces, said: dict[str, float], fit: Fit
) -> None:
    words = "a\tb\r\nc\u2028d \u202eno\ud800"
    block = text(words, Run(text=""), fit=fit, shadow=Shadow(blur=9), **said)
    assert draw(page(block), typefaces, chart).texts["text"].size > 0


def test_ends_of_lines_are_one_and_controls_are_none(typefaces: Typefaces) -> None:
    def pixels(words: str) -> bytes:
        return draw(page(text(words, size=20)), typefaces, chart).pixels.tobytes()

    assert pixels("a\r\nb\u2028c") == pixels("a\nb\nc")
    assert pixels("a\tb\x00c") == pixels("a bc")


@pytest.mark.parametrize("width", [560.0, 640.0, 650.0, 660.0, 667.0, 700.0])
@pytest.mark.parametrize("fit", [Fit.SHRINK, Fit.GROW])
def test_no_word_is_broken_where_letters_are_made_to_fit(
    typefaces: Typefaces, width: float, fit: Fit
) -> None:
    found = measured(typefaces, "Sommerschlussverkauf", size=60, width=width, height=640.0, fit=fit)
    assert found.height == pytest.approx(found.size * 1.2, abs=1), "it stands on one line"


def test_a_word_in_two_looks_is_one(typefaces: Typefaces) -> None:
    runs = (Run(text="a Sommerschluss"), Run(text="verkauf", weight=700))
    found = measured(typefaces, *runs, size=60, width=660.0, height=640.0, fit=Fit.SHRINK)
    assert found.longest == pytest.approx(found.size * 11.25, rel=0.02)
    assert found.longest <= 660.5


@pytest.mark.parametrize(
    ("words", "longest"),
    [
        ("well-known", "known"),
        ("good and\u00a0bad", "and\u00a0bad"),
        ("你好，世界", "好，"),
        ("שלום עולמי", "עולמי"),
    ],
)
def test_the_longest_word_is_what_no_line_may_part(
    typefaces: Typefaces, words: str, longest: str
) -> None:
    found, alone = (measured(typefaces, each, size=20, width=9.0) for each in (words, longest))
    wide = measured(typefaces, longest, size=20, width=1000.0)
    assert found.longest == pytest.approx(alone.longest) == pytest.approx(wide.width)
