"""Pictures in the terminal."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.show import CHUNK, Way, blocks, iterm, kitty, way_of
from foveate.errors import BadOption

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.imaging import Image

RED, BLUE, CLEAR = (200, 20, 30, 255), (10, 20, 220, 255), (9, 9, 9, 0)


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-kitty"}, Way.KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Way.KITTY),
        ({"TERM_PROGRAM": "ghostty"}, Way.KITTY),
        ({"TERM_PROGRAM": "iTerm.app"}, Way.ITERM),
        ({"TERM_PROGRAM": "WezTerm", "TERM": "xterm-256color"}, Way.ITERM),
        ({"LC_TERMINAL": "iTerm2"}, Way.ITERM),
        ({"TERM": "xterm-kitty", "TMUX": "tmux-0/default,1,0"}, Way.BLOCKS),
        ({"TERM": "screen-256color", "LC_TERMINAL": "iTerm2"}, Way.BLOCKS),
        ({"TERM": "xterm-256color"}, Way.BLOCKS),
        ({}, Way.BLOCKS),
    ],
)
def test_the_environment_tells_what_a_terminal_can_show(
    environment: dict[str, str], way: Way
) -> None:
    assert way_of(environment) is way


def shown(pixels: NDArray[np.uint8]) -> str:
    page = io.StringIO()
    console = Console(file=page, force_terminal=True, color_system="truecolor", no_color=False)
    console.print(blocks(pixels), soft_wrap=True)
    return page.getvalue()


def test_two_rows_of_pixels_are_one_of_half_blocks_in_their_colours() -> None:
    text = shown(np.array([[RED, BLUE], [BLUE, RED], [RED, RED], [RED, RED]], np.uint8))
    first, second = text.splitlines()
    assert re.findall(r"\x1b\[([\d;]+)m▀", first) == [
        "38;2;200;20;30;48;2;10;20;220",
        "38;2;10;20;220;48;2;200;20;30",
    ]
    assert second.count("▀") == 2


def test_the_terminal_shows_through_what_is_transparent() -> None:
    text = shown(np.array([[RED, CLEAR, CLEAR], [CLEAR, BLUE, CLEAR]], np.uint8))
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == "▀▄ \n"
    assert "9;9;9" not in text
    assert "48;2" not in text


def test_kitty_is_told_in_chunks_that_it_takes() -> None:
    png = bytes(range(256)) * 40
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", kitty(png))
    assert [keys for keys, _ in parts] == ["a=T,f=100,m=1", "m=1", "m=1", "m=0"]
    assert all(len(text) <= CHUNK for _, text in parts)
    assert b64decode("".join(text for _, text in parts)) == png
    assert kitty(b"short").startswith("\x1b_Ga=T,f=100,m=0;")


def test_iterm_is_told_the_size_and_the_picture() -> None:
    found = re.fullmatch(r"\x1b\]1337;File=inline=1;size=(\d+):(.*)\a", iterm(b"picture"))
    assert found is not None
    assert (int(found[1]), b64decode(found[2])) == (7, b"picture")


@pytest.mark.parametrize("command", ["render", "faces", "crops", "analyse"])
def test_escapes_never_go_to_a_pipe(command: str, tmp_path: Path, photo: Image) -> None:
    photo.write_to_file(str(tmp_path / "a.png"))
    with pytest.raises(BadOption, match="Expected a terminal for --show"):
        CliRunner().invoke(
            app, [command, str(tmp_path / "a.png"), "--show"], catch_exceptions=False
        )
