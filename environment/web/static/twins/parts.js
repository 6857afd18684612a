// @ts-check
/** What a twin shows: values as of a moment, operations with what stands against them, links, history. */
import { refusal } from "/static/app/refused.js";
import { t, words } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const said = (/** @type {any} */ value) => {
  const text = value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 240 ? `${text.slice(0, 239)}…` : text;
};

/** A part of the page with its name. */
export const Part = (/** @type {any} */ { name, children }) => html`
  <section class="panel" aria-label=${name}><h2>${name}</h2>${children}</section>`;

/** Values with age and source; what is absent says why. */
export function Values(/** @type {any} */ { state, moment }) {
  const rows = Object.entries(state.values);
  const absent = Object.entries(state.absent).filter(([, a]) => /** @type {any} */ (a).reason !== "unknown");
  return html`<${Part} name=${t("twins.values")}><div class="wide" tabindex="0" role="region" aria-label=${t("twins.values")}><table>
    <thead><tr><th>${t("twins.property")}</th><th>${t("twins.value")}</th><th>${t("mind.age")}</th><th>${t("mind.source")}</th></tr></thead>
    <tbody>${rows.map(([name, r]) => { const reading = /** @type {any} */ (r); return html`<tr data-property=${name}>
      <th scope="row">${words(name)}</th><td>${said(reading.value)}</td>
      <td class="age">${clockText(Math.max(0, moment - reading.effective))}</td><td>${words(reading.source)}</td></tr>`; })}
    ${absent.map(([name, a]) => html`<tr class="stale" data-absent=${name}><th scope="row">${words(name)}</th>
      <td colspan="3">${words(/** @type {any} */ (a).reason)}</td></tr>`)}</tbody></table></div><//>`;
}

/** What can be asked for now, and what stands against the rest. */
export function Operations(/** @type {any} */ { rows }) {
  return html`<${Part} name=${t("twins.operations")}><table><tbody>${Object.entries(rows).map(([name, r]) => {
    const row = /** @type {any} */ (r);
    return html`<tr data-operation=${name}><th scope="row">${words(name)} <small>${row.description}</small></th>
      <td>${row.available ? html`<b class="good">✓ ${t("twins.available")}</b>` : html`✗ ${refusal(row.against)}`}</td></tr>`;
  })}</tbody></table><//>`;
}

/** Links both ways; choosing one goes there. */
export function Links(/** @type {any} */ { rows, go }) {
  return html`<${Part} name=${t("twins.links")}>${rows.length === 0 ? html`<p class="dim">–</p>` : html`<ul class="plain">
    ${rows.map((/** @type {any} */ l) => html`<li data-link=${l.rel}><span class="dim">${l.direction === "out" ? "→" : "←"} ${l.rel}</span>
      <button class="quiet" onClick=${() => go(l.twin)}>${l.twin}</button> <small>${clockText(l.since)}</small></li>`)}</ul>`}<//>`;
}

/** What was journalled of it up to the moment, the newest first. */
export function History(/** @type {any} */ { changes, set }) {
  return html`<${Part} name=${t("twins.history")}><div class="wide tall" tabindex="0" role="region" aria-label=${t("twins.history")}><table>
    <tbody>${[...changes].reverse().map((/** @type {any} */ c) => html`<tr data-change=${c.seq}>
      <td><button class="quiet" onClick=${() => set(c.recorded)}>${clockText(c.recorded)}</button></td>
      <td><small>${c.kind}</small> ${words(c.name)}</td><td>${said(c.value)}</td><td>${words(c.by || c.source)}</td></tr>`)}</tbody></table></div><//>`;
}
