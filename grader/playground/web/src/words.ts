/** The page in two languages: every text that is on it changes when the language does. */

import type { Lang, Site, Text } from "./types";

let strings: Record<string, Text> = {};
const listeners = new Set<() => void>();

export function setUp(site: Site): void {
  strings = site.strings;
  document.documentElement.lang = site.lang;
}

export function lang(): Lang {
  return document.documentElement.lang === "en" ? "en" : "ko";
}

export function other(): Lang {
  return lang() === "ko" ? "en" : "ko";
}

export function setLang(value: Lang): void {
  document.documentElement.lang = value;
  for (const listener of listeners) listener();
}

/** Call `paint` now, and whenever the language changes. */
export function inWords(paint: () => void): void {
  listeners.add(paint);
  paint();
}

/** The text `key` with its {fields} filled. */
export function t(key: string, fields: Record<string, string | number> = {}): string {
  const text = strings[key];
  if (!text) throw new Error(`no text ${key}`);
  return text[lang()].replace(/\{(\w+)\}/g, (whole, name: string) => String(fields[name] ?? whole));
}

/** A number as people write it here: thousands separated, at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(lang(), { maximumFractionDigits: digits }).format(value);
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}
