"""What stands below a cell, on light and dark pages: folded, without a script, and to axe-core's liking."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.notebook.page import result_html, result_text
from grader.schema import Lang, Result
from tests.report.browser import axe_core, measure
from tests.report.conftest import samples

#: As JupyterLab's two themes have them.
PAGES = {"light": ("#ffffff", "#212121"), "dark": ("#111111", "#e0e0e0")}
LOOK = """
const open = document.querySelectorAll(".why details[open]").length;
for (const part of document.querySelectorAll("details")) part.open = true;
const found = await axe.run(document.querySelector(".vg"), {resultTypes: ["violations"]});
return {
  violations: found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]),
  open,
  hints: [...document.querySelectorAll(".why details")].length,
  foreign: [...document.querySelectorAll(".vg [lang]")]
    .filter((one) => one.getAttribute("lang") !== document.querySelector(".vg").lang)
    .filter((one) => one.getClientRects().length).length,
  scripts: document.querySelectorAll(".vg script, .vg [src^=http], .vg [onload]").length,
  wide: document.documentElement.scrollWidth,
};
"""


def test_less_isolation_is_said() -> None:
    """As in Colab, whose machines allow no namespaces."""
    result = samples()["all_pass"]
    for level in ("namespace", "process"):
        one = result.model_copy(update={"isolation": level})
        for text in (result_html(one, "en"), result_text(one, "en")):
            assert ("a separate process only" in text) == (level == "process")


def shown(lang: Lang) -> str:
    """Cells of several results, one below the other."""
    made = samples()
    exercises = (*made["mismatch"].exercises, *made["all_pass"].exercises, *made["mixed"].exercises)
    by_id = {exercise.id: exercise for exercise in exercises}
    result: Result = made["mixed"].model_copy(update={"exercises": tuple(by_id.values())})
    return result_html(result, lang, train_later=True)


@pytest.mark.parametrize(("lang", "theme"), [("ko", "dark"), ("en", "light")])
def test_axe_finds_nothing_below_a_cell(lang: Lang, theme: str, tmp_path: Path) -> None:
    ground, ink = PAGES[theme]
    style = f"body {{ background: {ground}; color: {ink}; }}"
    head = f'<!doctype html><html lang="{lang}"><title>x</title><style>{style}</style><body>'
    page = f"{head}<main><h1>x</h1><h2>x</h2>{shown(lang)}</main></body></html>"
    looked = measure(page, axe_core().replace("</script", "<\\/script") + LOOK, tmp_path, width=700)
    assert looked["violations"] == []
    assert (looked["open"], looked["foreign"], looked["scripts"]) == (0, 0, 0)
    assert looked["hints"] >= 1
    assert looked["wide"] <= 700
