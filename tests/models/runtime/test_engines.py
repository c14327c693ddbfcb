from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.errors import (
    LicenceNotAcknowledged,
    UnknownModel,
    WeightsCorrupt,
    WeightsMissing,
)
from foveate.models.runtime.buckets import BUCKETS, bucket_for
from foveate.models.runtime.engines import (
    VARIANTS,
    blobs_for,
    decide,
    fell_back,
    open_model,
)
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.parity import Measure, Parity
from foveate.models.supply.cards import CARDS
from foveate.settings import Engine, Models, Runtime
from network_stand import negation, network_card, own_card

if TYPE_CHECKING:
    from pathlib import Path

GOOD = Measure("cosine", 0.999, 0.995, at_least=True)
BAD = Measure("cosine", 0.9, 0.995, at_least=True)


def parity(measure: Measure = GOOD, gain: float = 2.0) -> Parity:
    return Parity(
        card="net", stamp={}, measures=(measure,), onnxruntime_ms=10 * gain, openvino_ms=10
    )


@pytest.fixture
def settings(tmp_path: Path) -> Models:
    return Models(folder=str(tmp_path))


ORT, OPENVINO = ("onnxruntime", "f32"), ("openvino", "f32")
BF16 = ("openvino", "bf16")


@pytest.mark.parametrize(
    ("engine", "found", "here", "bf16", "expected", "because"),
    [
        ("auto", parity(), True, True, BF16, "2.00x as fast, and as good"),
        ("auto", parity(), True, False, ORT, "neither AMX-BF16 nor AVX512-BF16"),
        ("auto", parity(), False, True, ORT, "not installed"),
        ("auto", None, True, True, ORT, "not checked"),
        ("auto", parity(BAD), True, True, ORT, "cosine 0.9000 (>= 0.995)"),
        ("auto", parity(gain=1.1), True, True, ORT, "1.10x as fast"),
        ("auto", parity(gain=0.5), True, True, ORT, "0.50x as fast"),
        ("onnxruntime", parity(), True, True, ORT, "runtime.engine=onnxruntime"),
        ("openvino", parity(), True, True, BF16, "bf16 is as good"),
        ("openvino", parity(gain=0.5), True, True, BF16, "bf16 is as good"),
        ("openvino", parity(BAD), True, True, OPENVINO, "bf16 is not as good"),
        ("openvino", None, True, True, OPENVINO, "foveate doctor --check"),
        ("openvino", parity(), False, True, ORT, "not installed"),
    ],
)
def test_which_engine_and_why(
    engine: str, found: Parity | None, here: bool, bf16: bool, expected: object, because: str
) -> None:
    choice = decide("net", Runtime(engine=engine), found, installed=here, bf16=bf16)
    assert (choice.engine, choice.precision) == expected
    assert because in choice.why
    assert choice.card == "net"


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_another_provider_rules_openvino_out(provider: str) -> None:
    for engine in Engine:
        runtime = Runtime(engine=engine, provider=provider)
        choice = decide("net", runtime, parity(), installed=True, bf16=True)
        assert choice.engine is Engine.ONNXRUNTIME
        assert provider in choice.why


def test_a_network_may_have_a_variant_for_onnxruntime() -> None:
    slow = decide("gaze", Runtime(), None, installed=True, bf16=True)
    assert (slow.card, slow.precision) == ("gaze-int8", "int8")
    fast = decide("gaze", Runtime(), parity(), installed=True, bf16=True)
    assert (fast.card, fast.precision) == ("gaze", "bf16")


def test_the_tables_are_about_cards_that_there_are() -> None:
    names = {card.name for card in CARDS}
    assert {*VARIANTS, *(variant.card for variant in VARIANTS.values()), *BUCKETS} <= names


