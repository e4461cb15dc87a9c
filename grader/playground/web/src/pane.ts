/** One model and one picture: what the model sees in it. */

import { colormaps } from "./colours";
import { button, choice, el, labelled, named, pause, said } from "./dom";
import { LayerList } from "./layers";
import { activationMap, type Heat, occlusionMap } from "./maps";
import { hasWebGpu, type Network, prepare } from "./network";
import { fitted, type Picture, tensor } from "./picture";
import { className, Predictions, ranked } from "./predictions";
import type { Rgb } from "./resize";
import { Sources } from "./sources";
import { Stage } from "./stage";
import type { Backend, Model, Scale, Site } from "./types";
import { inWords, lang, number, percent, t } from "./words";

/** Runs behind the time that is shown, and how long they may take together, in ms. */
const RUNS = 30;
const LONGEST = 600;
/** An occlusion map that would take longer waits until somebody asks for it, in ms. */
const AT_ONCE = 5000;
type Kind = "none" | "activation" | "occlusion";

export class Pane {
  readonly node: HTMLElement;
  model: Model;
  picture: Picture | null = null;
  private network: Network | null = null;
  private image: Rgb | null = null;
  private pixels: Float32Array | null = null;
  private probabilities: Float32Array | null = null;
  private heat: Heat | null = null;
  private milliseconds = 0;
  /** Counts what was asked for: an answer to an older question is thrown away. */
  private question = 0;

  readonly sources: Sources;
  private readonly stage = new Stage();
  private readonly predictions = new Predictions();
  private readonly layers = new LayerList(() => this.looked());
  private readonly caption = el("p", { class: "quiet small caption" });
  private readonly status = el("p", { class: "status", role: "status" });
  /** The answer in a sentence, for those who listen to the page. */
  private readonly spoken = el("p", { class: "sr", role: "status" });
  private readonly time = el("p", { class: "num time", "data-testid": "inference-time" });
  private readonly facts = el("p", { class: "quiet small" });
  private readonly progress = named(el("progress", { max: 1, value: 0, hidden: true }), "occlusion_progress");
  private readonly backends: HTMLSelectElement;
  private readonly scales = choice([
    ["unit", "scale_unit"],
    ["symmetric", "scale_symmetric"],
    ["none", "scale_none"],
    ["caffe", "scale_caffe"],
  ]);
  private readonly kinds = choice([
    ["none", "map_none"],
    ["activation", "map_activation"],
    ["occlusion", "map_occlusion"],
  ]);
  private readonly labels = el("select");
  private readonly colours = choice(colormaps().map((name) => [name, `colormap_${name}`]), { "data-testid": "colormap" });
  private readonly opacity = el("input", { type: "range", min: 0, max: 100, value: 55, "data-testid": "opacity" });
  private readonly start = button("calculate_map", () => void this.draw(true), { hidden: true });

