"""공개 채점 | The checks that students see: the textbook's table, compile settings, saving, learning."""

import pytest

from grader.award import T, expect


def handed_in(facts):
    """Whether a trained file came with the submission. Then it is measured, and train is not called."""
    fact = facts.record.models.get("submitted")
    return fact is not None and (fact.refused is None or fact.refused.kind != "missing")


def final_model(facts):
    """The network that is to recognise images: the file handed in, else what train made."""
    if handed_in(facts):
        return facts.models["submitted"]
    facts.step("train")
    return facts.models["trained"]


def compiled_model(facts):
    """After training if it is compiled there (train may do it), else as compile_model left it."""
    for name in ("submitted", "trained"):
        if name in facts.models and facts.models[name].fact.compiled is not None:
            return facts.models[name]
    facts.step("compile_model")
    return facts.models["untrained"]


def check_file(facts):
    """The file that was handed in comes from a training: Keras starts every bias at 0."""
    model = facts.models["submitted"]
    expect.that(
        model.finite,
        T("가중치에 NaN이나 무한대가 있습니다.", "There are weights that are NaN or infinite."),
        hint="learns",
    )
    biases = [weight for weight in model.weights if len(weight.shape) == 1]
    expect.that(
        biases and (biases[-1].std > 0 or biases[-1].mean != 0),
        T("마지막 편향이 모두 0입니다: 훈련되지 않았습니다.", "The last biases are all 0: this is untrained."),
        hint="learns",
    )


@pytest.mark.points(1)
def test_model_builds(facts):
    """build_model이 모델을 돌려준다 | build_model returns a model"""
    facts.step("build_model")
    shape = facts.models["untrained"].input_shape
    expect.equal(tuple(shape)[1:], (32, 32, 3), what=T("입력의 모양", "Input shape"), hint="model_builds")


@pytest.mark.points(2)
def test_layer_types(facts, reference):
    """레이어의 종류와 순서 | Kinds and order of the layers"""
    expect.layers(facts.layers, reference.layers, fields=("type",), hint="layer_types")


@pytest.mark.points(4)
@pytest.mark.needs("layer_types")
def test_layer_shapes(facts, reference):
    """레이어별 출력 모양 | Layer output shapes"""
    expect.layers(facts.layers, reference.layers, fields=("type", "output_shape", "config"), hint="layer_shapes")


@pytest.mark.points(2)
@pytest.mark.needs("layer_types")
def test_parameter_count(facts, reference):
    """매개 변수 453,786개 | 453,786 parameters"""
    hint = "parameter_count"
    expect.layers(facts.layers, reference.layers, fields=("type", "parameters"), hint=hint)
    model = facts.model
    expect.equal(model.parameters, reference.parameters, what=T("전체 매개 변수", "All parameters"), hint=hint)
    what = T("훈련되는 매개 변수", "Trainable parameters")
    expect.equal(model.trainable_parameters, reference.parameters, what=what, hint=hint)


@pytest.mark.points(2)
@pytest.mark.needs("layer_types")
def test_activations(facts, reference):
    """활성화 함수 | Activation functions"""
    expect.layers(facts.layers, reference.layers, fields=("type", "activation"), hint="activations")


@pytest.mark.points(3)
@pytest.mark.needs("model_builds")
def test_compile_settings(facts, reference):
    """컴파일 정보: 옵티마이저, 손실 함수, 정확도 | Compile settings: optimizer, loss, accuracy"""
    hint, model = "compile_settings", compiled_model(facts)
    settings, wanted = model.compiled, reference.compile
    expect.equal(settings.optimizer, wanted.optimizer, what=T("옵티마이저", "Optimizer"), hint=hint)
    expect.that(
        settings.loss in wanted.losses,
        T(
            "손실 함수가 부류가 여럿인 분류에 맞지 않습니다.",
            "The loss does not suit a classification of many classes.",
        ),
        expected=" / ".join(wanted.losses),
        actual=settings.loss,
        hint=hint,
    )
    # A network that ends in logits is wrong in test_activations; its from_logits=True is right then.
    softmax = len(model.layers) > 0 and model.layers[-1].activation == "softmax"
    expect.that(
        not (softmax and settings.from_logits),
        T(
            "마지막 레이어가 softmax인데 손실 함수에 from_logits=True가 있습니다.",
            "The last layer is softmax, and the loss has from_logits=True all the same.",
        ),
        expected="from_logits=False",
        actual="from_logits=True",
        hint=hint,
    )
    expect.measures_accuracy(settings, hint=hint)


@pytest.mark.points(2)
@pytest.mark.needs("model_builds")
def test_save_load_round_trip(facts, reference):
    """저장하고 다시 읽어도 같은 예측 | The same predictions after saving and loading"""
    facts.step("round_trip")
    before, model = facts.array("round_trip"), facts.models["untrained"]
    atol = reference.round_trip.tolerance
    expect.round_trip(before, model, "samples", atol=atol, hint="save_load_round_trip")


@pytest.mark.points(1)
@pytest.mark.needs("model_builds")
def test_train_history(facts):
    """train이 History를 돌려준다 | train returns a History"""
    if handed_in(facts):
        check_file(facts)  # train was not called: the file shows that there was a training
        return
    facts.step("train")
    facts.step("history")
    expect.history(facts.value("history"), epochs=facts.budget.epochs, hint="train_history")


@pytest.mark.points(2)
@pytest.mark.needs("activations")
def test_learns(facts, reference):
    """훈련으로 가중치가 변하고 손실이 줄어든다 | Training changes the weights and lowers the loss"""
    hint, model = "learns", final_model(facts)
    change = model.compare.largest_weight_difference if not handed_in(facts) else 0.0
    if not handed_in(facts):
        expect.that(
            change > reference.learning.smallest_weight_change and model.finite,
            T(
                "train을 부른 뒤에도 모델의 가중치가 그대로입니다.",
                "After train, the model's weights are what they were.",
            ),
            expected=T("변한 가중치", "changed weights"),
            actual=T(
                f"가장 큰 변화 {change:.2g}",
                f"largest change {change:.2g}",
            ),
            hint=hint,
        )
        # A file may come from a long training, whose loss on new images rises again: its accuracy must do.
        expect.that(
            model.score("test").loss < reference.learning.largest_loss,
            T(
                "처음 보는 영상에 대한 손실이 찍어서 맞히는 것과 다름없습니다.",
                "The loss on images it has not seen is no better than guessing.",
            ),
            expected=T(f"{reference.learning.largest_loss:g} 미만", f"below {reference.learning.largest_loss:g}"),
            actual=f"{model.score('test').loss:.3f}",
            hint=hint,
        )
    else:
        check_file(facts)


@pytest.mark.points(3)
@pytest.mark.needs("learns")
def test_accuracy(facts, reference):
    """처음 보는 영상에 대한 정확도 | Accuracy on images it has not seen"""
    accuracy = final_model(facts).score("test").accuracy
    minimum = reference.threshold(facts).minimum
    expect.at_least(accuracy, minimum, as_percent=True, what=T("정확도", "Accuracy"), hint="accuracy")
