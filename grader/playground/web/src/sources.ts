/** Where pictures come from: a file, a drop, the clipboard, the camera, the course's samples, an address. */

import { button, el, labelled, named, said } from "./dom";
import { type Picture, decode, draw } from "./picture";
import type { Model, Sample, Site } from "./types";
import { inWords, lang, t } from "./words";
import { asset } from "./assets";

/** Bytes of a picture file. */
const MOST = 64 << 20;

export class Sources {
  readonly node: HTMLElement;
  private readonly samples = el("div", { class: "samples", role: "group" });
  private readonly problem = el("p", { class: "problem", role: "alert" });
  private readonly urls: string[] = [];
  private stopCamera: (() => void) | null = null;

  constructor(
    private readonly site: Site,
    private readonly take: (picture: Picture) => void,
  ) {
    const file = el("input", { type: "file", accept: "image/*", class: "sr", "data-testid": "file-input" });
    file.addEventListener("change", () => void this.files(file.files));
    const choose = el("label", { class: "button main" }, said("span", "choose_picture"), file);
    const camera = button("camera", () => void this.camera(view));
    const view = el("div", { class: "camera", hidden: true });
    const address = named(
      el("input", { type: "text", inputmode: "url", autocomplete: "off", spellcheck: "false" }),
      "address_example",
      "placeholder",
    );
    const form = el("form", { class: "row" }, labelled("address", address), said("button", "load", { type: "submit" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.attempt(() => this.fromAddress(address.value.trim()));
    });
    this.node = el(
      "div",
      { class: "sources" },
      el("div", { class: "row" }, choose, camera, said("span", "drop_or_paste", { class: "quiet" })),
      view,
      this.problem,
      named(this.samples, "samples"),
      form,
      said("p", site.server ? "address_server" : "address_static", { class: "quiet small" }),
    );
  }

  /** Take pictures that are dropped on `place`. */
  acceptDrops(place: HTMLElement): void {
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("over");
      void this.files(event.dataTransfer?.files);
    });
  }

  async files(list: FileList | null | undefined): Promise<void> {
    const file = list?.[0];
    if (file) await this.attempt(() => this.read(file, file.name));
  }

  /** Offer the samples of `model`; resolves when the first one is taken, where `first` asks for that. */
  async offer(model: Model, first: boolean): Promise<void> {
    for (const url of this.urls.splice(0)) URL.revokeObjectURL(url);
    const made = model.samples.map((sample) => this.sample(sample));
    this.samples.replaceChildren(...made.map(([node]) => node));
    if (first && made[0]) await made[0][1]();
  }

  private sample(sample: Sample): [HTMLElement, () => Promise<void>] {
    const image = el("img", { alt: "" });
    const bytes = asset(sample.file).then((data) => new Blob([data]));
    void bytes.then((blob) => {
      const url = URL.createObjectURL(blob);
      this.urls.push(url);
      image.src = url;
    }, () => undefined);
    const take = () => this.attempt(async () => this.read(await bytes, t("sample", { name: sample.label[lang()] })));
    const node = el("button", { type: "button", class: "sample" }, image);
    inWords(() => {
      node.title = sample.label[lang()];
      node.setAttribute("aria-label", t("sample", { name: sample.label[lang()] }));
    });
    node.addEventListener("click", () => void take());
    return [node, take];
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.problem.textContent = "";
    try {
      await work();
    } catch (error) {
      this.problem.textContent = error instanceof Problem ? error.message : t("not_a_picture");
    }
  }

  private async read(file: Blob, name: string): Promise<void> {
    if (file.size > MOST) throw new Problem(t("too_large"));
    this.take(await decode(file, name));
  }

  private async fromAddress(address: string): Promise<void> {
    if (!address) return;
    const own = address.startsWith("data:image/") ? embedded(address) : await this.brought(address);
    await this.read(own, address.startsWith("data:") ? "" : (address.split("/").at(-1) ?? "").slice(0, 80));
  }

  /** The grader's server brings it, only now that somebody asked; the page itself asks no other host. */
  private async brought(address: string): Promise<Blob> {
    if (!this.site.server) throw new Problem(t("address_static"));
    const answer = await fetch("picture", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ address }),
    });
    if (!answer.ok) throw new Problem(((await answer.json()) as Record<string, string>)[lang()] ?? "");
    return answer.blob();
  }

  private async camera(view: HTMLElement): Promise<void> {
    this.problem.textContent = "";
    if (this.stopCamera) return this.stopCamera();
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      this.problem.textContent = t("no_camera");
      return;
    }
    const video = el("video", { playsinline: true, autoplay: true, muted: true });
    video.srcObject = stream;
    this.stopCamera = () => {
      for (const track of stream.getTracks()) track.stop();
      view.hidden = true;
      view.replaceChildren();
      this.stopCamera = null;
    };
    const shoot = button("take_picture", () => {
      if (!video.videoWidth) return;
      this.take(draw(video, video.videoWidth, video.videoHeight, t("camera")));
      this.stopCamera?.();
    });
    view.replaceChildren(video, el("div", { class: "row" }, shoot, button("stop", () => this.stopCamera?.())));
    view.hidden = false;
    shoot.focus();
  }
}

/** What is wrong, in words for people. */
class Problem extends Error {}

function embedded(address: string): Blob {
  const [, type = "", encoded = ""] = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(address) ?? [];
  if (!type) throw new Problem(t("not_a_picture"));
  return new Blob([Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))], { type });
}
