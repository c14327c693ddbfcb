"""What pages point at is there, and what they say to write can be written."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from foveate.cli.main import app
from foveate.configuration.given import CLIENTS
from foveate.configuration.table import table_of
from foveate.options.grammar import parse_options
from foveate.settings import Settings, load

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("benchmarks/*.md"))
    if page.name != "CHANGELOG.md"  # it speaks of what was
]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]*)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRESETS = re.compile(r"preset=([\w;-]+)")
NAMED_BY_OPERATORS = ("FOVEATE_PRESETS__", "FOVEATE_LIMITED_KEYS__")
IMAGE_URL = re.compile(r"/cdn-cgi/image/([\w=.,%:;/+-]*?)/[\w.-]+\.(?:png|jpg|jpeg|svg|gif)\b")
OPTIONS = re.compile(r" -o (\w[\w.-]*=[\w=.,%:;+-]*)")
VARIABLE = re.compile(r"\bFOVEATE_[A-Z]\w+")
NO_SETTINGS = {"FOVEATE_CONFIG", *CLIENTS}
SUDO = {"sudo", "env"}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{named(page)}: {link}"
        assert ROOT in target.parents
        if anchor:
            assert anchor in anchors(target), f"{named(page)}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_picture_says_what_one_would_see(page: Path) -> None:
    assert all(len(words.split()) > 3 for words in PICTURE.findall(page.read_text("utf-8")))


def test_every_page_is_found_from_the_index() -> None:
    seen, todo = set[Path](), [ROOT / "docs/README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = {link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8"))}
        todo += [(page.parent / link).resolve() for link in links - {""}]
    assert {page for page in PAGES if "docs" in page.relative_to(ROOT).parts} <= seen


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_options_that_pages_show_are_known(page: Path) -> None:
    text = page.read_text("utf-8")
    presets: dict[str, dict[str, str]] = {
        name: {} for name in re.findall(r"[\w-]+", " ".join(PRESETS.findall(text)))
    }
    for options in (*IMAGE_URL.findall(text), *OPTIONS.findall(text)):
        assert parse_options(options, presets).unknown == (), f"{named(page)}: {options}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_variables_that_pages_name_are_settings(page: Path) -> None:
    known = {
        f"FOVEATE_{name.replace('.', '__', 1).upper()}" for name in table_of(Settings).rows
    } | NO_SETTINGS
    found = VARIABLE.findall(page.read_text("utf-8"))
    assert {name for name in found if not name.startswith(NAMED_BY_OPERATORS)} <= known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_on_pages_is_code(page: Path) -> None:
    check = {"python": ast.parse, "json": json.loads, "toml": tomllib.loads}
    for language, text in BLOCK.findall(page.read_text("utf-8")):
        check.get(language, str)(text)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_that_pages_show_exist_with_their_flags(page: Path) -> None:
    for language, text in BLOCK.findall(page.read_text("utf-8")):
        for line in text.replace("\\\n", " ").splitlines() if language == "sh" else ():
            words = shlex.split(line, comments=True)
            places = [at for at, word in enumerate(words) if Path(word).name == "foveate"]
            if places and all("=" in word or word in SUDO for word in words[: places[0]]):
                assert_known(words[places[0] + 1 :], line)


def assert_known(words: list[str], line: str) -> None:
    command: click.Command = typer.main.get_command(app)
    while inner := getattr(command, "commands", None):
        if not words or words[0].startswith("-"):
            break
        assert words[0] in inner, line
        command, words = inner[words[0]], words[1:]
    flags = {"--help", "-h"} | {
        name for each in command.params for name in (*each.opts, *each.secondary_opts)
    }
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used <= flags, line


EXAMPLE = ROOT / "foveate.toml.example"


def read(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    file = folder / "foveate.toml"
    file.write_text(text)
    monkeypatch.setenv("FOVEATE_CONFIG", str(file))
    return load()


def test_the_example_of_a_file_says_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(EXAMPLE.read_text("utf-8"), tmp_path, monkeypatch) == Settings()


def test_what_the_example_leaves_out_can_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = EXAMPLE.read_text("utf-8").replace("#: ", "")
    settings = read(text, tmp_path, monkeypatch)
    assert settings.signing.keys == ("a-long-random-secret",)
    assert settings.origins.folder == "/srv/pictures"
    assert settings.server.root_path == "/images"
    assert settings.models.acknowledged_licences == ("AGPL-3.0",)
