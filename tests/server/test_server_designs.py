"""Designs over HTTP: kept, versioned, drawn, compared and changed, by those who may."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from designs_served import PATH, XML, kept, served
from designs_stand import POSTER

from foveate.design.drawing.engine import installed
from foveate.imaging import Image
from foveate.people.keys import ANY, Keys, Scope
from foveate.settings import Designs, Limits, Load

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

MOVED = POSTER.replace('x="100"', 'x="90"')


def put(client: httpx.Client, name: str, text: str, version: int) -> httpx.Response:
    headers = {**XML, "if-match": f'"{version}"'}
    return client.put(f"{PATH}/{name}", content=text, headers=headers)


def test_a_design_is_kept_and_read_as_xml_and_as_json(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        told = kept(client, id="poster")
        own = told["links"]["self"]
        assert (own, told["version"], told["name"]) == (f"{PATH}/poster", 1, "Poster")
        answer = client.get(own)
        assert (answer.text, answer.headers["etag"]) == (POSTER, '"1"')
        as_json = client.get(own, headers={"accept": "application/json"}).json()
        assert as_json["pages"][0]["blocks"][1]["x"] == 100
        again = client.post(PATH, json=as_json).json()
        assert (again["digest"], len(again["id"])) == (told["digest"], 16)
        taken = client.post(PATH, content=POSTER, headers=XML, params={"id": "poster"})
        assert (taken.status_code, taken.json()["error"]) == (409, "DesignConflict")


def test_it_is_there_after_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name = kept(client)["id"]
    with served(tmp_path) as client:
        assert client.get(f"{PATH}/{name}").text == POSTER


def test_of_many_who_change_one_version_one_does(tmp_path: Path) -> None:
    with served(tmp_path) as client, ThreadPoolExecutor(8) as threads:
        name = kept(client)["id"]
        texts = [POSTER.replace('x="100"', f'x="{x}"') for x in range(8)]
        answers = list(threads.map(lambda text: put(client, name, text, 1), texts))
        statuses = sorted(each.status_code for each in answers)
        assert statuses == [200, *[409] * 7]
        assert client.get(f"{PATH}/{name}").headers["etag"] == '"2"'


BEYOND = "9999999999999999999"


@pytest.mark.parametrize(
    "path",
    [
        f"{PATH}/poster?version={BEYOND}",
        f"{PATH}/poster/render?version={BEYOND}",
        f"{PATH}/poster/checks?version={BEYOND}",
        f"{PATH}/poster/changes?from={BEYOND}&to=1",
        f"{PATH}/poster/changes?from=1&to={BEYOND}",
        f"{PATH}?after={BEYOND}",
    ],
)
def test_numbers_that_no_version_has_are_refused(tmp_path: Path, path: str) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        assert client.get(path).status_code == 400


HALF = r"\ud800"
IMPOSSIBLE = [
    '{"of": "%s", "changes": []}',
    '{"to": "%s", "changes": []}',
    '{"changes": [{"change": "added", "block": {"type": "p", "id": "a"}, "to": {"parent": "%s"}}]}',
    '{"changes": [{"change": "added", "block": {"type": "p", "id": "a"}, "to": {"parent": "x"}}]}',
    '{"changes": [{"change": "added", "block": {"type": "group", "blocks": [{"type": "p"}]}}]}',
    '{"changes": [{"change": "added", "block": {"type": "rect", "id": "%s"}, "to": {}}]}',
    '{"changes": [{"change": "removed", "block": {"type": "", "id": "a"}}]}',
    '{"changes": [{"change": "changed", "type": "rect", "id": "%s", "attribute": "x"}]}',
]


@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize("sent", IMPOSSIBLE)
def test_changes_that_cannot_be_are_refused(tmp_path: Path, sent: str, *, merge: bool) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        answer = client.post(
            f"{PATH}/poster/changes",
            content=sent.replace("%s", HALF),
            headers={"content-type": "application/json"},
            params={"merge": merge},
        )
    assert answer.status_code in {409, 422}, answer.text


def test_versions_are_kept_up_to_a_number_and_an_equal_one_is_none(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name = kept(client)["id"]
        assert put(client, name, POSTER, 1).json()["version"] == 1
        for number in range(1, 5):
            text = POSTER.replace('x="100"', f'x="{number}"')
            assert put(client, name, text, number).json()["version"] == number + 1
        told = client.get(f"{PATH}/{name}/versions").json()["versions"]
        assert [each["version"] for each in told] == [5, 4, 3]
        assert 'x="2"' in client.get(f"{PATH}/{name}", params={"version": 3}).text
        gone = client.get(f"{PATH}/{name}", params={"version": 1})
        assert (gone.status_code, gone.json()["error"]) == (404, "UnknownDesign")


def test_what_is_no_design_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        wrong = client.post(PATH, content=POSTER.replace("<rect", "<rekt"), headers=XML)
        assert wrong.status_code == 422
        assert "rect" in wrong.json()["message"]
        assert client.post(PATH, content=b"x", headers={"content-type": "a/b"}).status_code == 400
        large = client.post(PATH, content=b" " * 1_000_001, headers=XML)
        assert (large.status_code, large.json()["error"]) == (413, "DesignTooLarge")
        name = kept(client)["id"]
        blind = client.put(f"{PATH}/{name}", content=POSTER, headers=XML)
        assert (blind.status_code, "If-Match" in blind.json()["message"]) == (400, True)
        assert client.post(PATH, content=POSTER, headers=XML, params={"id": "A/b"}).is_client_error


def test_designs_are_listed_found_and_deleted(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        names = [kept(client, POSTER.replace("Poster", f"No {n}"))["id"] for n in range(3)]
        page = client.get(PATH, params={"limit": 2}).json()
        assert [each["id"] for each in page["designs"]] == names[:0:-1]
        rest = client.get(PATH, params={"limit": 2, "after": page["next"]}).json()
        assert ([each["id"] for each in rest["designs"]], rest["next"]) == (names[:1], None)
        found = client.get(PATH, params={"search": "NO 1"}).json()["designs"]
        assert [each["name"] for each in found] == ["No 1"]
        assert client.delete(f"{PATH}/{names[1]}").status_code == 204
        assert client.get(f"{PATH}/{names[1]}").status_code == 404


def test_a_design_is_drawn_with_pictures_of_the_origin(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo) as client:
        url = kept(client)["links"]["render"]
        answer = client.get(url, params={"scale": 2})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        made = Image.new_from_buffer(answer.content, "")
        assert (made.width, made.height, made(210, 150)) == (240, 180, [255, 0, 0])
        assert "draw;dur=" in answer.headers["server-timing"]
        assert made(172, 50)[0] > 200
        assert client.get(url, params={"format": "pdf"}).content.startswith(b"%PDF")
        assert client.get(url, params={"format": "bmp"}).status_code == 400


@pytest.mark.parametrize(
    ("src", "status"),
    [
        ("../secret.png", 404),
        ("/etc/hostname", 404),
        ("file:///etc/hostname", 403),
        ("http://127.0.0.1:9/a.png", 403),
        ("lost.png", 404),
    ],
)
def test_pictures_come_from_nowhere_else(
    tmp_path: Path, photo: Image, src: str, status: int
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    photo.write_to_file(str(tmp_path / "secret.png"))
    with served(inside, photo) as client:
        url = kept(client, POSTER.replace("scene.png", src))["links"]["render"]
        answer = client.get(url)
        assert (answer.status_code, src in answer.json()["message"]) == (status, True)


def test_nobody_of_the_face_index_is_looked_for(tmp_path: Path, photo: Image) -> None:
    text = POSTER.replace('"scene.png"', '"scene.png" options="gravity=face,faces=subject:Ann"')
    with served(tmp_path, photo) as client:
        answer = client.get(kept(client, text)["links"]["render"])
        assert (answer.status_code, answer.json()["error"]) == (400, "UnsupportedOption")


def test_options_beside_presets_are_refused_where_no_others_may_be(
    tmp_path: Path, photo: Image
) -> None:
    presets = {"grey": "saturation=0"}
    with served(tmp_path, photo, only_presets=True, presets=presets) as client:
        for options, status in (("", 200), ("preset=grey", 200), ("blur=9", 403)):
            text = POSTER.replace('"scene.png"', f'"scene.png" options="{options}"')
            assert client.get(kept(client, text)["links"]["render"]).status_code == status


def test_drawings_are_bounded_as_renditions_are(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, limits=Limits(max_output_pixels=20_000)) as client:
        url = kept(client)["links"]["render"]
        assert client.get(url).status_code == 200
        assert client.get(url, params={"scale": 2}).json()["error"] == "DrawingTooLarge"
    with served(tmp_path, load=Load(memory_bytes=100_000)) as client:
        url = kept(client, POSTER.replace("scene.png", "lost.png"))["links"]["render"]
        # Without a look at its pictures.
        assert client.get(url).json()["error"] == "MemoryBudgetSpent"


def test_changes_are_told_made_and_taken_back(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name = kept(client)["id"]
        put(client, name, MOVED, 1)
        url = f"{PATH}/{name}/changes"
        changes = client.get(url, params={"from": 1}).json()
        assert [each["sentence"] for each in changes["changes"]] == [
            "Change x of rect mark from 100 to 90."
        ]
        undone = client.post(url, json=changes, params={"invert": True}).json()
        assert (undone["version"], undone["changes"][0]["to"]) == (3, 100)
        assert client.post(url, json=changes).json()["version"] == 4
        stale = client.post(url, json=changes)
        assert (stale.status_code, stale.json()["error"]) == (409, "DesignConflict")
        assert client.post(url, json={"changes": "x"}).json()["error"] == "BadChange"
        late = client.post(url, json=changes, headers={"if-match": '"1"'})
        assert late.status_code == 409


def test_changes_of_an_earlier_version_are_merged(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name, other = kept(client)["id"], kept(client, id="other")["id"]
        url = f"{PATH}/{name}/changes"
        both = MOVED.replace("#ff0000", "#00ff00").replace('x="90"', 'x="80"')
        put(client, other, both, 1)
        theirs = client.get(f"{PATH}/{other}/changes", params={"from": 1}).json()
        put(client, name, MOVED, 1)
        assert client.post(url, json=theirs).status_code == 409
        made = client.post(url, json=theirs, params={"merge": True}).json()
        assert [each["attribute"] for each in made["changes"]] == ["fill"]
        assert made["conflicts"] == [
            "Change x of rect mark from 100 to 80: x was changed to something else."
        ]


def test_of_many_who_change_different_things_all_are_merged(tmp_path: Path) -> None:
    mark = '<rect id="mark{}" x="{}" y="70" width="10" height="10" fill="#ff0000"/>'
    many = POSTER.replace("</page>", "".join(mark.format(n, 1) for n in range(8)) + "</page>")
    designs = Designs(folder=str(tmp_path / "designs"), versions=20)
    with served(tmp_path, designs=designs) as client, ThreadPoolExecutor(8) as threads:
        name = kept(client, many)["id"]

        def moved(number: int) -> int:
            text = many.replace(mark.format(number, 1), mark.format(number, 50))
            headers = {**XML, "if-match": '"1"'}
            url = f"{PATH}/{name}"
            if number % 2:
                said = {"change": "changed", "type": "rect", "id": f"mark{number}"}
                changes = {"changes": [{**said, "attribute": "x", "was": 1, "to": 50}]}
                return client.post(f"{url}/changes", json=changes).status_code
            put = client.put(url, content=text, headers=headers, params={"merge": True})
            return put.status_code

        assert list(threads.map(moved, range(8))) == [200] * 8
        assert client.get(f"{PATH}/{name}").text.count('x="50"') == 8


def test_who_has_the_version_of_one_that_was_deleted_has_none_of_its_successor(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        client.delete(f"{PATH}/poster")
        assert kept(client, id="poster")["version"] == 2
        assert put(client, "poster", MOVED, 1).status_code == 409
        assert put(client, "poster", MOVED, 2).status_code == 200


def test_names_are_found_in_any_letters(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        name = kept(client, POSTER.replace("Poster", "\u00dcber uns"))["id"]
        for words in ("\u00fcber", "UNS", "\u00dcBER", "u\u0308ber"):
            found = client.get(PATH, params={"search": words}).json()["designs"]
            assert [each["id"] for each in found] == [name], words


def test_keys_may_what_their_scope_says(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "designs", "designs")
    secrets = {scope: keys.add(scope.value, ANY, scope) for scope in Scope}
    with served(tmp_path) as client:
        assert client.get(PATH).status_code == 401

        def status(scope: Scope, method: str, path: str = PATH, **more: Any) -> int:
            headers = {**XML, "authorization": f"Bearer {secrets[scope]}"}
            return client.request(method, path, headers=headers, **more).status_code

        assert status(Scope.READ, "POST", content=POSTER) == 403
        assert status(Scope.WRITE, "POST", content=POSTER, params={"id": "own"}) == 201
        assert status(Scope.READ, "GET", f"{PATH}/own") == 200
        assert status(Scope.WRITE, "DELETE", f"{PATH}/own") == 403
        assert status(Scope.ADMIN, "DELETE", f"{PATH}/own") == 204


def test_openapi_tells_of_all_of_it(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        paths = json.loads(client.get("/openapi.json").text)["paths"]
    own = f"{PATH}/{{design}}"
    assert {"get", "put", "delete"} <= paths[own].keys()
    assert {"get", "post"} <= paths[f"{own}/changes"].keys()
    assert {PATH, f"{own}/render", f"{own}/versions"} <= paths.keys()


def test_what_could_not_be_read_back_is_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    text = '<text id="t" xml:space="preserve" x="0" y="0" width="9" height="9" size="3">{}</text>'
    page = '<design version="1"><page id="p" width="10" height="10">{}</page></design>'
    good, long = (page.format(text.format(letters)) for letters in ("Hi", "a\n" * 2000))
    change = {"change": "changed", "type": "text", "id": "t", "attribute": "runs"}
    change |= {"was": ["Hi"], "to": ["a\n" * 2000]}
    with served(tmp_path) as client:
        assert client.post(PATH, content=long, headers=XML).status_code == 413
        made = client.post(PATH, content=good, headers=XML, params={"id": "poster"}).json()
        changes = {"of": made["digest"], "changes": [change]}
        for refused in (
            put(client, "poster", long, 1),
            client.put(
                f"{PATH}/poster",
                content=long,
                headers={**XML, "if-match": '"1"'},
                params={"merge": "true"},
            ),
            client.post(f"{PATH}/poster/changes", json=changes),
        ):
            assert (refused.status_code, refused.json()["error"]) == (413, "DesignTooLarge")
            assert "at most 2000 elements as it is written, got" in refused.json()["message"]
        there = client.get(f"{PATH}/poster")
        assert (there.status_code, there.headers["etag"]) == (200, '"1"')
        assert ">Hi<" in there.text
