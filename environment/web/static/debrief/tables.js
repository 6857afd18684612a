// @ts-check
/** Tables of a debrief: the clock, what was missed or late; two runs side by side. */
import { has, t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const held = (/** @type {any} */ row) => (row?.met === true ? `✓ ${t("debrief.held")}` : row?.met === false ? `✗ ${t("debrief.not_held")}` : "–");
const label = (/** @type {any} */ row) => (has(`kpi.${row.key}`) ? t(`kpi.${row.key}`) : row.label);

/** The clock of one run, or of two with the difference. */
export function Clock(/** @type {any} */ { runs, go }) {
  const [one, other] = runs;
  return html`<section class="panel ${other ? "both" : ""}" aria-label=${t("debrief.clock")}><h2>${t("debrief.clock")}</h2>
    <div class="wide"><table><thead><tr><th>${t("debrief.interval")}</th><th>${other ? "A" : t("debrief.measured")}</th>
      ${other && html`<th>B</th><th>B − A</th>`}<th>${t("debrief.target")}</th><th>${other ? "A · B" : t("debrief.result")}</th></tr></thead>
    <tbody>${one.kpis.map((/** @type {any} */ row) => {
      const twin = other?.kpis.find((/** @type {any} */ k) => k.key === row.key);
      const both = row.value_s !== null && twin && twin.value_s !== null;
      return html`<tr data-kpi=${row.key}><th scope="row">${label(row)} <small>${row.source}</small></th>
        <td>${row.at_s === null ? clockText(row.value_s)
          : html`<button class="quiet" onClick=${() => go(row.at_s)}>${clockText(row.value_s)}</button>`}</td>
        ${other && html`<td>${clockText(twin?.value_s ?? null)}</td><td>${both ? clockText(twin.value_s - row.value_s) : "–"}</td>`}
        <td>${row.target_s === null ? "–" : clockText(row.target_s)}</td>
        <td class=${row.met === false ? "bad" : ""}>${held(row)}${other && html` · ${held(twin)}`}</td></tr>`;
    })}</tbody></table></div></section>`;
}

const WORST = ["violated", "missed", "late", "open", "met", "void"];

/** What was expected and what became of it, the worst first. */
export function Expected(/** @type {any} */ { runs, go, choose }) {
  const [one, other] = runs;
  const rows = [...one.lanes.windows].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
  const alike = (/** @type {any} */ w) => other?.lanes.windows.find((/** @type {any} */ v) =>
    v.subject === w.subject && v.must === w.must && v.priority === w.priority && v.by_s === w.by_s);
  const count = (/** @type {string} */ verdict) => rows.filter((w) => w.verdict === verdict).length;
  return html`<section class="panel" aria-label=${t("debrief.expected")}><h2>${t("debrief.expected")}</h2>
    <p>${t("debrief.counted", { met: count("met"), all: rows.length - count("void"), missed: count("missed") + count("violated"), late: count("late") })}</p>
    <div class="wide"><table><tbody>${rows.map((w) => html`<tr data-verdict=${w.verdict}>
      <td class="verdict ${w.verdict}">${t(`debrief.${w.verdict}`)}${other && html` · ${alike(w) ? t(`debrief.${alike(w).verdict}`) : "–"}`}</td>
      <td><button class="quiet text" onClick=${() => { choose(w); go(w.at_s ?? w.by_s ?? 0); }}>${w.text}</button></td></tr>`)}
    </tbody></table></div></section>`;
}
