"""Where weights lie, and whether they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models_stand import WEIGHTS, card_for

from foveate.models.supply.cards import CARDS
from foveate.models.supply.weights import (
    FileState,
    catalogue,
    folder,
    has_its_length,
    verify,
    where,
)
from foveate.settings import Models

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_folder_is_the_setting_or_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert folder(Models()) == tmp_path / "foveate" / "models"
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert folder(Models(folder="~/nets")) == tmp_path / "me" / "nets"


def test_own_cards_join_the_catalogue_and_win(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir(parents=True)
    fact = f'bytes = 1\nlicence = "MIT"\nupstream = "me"\n[artefact]\nsha256 = "{"0" * 64}"\n'
    for name in ("mine", "retinaface"):
        text = f'name = "{name}"\n{fact}file = "{name}-2.onnx"\nsources = ["file:/x"]\n'
        (tmp_path / "cards" / f"{name}.toml").write_text(text)
    files = {card.name: card.file for card in catalogue(Models(folder=str(tmp_path)))}
    assert len(files) == len(CARDS) + 1
    assert files["mine"] == "mine-2.onnx"
    assert files["retinaface"] == "retinaface-2.onnx"


def test_a_file_is_right_by_its_bytes_and_known_to_be_cut_off_by_its_length(
    tmp_path: Path,
) -> None:
    card, settings = card_for(b"", "file:/nowhere"), Models(folder=str(tmp_path))
    path = where(card, settings)
    for data, state, whole in (
        (None, FileState.MISSING, False),
        (WEIGHTS, FileState.OK, True),
        (WEIGHTS[:-1], FileState.CORRUPT, False),
        (WEIGHTS[:-1] + b"?", FileState.CORRUPT, True),
    ):
        if data is not None:
            path.write_bytes(data)
        assert (verify(card, settings), has_its_length(card, settings)) == (state, whole)
