/** The best classes as bars, with their names in both languages. */

import { el } from "./dom";
import type { Model, Text } from "./types";
import { inWords, lang, other, percent, t } from "./words";

const SHOWN = 5;

export interface Ranked {
  label: number;
  probability: number;
}

/** The `count` most probable classes, best first; of equal ones the first. */
export function ranked(probabilities: Float32Array, count = SHOWN): Ranked[] {
  const order = Array.from(probabilities, (probability, label) => ({ label, probability }));
  // What is not a number comes last instead of anywhere.
  const key = ({ probability }: Ranked) => (Number.isNaN(probability) ? -Infinity : probability);
  return order.sort((a, b) => key(b) - key(a) || a.label - b.label).slice(0, count);
}

/** The class's name, or its number where nobody named it. */
export function className(model: Model, label: number): Text {
  const name = model.classes[label];
  return name ?? { ko: t("class_number", { number: label }), en: t("class_number", { number: label }) };
}

export class Predictions {
  readonly node = el("ol", { class: "bars", "data-testid": "predictions" });
  private shown: [Model, Float32Array] | null = null;

  constructor() {
    inWords(() => this.paint());
  }

  show(model: Model, probabilities: Float32Array): void {
    this.shown = [model, probabilities];
    this.paint();
  }

  clear(): void {
    this.shown = null;
    this.paint();
  }

  private paint(): void {
    const [model, probabilities] = this.shown ?? [null, new Float32Array()];
    this.node.replaceChildren(
      ...(model ? ranked(probabilities) : []).map(({ label, probability }) => {
        const name = className(model!, label);
        const second = name[other()] === name[lang()] ? [] : [el("small", { lang: other() }, name[other()])];
        const fill = el("i");
        fill.style.width = `${Math.max(0, Math.min(1, probability || 0)) * 100}%`;
        return el(
          "li",
          { "data-class": label, "data-probability": probability },
          el("span", { class: "name" }, name[lang()], " ", ...second),
          el("span", { class: "num" }, Number.isNaN(probability) ? "NaN" : percent(probability)),
          el("span", { class: "track", "aria-hidden": "true" }, fill),
        );
      }),
    );
  }
}
