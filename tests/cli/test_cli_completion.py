"""What is offered on TAB, through the machinery that shells ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from foveate.cli.completion import joined
from foveate.cli.main import run_commands
from foveate.models.supply.cards import CARDS
from foveate.models.supply.sets import SETS as CARD_SETS
from foveate.options.grammar import parse_options
from foveate.options.table import OPTIONS
from foveate.service.formats import SETS
from foveate.service.parts import OFFERED

Offered = Callable[..., list[str]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Offered:
    def ask(line: str, shell: str = "fish") -> list[str]:
        monkeypatch.setenv("_FOVEATE_COMPLETE", f"complete_{shell}")
        if shell == "bash":
            words = line.split("|")
            monkeypatch.setenv("COMP_WORDS", "\n".join(words))
            monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        else:
            monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
            monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        with pytest.raises(SystemExit):
            run_commands()
        return capsys.readouterr().out.splitlines()

    return ask


def words(lines: list[str]) -> list[str]:
    return [line.partition("\t")[0] for line in lines if line]


def test_options_are_offered_by_name_but_those_that_were_given(offered: Offered) -> None:
    found = words(offered("foveate render a.jpg -o w=300,"))
    assert found == [f"w=300,{row.name}=" for row in OPTIONS if row.name != "width"]
    assert words(offered("foveate render a.jpg -o width=300,sat")) == ["width=300,saturation="]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fit=co", ["fit=contain", "fit=cover"]),
        ("width=3,format=t", ["width=3,format=tiff", "width=3,format=tif"]),
        ("rotate=", ["rotate=90", "rotate=180", "rotate=270"]),
        ("metadata=", ["metadata=copyright", "metadata=keep", "metadata=none"]),
        ("g=f", ["g=face"]),
        ("quality=h", ["quality=high"]),
        ("scq=l", ["scq=low"]),
        ("segment.quality=", [f"segment.quality={w}" for w in ("fast", "balanced", "accurate")]),
        ("nonsense=", []),
    ],
)
def test_what_an_option_may_be_is_offered(
    offered: Offered, typed: str, expected: list[str]
) -> None:
    assert words(offered(f"foveate render a.jpg -o {typed}")) == expected


def test_every_value_that_is_offered_is_one(offered: Offered) -> None:
    for row in OPTIONS:
        for text in words(offered(f"foveate render a.jpg -o {row.name}=")):
            assert parse_options(text).unknown == ()


def test_formats_sets_parts_and_models_are_offered(offered: Offered) -> None:
    assert words(offered("foveate crops a.jpg --aspect st")) == ["story"]
    assert words(offered("foveate crops a.jpg --set ")) == list(SETS)
    assert words(offered("foveate crops a.jpg --gravity ")) == ["face", "auto", "object", "text"]
    assert words(offered("foveate analyse a.jpg --parts faces,")) == [
        f"faces,{name}" for name in OFFERED if name != "faces"
    ]
    names = [card.name for card in CARDS]
    assert words(offered("foveate models pull ")) == [*CARD_SETS, *names]
    assert words(offered("foveate models pull pe")) == ["people"]
    assert words(offered("foveate models verify sel")) == ["selfie"]


def test_bash_is_given_what_follows_the_last_break(offered: Offered) -> None:
    line = "foveate|render|a.jpg|-o|width|=|300,fit|=|co"
    assert offered(line, "bash") == ["contain", "cover"]
    assert offered("foveate|render|a.jpg|-o|width|=|300,fit|=", "bash")[:2] == [
        "scale-down",
        "contain",
    ]
    assert offered("foveate|render|a.jpg|-o|width|=|300,sha", "bash") == ["300,sharpen="]
    assert offered("foveate|mod", "bash") == ["models"]
    assert offered("foveate|crops|a.jpg|--aspect|9|:|1", "bash") == ["16"]


@pytest.mark.parametrize(
    ("words", "at", "expected"),
    [
        (["f", "x"], 1, (["f", "x"], 1)),
        (["f", "x"], 2, (["f", "x"], 2)),
        (["f", "x", ""], 2, (["f", "x", ""], 2)),
        (["f", "-o", "w", "=", "3", "rest"], 4, (["f", "-o", "w=3", "rest"], 2)),
    ],
)
def test_a_line_is_put_together_as_it_was(
    words: list[str], at: int, expected: tuple[list[str], int]
) -> None:
    assert joined(words, at) == expected
