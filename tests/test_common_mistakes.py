"""The ten commonest mistakes of the chapter: terminal, notebook and page each name the cause and what to do."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from grader.cli.verdict import print_verdict
from grader.notebook.page import result_html, result_text
from grader.report import to_html
from grader.schema import Course, Lang
from grader.text import plain
from grader.workflows import Grader
from tests.conftest import ROOT, beside, wrong_answer

SLUG = "06_cifar10_cnn"
NAME = "cifar10_cnn.py"
SOLUTION = (ROOT / "solutions" / SLUG / NAME).read_text(encoding="utf-8")
LOAD = "(x_train, y_train), _ = keras.datasets.cifar10.load_data()"


def known(name: str) -> Callable[[], str]:
    """A wrong answer of the course."""
    return lambda: wrong_answer(SLUG, name).source


def changed(old: str, new: str) -> Callable[[], str]:
    """The solution with one place changed."""

    def make() -> str:
        assert re.search(old, SOLUTION)
        return re.sub(old, lambda _: new, SOLUTION, count=1)

    return make


#: Name, file, source, whether it shows only in training, and what is said of cause and remedy, in both languages.
MISTAKES: tuple[tuple[str, str, Callable[[], str], bool, tuple[str, str], tuple[str, str]], ...] = (
    (
        "no_return",
        NAME,
        known("forgets_return"),
        False,
        ("return이 없습니다", "keras.Model"),
        ("do not return it", "keras.Model"),
    ),
    (
        "wrong_loss",
        NAME,
        changed('"sparse_categorical_crossentropy"', '"categorical_crossentropy"'),
        True,
        ("레이블이 손실 함수에 맞지 않습니다", "sparse_categorical_crossentropy"),
        ("labels do not suit the loss", "sparse_categorical_crossentropy"),
    ),
    (
        "no_input",
        NAME,
        changed(r"\n *(layers|keras)\.Input\([^\n]*\),", ""),
        False,
        ("입력의 모양을 모릅니다", "keras.Input(shape="),
        ("does not know its input shape", "keras.Input(shape="),
    ),
    (
        "no_softmax",
        NAME,
        known("no_softmax"),
        False,
        ("소프트맥스가 없습니다", "softmax"),
        ("no softmax", "softmax"),
    ),
    (
        "divided_twice",
        NAME,
        known("divides_again"),
        True,
        ("다시 255로 나눕니다", "배우지 못합니다"),
        ("divide images by 255 that are in [0, 1] already", "below 2.2"),
    ),
    ("same_padding", NAME, known("same_padding"), False, ('padding="same"', "valid"), ('padding="same"', "valid")),
    (
        "clone",
        NAME,
        known("trains_a_clone"),
        True,
        ("복제한 모델을 훈련합니다", "받은 model 자체"),
        ("train a clone", "the very model"),
    ),
    (
        "network",
        NAME,
        changed("import keras\n", f"import keras\n\n{LOAD}\n"),
        False,
        ("네트워크가 없어", "__main__"),
        ("There is no network", "__main__"),
    ),
    (
        "wrong_name",
        "cifar10_cn.py",
        lambda: SOLUTION,
        False,
        ("cifar10_cnn.py이어야", "이름을 바꿔 주세요"),
        ("expected cifar10_cnn.py", "rename"),
    ),
    (
        "input",
        NAME,
        lambda: SOLUTION + '\nepochs = int(input("epochs? "))\n',
        False,
        ("input()을 쓸 수 없습니다", "__main__"),
        ("input() can't be used", "__main__"),
    ),
)


def text_of(page: str) -> str:
    """What a reader of the page sees, as one line."""
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(("name", "file", "make", "train", "ko", "en"), MISTAKES, ids=[one[0] for one in MISTAKES])
def test_every_screen_names_cause_and_remedy(
    name: str,
    file: str,
    make: Callable[[], str],
    train: bool,
    ko: tuple[str, str],
    en: tuple[str, str],
    course: Course,
    warm_grader: Grader,
    tmp_path: Path,
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / file).write_text(make(), encoding="utf-8")
    result = beside(warm_grader, staff=False, train=train).grade(work, tmp_path / "out", only=[SLUG])
    said: dict[Lang, tuple[str, str]] = {"ko": ko, "en": en}
    for lang, wanted in said.items():
        stream = io.StringIO()
        print_verdict(Console(file=stream, width=1000), result, lang, None)
        screens = {
            "terminal": " ".join(stream.getvalue().split()),
            "notebook": text_of(result_html(result, lang)),
            "notebook as text": " ".join(result_text(result, lang).split()),
            "page": text_of(to_html(result, lang, audience="student")),
        }
        for screen, seen in screens.items():
            for words in wanted:
                assert words in plain(seen, one_line=True), (name, screen, lang, words, seen[:3000])
