// @ts-check
/** A field: its name, its control, and what is wrong with it. */
import { Control, fieldName, idOf } from "/static/author/controls.js";
import { t } from "/static/app/text.js";
import { html } from "/static/app/ui.js";

/** Controls of several parts, which a group names instead of a label. */
const GROUPS = ["arguments", "condition"];

/** What is wrong at a place. */
export function Wrong(/** @type {any} */ { problems, id }) {
  if (!problems.length) return null;
  return html`<p class="wrong" id=${id}>${problems.map((/** @type {any} */ p) => html`<span key=${p.text}>${p.text} <small>${t("author.line", { line: p.line })}</small></span>`)}</p>`;
}

/** One field at a place. */
export function Field(/** @type {any} */ { draft, field, place, label }) {
  const isGroup = GROUPS.includes(field.control);
  const problems = draft.problemsAt(place, !isGroup);
  const name = label ?? fieldName(field.key);
  const wrong = `${idOf(place)}-wrong`;
  const more = {
    ...(field.required ? { "aria-required": "true" } : {}),
    ...(problems.length ? { "aria-invalid": "true", "aria-describedby": wrong } : {}),
  };
  const body = html`<${Control} draft=${draft} field=${field} place=${place} more=${more} /><${Wrong} problems=${problems} id=${wrong} />`;
  if (isGroup) return html`<fieldset class="field wide" data-key=${field.key}><legend>${name}</legend>${body}</fieldset>`;
  const wide = ["long", "texts", "operation", "choices", "toml", "course"].includes(field.control);
  return html`<div class="field ${wide ? "wide" : ""}" data-key=${field.key}>
    <label for=${idOf(place)}>${name}${field.required && html`<span class="needed" aria-hidden="true" title=${t("author.needed")}> *</span>`}</label>${body}</div>`;
}

/** The fields of a table at a place. */
export function Fields(/** @type {any} */ { draft, fields, place }) {
  return html`<div class="fields">${fields.map((/** @type {any} */ field) => html`<${Field} key=${field.key} draft=${draft} field=${field} place=${[...place, field.key]} />`)}</div>`;
}
