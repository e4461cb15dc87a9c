/** A whole folder of pictures as a table; where its folders are named like classes, with the accuracy. */

import { el, named, pause, said } from "./dom";
import { type Network, prepare } from "./network";
import { decode, fitted, tensor } from "./picture";
import { className, ranked } from "./predictions";
import type { Model } from "./types";
import { inWords, lang, number, percent, t } from "./words";

/** Pictures that are looked at, and rows that are shown. */
const MOST = 20_000;
const ROWS = 1000;

interface Result {
  name: string;
  truth: number | null;
  label: number;
  probability: number;
}

export class Folder {
  readonly node: HTMLElement;
  private readonly summary = el("p", { role: "status", "data-testid": "folder-summary" });
  private readonly progress = named(el("progress", { max: 1, value: 0, hidden: true }), "folder_progress");
  private readonly table = el("div", { class: "scroll" });
  private results: Result[] = [];
  private unreadable = 0;
  private shown: Model | null = null;
  private run = 0;

  constructor(private readonly model: () => Model) {
    const input = el("input", { type: "file", webkitdirectory: true, multiple: true, class: "sr", "data-testid": "folder-input" });
    input.addEventListener("change", () => void this.start([...(input.files ?? [])]));
    this.node = el(
      "section",
      { class: "card" },
      said("h2", "folder"),
      said("p", "folder_text", { class: "quiet" }),
      el("div", { class: "row" }, el("label", { class: "button" }, said("span", "choose_folder"), input)),
      this.progress,
      this.summary,
      this.table,
    );
    inWords(() => this.paint());
  }

  private async start(files: File[]): Promise<void> {
    const mine = ++this.run;
    const model = this.model();
    const pictures = files.filter((file) => file.type.startsWith("image/")).slice(0, MOST);
    this.results = [];
    this.unreadable = 0;
    this.shown = model;
    this.table.replaceChildren();
    this.progress.hidden = false;
    const network = await prepare(model, "wasm");
    for (const [index, file] of pictures.entries()) {
      if (mine !== this.run) return;
      await this.look(network, file);
      this.progress.value = (index + 1) / pictures.length;
      this.summary.textContent = t("folder_done", { done: number(index + 1), count: number(pictures.length) });
      if (index % 20 === 0) await pause();
    }
    this.progress.hidden = true;
    this.paint();
  }

  private async look(network: Network, file: File): Promise<void> {
    const { model } = network;
    try {
      const picture = await decode(file, file.name);
      const pixels = tensor(fitted(picture, model), model.input[2], model.scale);
      const [best] = ranked(await network.classify(pixels), 1);
      const path = (file.webkitRelativePath || file.name).split("/");
      this.results.push({ name: path.slice(1).join("/") || file.name, truth: truth(model, path), ...best! });
    } catch {
      this.unreadable++;
    }
  }

  private paint(): void {
    const model = this.shown;
    if (!model || !this.progress.hidden) return;
    const known = this.results.filter((one) => one.truth !== null);
    const right = known.filter((one) => one.truth === one.label).length;
    const parts = [t("folder_pictures", { count: number(this.results.length) })];
    if (known.length) {
      const share = percent(right / known.length);
      parts.push(t("folder_accuracy", { share, right: number(right), count: number(known.length) }));
    } else parts.push(t("folder_no_classes"));
    if (this.unreadable) parts.push(t("folder_unreadable", { count: number(this.unreadable) }));
    if (this.results.length > ROWS) parts.push(t("folder_first", { count: number(ROWS) }));
    this.summary.textContent = parts.join(" ");
    const heads = ["file", "true_class", "predicted", "probability"].map((key) => el("th", { scope: "col" }, t(key)));
    const rows = this.results.slice(0, ROWS).map((one) => {
      const wrong = one.truth !== null && one.truth !== one.label;
      const mark = one.truth === null ? "" : wrong ? "✗ " : "✓ ";
      return el(
        "tr",
        { class: wrong ? "wrong" : null },
        el("td", {}, one.name),
        el("td", {}, one.truth === null ? "–" : className(model, one.truth)[lang()]),
        el("td", {}, mark + className(model, one.label)[lang()]),
        el("td", { class: "num" }, percent(one.probability)),
      );
    });
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
    this.table.replaceChildren(...(rows.length ? [table] : []));
    this.table.tabIndex = rows.length ? 0 : -1;
    this.table.setAttribute("role", "region");
    this.table.setAttribute("aria-label", t("folder"));
  }
}

/** The class that one of the folders around a picture is named after. */
function truth(model: Model, path: string[]): number | null {
  const same = (a: string, b: string) => a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();
  for (const folder of path.slice(0, -1).reverse()) {
    const found = model.classes.findIndex((name) => same(name.ko, folder) || same(name.en, folder));
    if (found >= 0) return found;
  }
  return null;
}
