"""직원용 채점 | Staff's checks: every other model of the table is built and counted, and other conditions."""

from collections import Counter

import pytest

from grader.award import T, expect


def cases_of(inputs, prefix):
    """The hidden cases that begin with ``prefix``, each with its arguments."""
    cases = {}
    for name in sorted(inputs):
        case, _, argument = name.rpartition(".")
        if name.startswith(prefix):
            cases.setdefault(case, {})[argument] = inputs[name].item()
    assert cases, f"no hidden inputs {prefix}"
    return cases


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("build_parameters", "build_layers", "count_parameters")
def test_hidden_build(facts, reference, inputs):
    """build, count_parameters: 나머지 모델 | build, count_parameters: the other models"""
    for name in cases_of(inputs, "hidden.build.")["hidden.build"]:
        case, expected = f"hidden.build.{name}", reference.built[name]
        facts.step(case)
        model = facts.models[case]
        what = T(f"{name}의 매개 변수 수", f"Parameters of {name}")
        parameters = reference.models[name].parameters
        expect.equal(model.parameters, parameters, what=what, hint="build_parameters")
        kinds = Counter(row.type for row in model.fact.layers if row.parameters)
        layers = T(f"{name}: 레이어의 종류와 수", f"{name}: kinds and numbers of layers")
        expect.equal(dict(sorted(kinds.items())), dict(expected.layers), what=layers, hint="build_layers")
        counted = facts.value(f"hidden.count_parameters.{name}")
        expect.equal(counted, parameters, what=what, hint="count_parameters")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("choose_order", "choose_limits", "choose_empty")
def test_hidden_choose(facts, reference, inputs):
    """choose: 다른 조건 | choose: other conditions"""
    rows = reference.models
    for case, limits in cases_of(inputs, "hidden.choose.").items():
        expected = {
            name
            for name, row in rows.items()
            if row.size_mb <= limits.get("max_size_mb", float("inf"))
            and row.top1 >= limits.get("min_top1", 0)
            and row.parameters <= limits.get("max_parameters", float("inf"))
        }
        actual = list(facts.value(case, kind=list))
        what = f"choose({limits})"
        expect.equal(sorted(map(str, actual)), sorted(expected), what=what, hint="choose_limits")
        top1 = [rows[name].top1 for name in actual]
        expect.equal(top1, sorted(top1, reverse=True), what=f"{what}: top1", hint="choose_order")
