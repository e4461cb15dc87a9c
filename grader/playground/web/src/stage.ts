/** The picture with the map laid over it. */

import { coloured } from "./colours";
import { context, el, named } from "./dom";
import type { Heat } from "./maps";
import type { Picture } from "./picture";

/** Longest side of the picture on the page, in pixels of the canvas. */
const SIDE = 512;

export class Stage {
  readonly node: HTMLElement;
  private readonly picture = named(el("canvas", { role: "img", width: 16, height: 16 }), "picture");
  private readonly heat = named(el("canvas", { class: "heat", role: "img", "data-testid": "map", hidden: true }), "map");

  constructor() {
    this.node = named(el("div", { class: "stage", tabindex: 0, role: "group" }, this.picture, this.heat), "stage");
  }

  show(picture: Picture): void {
    const { width, height } = picture.canvas;
    const zoom = SIDE / Math.max(width, height);
    const size = { width: Math.max(1, Math.round(width * zoom)), height: Math.max(1, Math.round(height * zoom)) };
    for (const canvas of [this.picture, this.heat]) Object.assign(canvas, size);
    this.node.style.aspectRatio = `${size.width} / ${size.height}`;
    const brush = context(this.picture);
    // Small pictures keep their pixels: that is all that the network sees.
    brush.imageSmoothingEnabled = zoom < 3;
    brush.imageSmoothingQuality = "high";
    brush.drawImage(picture.canvas, 0, 0, size.width, size.height);
    this.heat.hidden = true;
  }

  /** Lay `heat` over the picture; null takes it away. */
  lay(heat: Heat | null, colormap: string): void {
    this.heat.hidden = !heat;
    this.heat.dataset.kind = heat?.kind ?? "";
    if (!heat) return;
    const brush = context(this.heat);
    brush.imageSmoothingQuality = "high";
    const small = coloured(heat.values, heat.height, heat.width, colormap);
    brush.clearRect(0, 0, this.heat.width, this.heat.height);
    brush.drawImage(small, 0, 0, this.heat.width, this.heat.height);
  }

  set opacity(value: number) {
    this.heat.style.opacity = String(value);
  }

  /** The map shows only while somebody points at the picture, or is on it with the keyboard. */
  set onlyPointed(value: boolean) {
    this.node.classList.toggle("pointed", value);
  }
}
