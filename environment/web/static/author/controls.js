// @ts-check
/** One control for each kind of value. Whatever is typed is kept, right or wrong. */
import { Arguments, ConditionFields, Operation, PropertyChoice } from "/static/author/asked.js";
import { fromCourse, inline, toCourse } from "/static/author/toml.js";
import { has, t, words } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

export const idOf = (/** @type {any[]} */ place) => `at-${place.join("-")}`;
const typed = (/** @type {any} */ e) => e.currentTarget.value;

/** The name of a field in the reader's language. */
export const fieldName = (/** @type {string} */ key) => (has(`author.field.${key}`) ? t(`author.field.${key}`) : words(key));

/** Words to choose from: `{value: what it says}`. @returns {Record<string, string>} */
export function optionsOf(/** @type {any} */ draft, /** @type {any} */ field) {
  if (field.of) return draft.words.lists[field.of];
  return Object.fromEntries(field.options.map((/** @type {string} */ o) => [o, ""]));
}

/** How a word is shown: its own name and, where there is one, its title. */
const shown = (/** @type {string} */ value, /** @type {string} */ title) => (title && title.toLowerCase() !== words(value) ? `${words(value)}: ${title}` : words(value));

/** A list to choose one of; a value that is not in it is shown as it is. */
export function Choice(/** @type {any} */ { value, options, set, nothing = t("author.nothing"), say = shown, ...more }) {
  const known = value === undefined || value === "" || value in options;
  return html`<select ...${more} onChange=${(/** @type {any} */ e) => set(typed(e) || null)} value=${String(value ?? "")}>
    <option value="">${nothing}</option>
    ${!known && html`<option value=${String(value)}>${t("author.unknown_word", { word: String(value) })}</option>`}
    ${Object.entries(options).map(([key, title]) => html`<option key=${key} value=${key}>${say(key, title)}</option>`)}
  </select>`;
}

/** Several of a list: what is chosen, each to be taken away, and one more. */
function Choices(/** @type {any} */ { value, options, set, id, label, ...more }) {
  const chosen = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const left = Object.fromEntries(Object.entries(options).filter(([key]) => !chosen.includes(key)));
  return html`<div class="chosen">
    ${chosen.map((one, i) => html`<span class="chip ${one in options ? "" : "bad"}" key=${one}>${words(String(one))}
      <button class="quiet" aria-label=${t("author.take_away", { what: words(String(one)) })}
        onClick=${() => set(chosen.filter((_, n) => n !== i))}>×</button></span>`)}
    <${Choice} ...${more} id=${id} value="" options=${left} nothing=${t("author.add_one")}
      set=${(/** @type {any} */ one) => one && set([...chosen, one])} /></div>`;
}

/**
 * A box to type in. What is typed stays, whatever comes from the program meanwhile, until the
 * program has taken it; a refusal leaves it there.
 */
function Typed(/** @type {any} */ { tag = "input", value, commit, ...more }) {
  const [text, type] = useState(/** @type {string | null} */ (null));
  const told = async (/** @type {any} */ e) => {
    const given = typed(e);
    type(given);
    if (await commit(given)) type((/** @type {string | null} */ now) => (now === given ? null : now));
  };
  return html`<${tag} ...${more} value=${text ?? value} onInput=${(/** @type {any} */ e) => type(typed(e))} onChange=${told}></${tag}>`;
}

function CourseLines(/** @type {any} */ { value, set, hasSteps, ...more }) {
  const { lines, steps } = fromCourse(value);
  return html`<div><${Typed} ...${more} tag="textarea" rows=${Math.min(8, lines.split("\n").length + 1)} placeholder=${t("author.course_hint")}
      value=${lines} commit=${(/** @type {string} */ given) => set(toCourse(given, steps))} />
    ${hasSteps && lines.includes("\n") && html`<label class="tick"><input type="checkbox" checked=${steps}
      onChange=${(/** @type {any} */ e) => set(toCourse(lines, e.currentTarget.checked))} /> ${t("author.held")}</label>`}</div>`;
}

/** A number where it is one, else what was typed. */
function number(/** @type {string} */ text) {
  const plain = text.trim().replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : text;
}

