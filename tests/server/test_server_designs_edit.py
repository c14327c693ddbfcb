"""Designs changed by a sentence over HTTP: told as it goes, kept where that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from designs_served import PATH, kept, served
from designs_stand import LETTERS, need_letters
from endpoint_stand import Reply, endpoint

from foveate.design.drawing.engine import installed
from foveate.people.keys import ANY, Keys, Scope

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from foveate.imaging import Image

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)
pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")

RED = LETTERS.replace('size="20"', 'size="20" color="#c00000"')
HUGE = LETTERS.replace('size="20"', 'size="190"')


@pytest.fixture(autouse=True)
def _fonts() -> None:
    need_letters()


def edited(
    client: httpx.Client, name: str, request: str = "Make the title red", **more: Any
) -> list[tuple[str, dict[str, Any]]]:
    headers, said = more.pop("headers", {}), {"request": request, "model": True, **more}
    answer = client.post(f"{PATH}/{name}/edit", json=said, headers=headers)
    if answer.headers["content-type"] == "application/json":
        return [("refused", answer.json())]
    blocks = [block.split("\n") for block in answer.text.split("\n\n") if block.startswith("event")]
    return [(first[7:], json.loads(second[6:])) for first, second in blocks]


def test_an_edit_is_told_as_it_goes_and_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    with endpoint(Reply(text=RED)) as script, served(tmp_path, assistant=script.settings()) as http:
        name = kept(http, LETTERS)["id"]
        told = [each for each in edited(http, name) if each[0] != "answering"]
        assert [event for event, _ in told] == ["asked", "answered", "changed", "done"]
        (change,) = told[2][1]["changes"]
        assert (change["attribute"], change["to"]) == ("color", "#c00000")
        assert http.get(f"{PATH}/{name}").text == LETTERS
        event, data = edited(http, name, keep=True)[-1]
        assert (event, data["version"]) == ("kept", 2)
        assert 'color="#c00000"' in http.get(f"{PATH}/{name}").text


def test_plain_words_are_done_without_a_model_and_asked_back_where_they_are_not_plain(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as http:
        name = kept(http, LETTERS)["id"]
        told = edited(http, name, model=False, keep=True)
        assert [event for event, _ in told] == ["understood", "changed", "done", "kept"]
        assert 'color="#' in http.get(f"{PATH}/{name}").text
        ((event, data),) = edited(http, name, "frobnicate it", model=False, keep=True)
        assert (event, data["said"]) == ("question", "What is meant by “frobnicate”?")
        assert http.get(f"{PATH}/{name}").headers["etag"] == '"2"'


def test_what_is_chosen_is_what_it_means(tmp_path: Path) -> None:
    with served(tmp_path) as http:
        name = kept(http, LETTERS)["id"]
        more: dict[str, Any] = {"model": False}
        asked, *_ = edited(http, name, "make it red", **more)
        assert asked[0] == "question"
        told = dict(edited(http, name, "make it red", blocks=["title"], **more))
        assert {each["id"] for each in told["changed"]["changes"]} == {"title"}
        lost = edited(http, name, "make it red", blocks=["nobody"], **more)
        assert lost[-1][0] in {"question", "error"}
        for wrong in ("title", [7]):
            (refused,) = edited(http, name, blocks=wrong)
            assert refused[1]["error"] == "BadBody"


def test_what_was_proposed_can_be_made_by_its_change_set(tmp_path: Path) -> None:
    with endpoint(Reply(text=RED)) as script, served(tmp_path, assistant=script.settings()) as http:
        name = kept(http, LETTERS)["id"]
        changed = dict(edited(http, name))["changed"]
        assert http.post(f"{PATH}/{name}/changes", json=changed).json()["version"] == 2


def test_what_would_not_fit_is_told_back_to_the_model(tmp_path: Path) -> None:
    replies = Reply(text=HUGE), Reply(text=LETTERS.replace('"20"', '"24"'))
    with endpoint(*replies) as script, served(tmp_path, assistant=script.settings()) as http:
        name = kept(http, LETTERS)["id"]
        told = dict(edited(http, name, "Make the title bigger"))
        assert "too wide" in " ".join(told["refused"]["reasons"])
        assert "too wide" in script.said()
        assert told["changed"]["changes"][0]["to"] == 24


def test_what_is_never_right_changes_nothing(tmp_path: Path) -> None:
    with endpoint(Reply(text="no")) as script, served(tmp_path, assistant=script.settings()) as h:
        name = kept(h, LETTERS)["id"]
        event, data = edited(h, name, keep=True)[-1]
        assert (event, data["error"]) == ("error", "EditRefused")
        assert h.get(f"{PATH}/{name}").headers["etag"] == '"1"'


def test_without_a_model_or_a_request_it_is_an_ordinary_error(tmp_path: Path) -> None:
    with served(tmp_path) as http:
        name = kept(http, LETTERS)["id"]
        assert edited(http, name)[0][1]["error"] == "UnsupportedOption"
        assert http.post(f"{PATH}/{name}/edit", json={}).json()["error"] == "BadBody"
        stale = edited(http, name, headers={"if-match": '"7"'})
        assert stale[0][1]["error"] == "DesignConflict"


def test_a_key_spends_no_more_than_its_budget(tmp_path: Path) -> None:
    secret = Keys(tmp_path / "designs", "designs").add("shop", ANY, Scope.WRITE)
    with (
        endpoint(Reply(text=RED, usage=(1000, 1000))) as script,
        served(
            tmp_path,
            assistant=script.settings(price_in=100.0, price_out=100.0, budget_day=1.2),
        ) as http,
    ):
        http.headers["authorization"] = f"Bearer {secret}"
        name = kept(http, LETTERS)["id"]
        first = dict(edited(http, name))
        assert first["done"]["paid"] == pytest.approx(0.2)
        refused = [edited(http, name)[-1][1].get("error") for _ in range(5)]
        assert "AllowanceSpent" in refused
        assert len(script.asked) < 6


def test_a_model_that_only_chooses_says_which_of_what_is_asked_back_and_proposes_nothing(
    tmp_path: Path,
) -> None:
    replies = Reply(text="1"), Reply(text="0"), Reply(text=RED)
    with (
        endpoint(*replies) as script,
        served(tmp_path, assistant=script.settings(only_chooses=True)) as http,
    ):
        name = kept(http, LETTERS)["id"]
        told = edited(http, name, "zap the title", model=False)
        assert [event for event, _ in told] == ["answered", "understood", "changed", "done"]
        assert "Title: make it bigger" in script.said() or "title: make it bigger" in script.said()
        told = edited(http, name, "zap the title", model=False)
        assert [event for event, _ in told] == ["answered", "question"]
        told = edited(http, name, "zap the title")
        assert [event for event, _ in told] == ["answered", "question"]
        assert http.get(f"{PATH}/{name}").text == LETTERS


@pytest.mark.models
def test_a_picture_of_the_origin_is_put_in_by_what_it_shows(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo) as http:
        photo.write_to_file(str(tmp_path / "our-lighthouse.png"))
        name = kept(http)["id"]
        request = "ersetze das Foto durch eines mit einem Leuchtturm"
        told = dict(edited(http, name, request, model=False, keep=True))
        assert "our-lighthouse.png" in told["understood"]["said"]
        assert 'src="our-lighthouse.png"' in http.get(f"{PATH}/{name}").text
        request = "replace the photo by one of a submarine"
        refused = dict(edited(http, name, request, model=False))["refused"]
        assert refused["error"] == "EditRefused"
