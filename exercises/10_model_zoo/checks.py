"""공개 채점 | The checks that students see. The textbook's table is in reference.json."""

from collections import Counter

import pytest

from grader.award import T, expect

BUILT = ("MobileNetV2", "ResNet50", "InceptionV3")


def names_of(names):
    """As a list to read, of a length to read."""
    shown = [str(name)[:40] for name in list(names)[:20]]
    if not shown:
        return T("없음", "none")
    text = ", ".join(shown) + (f" … ({len(names)})" if len(names) > 20 else "")
    return T(text, text)


def check_column(facts, reference, field, label, hint):
    """One column of the table, row by row."""
    rows = facts.value("MODELS", kind=dict)
    for name, expected in reference.models.items():
        row = rows.get(name)
        there = isinstance(row, dict) and field in row
        what = T(f"{name}의 {label.ko}({field})", f"{label.en} of {name} ({field})")
        missing = T(f"{name}의 행에 {field}가 없습니다.", f"The row of {name} has no {field}.")
        named = row if isinstance(row, dict) else ()
        expect.that(there, missing, expected=field, actual=names_of(named), hint=hint)
        if isinstance(expected[field], float):
            expect.close(row[field], expected[field], atol=1e-6, what=what, hint=hint)
        else:
            expect.equal(row[field], expected[field], what=what, hint=hint)


def check_built(facts, reference, name, case, hint):
    """All parameters of one built model."""
    facts.step(case)
    what = T(f"{name}의 매개 변수 수", f"Parameters of {name}")
    expect.equal(facts.models[case].parameters, reference.models[name].parameters, what=what, hint=hint)


def check_built_layers(facts, reference, name, case, hint):
    """Kinds and numbers of the layers with parameters, and the output's shape."""
    model, expected = facts.models[case], reference.built[name]
    kinds = Counter(row.type for row in model.fact.layers if row.parameters)
    what = T(
        f"{name}: 매개 변수가 있는 레이어의 종류와 수", f"{name}: kinds and numbers of layers with parameters"
    )
    expect.equal(dict(sorted(kinds.items())), dict(expected.layers), what=what, hint=hint)
    what = T(f"{name}: 출력의 모양", f"{name}: output shape")
    expect.equal(tuple(model.output_shape), tuple(expected.output_shape), what=what, hint=hint)


def check_counted(facts, reference, name, case, hint):
    """What count_parameters says of one model."""
    what = T(f"{name}의 매개 변수 수", f"Parameters of {name}")
    expect.equal(facts.value(case), reference.models[name].parameters, what=what, hint=hint)


def fitting(reference, limits):
    """Names of the models within ``limits``, best first."""
    rows = reference.models
    names = [
        name
        for name, row in rows.items()
        if row.size_mb <= limits.get("max_size_mb", row.size_mb)
        and row.top1 >= limits.get("min_top1", row.top1)
        and row.parameters <= limits.get("max_parameters", row.parameters)
    ]
    return sorted(names, key=lambda name: rows[name].top1, reverse=True)


def check_choice(facts, reference, inputs, case, hint):
    """One call of choose: the right models, and the most accurate first; models with equal top1 in any order."""
    limits = {}
    for name, array in inputs.items():
        call, _, argument = name.rpartition(".")
        if call == case:
            limits[argument] = array.item()
    call = "choose(" + ", ".join(f"{name}={value}" for name, value in limits.items()) + ")"
    expected, actual = fitting(reference, limits), list(facts.value(case, kind=list))
    same = sorted(map(str, actual)) == sorted(expected)
    expect.that(
        same,
        T(f"{call}: 맞는 모델이 아닙니다.", f"{call}: these are not the models that fit."),
        expected=names_of(expected),
        actual=names_of(actual),
        hint=hint,
    )
    top1 = [reference.models[name].top1 for name in actual]
    expect.that(
        top1 == sorted(top1, reverse=True),
        T(f"{call}: top1이 높은 순서가 아닙니다.", f"{call}: not in the order of top1, highest first."),
        expected=names_of(expected),
        actual=names_of(actual),
        hint="choose_order",
    )


