// @ts-check
/** What comes next. */
import { deed, reasonText, waitsFor } from "/static/console/deeds.js";
import { word } from "/static/app/names.js";
import { t, words } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** Where a browser keeps whether what waits for a condition is unfolded. */
const WAITING = "console:waiting";

/** Events of the script to come, each brought forward or left out by a tap; what waits for a condition folded. */
export function Next(/** @type {any} */ { store, doing }) {
  const next = Object.entries(store.value("session", "next") ?? {})
    .sort(([, a], [, b]) => a.at_s - b.at_s);
  const waiting = Object.entries(store.value("session", "waiting") ?? {});
  const people = store.value("session", "people") ?? {};
  // whole seconds of both, so that what is written adds up
  const left = (/** @type {any} */ row) => Math.trunc(row.at_s) - Math.trunc(store.now());
  const now = (/** @type {string} */ name) => doing("session", "trigger", { name }, { done: t("console.brought") });
  return html`<section class="panel next" aria-label=${t("console.next")}>
    <h2>${t("console.next")}</h2>
    <ol class="plain upcoming">${next.map(([name, row]) => html`<li key=${name} class="row between" data-next=${row.do}>
      <span><b class="time">${clockText(row.at_s)}</b> <small>${left(row) > 0 && t("console.in", { left: clockText(left(row)) })}</small><br />
        ${word("twin", row.by)}: ${deed(store, row.do, row.given, row.by)}
        ${row.only_if?.for && html` <small>${t("console.only_if", { what: waitsFor(store, row.only_if) })}</small>`}
        ${row.why && html` <small>${t("console.answers", { why: reasonText(store, words(row.why)) })}</small>`}
        ${people[row.by]?.simulated === false && html` <small class="flag">${t("console.by_person")}</small>`}</span>
      <span class="row end"><button onClick=${() => now(name)} disabled=${people[row.by]?.simulated === false}>${t("console.now")}</button>
        <button onClick=${() => doing("session", "skip", { name }, { done: t("console.skipped") })}>${t("console.skip")}</button></span></li>`)}
      ${next.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ol>
    ${waiting.length > 0 && html`<details open=${localStorage.getItem(WAITING) === "open"}
        onToggle=${(/** @type {any} */ e) => localStorage.setItem(WAITING, e.currentTarget.open ? "open" : "")}><summary>${t("console.triggers", { n: waiting.length })}</summary>
      <ul class="plain">${waiting.map(([name, row]) => html`<li key=${name} class="row between">
        <span>${word("twin", row.by)}: ${deed(store, row.do, row.given, row.by)} <small>${t("console.waits_for", { what: waitsFor(store, row) })}</small></span>
        <button onClick=${() => now(name)}>${t("console.now")}</button></li>`)}</ul></details>`}
  </section>`;
}
