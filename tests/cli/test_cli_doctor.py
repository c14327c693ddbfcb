from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from c2pa_files import identity
from rich.console import Console
from typer import Typer
from typer.testing import CliRunner

from foveate.cli.doctor import checked, doctor, picture_of
from foveate.cli.examination import Severity, examine
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.parity import Measure, Parity, keep, stamp
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.built import record_of
from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.weights import FileState, catalogue, folder, verify, where
from foveate.settings import Caching, Credentials, Models, Runtime, Server, Settings, Signing, load
from network_stand import negation, own_card

DATA = b"a detector, as far as anybody looks"
needs_bf16 = pytest.mark.skipif(
    not (installed() and this_processor().bf16), reason="needs OpenVINO and a bf16 processor"
)
app = Typer()
app.command()(doctor)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a machine where a detector of the operator's own is all that was fetched."""
    folder = tmp_path / "models"
    (folder / "cards").mkdir(parents=True)
    sha256 = hashlib.sha256(DATA).hexdigest()
    (folder / "cards" / "retinaface.toml").write_text(
        f'name = "retinaface"\ntask = "faces"\nfile = "mine.onnx"\nbytes = {len(DATA)}\n'
        f'licence = "MIT"\nupstream = "me"\n'
        f'[artefact]\nfile = "mine.onnx"\nsha256 = "{sha256}"\nsources = ["file:/nowhere"]\n'
    )
    (folder / "mine.onnx").write_bytes(DATA)
    return Settings(
        models=Models(folder=str(folder)),
        caching=Caching(folder=str(tmp_path / "cache"), disk_bytes=1),
    )


def findings(settings: Settings) -> list[str]:
    return [f"{found.severity} {found.what}" for found in examine(settings).findings]


def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", settings.models.folder)
    monkeypatch.setenv("FOVEATE_CACHING__FOLDER", settings.caching.folder)
    return CliRunner().invoke(app, list(words))


def test_a_machine_with_what_it_needs_is_healthy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(settings, monkeypatch)
    assert result.exit_code == 0
    for words in ("python", "libvips", "onnxruntime", "processor", "memory", "retinaface"):
        assert words in result.stdout
    assert "foveate models pull" in result.stdout, "the other networks"


def test_without_the_detector_it_is_not_and_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(settings.models.folder, "mine.onnx").unlink()
    result = run(settings, monkeypatch)
    assert result.exit_code == 1
    assert "broken" in result.stdout
    assert "foveate models pull retinaface" in result.stdout


def test_what_was_not_fetched_is_told_by_set_with_what_fetches_it(settings: Settings) -> None:
    own_card(settings.models, "own", negation())
    cures = {each.cure: each.what for each in examine(settings).findings}
    assert "gaze-int8" in cures["foveate models pull core"]
    assert "isnet" not in cures["foveate models pull core"], "its licence is not acknowledged"
    assert "mobilefacenet" in cures["foveate models pull people"]
    assert cures["foveate models pull own"] == "not fetched: own"


def test_corrupt_weights_are_broken(settings: Settings) -> None:
    Path(settings.models.folder, "mine.onnx").write_bytes(b"other")
    found = examine(settings)
    assert not found.healthy
    assert "broken retinaface is corrupt" in findings(settings)


