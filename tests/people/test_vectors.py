"""Embeddings that come in files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from people_faces import MODEL, face, unit
from pyarrow import parquet

from foveate.errors import BadOption
from foveate.lists import LONGEST
from foveate.people.vectors import lines_of, read_vectors

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_as_lines_is_read_again(tmp_path: Path) -> None:
    said = {"source": "a.jpg", "digest": "ab", "metadata": {"door": 3}, "quality": 0.75}
    written = face(unit(1)[0], "Ann", added=1234.5, **said)
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join([*lines_of([written], MODEL), ""]))
    (got,) = read_vectors(file)
    assert (got.subject, got.source, got.model) == ("Ann", "a.jpg", MODEL)
    assert (got.metadata, got.quality, got.box) == ({"door": 3}, 0.75, (10, 20, 30, 40))
    assert (got.id, got.digest, got.added) == (written.id, "ab", 1234.5)
    assert np.allclose(got.embedding, written.embedding, atol=1e-6)


def test_rows_of_parquet_are_brought_to_length_one(tmp_path: Path) -> None:
    file = tmp_path / "all.parquet"
    rows = {"embedding": [(3 * unit(1)[0]).tolist()], "subject": ["Ann"]}
    parquet.write_table(pa.table(rows), file)
    (got,) = read_vectors(file)
    assert got.subject == "Ann"
    assert np.linalg.norm(got.embedding) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: expected JSON"),
        ("[1]", "line 2: expected an object with an embedding"),
        (json.dumps({"embedding": [1.0] * 511}), r"line 2: expected 512 numbers, got \(511,\)"),
        (json.dumps({"embedding": [0.0] * 512}), "line 2: expected a vector that has a direction"),
        (json.dumps({"embedding": ["a"] * 512}), "line 2: expected 512 numbers"),
        ('{"embedding": [' + "NaN, " * 511 + "1]}", "has a direction, got length nan"),
    ],
)
def test_rows_that_are_no_embeddings_are_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "all.jsonl"
    file.write_text(json.dumps({"embedding": unit(1)[0].tolist()}) + "\n" + line + "\n")
    with pytest.raises(BadOption, match=said):
        list(read_vectors(file))


ROW = {"embedding": unit(1)[0].tolist()}


@pytest.mark.parametrize(
    "said",
    [
        {"metadata": "{"},
        {"metadata": [1]},
        {"metadata": "[1]"},
        {"box": [1, 2]},
        {"box": {"left": 1}},
        {"box": "wide"},
        {"box": [0, 0, 1, None]},
        {"box": [0, 0, 1, 1e999]},
        {"quality": "good"},
        {"quality": [1]},
        {"quality": 10**400},
        {"quality": 87},
        {"quality": -0.1},
        {"quality": float("nan")},
        {"box": [0, 0, -5, 5]},
        {"box": [0, 0, 5, -5]},
        {"box": [0, float("nan"), 5, 5]},
        {"added": "yesterday"},
        {"added": -1},
        {"added": 1e12},
        {"box": [0, 0, 1, 10**400]},
        {"subject": ["a"]},
        {"subject": 5},
    ],
)
def test_what_comes_with_an_embedding_is_as_it_should_be(
    tmp_path: Path, said: dict[str, object]
) -> None:
    (tmp_path / "all.jsonl").write_text(json.dumps(ROW | said))
    with pytest.raises(BadOption, match=r"all.jsonl line 1: expected"):
        list(read_vectors(tmp_path / "all.jsonl"))


@pytest.mark.parametrize(
    "said",
    [
        {"subject": ".."},
        {"subject": "a\nb"},
        {"subject": "\ud800"},
        {"source": "\ud800"},
        {"digest": "\ud800"},
        {"model": "\ud800"},
        {"metadata": {"a": "\ud800"}},
        {"metadata": {"a": "x" * 20_000}},
        {"metadata": json.loads('{"a":' + "[" * 200 + "]" * 200 + "}")},
    ],
)
def test_a_row_that_cannot_be_kept_is_named(tmp_path: Path, said: dict[str, object]) -> None:
    lines = [json.dumps(ROW), json.dumps(ROW | said)]
    (tmp_path / "all.jsonl").write_text("\n".join(lines))
    with pytest.raises(BadOption, match=r"^all.jsonl line 2: Expected"):
        list(read_vectors(tmp_path / "all.jsonl"))


def test_a_name_beside_numbers_that_cannot_be_kept_is_named_by_its_row(tmp_path: Path) -> None:
    np.save(tmp_path / "them.npy", unit(3))
    (tmp_path / "them.txt").write_text("Ann\n\n..\n")
    with pytest.raises(BadOption, match=r"^them.npy row 2: Expected a name"):
        list(read_vectors(tmp_path / "them.npy"))


def test_ids_of_others_say_nothing(tmp_path: Path) -> None:
    rows = [ROW | {"id": each} for each in (7, "7", "0" * 33, "A" * 32, "a" * 32 + "\n")]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert {got.id for got in read_vectors(tmp_path / "all.jsonl")} == {""}


def test_what_is_null_was_not_said(tmp_path: Path) -> None:
    nulls = dict.fromkeys(("id", "subject", "metadata", "box", "quality", "added"))
    (tmp_path / "all.jsonl").write_text(json.dumps(ROW | nulls))
    (got,) = read_vectors(tmp_path / "all.jsonl")
    assert (got.subject, got.metadata, got.box, got.quality) == ("", {}, (0, 0, 0, 0), 1.0)
    assert (got.id, got.added) == ("", None)


def test_files_in_other_encodings_or_shapes_and_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(json.dumps(ROW).encode() + b'\n{"subject": "Zo\xeb"}')
    (tmp_path / "empty.npy").write_bytes(b"")
    np.save(tmp_path / "number.npy", np.float32(1))
    np.save(tmp_path / "complex.npy", np.ones((2, 512), np.complex64))
    np.save(tmp_path / "names.npy", unit(1))
    (tmp_path / "names.txt").write_bytes(b"Zo\xeb\n")
    (tmp_path / "folder.parquet").mkdir()
    files = ["latin.jsonl", "empty.npy", "number.npy", "complex.npy", "names.npy"]
    for name in [*files, "folder.parquet", "no.npy", "no.jsonl", "no.parquet"]:
        with pytest.raises(BadOption, match=r"[Ee]xpected"):
            list(read_vectors(tmp_path / name))


def test_a_line_without_end_is_not_read_whole(tmp_path: Path) -> None:
    rows = tmp_path / "all.jsonl"
    rows.write_text(f"{json.dumps(ROW)}\n{json.dumps(ROW)}{' ' * LONGEST}")
    vectors = read_vectors(rows)
    next(vectors)
    with pytest.raises(BadOption, match=f"all.jsonl: expected lines of at most {LONGEST} char"):
        next(vectors)


def test_no_more_names_are_read_than_there_are_vectors(tmp_path: Path) -> None:
    np.save(tmp_path / "faces.npy", unit(1))
    (tmp_path / "faces.txt").write_text(f"Ann\nBob\n{'x' * (LONGEST + 1)}")
    with pytest.raises(BadOption, match=r"faces.txt: expected 1 lines, got more"):
        list(read_vectors(tmp_path / "faces.npy"))
    (tmp_path / "faces.txt").write_text("x" * (LONGEST + 1))
    with pytest.raises(BadOption, match=r"faces.txt: expected lines of at most"):
        list(read_vectors(tmp_path / "faces.npy"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name, data in (("a.npy", b"no"), ("a.parquet", b"no"), ("a.txt", b"no")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadOption, match=r"[Ee]xpected"):
            list(read_vectors(tmp_path / name))
    np.save(tmp_path / "b.npy", unit(2))
    (tmp_path / "b.txt").write_text("Ann\n")
    with pytest.raises(BadOption, match="2 lines, got 1"):
        list(read_vectors(tmp_path / "b.npy"))