@pytest.mark.points(1)
def test_models_names(facts, reference):
    """MODELS: 13개 모델의 이름 | MODELS: the names of the 13 models"""
    names, expected = set(facts.value("MODELS", kind=dict)), set(reference.models)
    missing, extra = names_of(sorted(expected - names)), names_of(sorted(names - expected))
    expect.that(
        names == expected,
        T("표에 있는 모델 13개의 이름과 다릅니다.", "These are not the names of the table's 13 models."),
        expected=T(f"빠진 이름: {missing.ko}", f"missing: {missing.en}"),
        actual=T(f"표에 없는 이름: {extra.ko}", f"not in the table: {extra.en}"),
        hint="models_names",
    )


@pytest.mark.points(1)
@pytest.mark.needs("models_names")
def test_models_sizes(facts, reference):
    """MODELS: 크기와 깊이 | MODELS: size and depth"""
    check_column(facts, reference, "size_mb", T("크기", "Size"), "models_sizes")
    check_column(facts, reference, "depth", T("깊이", "Depth"), "models_sizes")


@pytest.mark.points(1)
@pytest.mark.needs("models_names")
def test_models_accuracies(facts, reference):
    """MODELS: Top-1, Top-5 정확도 | MODELS: top-1 and top-5 accuracy"""
    check_column(facts, reference, "top1", T("Top-1 정확도", "Top-1 accuracy"), "models_accuracies")
    check_column(facts, reference, "top5", T("Top-5 정확도", "Top-5 accuracy"), "models_accuracies")


@pytest.mark.points(1)
@pytest.mark.needs("models_names")
def test_models_parameters(facts, reference):
    """MODELS: 매개 변수 수 | MODELS: parameters"""
    check_column(facts, reference, "parameters", T("매개 변수 수", "Parameters"), "models_parameters")


@pytest.mark.points(2)
def test_build_parameters(facts, reference):
    """build: 매개 변수 수 | build: parameters"""
    for name in BUILT:
        check_built(facts, reference, name, f"build.{name}", "build_parameters")


@pytest.mark.points(1)
@pytest.mark.needs("build_parameters")
def test_build_layers(facts, reference):
    """build: 레이어의 종류와 수 | build: kinds and numbers of layers"""
    for name in BUILT:
        check_built_layers(facts, reference, name, f"build.{name}", "build_layers")


@pytest.mark.points(1)
def test_count_parameters(facts, reference):
    """count_parameters: 매개 변수 수 | count_parameters: parameters"""
    for name in BUILT:
        check_counted(facts, reference, name, f"count_parameters.{name}", "count_parameters")


@pytest.mark.points(1)
def test_choose_order(facts, reference, inputs):
    """choose: 정확한 모델부터 | choose: the most accurate first"""
    check_choice(facts, reference, inputs, "choose.all", "choose_order")


@pytest.mark.points(2)
@pytest.mark.needs("choose_order")
def test_choose_limits(facts, reference, inputs):
    """choose: 크기, 정확도, 매개 변수의 조건 | choose: conditions on size, accuracy, parameters"""
    for case in ("phone", "middle", "accurate", "light", "small_and_accurate", "all_three"):
        check_choice(facts, reference, inputs, f"choose.{case}", "choose_limits")


@pytest.mark.points(1)
@pytest.mark.needs("choose_limits")
def test_choose_inclusive(facts, reference, inputs):
    """choose: 경계값을 포함한다 | choose: limits are inclusive"""
    for case in ("size", "parameters", "top1"):
        check_choice(facts, reference, inputs, f"choose.inclusive_{case}", "choose_inclusive")


@pytest.mark.points(1)
@pytest.mark.needs("choose_order")
def test_choose_empty(facts, reference, inputs):
    """choose: 맞는 모델이 없을 때 | choose: when no model fits"""
    for case in ("size", "top1", "together", "zero"):
        check_choice(facts, reference, inputs, f"choose.empty_{case}", "choose_empty")