/** The control of a field at a place. */
export function Control(/** @type {any} */ { draft, field, place, more }) {
  const value = draft.at(place);
  const set = (/** @type {any} */ given) => draft.put(place, given);
  const plain = { ...more, id: idOf(place), commit: set };
  const text = typeof value === "string" ? value : value === undefined ? "" : inline(value);
  const hint = hintOf(field);
  switch (field.control) {
    case "choice":
      return html`<${Choice} ...${more} id=${idOf(place)} value=${value} options=${optionsOf(draft, field)} set=${set} nothing=${hint || t("author.nothing")} />`;
    case "kind":
      return html`<${Choice} ...${more} id=${idOf(place)} value=${value} options=${Object.fromEntries(Object.keys(draft.words.injuries).map((key) => [key, ""]))}
        set=${(/** @type {any} */ kind) => draft.edit(ofKind(draft, place, kind))} />`;
    case "choices":
      return html`<${Choices} ...${more} id=${idOf(place)} value=${value} options=${optionsOf(draft, field)} set=${set} />`;
    case "flag":
      return html`<${Choice} ...${more} id=${idOf(place)} value=${value === undefined ? "" : String(value)} options=${{ true: t("author.yes"), false: t("author.no") }}
        say=${(/** @type {string} */ _, /** @type {string} */ title) => title} nothing=${hint || t("author.nothing")} set=${(/** @type {any} */ v) => set(v === "true" ? true : v === "false" ? false : v)} />`;
    case "number":
      return html`<${Typed} ...${plain} inputmode="decimal" value=${text} placeholder=${hint} commit=${(/** @type {string} */ given) => set(number(given))} />`;
    case "time":
      return html`<${Typed} ...${plain} class="time" value=${text} placeholder="mm:ss" />`;
    case "long":
      return html`<${Typed} ...${plain} tag="textarea" rows="2" value=${text} />`;
    case "texts": {
      const lines = Array.isArray(value) ? value.join("\n") : text;
      return html`<${Typed} ...${plain} tag="textarea" rows=${Math.max(2, lines.split("\n").length)} value=${lines} placeholder=${t("author.line_each")}
        commit=${(/** @type {string} */ given) => set(given.split("\n").filter((line) => line.trim()))} />`;
    }
    case "course":
      return html`<${CourseLines} ...${more} id=${idOf(place)} value=${value} set=${set} hasSteps=${field.key !== "values"} />`;
    case "operation":
      return html`<${Operation} draft=${draft} field=${field} place=${place} more=${more} />`;
    case "arguments":
      return html`<${Arguments} draft=${draft} field=${field} place=${place} />`;
    case "condition":
      return html`<${ConditionFields} draft=${draft} place=${place} />`;
    case "property":
      return html`<${PropertyChoice} draft=${draft} place=${place} more=${more} />`;
    case "toml":
      return html`<${Typed} ...${plain} class="code" value=${value === undefined ? "" : draft.problemsAt(place).length ? text : inline(value)}
        placeholder=${Array.isArray(field.default) && field.default.length ? inline(field.default) : ""}
        commit=${(/** @type {string} */ given) => draft.edit([given.trim() ? { do: "put", place, toml: given } : { do: "drop", place }])} />`;
    default:
      return html`<${Typed} ...${plain} value=${text} placeholder=${hint} />`;
  }
}

/** The edits by which an injury becomes one of another kind: what that kind has no use for goes. */
function ofKind(/** @type {any} */ draft, /** @type {any[]} */ place, /** @type {string | null} */ kind) {
  const entry = place.slice(0, -1);
  const known = [...draft.words.tables.injury, ...(draft.words.injuries[kind ?? ""]?.fields ?? [])].map((/** @type {any} */ f) => f.key);
  const useless = kind ? Object.keys(draft.at(entry)).filter((key) => !known.includes(key)) : [];
  return [kind ? { do: "put", place, value: kind } : { do: "drop", place }, ...useless.map((key) => ({ do: "drop", place: [...entry, key] }))];
}

/** What counts where nothing is given. */
function hintOf(/** @type {any} */ field) {
  if (field.default === null || field.default === "" || Array.isArray(field.default)) return "";
  const value = field.control === "choice" ? words(String(field.default))
    : field.default === true ? t("author.yes") : field.default === false ? t("author.no") : field.default;
  return t("author.else", { value });
}