def test_open_model_checks_before_it_loads(settings: Models) -> None:
    path = own_card(settings, "negation", negation())
    with pytest.raises(UnknownModel, match="got nobody"):
        open_model("nobody", settings, Runtime())
    with pytest.raises(WeightsMissing, match="foveate models pull negation"):
        open_model("negation", settings, Runtime())
    path.write_bytes(negation()[:-1] + b"\x0c")
    with pytest.raises(WeightsCorrupt, match="foveate models pull negation") as refused:
        open_model("negation", settings, Runtime())
    assert refused.value.public == (
        "The weights of negation are damaged. Fetch them anew: foveate models pull negation"
    )
    assert str(refused.value) == (
        f"The weights of negation are damaged: {path} does not have the sha256 of its card. "
        "Fetch them anew: foveate models pull negation"
    )
    path.write_bytes(negation())
    assert open_model("negation", settings, Runtime()).provider == "CPUExecutionProvider"


def test_a_network_on_disk_still_needs_its_licence_acknowledged(settings: Models) -> None:
    path = own_card(settings, "negation", negation(), acknowledge="careful")
    path.write_bytes(negation())
    with pytest.raises(LicenceNotAcknowledged):
        open_model("negation", settings, Runtime())
    known = replace(settings, acknowledged_licences=("careful",))
    assert open_model("negation", known, Runtime()).provider


def test_an_engine_that_was_asked_for_and_not_obtained_is_warned_about(
    settings: Models, caplog: pytest.LogCaptureFixture
) -> None:
    own_card(settings, "negation", negation()).write_bytes(negation())
    open_model("negation", settings, Runtime(engine="openvino", provider="cuda"))
    assert "runtime.engine=openvino: negation runs in onnxruntime" in caplog.text


@pytest.mark.parametrize(
    ("provider", "runtime", "back"),
    [
        ("CPUExecutionProvider", Runtime(), False),
        ("openvino CPU bf16", Runtime(), False),
        ("openvino CPU f32", Runtime(engine="openvino"), False),
        ("CPUExecutionProvider", Runtime(engine="openvino"), True),
        ("CPUExecutionProvider", Runtime(engine="onnxruntime"), False),
        ("CPUExecutionProvider", Runtime(provider="cuda"), True),
        ("CUDAExecutionProvider", Runtime(provider="cuda"), False),
        ("CUDAExecutionProvider", Runtime(provider="tensorrt"), True),
        ("CUDAExecutionProvider", Runtime(provider="cuda", engine="openvino"), True),
    ],
)
def test_only_what_was_named_and_not_obtained_is_a_fall_back(
    provider: str, runtime: Runtime, back: bool
) -> None:
    assert fell_back(provider, runtime) is back


@pytest.mark.skipif(not installed(), reason="OpenVINO is not installed")
def test_openvino_runs_what_it_is_asked_to(settings: Models) -> None:
    own_card(settings, "negation", negation(None, 3)).write_bytes(negation(None, 3))
    session = open_model("negation", settings, Runtime(engine="openvino"))
    assert session.provider == "openvino CPU f32"
    assert session.shapes == ((1, 3),)


def test_what_was_compiled_of_other_weights_goes(settings: Models, tmp_path: Path) -> None:
    first = blobs_for(network_card("net", b"one"), settings, "bf16")
    assert first is not None
    first.mkdir(parents=True)
    (first / "1.blob").touch()
    assert blobs_for(network_card("net", b"one"), settings, "f32") == first.parent / "f32"
    assert (first / "1.blob").exists()
    second = blobs_for(network_card("net", b"two"), settings, "bf16")
    assert second != first
    assert not first.parent.exists()
    assert (
        blobs_for(network_card("net", b"two"), replace(settings, folder="/nowhere"), "f32") is None
    )
    assert tmp_path in first.parents


SHAPES = BUCKETS["retinaface"].shapes


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (480, 640, (480, 640)),
        (427, 640, (480, 640)),
        (640, 427, (640, 480)),
        (360, 640, (480, 640)),
        (1, 640, (480, 640)),
        (512, 640, (640, 640)),
        (640, 640, (640, 640)),
        (160, 200, (320, 320)),
        (1, 1, (320, 320)),
        (641, 100, None),
    ],
)
def test_the_smallest_bucket_that_holds_a_picture(
    height: int, width: int, expected: tuple[int, int] | None
) -> None:
    assert bucket_for(SHAPES, height, width) == expected


def test_without_buckets_a_picture_goes_as_it_is() -> None:
    assert bucket_for([], 10, 10) is None
