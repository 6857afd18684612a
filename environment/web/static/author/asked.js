// @ts-check
/** What a person asks a twin for: the operation with its arguments, and the condition on which. */
import { Choice, idOf } from "/static/author/controls.js";
import { Field } from "/static/author/fields.js";
import { t, words } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

/** Twin and operation of a text like `patient.examine`. */
const split = (/** @type {any} */ text) => {
  const [twin, ...rest] = String(text ?? "").split(".");
  return [twin, rest.join(".")];
};

/** What a twin can be asked for, by name. @returns {Record<string, any>} */
const operationsOf = (/** @type {any} */ draft, /** @type {string} */ twin) => {
  const kind = draft.words.twins[twin];
  return kind ? draft.words.kinds[kind].operations : {};
};

/** The edits by which somebody asks for something else: what the other operation has no use for goes. */
function asking(/** @type {any} */ draft, /** @type {any[]} */ place, /** @type {string} */ text) {
  const [twin, name] = split(text);
  const known = operationsOf(draft, twin)[name]?.arguments.map((/** @type {any} */ a) => a.key);
  const given = [...place.slice(0, -1), place.at(-1) === "on" ? "on_with" : "with"];
  const useless = known ? Object.keys(draft.at(given) ?? {}).filter((key) => !known.includes(key)) : [];
  const first = text ? { do: "put", place, value: text } : { do: "drop", place };
  return [first, ...useless.map((key) => ({ do: "drop", place: [...given, key] }))];
}

/** Two lists: of whom, and what. */
export function Operation(/** @type {any} */ { draft, field, place, more }) {
  const [twin, name] = split(draft.at(place));
  const operations = operationsOf(draft, twin);
  const twins = Object.fromEntries(Object.keys(draft.words.twins)
    .filter((id) => Object.keys(operationsOf(draft, id)).length).map((id) => [id, ""]));
  const set = (/** @type {string | null} */ to, /** @type {string | null} */ what) => draft.edit(asking(draft, place, to ? `${to}.${what ?? ""}` : ""));
  return html`<div class="pair"><${Choice} ...${more} id=${idOf(place)} aria-label=${t(`author.of_${field.key}`)} value=${twin} options=${twins}
      set=${(/** @type {any} */ to) => set(to, name in operationsOf(draft, to) ? name : "")} />
    <${Choice} ...${more} aria-label=${t("author.operation")} value=${name}
      options=${Object.fromEntries(Object.keys(operations).map((key) => [key, ""]))} set=${(/** @type {any} */ what) => set(twin, what)} />
    <small class="doc">${operations[name]?.doc ?? ""}</small></div>`;
}

/** Which operation the arguments at a place belong to. */
function asked(/** @type {any} */ draft, /** @type {any[]} */ place) {
  const entry = draft.at(place.slice(0, -1)) ?? {};
  const [twin, name] = split(place.at(-1) === "on_with" ? entry.on : entry.do ?? entry.action);
  return operationsOf(draft, twin)[name];
}

/** A control for each argument; also for one that there is not, so that it can be taken away. */
export function Arguments(/** @type {any} */ { draft, place }) {
  const operation = asked(draft, place);
  const given = draft.at(place) ?? {};
  const known = operation?.arguments ?? [];
  const others = Object.keys(given).filter((key) => !known.some((/** @type {any} */ a) => a.key === key));
  const rows = [...known, ...others.map((key) => ({ key, type: "any", choices: [], required: false, other: true }))];
  if (!rows.length) return html`<p class="dim">${t("author.no_arguments")}</p>`;
  return html`<div class="fields inner">${rows.map((/** @type {any} */ a) => html`<${Field} key=${a.key} draft=${draft}
    place=${[...place, a.key]} field=${fieldOf(a)} label=${words(a.key)} />`)}</div>`;
}

/** A field for a value of one of JSON's types. */
function fieldOf(/** @type {any} */ { key, type, choices, required }) {
  const control = choices.length ? "choice" : { string: "text", number: "number", integer: "number", boolean: "flag" }[/** @type {"string"} */ (type)] ?? "toml";
  return { key, control, of: "", options: choices, required, default: null };
}

/** The property of a condition, as its twin declares it. */
function propertyOf(/** @type {any} */ draft, /** @type {any} */ held) {
  return draft.words.kinds[draft.words.twins[held?.twin]]?.properties[held?.property];
}

/** A property of the twin that a condition names. */
export function PropertyChoice(/** @type {any} */ { draft, place, more }) {
  const kind = draft.words.kinds[draft.words.twins[draft.at(place.slice(0, -1))?.twin]];
  const options = Object.fromEntries(Object.keys(kind?.properties ?? {}).sort().map((key) => [key, ""]));
  return html`<${Choice} ...${more} id=${idOf(place)} value=${draft.at(place)} options=${options}
    set=${(/** @type {any} */ v) => draft.put(place, v)} />`;
}

/** How the value of a property is given. */
function controlOf(/** @type {any} */ property) {
  if (property?.type === "flag") return "flag";
  if (property?.choices.length) return "choice";
  return property?.type === "text" || property?.type === "word" ? "text" : "toml";
}

/** The fields of a condition; `is` with the values that the property can have. */
export function ConditionFields(/** @type {any} */ { draft, place }) {
  const held = draft.at(place);
  if (held === undefined) {
    const value = { twin: draft.words.patient, property: "pulse", is: true };
    return html`<button onClick=${() => draft.edit([{ do: "put", place, value }])}>${t("author.condition")}</button>`;
  }
  const property = propertyOf(draft, held);
  const fields = draft.words.tables.condition.map((/** @type {any} */ field) => (["is", "is_not"].includes(field.key)
    ? { ...field, control: controlOf(property), options: property?.choices ?? [] } : field));
  return html`<div class="fields inner">${fields.map((/** @type {any} */ field) => html`<${Field} key=${field.key} draft=${draft}
      field=${field} place=${[...place, field.key]} />`)}
    <button onClick=${() => draft.edit([{ do: "drop", place }])}>${t("author.no_condition")}</button></div>`;
}