  constructor(site: Site, model: Model) {
    this.model = model;
    this.sources = new Sources(site, (picture) => void this.take(picture));
    this.backends = choice([["wasm", "backend_wasm"], ["webgpu", "backend_webgpu"]], { "data-testid": "backend" });
    const gpu = this.backends.options[1]!;
    gpu.disabled = true;
    void hasWebGpu().then((there) => (gpu.disabled = !there));
    const models = el("select", {}, ...site.models.map((one) => el("option", { value: one.id })));
    inWords(() => site.models.forEach((one, i) => (models.options[i]!.textContent = one.title[lang()])));
    models.value = model.id;
    models.addEventListener("change", () => void this.choose(site.models[models.selectedIndex]!, false));
    for (const control of [this.backends, this.scales]) control.addEventListener("change", () => void this.ask());
    this.kinds.addEventListener("change", () => void this.draw(true));
    this.labels.addEventListener("change", () => void this.draw(true));
    this.colours.addEventListener("change", () => void this.paint());
    this.opacity.addEventListener("input", () => this.lay());
    const pointed = el("input", { type: "checkbox" });
    pointed.addEventListener("change", () => (this.stage.onlyPointed = pointed.checked));
    const save = button("save_numbers", () => this.save());
    const body = el(
      "div",
      { class: "columns" },
      el(
        "section",
        { class: "card" },
        said("h2", "picture"),
        this.stage.node,
        this.caption,
        this.sources.node,
      ),
      el(
        "section",
        { class: "card" },
        said("h2", "result"),
        this.status,
        this.spoken,
        this.predictions.node,
        this.time,
        el("div", { class: "controls" }, labelled("backend", this.backends), labelled("scale", this.scales)),
        said("h3", "map"),
        el(
          "div",
          { class: "controls" },
          labelled("map_kind", this.kinds),
          labelled("map_class", this.labels),
          labelled("colormap", this.colours),
          labelled("opacity", this.opacity),
        ),
        el("label", { class: "check" }, pointed, said("span", "only_pointed")),
        this.start,
        this.progress,
        el("div", { class: "row" }, save),
      ),
      el("section", { class: "card wide" }, said("h2", "layers"), this.facts, this.layers.node),
    );
    const which = site.models.length > 1 ? [labelled("model", models)] : [];
    this.node = el("div", { class: "pane" }, ...which, body);
    this.sources.acceptDrops(this.stage.node);
    this.stage.opacity = 0.55;
    inWords(() => this.words());
  }

  /** Show `model`; `sample`: with its first sample, where there is no picture yet. */
  async choose(model: Model, sample: boolean): Promise<void> {
    this.model = model;
    this.scales.value = model.scale;
    this.scales.disabled = false;
    this.kinds.options[1]!.disabled = !model.map;
    this.kinds.value = model.map ? "activation" : "occlusion";
    this.words();
    void this.ask(); // compiles while the sample is read
    await this.sources.offer(model, sample && !this.picture);
  }

  async take(picture: Picture): Promise<void> {
    this.picture = picture;
    this.stage.show(picture);
    this.caption.textContent = picture.name;
    await this.ask();
  }

  /** Ask the network about the picture, and show all that it says. */
  private async ask(): Promise<void> {
    const mine = ++this.question;
    this.heat = null;
    this.status.textContent = t("loading");
    this.busy = true;
    try {
      const network = await this.ready();
      if (mine !== this.question) return;
      this.network = network;
      this.status.textContent = this.picture ? "" : t("choose_a_picture");
      if (!this.picture) return await this.layers.show();
      this.image = fitted(this.picture, this.model);
      this.pixels = tensor(this.image, this.model.input[2], this.scales.value as Scale);
      const probabilities = await network.classify(this.pixels);
      if (mine !== this.question) return;
      this.probabilities = probabilities;
      this.predictions.show(this.model, probabilities);
      this.offerLabels();
      const [best] = ranked(probabilities, 1);
      const name = className(this.model, best!.label)[lang()];
      this.spoken.textContent = t("best", { name, share: percent(best!.probability) });
      await this.measure(network, mine);
      await this.draw(false);
      if (mine === this.question) await this.layers.show();
    } catch (error) {
      if (mine === this.question) this.failed(error);
    } finally {
      if (mine === this.question) this.busy = false;
    }
  }

  /** For those who wait for an answer, such as programs that test the page. */
  private set busy(value: boolean) {
    this.node.setAttribute("aria-busy", String(value));
  }

  private failed(error: unknown): void {
    console.error(error);
    this.predictions.clear();
    this.time.textContent = "";
    this.status.textContent = t("failed", { reason: String(error instanceof Error ? error.message : error).slice(0, 200) });
  }

  /** The network on the backend that was chosen; back on the processor where the graphics card can't. */
  private async ready(): Promise<Network> {
    try {
      return await prepare(this.model, this.backends.value as Backend);
    } catch (error) {
      if (this.backends.value === "wasm") throw error;
      this.backends.value = "wasm";
      return prepare(this.model, "wasm");
    }
  }

