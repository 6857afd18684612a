// @ts-check
/** The form: one part at a time, with how many things are wrong in each. */
import { Entries } from "/static/author/entries.js";
import { Fields, Wrong } from "/static/author/fields.js";
import { fieldName } from "/static/author/controls.js";
import { t } from "/static/app/text.js";
import { html, useEffect, useState } from "/static/app/ui.js";

const LISTS = ["injury", "course", "finding", "event", "respond", "trigger", "expect", "branch"];
const CAST = ["person", "room", "device", "vehicle", "place"];
export const PARTS = ["case", "patient", ...LISTS, "cast"];

/** The part in which a place is. */
export function partOf(/** @type {any[]} */ place) {
  const first = String(place[0] ?? "case");
  if (LISTS.includes(first) || first === "patient") return first;
  return CAST.includes(first) ? "cast" : "case";
}

function Case(/** @type {any} */ { draft }) {
  return html`<section aria-label=${t("author.many.case")}><h2>${t("author.many.case")}</h2>
    <${Fields} draft=${draft} fields=${draft.words.tables.scenario} place=${[]} /></section>`;
}

/** A table inside the patient's that may be there or not. */
function Inner(/** @type {any} */ { draft, name }) {
  const place = ["patient", name];
  const there = draft.at(place) !== undefined;
  return html`<fieldset class="field wide"><legend>${fieldName(name)}</legend>
    ${there || name !== "passport" ? html`<${Fields} draft=${draft} fields=${draft.words.tables[name]} place=${place} />` : html`<p class="dim">${t("author.no_passport")}</p>`}
    ${name === "passport" && html`<button onClick=${() => draft.edit([there ? { do: "drop", place } : { do: "put", place, value: { readable: true } }])}>
      ${t(there ? "author.without_passport" : "author.with_passport")}</button>`}</fieldset>`;
}

function Patient(/** @type {any} */ { draft }) {
  const fields = draft.words.tables.patient.filter((/** @type {any} */ f) => f.control !== "body");
  return html`<section aria-label=${t("author.many.patient")}><h2>${t("author.many.patient")}</h2>
    <${Wrong} problems=${draft.problemsAt(["patient"], false)} id="patient-wrong" />
    <${Fields} draft=${draft} fields=${fields} place=${["patient"]} />
    <${Inner} draft=${draft} name="anamnesis" /><${Inner} draft=${draft} name="passport" />
    <fieldset class="field wide"><legend>${fieldName("body")}</legend><p class="dim">${t("author.about.body")}</p>
      <${Wrong} problems=${draft.problemsAt(["patient", "body"], false)} id="body-wrong" />
      <${Fields} draft=${draft} fields=${draft.words.body} place=${["patient", "body"]} /></fieldset></section>`;
}

/** One list of the cast as the file writes it. */
function Part(/** @type {any} */ { draft, name }) {
  const kept = draft.state.parts[name] ?? "";
  const [text, type] = useState(kept);
  useEffect(() => type(kept), [kept]);
  return html`<div class="field wide"><label for="part-${name}">${t(`author.part.${name}`)}</label>
    <textarea id="part-${name}" class="code" spellcheck=${false} rows=${Math.max(3, text.split("\n").length)} value=${text}
      placeholder=${`[[${name}]]\nid = "..."`} onInput=${(/** @type {any} */ e) => type(e.currentTarget.value)}></textarea>
    <${Wrong} problems=${draft.problemsAt([name])} id="part-${name}-wrong" />
    ${text !== kept && html`<div class="row"><button class="main" onClick=${() => draft.edit([{ do: "part", place: [name], toml: text }])}>${t("author.take")}</button>
      <button onClick=${() => type(kept)}>${t("author.leave")}</button></div>`}</div>`;
}

function Cast(/** @type {any} */ { draft }) {
  return html`<section aria-label=${t("author.many.cast")}><h2>${t("author.many.cast")}</h2><p class="dim">${t("author.about.cast")}</p>
    ${draft.state.unwritable ? html`<p class="wrong">${draft.state.unwritable}</p>` : CAST.map((name) => html`<${Part} key=${name} draft=${draft} name=${name} />`)}</section>`;
}

/** The parts to choose from, each with its number of problems. */
function Nav(/** @type {any} */ { draft, part, go }) {
  const count = (/** @type {string} */ name) => draft.state.problems.filter((/** @type {any} */ p) => partOf(p.place) === name).length;
  return html`<nav class="parts" aria-label=${t("author.parts")}>${PARTS.map((name) => html`<button key=${name} aria-pressed=${String(part === name)}
    onClick=${() => go(name)}>${t(`author.many.${name}`)}${count(name) > 0 && html` <span class="count">${t("author.wrong", { n: count(name) })}</span>`}</button>`)}</nav>`;
}

/** The form of the part that is looked at. */
export function Form(/** @type {any} */ { draft, part, go, focus }) {
  if (draft.state.data === null) return html`<p class="panel" role="status">${t("author.not_toml")}</p>`;
  return html`<div class="form"><${Nav} draft=${draft} part=${part} go=${go} />
    <div class="panel part">${part === "case" ? html`<${Case} draft=${draft} />` : part === "patient" ? html`<${Patient} draft=${draft} />`
      : part === "cast" ? html`<${Cast} draft=${draft} />`
        : html`<${Entries} key=${`${part}-${focus?.key ?? ""}`} draft=${draft} table=${part} where=${[part]} focus=${focus?.place[1] ?? null} />`}</div></div>`;
}

