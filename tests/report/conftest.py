"""Results as real submissions make them, for every report test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.schema import (
    CheckResult,
    ExerciseResult,
    Frame,
    LayerFact,
    Learning,
    ModelFact,
    Problem,
    Result,
    SubmissionId,
    Text,
)


def text(ko: str, en: str) -> Text:
    return Text(ko=ko, en=en)


def same(value: str) -> Text:
    return Text(ko=value, en=value)


def layer(kind: str, shape: tuple[int | None, ...], parameters: int, activation: str | None = None) -> LayerFact:
    return LayerFact(
        name=kind.lower(),
        type=kind,
        output_shape=shape,
        parameters=parameters,
        trainable_parameters=parameters,
        activation=activation,
    )


TEXTBOOK = (
    layer("Conv2D", (None, 30, 30, 64), 1792, "relu"),
    layer("MaxPooling2D", (None, 15, 15, 64), 0),
    layer("Conv2D", (None, 13, 13, 32), 18464, "relu"),
    layer("Flatten", (None, 5408), 0),
    layer("Dense", (None, 80), 432720, "relu"),
    layer("Dense", (None, 10), 810, "softmax"),
)
REFERENCE: tuple[dict[str, object], ...] = tuple(
    {
        "type": fact.type,
        "output_shape": list(fact.output_shape),
        "parameters": fact.parameters,
        "activation": fact.activation,
    }
    for fact in TEXTBOOK
)
HISTORY = {
    "accuracy": (0.412, 0.551, 0.612, 0.648, 0.681),
    "loss": (1.612, 1.271, 1.104, 0.998, 0.911),
    "val_accuracy": (0.502, 0.573, 0.601, 0.623, 0.631),
    "val_loss": (1.391, 1.218, 1.137, 1.089, 1.062),
}


def passed(name: str, ko: str, en: str, points: float, *, staff: bool = False) -> CheckResult:
    return CheckResult(
        id=name,
        title=text(ko, en),
        outcome="passed",
        points=points,
        max_points=points,
        visibility="staff" if staff else "student",
    )


def model(layers: tuple[LayerFact, ...]) -> ModelFact:
    return ModelFact(
        name="built",
        file="built.keras",
        layers=layers,
        input_shape=(None, 32, 32, 3),
        output_shape=(None, 10),
        parameters=sum(fact.parameters for fact in layers),
        trainable_parameters=sum(fact.parameters for fact in layers),
    )


def convolution() -> ExerciseResult:
    """03, everything right."""
    return ExerciseResult(
        id="03_convolution",
        title=text("컨벌루션과 풀링", "Convolution and pooling"),
        status="graded",
        points=30,
        max_points=30,
        data=None,
        budget="quick",
        checks=(
            passed("valid", "패딩 없는 컨벌루션", "Convolution without padding", 10),
            passed("same", '"same" 패딩', '"same" padding', 5),
            passed("stride", "보폭이 1보다 클 때", "Strides larger than 1", 5),
            passed("pooling", "최대 풀링", "Max pooling", 5),
            passed("odd_kernels", "짝수 크기 커널", "Kernels of even size", 5, staff=True),
        ),
        wall_seconds=0.41,
        cpu_seconds=0.38,
        peak_memory_mb=212.5,
    )


def cnn(**changes: object) -> ExerciseResult:
    """06, everything right."""
    base = ExerciseResult(
        id="06_cifar10_cnn",
        title=text("CIFAR-10 분류 신경망", "A network for CIFAR-10"),
        status="graded",
        points=40,
        max_points=40,
        data="cifar10",
        budget="standard",
        checks=(
            passed("layer_shapes", "층별 출력 모양", "Layer output shapes", 15),
            passed("parameter_count", "매개변수 수", "Number of parameters", 5),
            passed("compile_settings", "컴파일 설정", "Compile settings", 5),
            passed("learns", "학습이 일어난다", "The model learns", 5),
            passed("accuracy", "최소 정확도", "Minimum accuracy", 10),
        ),
        model=model(TEXTBOOK),
        reference_layers=REFERENCE,
        learning=Learning(accuracy=0.6312, minimum=0.58, borderline=False, history=HISTORY),
        wall_seconds=74.2,
        cpu_seconds=141.8,
        peak_memory_mb=1240.4,
        stdout="Epoch 1/5\n\r 10/313 loss: 2.2\r313/313 - accuracy: 0.4120 - loss: 1.6120\nEpoch 2/5\n",
    )
    return base.model_copy(update=changes)


def wrong_cnn() -> ExerciseResult:
    """06 with a 5x5 first kernel, no second activation and a layer too many; too little accuracy, borderline."""
    layers = (
        layer("InputLayer", (None, 32, 32, 3), 0),
        layer("Conv2D", (None, 28, 28, 64), 4864, "relu"),
        layer("MaxPooling2D", (None, 14, 14, 64), 0),
        layer("Conv2D", (None, 12, 12, 32), 18464),
        layer("Activation", (None, 12, 12, 32), 0, "relu"),
        layer("Flatten", (None, 4608), 0),
        layer("Dense", (None, 80), 368720, "relu"),
        layer("Dropout", (None, 80), 0),
        layer("Dense", (None, 10), 810, "softmax"),
    )
    return cnn(
        points=10.0,
        checks=(
            CheckResult(
                id="layer_shapes",
                title=text("층별 출력 모양", "Layer output shapes"),
                outcome="failed",
                points=0,
                max_points=15,
                message=text(
                    "1번째 층 Conv2D의 출력 모양이 다릅니다. 그 뒤의 층도 모두 따라서 달라집니다.",
                    "Layer 1, Conv2D, has another output shape. All layers after it follow.",
                ),
                expected=same("Conv2D  (None, 30, 30, 64)"),
                actual=same("Conv2D  (None, 28, 28, 64)"),
                hint=text(
                    "kernel_size=(3, 3), padding='valid'이면 32 - 3 + 1 = 30입니다. 커널 크기를 확인해 보세요.",
                    "With kernel_size=(3, 3) and padding='valid', 32 - 3 + 1 = 30. Look at the kernel size.",
                ),
                frames=(
                    Frame(
                        file="cifar10_cnn.py",
                        line=14,
                        function="build_model",
                        text="    model.add(Conv2D(64, kernel_size=(5, 5), activation='relu'))",
                    ),
                ),
            ),
            CheckResult(
                id="parameter_count",
                title=text("매개변수 수", "Number of parameters"),
                outcome="failed",
                points=0,
                max_points=5,
                message=text(
                    "학습되는 매개변수 수가 다릅니다.", "The number of trainable parameters is different."
                ),
                expected=same("453,786"),
                actual=same("392,858"),
            ),
            passed("compile_settings", "컴파일 설정", "Compile settings", 5),
            passed("learns", "학습이 일어난다", "The model learns", 5),
            CheckResult(
                id="accuracy",
                title=text("최소 정확도", "Minimum accuracy"),
                outcome="failed",
                points=0,
                max_points=10,
                message=text(
                    "숨겨진 시험 영상에서 정확도가 최솟값에 못 미칩니다.",
                    "The accuracy on the hidden test images is below the minimum.",
                ),
                expected=text("58.0% 이상", "at least 58.0%"),
                actual=same("56.9%"),
                hint=text(
                    "에포크 수와 학습률을 확인해 보세요.", "Look at the number of epochs and the learning rate."
                ),
            ),
        ),
        model=model(layers),
        learning=Learning(
            accuracy=0.5694, minimum=0.58, borderline=True, attempts=(0.5612, 0.5694), history=HISTORY
        ),
    )


def notebook_error() -> ExerciseResult:
    """05 as a notebook with a syntax error."""
    return ExerciseResult(
        id="05_cifar10_data",
        title=text("CIFAR-10 데이터", "The CIFAR-10 data"),
        status="error",
        points=0,
        max_points=20,
        data="cifar10",
        budget="quick",
        message=text(
            "이 파일은 파이썬이 읽을 수 없습니다: 괄호 '('가 닫히지 않았습니다.",
            "Python cannot read this file: '(' was never closed.",
        ),
        frames=(
            Frame(
                file="cifar10_data.ipynb",
                cell=5,
                label=3,
                line=2,
                function="<module>",
                text="    x = (x.astype('float32') / 255\n    return x, y",
            ),
        ),
        problems=(
            Problem(
                file="cifar10_data.ipynb",
                severity="note",
                message=text("매직 명령 2줄을 건너뛰었습니다.", "2 lines with magics were left out."),
            ),
        ),
        checks=(
            CheckResult(
                id="preprocess",
                title=text("전처리", "Preprocessing"),
                outcome="skipped",
                points=0,
                max_points=10,
                message=text("파일이 실행되지 않았습니다.", "The file did not run."),
            ),
            CheckResult(
                id="split",
                title=text("층화 분할", "Stratified split"),
                outcome="skipped",
                points=0,
                max_points=10,
                message=text("파일이 실행되지 않았습니다.", "The file did not run."),
            ),
        ),
    )


def timeout() -> ExerciseResult:
    """09 that never ends."""
    return ExerciseResult(
        id="09_save_load",
        title=text("모델 저장과 불러오기", "Saving and loading models"),
        status="timeout",
        points=0,
        max_points=20,
        data="builtin",
        budget="quick",
        message=text(
            "60초 안에 끝나지 않아 중단했습니다. 마지막으로 실행한 것: resume_training",
            "It did not end within 60 s and was stopped. What ran last: resume_training",
        ),
        checks=(
            CheckResult(
                id="resumes",
                title=text("이어서 학습하기", "Training goes on from the file"),
                outcome="failed",
                points=0,
                max_points=20,
                message=text("resume_training이 끝나지 않았습니다.", "resume_training did not end."),
                hint=text("while 반복문의 끝나는 조건을 확인해 보세요.", "Look at how your while loop ends."),
            ),
        ),
        stdout="training…\n" * 400,
        wall_seconds=60.0,
        cpu_seconds=59.7,
        peak_memory_mb=640,
    )


def ungraded() -> ExerciseResult:
    """13 that the harness could not grade."""
    return ExerciseResult(
        id="13_mobilenet_features",
        title=text("MobileNet 특징", "MobileNet features"),
        status="ungraded",
        points=None,
        max_points=25,
        data="builtin",
        budget="quick",
        message=text("검사기를 시작하지 못했습니다.", "The inspector could not be started."),
        checks=(
            CheckResult(
                id="features",
                title=text("특징 추출", "Feature extraction"),
                outcome="ungraded",
                points=None,
                max_points=25,
            ),
        ),
        staff_detail="OSError: [Errno 28] No space left on device",
    )


def hidden_failure() -> ExerciseResult:
    """04 with a hidden check that failed."""
    return ExerciseResult(
        id="04_vision_tasks",
        title=text("영상 인식 과제", "Vision tasks"),
        status="graded",
        points=15,
        max_points=20,
        data=None,
        budget="quick",
        checks=(
            passed("box_iou", "상자 IoU", "Box IoU", 15),
            CheckResult(
                id="touching_boxes",
                title=text("맞닿은 상자", "Boxes that touch"),
                outcome="failed",
                points=0,
                max_points=5,
                message=text("비밀 메시지", "SECRET-MESSAGE"),
                expected=same("SECRET-EXPECTED"),
                actual=same("SECRET-ACTUAL"),
                hint=same("SECRET-HINT"),
                visibility="staff",
                frames=(Frame(file="vision_tasks.py", line=3, text="SECRET-FRAME"),),
                staff_detail="SECRET-DETAIL",
            ),
        ),
    )


EVIL = (
    "</pre></style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x00\u202egnp.exe\u2066"
    "\n::error file=x::forged\n##[error]forged\n| a | b |\n```\n# heading\n- [ ] task\n> quote\n"
    "[link](https://evil.example) https://evil.example @everyone {{ 7 * 7 }} {% raw %} [bold red]rich[/bold red]"
)


def hostile() -> ExerciseResult:
    """Every place a student can reach, full of what they would like to put there."""
    frame = Frame(file=EVIL, line=3, function=EVIL, text=EVIL, cell=2)
    evil = layer("Dense", (None, 10), 110, EVIL)
    return ExerciseResult(
        id="06_cifar10_cnn",
        title=text("CIFAR-10 분류 신경망", "A network for CIFAR-10"),
        status="error",
        points=0,
        max_points=40,
        data="builtin",
        budget="quick",
        message=same(EVIL),
        frames=(frame,),
        problems=(Problem(file=EVIL, severity="error", message=same(EVIL)),),
        checks=(
            CheckResult(
                id="layer_shapes",
                title=text("층별 출력 모양", "Layer output shapes"),
                outcome="failed",
                points=0,
                max_points=40,
                message=same(EVIL),
                expected=same(EVIL),
                actual=text(EVIL + "가", EVIL + "a"),
                hint=same(EVIL),
                frames=(frame,),
            ),
        ),
        model=model((evil.model_copy(update={"type": EVIL, "name": EVIL, "config": {"rate": EVIL}}),)),
        reference_layers=({"type": "Dense", "rate": 0.5},),
        learning=Learning(
            accuracy=float("nan"),
            minimum=0.5,
            borderline=True,
            attempts=(float("inf"),),
            history={EVIL: (1.0,), "loss": (float("nan"), 1e308, -1e308, 2.0), "accuracy": (float("inf"),)},
        ),
        stdout=EVIL * 50,
        staff_detail=EVIL,
    )


def result(*exercises: ExerciseResult, name: str = "student-1", problems: tuple[Problem, ...] = ()) -> Result:
    points = [exercise.points for exercise in exercises]
    known = [value for value in points if value is not None]
    return Result(
        grader_version="0.1.0",
        isolation="namespace",
        submission=SubmissionId(id=name, sha256="5f" * 32),
        points=sum(known) if len(known) == len(points) else None,
        max_points=sum(exercise.max_points for exercise in exercises),
        exercises=exercises,
        problems=problems,
    )


def samples() -> dict[str, Result]:
    note = Problem(
        file="old/cifar10_cnn.ipynb",
        severity="note",
        message=text(
            "cifar10_cnn.py도 있어서 그 파일을 채점했습니다.",
            "There is a cifar10_cnn.py too; that one was graded.",
        ),
    )
    return {
        "all_pass": result(convolution(), cnn()),
        "mismatch": result(convolution(), wrong_cnn(), name="제출물 가", problems=(note,)),
        "mixed": result(convolution(), notebook_error(), wrong_cnn(), timeout(), ungraded(), name="minjun_lee"),
        "timeout": result(timeout()),
        "notebook": result(notebook_error()),
        "ungraded": result(convolution(), ungraded()),
        "hidden": result(hidden_failure()),
        "hostile": result(
            hostile(), name=EVIL, problems=(Problem(file=EVIL, severity="note", message=same(EVIL)),)
        ),
        "empty": result(),
    }


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Result]:
    made = samples()
    return lambda name: made[name]


@pytest.fixture(scope="session")
def sample_names() -> list[str]:
    return sorted(samples())


@pytest.fixture(scope="session")
def evil() -> str:
    return EVIL
