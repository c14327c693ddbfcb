"""From names to rows, in order, whatever names them."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from foveate.batches.lists import listed, row_count
from foveate.batches.parquet import parquet_rows
from foveate.batches.reach import AtOrigin
from foveate.batches.sources import check_sources, counted, rows_of
from foveate.errors import BadOption
from foveate.settings import Origins
from foveate.storage.bucket_folder import Found

if TYPE_CHECKING:
    from foveate.batches.row import Row


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name in ("b.jpg", "a.PNG", "sub/c.webp", "sub/deep/d.jpg", "notes.txt", ".hidden/e.jpg"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    (folder / "sub" / ".f.jpg").touch()
    (folder / "gone.jpg").symlink_to("nowhere")
    return folder


def rows(*sources: object, out: object = "", standard: str = "") -> list[Row]:
    lines = io.StringIO(standard)
    return list(rows_of([str(each) for each in sources], str(out), lambda _: iter(()), lines))


def test_a_folder_gives_its_pictures_in_order(photos: Path) -> None:
    found = rows(photos)
    assert [row.path for row in found] == ["a", "b", "sub/c", "sub/deep/d"]
    assert [row.number for row in found] == [1, 2, 3, 4]
    assert found[0].key == str(photos / "a.PNG")
    assert counted([str(photos)], "") == 4


def test_what_is_hidden_in_a_bucket_is_no_source() -> None:
    names = ("a.jpg", ".b.jpg", ".hidden/c.jpg", "sub/.hidden/d.jpg", "notes.txt", "sub/e.jpg")
    there = [Found(f"s3://photos/in/{name}", name, "v1") for name in names]
    found = list(rows_of(["s3://photos/in/"], "", lambda _: iter(there)))
    assert [(row.key, row.path) for row in found] == [
        ("s3://photos/in/a.jpg", "a"),
        ("s3://photos/in/sub/e.jpg", "sub/e"),
    ]


def test_a_list_names_objects_as_they_are(tmp_path: Path) -> None:
    keys = ("q?1.jpg", "q?2.jpg", "h#1.jpg", "a%2Fb.jpg", "a/b.jpg", "a%20b.jpg", "a b.jpg")
    (tmp_path / "list.txt").write_text("".join(f"s3://shop/in/{key}\n" for key in keys))
    assert [row.path for row in listed(str(tmp_path / "list.txt"))] == [
        f"shop/in/{key.removesuffix('.jpg')}" for key in keys
    ]


def test_what_is_made_is_no_source(photos: Path) -> None:
    assert len(rows(photos, out=photos / "sub")) == 2
    (photos / "sub" / ".foveate-batch").mkdir()  # that of another batch
    assert len(rows(photos)) == 2


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.jpg", ["b"]),
        ("**/*.jpg", ["b", "sub/deep/d"]),
        ("sub/*", ["c"]),
        ("s?b/**", ["sub/c", "sub/deep/d"]),
        ("[ab].*", ["a", "b"]),
        ("none/*.jpg", []),
    ],
)
def test_a_pattern_gives_what_it_matches(photos: Path, pattern: str, paths: list[str]) -> None:
    assert [row.path for row in rows(photos / pattern)] == paths


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("*.jpg", [""]),
        ("sub/*", ["sub"]),
        ("s*/*.webp", ["", "sub"]),
        ("**/d.jpg", ["", "other", "other/deep", "sub", "sub/deep"]),
    ],
)
def test_a_pattern_reads_no_folder_below_those_that_it_leads_to(
    photos: Path, pattern: str, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "other" / "deep").mkdir(parents=True)
    scan, found = os.scandir, list[Path]()

    def noting(place: str) -> object:
        found.append(Path(place))
        return scan(place)

    with monkeypatch.context() as while_read:
        while_read.setattr(os, "scandir", noting)
        rows(photos / pattern)
    assert sorted(found) == [photos / each for each in read]


def test_a_name_with_brackets_that_is_there_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "a[1].jpg").touch()
    assert rows(tmp_path / "a[1].jpg")[0].key == str(tmp_path / "a[1].jpg")


def _csv(file: Path) -> None:
    file.write_text("File,options,sku\nb.jpg,width=9,A1\nhttps://x.com/y/z.png,,B2\n")


def _jsonl(file: Path) -> None:
    said = [
        {"file": "b.jpg", "options": "width=9", "sku": "A1"},
        {"url": "https://x.com/y/z.png", "sku": "B2", "note": None},
    ]
    file.write_text("".join(json.dumps(each) + "\n" for each in said))


def _parquet(file: Path) -> None:
    columns = {
        "path": ["b.jpg", "https://x.com/y/z.png"],
        "options": ["width=9", None],
        "sku": ["A1", "B2"],
    }
    parquet.write_table(pa.table(columns), file)


@pytest.mark.parametrize(
    ("name", "write"), [("l.csv", _csv), ("l.jsonl", _jsonl), ("l.parquet", _parquet)]
)
def test_lists_have_columns_and_options_of_their_own(
    photos: Path, name: str, write: object
) -> None:
    write(photos / name)  # type: ignore[operator]
    one, other = rows(photos / name)
    assert (one.key, one.path, one.options) == (str(photos / "b.jpg"), "b", "width=9")
    assert one.values()["sku"] == "A1"
    assert one.version
    assert (other.key, other.path) == ("https://x.com/y/z.png", "x.com/y/z")
    assert (other.options, other.columns) == ("", {"sku": "B2"})


@pytest.mark.parametrize("header", ["image_url,sku", "a.jpg,A1"])
def test_a_list_without_a_column_of_names_is_refused_before_it_is_read(
    tmp_path: Path, header: str
) -> None:
    (tmp_path / "l.csv").write_text(f"{header}\nb.jpg,B2\n")
    with pytest.raises(BadOption, match=r"l\.csv: Expected columns with source, .* got \["):
        check_sources([str(tmp_path / "l.csv")])
    (tmp_path / "l.csv").write_text("")
    assert rows(tmp_path / "l.csv") == []


@pytest.mark.parametrize("mark", [";", "\t"])
def test_lists_have_columns_as_the_spreadsheets_of_any_country_part_them(
    photos: Path, mark: str
) -> None:
    lines = [("source", "options", "sku"), ("b.jpg", "width=9,height=8", "A1")]
    (photos / "l.csv").write_text("\n".join(map(mark.join, lines)))
    (row,) = rows(photos / "l.csv")
    assert (row.path, row.options, row.columns) == ("b", "width=9,height=8", {"sku": "A1"})


def test_lines_are_names_or_objects_also_on_standard_input(photos: Path) -> None:
    lines = f'b.jpg\n\n{{"file": "sub/c.webp", "options": "width=8"}}\n{photos}/a.PNG\n'
    (photos / "list.txt").write_text(lines)
    listed = rows(photos / "list.txt")
    assert [row.key for row in listed] == [
        str(photos / x) for x in ("b.jpg", "sub/c.webp", "a.PNG")
    ]
    piped = rows("-", standard=lines)
    assert piped[0].key == os.path.abspath("b.jpg")  # noqa: PTH100
    assert [row.options for row in piped] == ["", "width=8", ""]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.parquet"])
def test_what_is_no_list_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{\xff\xfe")
    with pytest.raises(BadOption, match=name):
        rows(tmp_path / name)


def test_a_damaged_parquet_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "l.parquet"
    parquet.write_table(pa.table({"source": [f"x{each}.png" for each in range(2000)]}), file)
    data = bytearray(file.read_bytes())
    data[10:400] = b"\xff" * 390
    file.write_bytes(data)
    with pytest.raises(BadOption, match=r"l\.parquet: expected Parquet, got what is none"):
        rows(file)
    with pytest.raises(BadOption, match=r"a list at .*gone\.parquet, got No such file"):
        list(listed(str(tmp_path / "gone.parquet")))


def test_a_row_that_names_nothing_has_a_problem(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"sku": "A1"}\n{"file": null}\n{"file": "a\\u0000"}\n')
    none, null, odd = (each.problem for each in rows(tmp_path / "l.jsonl"))
    assert none.startswith("Expected a row with source, file")
    assert null == "Expected the name of a picture in `file`, got nothing."
    assert odd == "Expected the name of a picture in `file`, got 'a\\x00'."


def test_a_cell_that_is_empty_is_told_by_its_column(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("sku, Image\nA1,\nA2\n")
    told = "Expected the name of a picture in `Image`, got nothing."
    assert [each.problem for each in rows(tmp_path / "l.csv")] == [told] * 2


def test_fields_beyond_the_header_are_nothing_of_a_row(photos: Path) -> None:
    (photos / "l.csv").write_text("sku,file\nA1,b.jpg,x,y\n,,x\n")
    row, other = rows(photos / "l.csv")
    assert (row.path, row.columns, row.problem) == ("b", {"sku": "A1"}, "")
    assert other.problem.endswith("`file`, got nothing.")


def test_times_that_python_cannot_hold_are_text(photos: Path) -> None:
    columns = {
        "source": pa.array(["b.jpg", "a.PNG"]),
        "ns": pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns")),
        "far": pa.array([2**60, 0], pa.timestamp("ms")),
    }
    parquet.write_table(pa.table(columns), photos / "l.parquet")
    one, other = rows(photos / "l.parquet")
    assert (one.path, one.columns["ns"]) == ("b", "2023-11-14 22:13:20.123456789")
    assert "out of range" in one.columns["far"]
    assert other.columns == {"far": "1970-01-01 00:00:00.000"}


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("http://[::1/x.jpg", "[::1/x"),
        ("file://[::1/x.jpg", "[::1/x"),
        ("https://\u2100.com/x.jpg", "\u2100.com/x"),
        ("\ud800.jpg", "\ud800"),
    ],
)
def test_a_name_that_nothing_can_have_is_left_to_whoever_reads_it(
    tmp_path: Path, source: str, path: str
) -> None:
    (tmp_path / "l.jsonl").write_text(json.dumps({"source": source}))
    (row,) = rows(tmp_path / "l.jsonl")
    assert (row.path, row.version, row.problem) == (path, "", "")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"source": "b.jpg", "options": {"width": 9}}, "options as text, width=50, got an object"),
        ({"source": "b.jpg", "options": ["width=9"]}, "options as text, width=50, got an array"),
        ({"file": ["b.jpg"]}, "file as text, cats/a.jpg, got an array"),
    ],
)
def test_what_is_no_text_is_asked_for_as_such(
    photos: Path, said: dict[str, object], problem: str
) -> None:
    (photos / "l.jsonl").write_text(json.dumps(said))
    (row,) = rows(photos / "l.jsonl")
    assert row.problem == f"Expected {problem}."


def test_lines_of_json_that_are_no_objects_are_names_or_fail_by_themselves(photos: Path) -> None:
    (photos / "l.jsonl").write_text('"b.jpg"\n[1,2]\n7\nsub/c.webp\n')
    (photos / "l.txt").write_text("[1,2]\n")
    name, array, number, plain = rows(photos / "l.jsonl")
    assert [row.path for row in (name, plain)] == ["b", "sub/c"]
    assert array.problem == "Expected an object or a name, got an array."
    assert number.problem == "Expected an object or a name, got 7."
    assert rows(photos / "l.txt")[0].path == "[1,2]"


def test_what_no_name_can_be_made_of_is_no_value(photos: Path) -> None:
    line = '{"source":"b.jpg","sku":["a"],"of":{},"n":NaN,"big":1e999,"no":null,"size":1.5}'
    (photos / "l.jsonl").write_text(line)
    assert rows(photos / "l.jsonl")[0].columns == {"size": "1.5"}


def test_rows_that_name_nothing_are_not_the_same(photos: Path) -> None:
    lines = ["{}", "{}", '{"source": "b.jpg"}', '{"source": "b.jpg", "options": []}']
    (photos / "l.jsonl").write_text("\n".join(lines))
    assert len({row.id for row in rows(photos / "l.jsonl")}) == 4


@pytest.mark.parametrize("name", ["l.txt", "l.csv"])
def test_a_line_without_end_is_not_read_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x," * 750_000)
    with pytest.raises(BadOption, match="at most 1000000 characters"):
        rows(tmp_path / name)
    with pytest.raises(BadOption, match="at most 1000000 characters"):
        rows("-", standard="x" * 1_500_000)


def test_what_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="nothing there"):
        rows(tmp_path / "none")
    with pytest.raises(BadOption, match="standard input once"):
        rows("-", "-")


def test_a_row_is_the_same_wherever_it_stands(photos: Path) -> None:
    first, second = rows(photos)[1], rows(photos / "b.jpg", photos)[2]
    assert first.number != second.number
    assert first.id == second.id
    assert len({row.id for row in rows(photos)}) == 4


def test_a_pattern_of_many_stars_is_matched_in_no_time(photos: Path) -> None:
    stars = "/".join(["**"] * 40)
    assert [row.path for row in rows(f"{photos}/{stars}/*.jpg")] == ["b", "sub/deep/d"]
    assert rows(f"{photos}/{'*/**/' * 20}none") == []


def test_folders_deeper_than_python_calls_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = ["d"] * 1200
    try:
        for folder in folders:
            os.mkdir(folder)  # noqa: PTH102 - what pathlib and shutil do is not for such a depth
            os.chdir(folder)
        Path("a.jpg").touch()
        assert [row.path for row in rows(tmp_path)] == ["/".join([*folders, "a"])]
        Path("a.jpg").unlink()
    finally:
        for folder in folders:
            os.chdir("..")
            os.rmdir(folder)  # noqa: PTH106


@pytest.mark.parametrize(("pattern", "told"), [("", 1), ("**", 1), ("*.jpg", 0)])
def test_a_folder_that_is_gone_when_its_turn_comes_is_a_row_that_says_so(
    photos: Path, pattern: str, told: int
) -> None:
    for name in ("a.PNG", "sub/a.jpg"):
        (photos / name).touch()
    (photos / "a.jpg").touch()
    found = rows_of([str(photos / pattern)], "", lambda _: iter(()))
    first = next(found)
    shutil.rmtree(photos / "sub")
    problems = [row for row in (first, *found) if row.problem]
    assert [(row.key, row.path) for row in problems] == [(str(photos / "sub"), "sub")] * told
    assert all("can be read, got: No such file" in row.problem for row in problems)


def test_of_parquet_bytes_and_what_has_parts_are_not_read(photos: Path) -> None:
    columns = {
        "source": ["b.jpg", "a.PNG"],
        "thumb": [b"x" * 999, None],
        "about": [{"a": 1}, None],
        "image": [{"bytes": b"x", "path": "x"}, None],
        "kind": pa.array(["cat", None]).dictionary_encode(),
        "size": [1.5, float("nan")],
    }
    parquet.write_table(pa.table(columns), photos / "l.parquet")
    said = list(parquet_rows(photos / "l.parquet"))
    assert said[0] == {"source": "b.jpg", "image": {}, "kind": "cat", "size": 1.5}
    assert (said[1]["image"], said[1]["kind"]) == (None, None)


def test_rows_of_parquet_that_name_pictures_by_bytes_say_so(photos: Path) -> None:
    parquet.write_table(pa.table({"image": [b"x", None]}), photos / "l.parquet")
    one, other = rows(photos / "l.parquet")
    assert one.problem == "Expected image as text, cats/a.jpg, got bytes."
    assert other.problem == "Expected the name of a picture in `image`, got nothing."


@pytest.mark.parametrize("shared", [True, False])
def test_a_text_of_parquet_that_is_longer_than_a_line_may_be_is_no_value(
    photos: Path, shared: bool
) -> None:
    long = "x" * 1_000_001
    columns = {"source": ["b.jpg", long, "a.PNG"], "note": [long, "n", long]}
    parquet.write_table(pa.table(columns), photos / "l.parquet", use_dictionary=shared)
    one, bad, other = rows(photos / "l.parquet")
    assert (one.path, one.columns, other.path, other.columns) == ("b", {}, "a", {})
    wanted = "Expected source as text, cats/a.jpg"
    assert (bad.problem, bad.columns) == (f"{wanted}, got more than 1000000 bytes.", {"note": "n"})


@pytest.mark.parametrize("as_arrow", [True, False])
@pytest.mark.parametrize("plain", [True, False])
def test_a_list_of_parquet_with_heavy_rows_is_read_in_little_memory(
    photos: Path, as_arrow: bool, plain: bool
) -> None:
    note = pa.array(["x" * 400_000]).dictionary_encode().take(pa.array([0] * 600))
    columns = {"source": ["b.jpg"] * 600, "note": note if as_arrow else note.cast(pa.string())}
    options = {"store_schema": as_arrow, "use_dictionary": not plain, "write_batch_size": 8}
    parquet.write_table(pa.table(columns), photos / "l.parquet", compression="zstd", **options)
    del columns, note
    before, peak = pa.total_allocated_bytes(), 0
    for row in parquet_rows(photos / "l.parquet"):
        peak = max(peak, pa.total_allocated_bytes() - before)
        assert len(row["note"]) == 400_000
    assert peak < 64 << 20


def test_rows_of_parquet_are_counted_by_what_it_says(photos: Path) -> None:
    parquet.write_table(pa.table({"source": ["b.jpg"] * 3000}), photos / "l.parquet")
    (photos / "l.txt").write_text("b.jpg\na.PNG\n")
    assert row_count(str(photos / "l.parquet")) == 3000
    assert row_count(str(photos / "l.txt")) is None
    assert counted([str(photos / "l.parquet"), str(photos / "l.txt"), str(photos)], "") == 3006
    origins = Origins(folder=str(photos))
    assert AtOrigin().count(["l.parquet", "l.txt", ""], origins) == 3006
