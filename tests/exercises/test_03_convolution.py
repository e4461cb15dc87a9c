"""The convolution exercise: its expected values have two sources, which agree."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SLUG = "03_convolution"
REFERENCE = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
PADDING = ("valid", "same")


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t03_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inputs = load("exercises", SLUG, "inputs.py")
hidden_inputs = load("reference", SLUG, "hidden_inputs.py")
hidden_checks = load("reference", SLUG, "hidden_checks.py")
solution = load("solutions", SLUG, "convolution.py")
probe = load("exercises", SLUG, "probe.py")


def by_case(arrays: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    cases: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        case, _, argument = name.rpartition(".")
        cases.setdefault(case, {})[argument] = array
    return cases


#: Without what is there to be looked at only: nothing is expected of it.
PUBLIC = {case: given for case, given in by_case(inputs.make(0)).items() if ".picture_" not in case}


@pytest.mark.parametrize("case", PUBLIC)
def test_the_oracle_of_the_hidden_checks_gives_keras_numbers(case: str) -> None:
    function, _, label = case.partition(".")
    arguments = {k: v if v.ndim else int(v) for k, v in PUBLIC[case].items()}
    ours = hidden_checks.EXPECTED[function](**arguments)
    np.testing.assert_allclose(ours, REFERENCE[function][label], atol=1e-6)


def test_every_expected_value_has_its_input_and_the_other_way_round() -> None:
    names = {f"{f}.{label}" for f in hidden_checks.EXPECTED for label in REFERENCE[f]}
    assert names == set(PUBLIC)


@pytest.mark.parametrize(
    ("function", "label", "number"),
    [
        ("conv_output_shape", "cifar10", [30, 30, 64]),
        ("conv_output_shape", "cifar10_second", [13, 13, 32]),
        ("conv_output_shape", "cats_vs_dogs", [126, 126, 32]),
        ("conv_parameter_count", "cifar10", 1792),
        ("conv_parameter_count", "cifar10_second", 18464),
        ("conv_parameter_count", "cats_vs_dogs", 896),
        ("conv_parameter_count", "cats_vs_dogs_second", 18496),
    ],
)
def test_the_chapters_numbers(function: str, label: str, number: Any) -> None:
    assert REFERENCE[function][label] == number
    chapter = ROOT.parent / "shared" / "chapter" / "chapter10.ko.txt"
    if chapter.exists():
        shown = f"(None, {', '.join(map(str, number))})" if isinstance(number, list) else str(number)
        assert shown in chapter.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_solution_passes_the_hidden_cases_of_any_seed(seed: int) -> None:
    for case, arguments in by_case(hidden_inputs.make(seed)).items():
        function = case.split(".")[1]
        given = {k: probe.decode(k, v) for k, v in arguments.items()}
        plain = {k: v if v.ndim else int(v) for k, v in arguments.items()}
        result = getattr(solution, function)(**given)
        np.testing.assert_allclose(result, hidden_checks.EXPECTED[function](**plain), atol=1e-9)


def test_hidden_inputs_are_named_hidden_and_differ_from_the_public_ones() -> None:
    hidden = hidden_inputs.make(0)
    assert all(name.startswith("hidden.") for name in hidden)
    public = {array.tobytes() for name, array in inputs.make(0).items() if name.endswith(("image", "map"))}
    assert not public & {array.tobytes() for array in hidden.values()}


def test_public_inputs_hang_on_no_seed_because_the_expected_values_do_not() -> None:
    first, second = inputs.make(0), inputs.make(5)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_same_case_needs_more_zeros_at_the_end_than_at_the_start() -> None:
    """The traps are there: symmetric padding of these cases gives other numbers."""
    for label in ("same_even", "same_stride2"):
        arguments: dict[str, Any] = {k: v if v.ndim else int(v) for k, v in PUBLIC[f"conv2d.{label}"].items()}
        image, kernel = arguments["image"], arguments["kernel"]
        flipped = hidden_checks.expected_conv2d(
            image[::-1, ::-1], kernel[::-1, ::-1], arguments.get("stride", 1), arguments["padding"]
        )[::-1, ::-1]
        assert not np.allclose(flipped, REFERENCE["conv2d"][label], atol=1e-3)


class TestLibraries:
    """``probe.libraries`` sees what a function uses, not what its module imports."""

    def find(self, text: str) -> set[str]:
        namespace: dict[str, Any] = {"__name__": "convolution"}
        exec(text, namespace)
        found: set[str] = probe.libraries(namespace["conv2d"])
        return found

    def test_an_unused_import_is_fine(self) -> None:
        text = "import numpy as np, math\nimport pydantic\ndef conv2d(a, k):\n    return np.sum(a) * math.pi\n"
        assert self.find(text) == set()

    def test_a_used_module_is_named(self) -> None:
        assert self.find("import pydantic as p\ndef conv2d(a, k):\n    return p.VERSION\n") == {"pydantic"}

    def test_an_import_inside_a_helper_is_named(self) -> None:
        text = (
            "def conv2d(a, k):\n    return helper(a)\ndef helper(a):\n    from pydantic import v1\n    return v1\n"
        )
        assert self.find(text) == {"pydantic"}

    def test_a_function_of_a_library_is_named(self) -> None:
        text = "from pydantic import validate_call as f\ndef conv2d(a, k):\n    return [f(x) for x in a]\n"
        assert self.find(text) == {"pydantic"}

    def test_helpers_constants_and_classes_of_ones_own_are_fine(self) -> None:
        text = (
            "import numpy as np\nfrom numpy.lib.stride_tricks import as_strided\nSIZE = 3\nEYE = np.eye(3)\n"
            "class Box: pass\ndef helper(a):\n    return conv2d(a, SIZE), Box, EYE, as_strided\n"
            "def conv2d(a, k):\n    return helper(a)\n"
        )
        assert self.find(text) == set()
