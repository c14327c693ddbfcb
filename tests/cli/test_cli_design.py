"""`foveate design`, as people and programs read it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from designs_stand import LETTERS, POSTER, need_letters, poster_in
from endpoint_stand import Reply, endpoint
from figma_stand import file as figma_file
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.main import app
from foveate.design.drawing.engine import installed
from foveate.errors import BadOption
from foveate.imaging import Image

if TYPE_CHECKING:
    from click.testing import Result

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)


@pytest.fixture
def poster(tmp_path: Path, photo: Image) -> Path:
    return poster_in(tmp_path, photo)


def run(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["design", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_a_design_is_drawn_into_a_file(poster: Path, tmp_path: Path) -> None:
    done = run("render", poster, tmp_path / "a.png", "--scale", "2", "--json")
    made = Image.new_from_file(str(tmp_path / "a.png"))
    assert (made.width, made.height, made(210, 150)) == (240, 180, [255, 0, 0])
    told = json.loads(done.stdout)
    assert (told["width"], told["content_type"]) == (240, "image/png")
    run("render", poster, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_a_design_is_never_written_over(poster: Path) -> None:
    with pytest.raises(BadOption, match="format out of"):
        run("render", poster, poster)
    assert poster.read_text() == POSTER


def test_what_is_wrong_is_said_and_is_the_exit_code(poster: Path) -> None:
    assert "is in order" in run("check", poster).stdout
    poster.write_text(POSTER.replace("scene.png", "lost.png"))
    assert "lost.png" in run("check", poster, code=1).stdout
    (found,) = json.loads(run("check", poster, "--json", code=1).stdout)["found"]
    assert (found["check"], found["severity"]) == ("sources", "error")


def test_differences_are_sentences_or_a_change_set(poster: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text(POSTER.replace("Poster", "Plakat"))
    assert run("diff", poster, other).stdout == (
        'Change name of the design from "Poster" to "Plakat".\n'
    )
    assert run("diff", poster, poster).stdout == ""
    told = json.loads(run("diff", poster, other, "--json").stdout)
    assert [each["attribute"] for each in told["changes"]] == ["name"]


def test_two_versions_are_merged_and_conflicts_are_the_exit_code(tmp_path: Path) -> None:
    names = ("ours", "base", "theirs")
    files = [tmp_path / f"{name}.xml" for name in names]
    for file, x, ink in zip(files, (90, 100, 100), ("f00", "f00", "0f0"), strict=True):
        text = POSTER.replace('x="100"', f'x="{x}"').replace("ff0000", ink)
        file.write_text(text)
    made = run("merge", *files).stdout
    assert 'x="90"' in made
    assert "#00ff00" in made
    files[2].write_text(POSTER.replace('x="100"', 'x="5"'))
    out = tmp_path / "made.xml"
    assert "Left out: Change x" in run("merge", *files, "--out", out, code=1).stderr
    assert 'x="90"' in out.read_text()


def test_the_schema_and_the_fonts_are_told() -> None:
    assert "<xs:schema" in run("schema").stdout
    told = json.loads(run("fonts", "--json").stdout)["fonts"]
    inter = next(each for each in told if each["family"] == "Inter")
    assert 400 in inter["weights"]
    assert inter["italic"]


def test_plain_words_need_no_model_and_what_is_not_plain_is_asked_back(
    poster: Path, tmp_path: Path
) -> None:
    need_letters()
    poster.write_text(LETTERS)
    done = run("edit", poster, "make the title dark red")
    assert "Change color of text title" in done.stderr
    out = tmp_path / "out.xml"
    done = run("edit", poster, "frobnicate it", "--out", out, code=1)
    assert "What is meant by" in done.stderr
    assert not out.exists()


def test_a_design_is_in_other_sizes_and_in_a_brand(poster: Path, tmp_path: Path) -> None:
    need_letters()
    poster.write_text(LETTERS)
    done = run("resize", poster, "--to", "300x100", "--to", "1:1", "--out", tmp_path, "--json")
    files = [each["file"] for each in json.loads(done.stdout)["designs"]]
    assert 'width="300" height="100"' in Path(files[0]).read_text()
    assert [Path(each).name for each in files] == ["poster-300x100.xml", "poster-1x1.xml"]
    brand = tmp_path / "brand.toml"
    brand.write_text("[colours]\ntext = '#14213d'\n")
    told = json.loads(run("brand", poster, "--brand", brand, "--json").stdout)
    assert "#14213d" in {each["to"] for each in told["changes"] if each["attribute"] == "color"}


def test_an_svg_and_its_pictures_become_a_design(tmp_path: Path, photo: Image) -> None:
    data = base64.b64encode(photo.pngsave_buffer()).decode()
    file, out = tmp_path / "a.svg", tmp_path / "made" / "a.xml"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><script/><image id="own" '
        f'href="data:image/png;base64,{data}" width="60" height="40"/></svg>'
    )
    out.parent.mkdir()
    done = run("import", file, "--out", out, "--json")
    told = json.loads(done.stdout)
    assert told["pictures"] == [str(out.parent / "own.png")]
    assert told["remarks"] == ["<script> is left out."]
    assert "<script> is left out." in done.stderr
    run("render", out, tmp_path / "a.png")
    file = tmp_path / "a.json"
    file.write_bytes(figma_file())
    assert "abc123" in run("import", file, "--out", out).stderr
    assert 'name="Campaign"' in out.read_text()


def test_a_design_is_edited_by_a_sentence(
    poster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")
    need_letters()
    poster.write_text(LETTERS)
    red = LETTERS.replace('size="20"', 'size="20" color="#c00000"')
    with endpoint(Reply(text=red)) as script:
        monkeypatch.setenv("FOVEATE_ASSISTANT__BASE_URL", script.base_url)
        forget_settings()
        done = run("edit", poster, "make the title red", "--model", "small")
        assert "Change color of text title" in done.stderr
        assert 'color="#c00000"' in done.stdout
        assert script.asked[0]["model"] == "small"
        out = tmp_path / "red.xml"
        events = run("edit", poster, "make the title red", "--model", "a", "--out", out, "--json")
        names = [json.loads(line)["event"] for line in events.stdout.splitlines()]
        assert (names[0], names[-1]) == ("asked", "done")
        assert 'color="#c00000"' in out.read_text()
    forget_settings()
    assert poster.read_text() == LETTERS


def test_plain_words_are_measured_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "eval.jsonl"
    chosen = ("--tasks", "known,en,story", "--limit", "3", "--results", file)
    told = json.loads(run("eval", *chosen, "--json").stdout)
    (row,) = told["rows"]
    assert (row["model"], row["tasks"], row["wrong"]) == ("words", 3, 0.0)
    assert [each["task"].split("/")[:2] for each in told["trials"]] == [["story", "en"]] * 3
    assert len(file.read_text("utf-8").splitlines()) == 3
    assert "words" in run("eval", *chosen).stdout
    with pytest.raises(BadOption, match="Expected templates"):
        run("eval", "--templates", "nonsense", "--results", file)


@pytest.mark.models
def test_a_picture_is_found_by_what_it_shows_and_by_its_name_and_put_in(
    poster: Path, tmp_path: Path, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    photo.write_to_file(str(pictures / "our-lighthouse.png"))
    monkeypatch.setenv("FOVEATE_DESIGNS__FOLDER", str(tmp_path / "designs"))
    forget_settings()
    told = json.loads(run("library", "build", pictures, "--json").stdout)
    assert (told["pictures"], told["looked"], told["unread"]) == (1, 1, [])
    again = json.loads(run("library", "build", pictures, "--json").stdout)
    assert again["looked"] == 0
    found = json.loads(run("library", "search", "ein Leuchtturm", pictures, "--json").stdout)
    assert found["put_in"] == "our-lighthouse.png"
    run("library", "search", "a submarine", pictures, code=1)
    asked = ("edit", poster, "replace the photo by one of a lighthouse")
    done = run(*asked, "--pictures", pictures, "--out", tmp_path / "b.xml")
    assert "pictures/our-lighthouse.png" in (tmp_path / "b.xml").read_text("utf-8")
    assert "sure" in done.output
