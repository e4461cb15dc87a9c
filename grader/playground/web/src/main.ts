/** Puts the page together. */

import * as colours from "./colours";
import { button, el, said } from "./dom";
import { Folder } from "./folder";
import { Pane } from "./pane";
import type { Site } from "./types";
import { inWords, lang, other, setLang, setUp, t } from "./words";

function start(): void {
  const site = JSON.parse(document.getElementById("site")?.textContent ?? "") as Site;
  setUp(site);
  colours.setUp(site);
  inWords(() => (document.title = t("title")));

  const language = el("button", { type: "button", id: "switch" });
  inWords(() => {
    language.textContent = lang() === "ko" ? "English" : "한국어";
    language.lang = other();
  });
  language.addEventListener("click", () => setLang(other()));

  const panes = el("div", { class: "panes" });
  const first = new Pane(site, site.models[0]!);
  panes.append(first.node);
  let second: Pane | null = null;

  const beside = button("side_by_side", () => {
    const on = !second;
    beside.setAttribute("aria-pressed", String(on));
    panes.classList.toggle("two", on);
    if (second) {
      second.node.remove();
      second = null;
      return;
    }
    second = new Pane(site, first.model);
    panes.append(second.node);
    void second.choose(first.model, !first.picture);
    if (first.picture) void second.take(first.picture);
  });
  beside.setAttribute("aria-pressed", "false");

  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    const inSecond = second?.node.contains(document.activeElement);
    void (inSecond ? second! : first).sources.files(files);
  });
  // A picture that misses its place must not take the page's place.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

  const main = document.querySelector("main")!;
  document.querySelector("header")!.append(el("div", { class: "row" }, beside, language));
  main.append(said("h1", "title"), said("p", "lead", { class: "lead" }), panes, new Folder(() => first.model).node);
  void first.choose(first.model, true);
}

start();
