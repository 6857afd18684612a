// @ts-check
/**
 * What the assistants say, in the reader's language. Their texts are made of templates, one or some for
 * each rule: a text is recognised by its template, its values are put into the translated one. What is
 * not recognised (a rule of one's own, a card of the passport) stays as it was said.
 */
import { has, language, t, words } from "/static/app/text.js";

/** A template, and what it becomes. @typedef {{from: RegExp, names: string[], to: string}} Pattern */
/** @typedef {Record<string, Pattern[]>} Patterns */

const OLD = "(old data) ";
/** @type {{alerts: Patterns, suggestions: Patterns, questions: Patterns, lines: Patterns}} */
const patterns = { alerts: {}, suggestions: {}, questions: {}, lines: {} };
/** @type {Pattern[]} */
let parts = [];
/** @type {Record<string, string>} */
let terms = {};
/** Names of the catalogue in the reader's language, by id. @type {Record<string, string>} */
let catalogue = {};

/** Load the table of the reader's language; English has none. */
export async function loadSaid(/** @type {Record<string, string>} */ names) {
  if (language === "en") return;
  const response = await fetch(`/static/text/alerts_${language}.json`);
  if (!response.ok) return;
  const table = await response.json();
  for (const group of /** @type {("alerts" | "suggestions" | "questions" | "lines")[]} */ (Object.keys(patterns))) {
    patterns[group] = Object.fromEntries(Object.entries(table[group]).map(([name, rows]) => [name, compiled(rows)]));
  }
  parts = compiled(table.parts);
  terms = table.terms;
  catalogue = names;
}

/** Gaps that hold a number, or a question mark where nobody knows it. */
const NUMBERS = new Set(["minutes", "seconds", "gcs", "best", "spo2", "limit", "sbp", "hr", "rr", "etco2", "score", "si", "zone",
  "ml", "ml_h", "k", "glucose", "lactate", "ph", "red_cells", "plasma", "temp", "weeks", "weight"]);
const GAP = /\{\w+(?::[^}]*)?\}/g;

/**
 * Templates as patterns: `{name}` or `{name:.2f}` is a gap, `[[...]]` may be missing. Those with the most
 * words come first. @returns {Pattern[]}
 */
function compiled(/** @type {Record<string, string>} */ rows) {
  const said = (/** @type {string} */ template) => template.replace(GAP, "").length;
  const sorted = Object.entries(rows).sort(([a], [b]) => said(b) - said(a));
  return sorted.map(([template, to]) => {
    /** @type {string[]} */
    const names = [];
    const from = template.split(/(\[\[|\]\]|\{\w+(?::[^}]*)?\})/).map((piece) => {
      if (piece === "[[") return "(?:";
      if (piece === "]]") return ")?";
      const gap = /^\{(\w+)/.exec(piece);
      if (!gap) return piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(gap[1]);
      return NUMBERS.has(gap[1]) ? "([-\\d.?]+)" : "(.+?)";
    }).join("");
    return { from: new RegExp(`^${from}$`), names, to };
  });
}

/** A text by one of its templates; null if none fits. @returns {string | null} */
function by(/** @type {Pattern[] | undefined} */ rows, /** @type {string} */ text) {
  for (const { from, names, to } of rows ?? []) {
    const found = from.exec(text);
    if (!found) continue;
    const values = Object.fromEntries(names.map((name, n) => [name, found[n + 1]]));
    const known = (/** @type {string} */ piece) => [...piece.matchAll(/\{(\w+)/g)].every(([, name]) => values[name] !== undefined);
    return to.replace(/\[\[(.*?)\]\]/g, (_, piece) => (known(piece) ? piece : ""))
      .replace(/\{(\w+)(?::[^}]*)?\}/g, (_, name) => valueText(values[name]));
  }
  return null;
}

/** One word of the program, or of the catalogue. @returns {string | null} */
function term(/** @type {string} */ word) {
  const id = word.toLowerCase().replaceAll(" ", "_");
  if (terms[word] ?? catalogue[id]) return terms[word] ?? catalogue[id];
  const group = ["site", "twin"].find((g) => has(`${g}.${id}`));
  return group ? t(`${group}.${id}`) : null;
}

/** A value: a word, a sentence made of a template, a name with its dose, a list; else as it is. @returns {string} */
function valueText(/** @type {string} */ value) {
  const whole = term(value) ?? by(parts, value);
  if (whole !== null) return whole;
  const list = /^\[(.*)\]$/.exec(value); // as plans write it
  if (list) return list[1].split(",").map(valueText).join(", ");
  if (value.includes(", ")) return value.split(", ").map(valueText).join(", ");
  const dose = /^(\D+) (\d.*)$/.exec(value);
  const name = dose && term(dose[1]);
  return dose && name ? `${name} ${dose[2]}` : value;
}

/** What the passport adds to an alert stands behind it. */
function withMore(/** @type {Pattern[] | undefined} */ rows, /** @type {string} */ text) {
  const whole = by(rows, text);
  if (whole !== null) return whole;
  for (let at = text.indexOf(". "); at >= 0; at = text.indexOf(". ", at + 2)) {
    const first = by(rows, text.slice(0, at));
    if (first !== null) return `${first}. ${valueText(text.slice(at + 2))}`;
  }
  return null;
}

/** Signs that rules name in capitals, as they are written. @type {[RegExp, string][]} */
const SIGNS = [[/\bSPO2\b/g, "SpO2"], [/\bETCO2\b/g, "EtCO2"]];

/** An alert's text. @returns {string} */
export function alertText(/** @type {string} */ rule, /** @type {string} */ text) {
  if (text.startsWith(OLD + OLD)) return alertText(rule, text.slice(OLD.length)); // once says it
  if (text.startsWith(OLD)) return `${t("alert.old")} ${alertText(rule, text.slice(OLD.length))}`;
  return SIGNS.reduce((said, [found, written]) => said.replace(found, written), withMore(patterns.alerts[rule], text) ?? text);
}

/** What is suggested, asked, or written as a line, by its name. @returns {string} */
export const adviceText = (/** @type {string} */ name, /** @type {string} */ text) =>
  by(patterns.suggestions[name], text) ?? text;
export const questionText = (/** @type {string} */ name, /** @type {string} */ text) =>
  by(patterns.questions[name], text) ?? text.replace(/\[([a-z_,]+)\]/g, (_, list) => list.split(",").map(words).join(", "));
export const lineText = (/** @type {string} */ name, /** @type {string} */ text) =>
  by(patterns.lines[name], text) ?? by(patterns.lines["*"], text) ?? text;