  /** The middle one of several runs' times. */
  private async measure(network: Network, mine: number): Promise<void> {
    const times: number[] = [];
    const began = performance.now();
    while (times.length < RUNS && performance.now() - began < LONGEST) {
      const start = performance.now();
      await network.classify(this.pixels!);
      times.push(performance.now() - start);
      if (times.length % 10 === 0) await pause();
      if (mine !== this.question) return;
    }
    this.milliseconds = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    this.words();
  }

  /** The best classes: of which one the map is. */
  private offerLabels(): void {
    const best = ranked(this.probabilities!);
    this.labels.replaceChildren(
      ...best.map(({ label }) => el("option", { value: label }, className(this.model, label)[lang()])),
    );
  }

  /** Make the map that was chosen; an expensive one only where it was `asked` for. */
  private async draw(asked: boolean): Promise<void> {
    const mine = asked ? ++this.question : this.question;
    if (asked) this.busy = this.kinds.value !== "none";
    const kind = this.kinds.value as Kind;
    this.heat = null;
    this.lay();
    if (!this.network || !this.pixels || !this.image || !this.probabilities) return;
    const waits = kind === "occlusion" && !asked && this.milliseconds * 100 > AT_ONCE;
    this.start.hidden = !waits;
    if (kind === "none" || waits) return;
    const label = Number(this.labels.value);
    const heat =
      kind === "activation"
        ? await activationMap(this.network, this.pixels, label)
        : await this.occlusion(this.network, label, mine);
    if (mine !== this.question) return;
    this.heat = heat;
    this.lay();
    if (asked) this.busy = false;
  }

  private async occlusion(network: Network, label: number, mine: number): Promise<Heat | null> {
    const said = (done: number) => {
      this.progress.hidden = false;
      this.progress.value = done;
      return mine === this.question;
    };
    const heat = await occlusionMap(network, this.image!, this.scales.value as Scale, label, said);
    if (mine === this.question) this.progress.hidden = true;
    return heat;
  }

  private async paint(): Promise<void> {
    this.lay();
    await this.layers.show();
  }

  private lay(): void {
    this.stage.opacity = Number(this.opacity.value) / 100;
    this.stage.lay(this.heat, this.colours.value);
  }

  private looked() {
    if (!this.network || !this.pixels) return null;
    return { network: this.network, pixels: this.pixels, colormap: this.colours.value };
  }

  private words(): void {
    const { input, parameters, half } = this.model;
    const parts = [t("model_facts", { shape: input.join("×"), count: number(parameters) })];
    if (half) parts.push(t("half_floats"));
    this.facts.textContent = parts.join(" ");
    const digits = this.milliseconds < 10 ? 2 : 1;
    this.time.textContent = this.milliseconds
      ? t("time", {
          ms: number(this.milliseconds, digits),
          fps: number(1000 / this.milliseconds, this.milliseconds > 100 ? 1 : 0),
        })
      : "";
    if (this.probabilities && this.labels.options.length) {
      for (const option of this.labels.options) option.textContent = className(this.model, Number(option.value))[lang()];
    }
  }

  /** All numbers behind what is shown, as a file. */
  private save(): void {
    if (!this.probabilities || !this.picture) return;
    const { title, input } = this.model;
    const numbers = {
      model: title.en,
      picture: this.picture.name,
      input,
      scale: this.scales.value,
      backend: this.backends.value,
      milliseconds: this.milliseconds,
      probabilities: [...this.probabilities],
      layers: this.layers.numbers(),
      map: this.heat && { ...this.heat, class: Number(this.labels.value), values: [...this.heat.values] },
    };
    const url = URL.createObjectURL(new Blob([JSON.stringify(numbers)], { type: "application/json" }));
    el("a", { href: url, download: "numbers.json" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}
