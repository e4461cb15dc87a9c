"""직원용 채점 | Staff's checks: a base with other weights, MobileNetV2's structure, other layers to freeze."""

import pytest

from grader.award import T, expect

STRATEGIES = (1, 2, 3)


def base_slice(model, given):
    """Where the base's variables are among the model's, by their shapes."""
    shapes = [tuple(weight.shape) for weight in given.weights]
    found = [tuple(weight.shape) for weight in model.weights]
    starts = range(len(found) - len(shapes) + 1)
    start = next((s for s in starts if found[s : s + len(shapes)] == shapes), None)
    expect.that(
        start is not None, T("base의 레이어가 없습니다.", "The layers of base are not there."), hint="base_inside"
    )
    return slice(start, start + len(shapes))


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs(
    "strategy1_fresh",
    "strategy1_trains",
    "strategy2_weights",
    "strategy2_trains",
    "strategy3_weights",
    "strategy3_trains",
    "mobilenet",
)
def test_hidden_strategies(facts, reference, inputs):
    """다른 base와 다른 부류 수 | Another base and another number of classes"""
    given, scale = facts.models["given_base"], float(inputs["hidden.scale"])
    for strategy in STRATEGIES:
        name = f"hidden.build_transfer_model.{strategy}"
        facts.step(name)
        model = facts.models[name]
        what = T(f"전략 {strategy}: 출력의 모양", f"Strategy {strategy}: output shape")
        wanted = (None, int(inputs["hidden.num_classes"]))
        expect.equal(tuple(model.output_shape), wanted, what=what, hint="model_outputs")
        base = model.weights[base_slice(model, given)]
        kept = [
            abs(mine.mean - scale * theirs.mean) <= 1e-5 + 1e-4 * abs(theirs.mean)
            and abs(mine.std - scale * theirs.std) <= 1e-5 + 1e-4 * theirs.std
            for mine, theirs in zip(base, given.weights, strict=True)
        ]
        what = T(f"전략 {strategy}: base의 가중치", f"Strategy {strategy}: the weights of base")
        hint = f"strategy{strategy}_fresh" if strategy == 1 else f"strategy{strategy}_weights"
        expect.that(not any(kept) if strategy == 1 else all(kept), what, hint=hint)
        trainable = sum(weight.trainable for weight in base)
        everything = sum(weight.trainable for weight in given.weights)
        right = {1: trainable == everything, 2: 0 < trainable < everything, 3: trainable == 0}[strategy]
        what = T(f"전략 {strategy}: 훈련되는 변수", f"Strategy {strategy}: trainable variables")
        expect.that(right, what, actual=trainable, hint=f"strategy{strategy}_trains")
    check_real(facts, reference.real["MobileNetV2"], "hidden.real.MobileNetV2")


def check_real(facts, real, case):
    """Trainable parameters of the base, whether it is one layer or a run of layers."""
    for strategy in STRATEGIES:
        facts.step(f"{case}.{strategy}")
        rows = [row for row in facts.models[f"{case}.{strategy}"].fact.layers if row.parameters]
        wanted = list(real.layer_parameters)
        runs = [rows[s : s + len(wanted)] for s in range(len(rows) - len(wanted) + 1)]
        runs = [run for run in runs if [row.parameters for row in run] == wanted]
        runs += [[row] for row in rows if row.parameters == real.parameters]
        what = T(f"{case}: 전략 {strategy}", f"{case}: strategy {strategy}")
        expect.that(runs, what, hint="base_inside")
        inside = sum(row.trainable_parameters for row in runs[0])
        right = {1: inside == real.trainable, 2: 0 < inside < real.trainable, 3: inside == 0}[strategy]
        expect.that(right, what, actual=inside, hint="mobilenet")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("freeze_until", "trainable_parameter_count")
def test_hidden_freezing(facts, reference, inputs):
    """freeze_until과 개수: 다른 레이어 | freeze_until and the count: other layers"""
    given = facts.models["given_base"].fact.layers
    for name in sorted(inputs):
        if name.startswith("hidden.freeze_until."):
            facts.step(name)
            place = int(inputs[name])
            wanted = [0 if i < place else row.trainable_parameters for i, row in enumerate(given)]
            found = [row.trainable_parameters for row in facts.models[name].fact.layers]
            expect.equal(found, wanted, what=f'freeze_until(base, "{given[place].name}")', hint="freeze_until")
        elif name.startswith("hidden.trainable_parameter_count."):
            frozen, units = map(int, inputs[name])
            base = reference.given_base
            wanted = sum(list(base.trainable_by_layer)[frozen:]) + (base.channels + 1) * units
            expect.equal(facts.value(name), wanted, what=name, hint="trainable_parameter_count")
