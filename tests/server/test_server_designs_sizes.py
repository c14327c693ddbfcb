"""Designs over HTTP in other sizes and brands, and what is wrong with them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from designs_served import PATH, kept, served
from designs_stand import LETTERS, POSTER, need_letters

from foveate.design.drawing.engine import installed
from foveate.imaging import Image
from foveate.people.keys import ANY, Keys, Scope
from foveate.settings import Designs

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

NORD = 'name = "Nord"\n[colours]\naccent = "#0b3d91"\nbackground = "#f4f1ea"\n'
WIDE = LETTERS.replace('size="20"', 'size="60"')


def resized(client: httpx.Client, name: str, **body: Any) -> httpx.Response:
    return client.post(f"{PATH}/{name}/resize", json=body)


def test_a_design_is_answered_in_other_sizes_and_nothing_is_kept(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name = kept(client)["id"]
        told = resized(client, name, to=["16:9", "300x300", "16:9"]).json()["designs"]
        assert [(each["to"], each["width"], each["height"]) for each in told] == [
            ("16:9", 1920, 1080),
            ("300x300", 300, 300),
        ]
        assert told[1]["design"]["pages"][0]["width"] == 300
        assert {each["id"] for each in told[0]["design"]["pages"][0]["blocks"]} == {"photo", "mark"}
        assert len(client.get(PATH).json()["designs"]) == 1


def test_sizes_are_kept_as_designs_of_their_own_and_again_as_their_versions(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        (told,) = resized(client, "poster", to=["300x300"], keep=True).json()["designs"]
        assert (told["id"], told["version"], "design" in told) == ("poster-300x300", 1, False)
        design = client.get(told["links"]["self"], headers={"accept": "application/json"}).json()
        assert design["pages"][0]["height"] == 300
        version = {"if-match": '"1"', "content-type": "application/xml"}
        client.put(told["links"]["self"], content=POSTER, headers=version)
        (again,) = resized(client, "poster", to=["300x300"], keep=True).json()["designs"]
        assert (again["id"], again["version"]) == ("poster-300x300", 3)


def test_a_size_takes_no_design_of_another_away(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        other = kept(client, id="poster-300x300")
        answer = resized(client, "poster", to=["300x300"], keep=True)
        assert (answer.status_code, answer.json()["error"]) == (409, "DesignConflict")
        assert client.get(other["links"]["self"]).text == POSTER
        long = [f"{'a' * 63}{each}" for each in "bc"]
        for name in long:
            kept(client, id=name)
            (told,) = resized(client, name, to=["300x300"], keep=True).json()["designs"]
            assert (told["version"], len(told["id"])) == (1, 64)


def test_a_zip_has_each_size_drawn(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo) as client:
        kept(client, id="poster")
        answer = resized(client, "poster", to=["2:1", "90x120"], draw="png", scale=0.5)
        assert answer.headers["content-type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert archive.namelist() == ["poster-2x1.png", "poster-90x120.png", "sizes.json"]
        made = Image.new_from_buffer(archive.read("poster-90x120.png"), "")
        assert (made.width, made.height) == (45, 60)
        assert [each["to"] for each in json.loads(archive.read("sizes.json"))["designs"]] == [
            "2:1",
            "90x120",
        ]
        alone = client.get(f"{PATH}/poster/render", params={"to": "90x120", "scale": 0.5})
        assert alone.content == archive.read("poster-90x120.png")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "16:9"},
        {"to": []},
        {"to": ["1x1"]},
        {"to": ["16:9"] * 21},
        {"to": [7]},
        {"to": ["16:9"], "keep": "yes"},
        {"to": ["16:9"], "draw": "bmp"},
        {"to": ["16:9"], "draw": "png", "scale": 1e9},
    ],
)
def test_what_no_size_can_be_of_is_refused(tmp_path: Path, body: dict[str, Any]) -> None:
    with served(tmp_path) as client:
        answer = resized(client, kept(client)["id"], **body)
        assert answer.status_code in {400, 422}, answer.text
        assert len(client.get(PATH).json()["designs"]) == 1


def test_sizes_with_a_name_are_told(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        rows = {each["name"]: each for each in client.get("/v1/page-sizes").json()["sizes"]}
    assert (rows["youtube-thumbnail"]["width"], rows["youtube-thumbnail"]["height"]) == (1280, 720)


def test_what_is_wrong_with_a_design_is_told(tmp_path: Path) -> None:
    need_letters()
    with served(tmp_path) as client:
        name = kept(client, WIDE)["id"]
        told = client.get(f"{PATH}/{name}/checks").json()
        assert ("title", "fits") in {(each["block"], each["check"]) for each in told["found"]}
        lost = client.get(f"{PATH}/{kept(client)['id']}/checks").json()["found"]
        assert any("scene.png" in each["sentence"] for each in lost)
        fine = kept(client, LETTERS)["id"]
        assert client.get(f"{PATH}/{fine}/checks").json() == {"version": 1, "found": []}


def test_a_brand_that_is_sent_is_a_change_set_and_is_kept_on_demand(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        url = f"{PATH}/{kept(client)['id']}"
        toml = {"content-type": "application/toml"}
        told = client.post(f"{url}/brand", content=NORD, headers=toml).json()
        assert (told["brand"], told["version"]) == ("Nord", 1)
        assert any(each["id"] == "mark" and "#0b3d91" in each["to"] for each in told["changes"])
        assert client.get(url).text == POSTER
        made = client.post(f"{url}/changes", json=told).json()
        assert made["version"] == 2
        again = client.post(
            f"{url}/brand", json={"colours": {"accent": "#ff8800"}}, params={"keep": "true"}
        ).json()
        assert (again["version"], "#ff8800" in client.get(url).text) == (3, True)
        late = client.post(
            f"{url}/brand", content=NORD, headers={**toml, "if-match": '"1"'}, params={"keep": "1"}
        )
        assert (late.status_code, late.json()["error"]) == (409, "DesignConflict")


def test_brands_of_the_operator_are_listed_and_asked_for_by_name(
    tmp_path: Path, photo: Image
) -> None:
    brands = tmp_path / "brands"
    brands.mkdir()
    (brands / "nord.toml").write_text(NORD)
    (brands / "wrong.toml").write_text("colours.primary = 7")
    (tmp_path / "secret.toml").write_text(NORD)
    designs = Designs(folder=str(tmp_path / "designs"), brands=str(brands))
    with served(tmp_path, photo, designs=designs) as client:
        told = client.get("/v1/brands").json()["brands"]
        assert [(each["name"], bool(each["problems"])) for each in told] == [
            ("nord", False),
            ("wrong", True),
        ]
        assert told[0]["colours"]["accent"] == "#0b3d91"
        url = f"{PATH}/{kept(client)['id']}"
        assert client.post(f"{url}/brand", params={"brand": "nord"}).json()["changes"]
        drawn = client.get(f"{url}/render", params={"brand": "nord"})
        assert Image.new_from_buffer(drawn.content, "")(105, 75) == [11, 61, 145]
        for name in ("../secret", "secret", "/etc/passwd", "NORD"):
            lost = client.post(f"{url}/brand", params={"brand": name})
            assert (lost.status_code, lost.json()["error"]) == (404, "UnknownBrand")
        wrong = client.post(f"{url}/brand", params={"brand": "wrong"})
        assert (wrong.status_code, wrong.json()["error"]) == (422, "BadDesign")


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("text/plain", b"", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"[" * 90_000, 400),
        ("application/toml", b"\xff", 400),
        ("application/toml", b"a = " + b"[" * 90_000, 422),
        ("application/toml", b" " * 100_001, 413),
    ],
)
def test_what_is_no_brand_is_refused(tmp_path: Path, kind: str, data: bytes, status: int) -> None:
    with served(tmp_path) as client:
        url = f"{PATH}/{kept(client)['id']}/brand"
        answer = client.post(url, content=data, headers={"content-type": kind})
        assert answer.status_code == status, answer.text


def test_sizes_brands_and_checks_need_their_scopes(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "designs", "designs")
    secrets = {scope: keys.add(scope.value, ANY, scope) for scope in Scope}
    with served(tmp_path) as client:

        def status(scope: Scope, method: str, path: str, **more: Any) -> int:
            headers = {"authorization": f"Bearer {secrets[scope]}", **more.pop("headers", {})}
            return client.request(method, path, headers=headers, **more).status_code

        xml = {"content-type": "application/xml"}
        own = f"{PATH}/own"
        assert status(Scope.WRITE, "POST", f"{PATH}?id=own", content=POSTER, headers=xml) == 201
        assert client.get("/v1/brands").status_code == 401
        assert client.get(f"{own}/checks").status_code == 401
        to: dict[str, Any] = {"to": ["1:1"]}
        assert status(Scope.READ, "POST", f"{own}/resize", json=to) == 200
        assert status(Scope.READ, "POST", f"{own}/resize", json={**to, "keep": True}) == 403
        assert status(Scope.WRITE, "POST", f"{own}/resize", json={**to, "keep": True}) == 200
        assert status(Scope.READ, "POST", f"{own}/brand", json={}) == 403
        assert status(Scope.READ, "GET", "/v1/brands") == 200
