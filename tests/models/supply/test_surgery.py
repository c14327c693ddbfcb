from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from models_stand import network
from onnx import helper, numpy_helper

from foveate.models.quiet import onnxruntime
from foveate.models.supply.surgery import (
    any_batch,
    any_size,
    expose,
    flush_tiny,
    linear_resize,
    prune,
    quantise,
    read,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import NDArray

RNG = np.random.default_rng(7)
node = helper.make_node


def say(model: onnx.ModelProto, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    session = onnxruntime().InferenceSession(model.SerializeToString())
    return list(session.run(None, {"x": x}))


def ones(*shape: int) -> NDArray[np.float32]:
    return np.ones(shape, np.float32)


def test_what_is_no_network_is_refused() -> None:
    assert read(network([node("Neg", ["x"], ["y"])], ["y"]).SerializeToString()).graph.node
    with pytest.raises(ValueError, match="expected an ONNX file"):
        read(b"<html>")


@pytest.mark.parametrize("shape", [[1, -1], [1, 32]])
def test_a_network_for_one_picture_takes_many(shape: list[int]) -> None:
    weights = {"shape": np.array(shape), "w": RNG.normal(size=(32, 3)).astype(np.float32)}
    nodes = [node("Reshape", ["x", "shape"], ["rows"]), node("MatMul", ["rows", "w"], ["y"])]
    model = network(nodes, ["y"], weights=weights)
    # Old exporters list the weights among the inputs.
    model.graph.input.append(helper.make_tensor_value_info("w", 1, [32, 3]))
    del model.graph.output[0].type.tensor_type.shape.dim[2:]
    x = RNG.normal(size=(3, 2, 4, 4)).astype(np.float32)
    singles = np.concatenate([x[i].reshape(1, 32) @ weights["w"] for i in range(3)])
    changed = any_batch(model)
    assert [value.name for value in changed.graph.input] == ["x"]
    np.testing.assert_allclose(say(changed, x)[0], singles, rtol=1e-5)


def test_constants_in_nodes_are_targets_too_and_inner_ones_stay() -> None:
    target = numpy_helper.from_array(np.array([1, 32]))
    nodes = [
        node("Constant", [], ["target"], value=target),
        node("Reshape", ["x", "target"], ["rows"]),
        node("Reshape", ["rows", "shape"], ["y"]),
    ]
    model = network(nodes, ["y"], weights={"shape": np.array([-1, 2, 4, 4])})
    x = RNG.normal(size=(2, 2, 4, 4)).astype(np.float32)
    np.testing.assert_array_equal(say(any_batch(model), x)[0], x)


def test_tiny_weights_become_zero_and_others_stay_as_they_are() -> None:
    weights = {
        "w": np.array([1e-40, -1e-13, 1e-11, 3], np.float32),
        "half": np.array([1e-7], np.float16),
    }
    model = flush_tiny(network([node("Mul", ["x", "w"], ["y"])], ["y"], weights=weights))
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    np.testing.assert_array_equal(kept["w"], np.array([0, 0, 1e-11, 3], np.float32))
    np.testing.assert_array_equal(kept["half"], weights["half"])


def test_pruning_keeps_what_the_outputs_need_in_an_order_that_runs() -> None:
    nodes = [
        node("Add", ["a", "b"], ["y"]),  # before what it needs
        node("Mul", ["x", "w"], ["a"]),
        node("Neg", ["x"], ["b"]),
        node("Mul", ["x", "unused"], ["side"]),
    ]
    weights = {"w": np.array([3], np.float32), "unused": np.array([9], np.float32)}
    model = prune(network(nodes, ["side", "y"], weights=weights), "y")
    assert [value.name for value in model.graph.output] == ["y"]
    assert [one.name for one in model.graph.initializer] == ["w"]
    assert len(model.graph.node) == 3
    np.testing.assert_array_equal(say(model, ones(1, 2, 4, 4))[0], 2 * ones(1, 2, 4, 4))


def test_pruning_to_what_is_no_output_names_what_is() -> None:
    with pytest.raises(ValueError, match="expected outputs of y; got z"):
        prune(network([node("Neg", ["x"], ["y"])], ["y"]), "z")


def resizing(side: int) -> onnx.ModelProto:
    """Return a network that halves and resizes, with the sizes of one picture written in."""
    ends = {"from": np.array([0]), "to": np.array([2]), "sides": np.array([side, side])}
    nodes = [
        node("MaxPool", ["x"], ["half"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", ["half"], ["shape"]),
        node("Slice", ["shape", "from", "to"], ["start"]),
        node("Concat", ["start", "sides"], ["size"], axis=0),
        node("Resize", ["half", "", "", "size"], ["y"], mode="linear", name="grow"),
    ]
    model = network(nodes, ["y"], weights=ends)
    for axis in (2, 3):
        model.graph.output[0].type.tensor_type.shape.dim[axis].dim_value = side
    return model


def test_a_network_with_one_size_written_in_takes_every_size() -> None:
    x = RNG.normal(size=(1, 2, 4, 4)).astype(np.float32)
    before = say(resizing(4), x)[0]
    changed = any_size(resizing(4))
    assert [one.op_type for one in changed.graph.node] == ["MaxPool", "Resize"]
    np.testing.assert_array_equal(say(changed, x)[0], before)
    assert say(changed, ones(1, 2, 6, 10))[0].shape == (1, 2, 6, 10)


def test_a_network_that_resizes_by_something_else_keeps_its_size() -> None:
    with pytest.raises(ValueError, match=r"expected grow to double \[2, 2\], got \[6, 6\]"):
        any_size(resizing(6))


def test_cubic_interpolation_becomes_linear() -> None:
    scales = {"twice": np.array([1, 1, 1, 2], np.float32)}
    grow = node("Resize", ["x", "", "twice"], ["y"], mode="cubic", cubic_coeff_a=-0.5)
    x = np.array([0, 4, 4], np.float32).reshape(1, 1, 1, 3)
    cubic = network([grow], ["y"], shape=x.shape, weights=scales)
    assert say(cubic, x)[0].max() > 4
    assert say(linear_resize(cubic), x)[0].ravel().tolist() == [0, 1, 3, 4, 4, 4]


def test_an_inner_tensor_becomes_the_last_output() -> None:
    nodes = [node("Neg", ["x"], ["inner"]), node("Abs", ["inner"], ["y"])]
    answers = say(expose(network(nodes, ["y"]), "inner", "tokens"), ones(1, 2, 4, 4))
    np.testing.assert_array_equal(answers[1], -answers[0])
    with pytest.raises(ValueError, match="expected a tensor of the network, got other"):
        expose(network(nodes, ["y"]), "other", "tokens")


def weight_kinds(model: onnx.ModelProto) -> Sequence[Any]:
    weights = (numpy_helper.to_array(one) for one in model.graph.initializer)
    return [values.dtype for values in weights if values.size > 100]


def test_products_of_matrices_in_8_bits_say_nearly_the_same() -> None:
    weights = {"w": RNG.normal(size=(32, 16)).astype(np.float32)}
    model = network([node("MatMul", ["x", "w"], ["y"])], ["y"], shape=("n", 32), weights=weights)
    x = RNG.normal(size=(5, 32)).astype(np.float32)
    small = quantise(model)
    assert weight_kinds(small) == [np.int8]
    exact = x @ weights["w"]
    off = np.abs(say(small, x)[0] - exact)
    assert 0 < off.max() < 0.05 * np.abs(exact).max()


def test_a_network_tells_the_letters_in_its_metadata() -> None:
    model = network([node("Neg", ["x"], ["y"])], ["y"])
    helper.set_model_props(model, {"character": "a\nß\n猫\n\u3000\n"})
    x = RNG.normal(size=(1, 2, 4, 4)).astype(np.float32)
    y, codes = say(tell(model, "character"), x)
    np.testing.assert_array_equal(y, -x)
    assert "".join(map(chr, codes.astype(int))) == "aß猫\u3000"


@pytest.mark.parametrize("letters", [None, "", "a\nbc\n", "a\n\nb"])
def test_what_is_no_list_of_letters_is_refused(letters: str | None) -> None:
    model = network([node("Neg", ["x"], ["y"])], ["y"])
    if letters is not None:
        helper.set_model_props(model, {"character": letters})
    with pytest.raises(ValueError, match="expected a letter on each line of character"):
        tell(model, "character")
