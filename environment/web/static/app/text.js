// @ts-check
/** Texts in the reader's language: a table per language, English where one has no text. */

/** @type {Record<string, string>} */
let table = {};
/** @type {Record<string, string>} */
let english = {};
export let language = "en";

/** Load the table of a language: `?lang=it`, else what was chosen before, else the browser's. */
export async function loadTexts() {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = localStorage.getItem("language");
  language = (asked ?? kept ?? navigator.language ?? "en").slice(0, 2);
  if (asked) localStorage.setItem("language", asked);
  english = await read("en");
  table = language === "en" ? english : await read(language).catch(() => english);
  if (table === english) language = "en";
  document.documentElement.lang = language;
}

async function read(/** @type {string} */ name) {
  const response = await fetch(`/static/text/${name}.json`);
  if (!response.ok) throw new Error(name);
  return response.json();
}

/** A text by its key; `{name}` is filled in. What has no text is shown as words of the key. */
export function t(/** @type {string} */ key, /** @type {Record<string, any>} */ filled = {}) {
  const text = table[key] ?? english[key] ?? words(key);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(filled[name] ?? ""));
}

/** Whether there is a text of this key. */
export function has(/** @type {string} */ key) {
  return key in table || key in english;
}

/** A sentence of the program with its names as words; phases in the reader's language. */
export function inWords(/** @type {string} */ text) {
  return text.replace(/[a-z]+(?:_[a-z0-9]+)*/g, (name) =>
    has(`phase.${name}`) ? t(`phase.${name}`) : name.includes("_") ? words(name) : name);
}

/** A name of the program as words: `pelvic_binder` is "pelvic binder". */
export function words(/** @type {string} */ name) {
  return name.replace(/^.*\./, "").replaceAll("_", " ");
}
