"""The cards of the networks that find lines of text and read them."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

_RAPIDOCR: Final = Artefact(
    file="rapidocr_onnxruntime-1.4.4-py3-none-any.whl",
    sha256="971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf",
    bytes=14_915_192,
    sources=("pypi:rapidocr-onnxruntime==1.4.4",),
)
_PADDLE: Final = "PaddlePaddle/PaddleOCR (PP-OCRv4, mobile), Apache-2.0; training data not stated "
_PADDLE_WORK: Final = f"{_PADDLE}in the package"

TEXT: Final = (
    ModelCard(
        name="text-detection",
        task=Task.TEXT,
        file="text_detection.onnx",
        sha256="d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
        bytes=4_745_517,
        artefact=_RAPIDOCR,
        member="rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx",
        reference=Reference(
            shape=(1, 3, 320, 320),
            # Only what is as glaring as this looks like text.
            mul=128,
            add=-64,
            firsts=((),),
            means=(0.108621,),
            tolerance=1e-3,
        ),
        licence="Apache-2.0",
        upstream=_PADDLE_WORK,
        input="x: float32 (batch, 3, height, width), BGR / 127.5 - 1; sides multiples of 32",
        output="sigmoid_0.tmp_0 (batch, 1, height, width): how probably each place is text",
    ),
    ModelCard(
        name="text-reading",
        task=Task.TEXT,
        file="text_reading.onnx",
        sha256="48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
        bytes=10_857_958,
        artefact=_RAPIDOCR,
        member="rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
        build=("onnx", "tell:character"),
        reference=Reference(
            shape=(1, 3, 48, 320),
            mul=2,
            add=-1,
            firsts=((0.13506, 0.00006, 0.00001, 0.00001), (39, 30103, 32474, 35802)),
            means=(0.00015094,),
        ),
        licence="Apache-2.0",
        upstream=_PADDLE_WORK,
        input="x: float32 (batch, 3, 48, width), BGR / 127.5 - 1; width a multiple of 8",
        output="softmax_11.tmp_0 (batch, width / 8, 6625): blank, 6,623 letters, space; character "
        "(6623,): the code points of the letters",
    ),
)