def test_programs_read_json(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(run(settings, monkeypatch, "--json").stdout)
    assert found["healthy"] is True
    assert found["versions"].keys() == {"python", "foveate", "libvips", "onnxruntime", "openvino"}
    networks = {row["name"]: row for row in found["networks"]}
    assert networks["retinaface"]["state"] == "ok"
    assert networks["retinaface"]["choice"]["engine"] == "onnxruntime"
    assert networks["gaze"]["choice"]["card"] == "gaze-int8"
    assert networks["isnet"]["allowed"] is False
    assert networks["liveness"]["pull"] == "people"
    assert "gaze-int8" not in networks, "nobody asks for it by name"
    assert found["folders"]["models"]["path"] == settings.models.folder
    assert found["processor"]["cores"] >= 1


def shown(settings: Settings) -> str:
    """Return the examination as it stands on a narrow screen."""
    console = Console(width=80, record=True, highlight=False)
    with console.capture() as captured:
        console.print(picture_of(examine(settings)))
    return captured.get()


def test_a_reason_that_networks_share_is_said_once(settings: Settings) -> None:
    shared = replace(settings, runtime=Runtime(engine="onnxruntime"))
    text = " ".join(shown(shared).split())
    assert text.count("runtime.engine=onnxruntime") == 1
    assert "all because runtime.engine=onnxruntime" in text


def test_parity_is_shown_with_its_times(settings: Settings) -> None:
    (card,) = (card for card in catalogue(settings.models) if card.name == "retinaface")
    measure = Measure("box IoU", 0.9987, 0.95, at_least=True)
    parity = Parity(
        card="retinaface",
        stamp=stamp(card, settings.runtime),
        measures=(measure,),
        onnxruntime_ms=20.0,
        openvino_ms=8.0,
    )
    keep([parity], settings.models)
    text = shown(settings)
    assert "20.0 ms" in text
    assert "8.0 ms" in text
    assert "2.50x" in text
    assert "box IoU 0.9987" in text
    assert max(map(len, text.splitlines())) <= 80


def test_nothing_is_checked_where_nothing_can_be(settings: Settings) -> None:
    assert checked(catalogue(settings.models), settings) == ()


@needs_bf16
def test_a_network_that_nobody_asks_for_need_not_be_tried(settings: Settings) -> None:
    reference = "task = 'attributes'\n[reference]\nshape = [1]\nfirsts = [[0.0]]\n[artefact]"
    for name in ("expression", "stranger"):
        own_card(settings.models, name, negation()).write_bytes(negation())
        toml = Path(settings.models.folder, "cards", f"{name}.toml")
        toml.write_text(toml.read_text().replace("[artefact]", reference))
    assert "warning not yet tried in OpenVINO: expression" in findings(settings)
    assert [parity.card for parity in checked(catalogue(settings.models), settings)] == [
        "expression"
    ]


@needs_bf16
@pytest.mark.models
def test_networks_are_tried_on_the_sample_portrait(tmp_path: Path) -> None:
    here, models = load(), Models(folder=str(tmp_path))
    for name in ("retinaface", "expression", "astronaut"):
        (card,) = choose(CARDS, [name])
        if verify(card, here.models) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull {name}")
        for file in (where(card, here.models), record_of(where(card, here.models))):
            link = tmp_path / file.relative_to(folder(here.models))
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(file)
    found = checked(
        choose(CARDS, ["retinaface", "expression", "astronaut"]), Settings(models=models)
    )
    assert [parity.card for parity in found] == ["retinaface", "expression"]
    assert all(parity.holds for parity in found)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"server": Server(host="0.0.0.0")}, "listens on 0.0.0.0"),  # noqa: S104
        ({"signing": Signing(keys=("short",))}, "1 of 1 signing keys are short"),
    ],
)
def test_unsafe_settings_are_warned_about(
    settings: Settings, change: dict[str, Any], what: str
) -> None:
    assert not any(what in found for found in findings(settings))
    assert any(what in found for found in findings(replace(settings, **change)))


@pytest.mark.parametrize(
    ("group", "values", "what"),
    [
        ("origins", {"allow": ("*",)}, "warning anybody may resize any picture"),
        ("origins", {"allow_private": True}, "warning origins may lead into the private network"),
        ("runtime", {"threads": 4096}, "warning runtime.threads=4096 on"),
        ("runtime", {"provider": "tensorrt"}, "warning runtime.provider=tensorrt runs on the CPU"),
        ("runtime", {"provider": "gpu"}, "broken runtime.provider is 'gpu'"),
        ("load", {"workers": 4096}, "warning load.workers=4096 on"),
        ("load", {"memory_bytes": 1 << 60}, "warning load.memory_bytes is more than"),
        ("caching", {"disk_bytes": 1 << 60}, "MiB are free for caches"),
    ],
)
def test_odd_settings_are_warned_about(
    settings: Settings, group: str, values: dict[str, Any], what: str
) -> None:
    odd = replace(settings, **{group: replace(getattr(settings, group), **values)})
    assert not any(what in found for found in findings(settings))
    assert any(what in found for found in findings(odd))


def test_a_public_proxy_may_allow_any_origin_when_it_signs(settings: Settings) -> None:
    public = replace(
        settings,
        origins=replace(settings.origins, allow=("*",)),
        server=Server(host="0.0.0.0"),  # noqa: S104
        signing=Signing(keys=("0123456789abcdef0123",)),
    )
    assert findings(public) == findings(settings)


def test_every_finding_says_what_to_do(settings: Settings) -> None:
    bad = replace(settings, runtime=Runtime(provider="gpu", threads=4096))
    found = examine(bad).findings
    assert {each.severity for each in found} == set(Severity)
    assert all(each.cure for each in found)


def test_credentials_that_cannot_sign_are_broken(settings: Settings, tmp_path: Path) -> None:
    missing = str(tmp_path / "chain.pem")
    credentials = Credentials(certificate=missing, key=missing)
    found = examine(replace(settings, credentials=credentials)).findings
    about = [each for each in found if "credentials" in each.what]
    assert [each.severity for each in about] == [Severity.BROKEN]
    assert "chain.pem" in about[0].what or "foveate[c2pa]" in about[0].cure


def test_credentials_that_can_sign_are_no_finding(settings: Settings, tmp_path: Path) -> None:
    signing = replace(settings, credentials=identity().settings(tmp_path))
    assert findings(signing) == findings(settings)
