"""Pictures in the terminal: as pixels where it can show them, else as coloured half blocks."""

from __future__ import annotations

import os
import shutil
import sys
from base64 import b64encode
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHUNK: Final = 4096
"""What kitty takes at once."""
CELL: Final = (10, 20)
"""Pixels of a character, about: who has a finer screen sees them enlarged."""
BLOCK: Final = (1, 2)
"""The same, where characters are the pixels."""
SPARED: Final = 3
"""Rows for what was printed before, and for the prompt after."""
OPAQUE: Final = 128


class Way(Enum):
    """How a terminal shows pictures."""

    KITTY = "kitty's graphics protocol"
    ITERM = "iTerm2's inline images"
    BLOCKS = "half blocks"


_KITTY: Final = frozenset({"ghostty", "kitty"})
_ITERM: Final = frozenset({"iTerm.app", "WezTerm", "mintty"})


def way_of(environment: Mapping[str, str]) -> Way:
    """Return how the terminal that those variables tell of shows pictures.

    Inside of tmux and screen, which keep pictures from the terminal, as blocks.
    """
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if "TMUX" in environment or term.startswith(("screen", "tmux")):
        return Way.BLOCKS
    if "KITTY_WINDOW_ID" in environment or "kitty" in term or program in _KITTY:
        return Way.KITTY
    iterm = program in _ITERM or environment.get("LC_TERMINAL") == "iTerm2"
    return Way.ITERM if iterm else Way.BLOCKS


def check_terminal(asked: bool) -> bool:
    """Return whether pictures are to be shown. Raises BadOption where nothing can show them."""
    from foveate.errors import BadOption

    if asked and not sys.stdout.isatty():
        raise BadOption("Expected a terminal for --show, got a file or a program.")
    console = Console()
    colourless = console.no_color or console.color_system is None
    if asked and colourless and way_of(os.environ) is Way.BLOCKS:
        raise BadOption("Expected a terminal with colours for --show, got one without.")
    return asked


Show = Annotated[
    bool,
    typer.Option("--show", help="Show the picture in the terminal.", callback=check_terminal),
]


def show(data: bytes) -> None:
    """Show a picture, brought down to the terminal, its first frame if it moves."""
    from foveate.library import render

    way = way_of(os.environ)
    columns, rows = shutil.get_terminal_size()
    across, down = BLOCK if way is Way.BLOCKS else CELL
    room = f"width={columns * across},height={max(1, rows - SPARED) * down}"
    preview = render(data, f"{room},fit=scale-down,anim=false,format=png").data
    if way is Way.BLOCKS:
        Console(highlight=False).print(blocks(_pixels(preview)), soft_wrap=True)
    else:
        typer.echo((kitty if way is Way.KITTY else iterm)(preview))


def kitty(png: bytes) -> str:
    """Return what kitty's graphics protocol says to show a PNG here."""
    text = b64encode(png).decode()
    chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    last = len(chunks) - 1
    keys = ("a=T,f=100," if not n else "" for n in range(len(chunks)))
    pairs = zip(keys, chunks, strict=True)
    return "".join(
        f"\x1b_G{key}m={int(n < last)};{chunk}\x1b\\" for n, (key, chunk) in enumerate(pairs)
    )


def iterm(png: bytes) -> str:
    """Return what iTerm2's inline images protocol says to show a PNG here."""
    return f"\x1b]1337;File=inline=1;size={len(png)}:{b64encode(png).decode()}\a"


def _pixels(png: bytes) -> Any:  # noqa: ANN401
    """Return (height, width, 4) uint8, the height even."""
    from foveate.imaging import Image

    image = Image.new_from_buffer(png, "").colourspace("srgb")
    image = image if image.hasalpha() else image.bandjoin(255)
    return image.embed(0, 0, image.width, image.height + image.height % 2).numpy()


def blocks(pixels: Any) -> Text:  # noqa: ANN401
    """Return pixels, (even height, width, 4) uint8, as a line of half blocks for each two rows."""
    lines = (Text.assemble(*_cells(*pixels[y : y + 2])) for y in range(0, len(pixels), 2))
    return Text("\n").join(lines)


def _cells(upper: Any, lower: Any) -> Iterator[tuple[str, Style]]:  # noqa: ANN401
    for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
        if above[3] >= OPAQUE:
            yield "▀", Style(color=_colour(above), bgcolor=_colour(below))
        else:
            yield ("▄" if below[3] >= OPAQUE else " "), Style(color=_colour(below))


def _colour(pixel: Sequence[int]) -> Color | None:
    """Return a colour, or None for the terminal's own behind what is transparent."""
    return Color.from_rgb(*pixel[:3]) if pixel[3] >= OPAQUE else None
