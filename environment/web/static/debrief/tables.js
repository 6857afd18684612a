// @ts-check
/** Tables of a debrief: the clock, what was missed or late; two runs side by side. */
import { has, t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const held = (/** @type {any} */ row) => (row?.met === true ? `✓ ${t("debrief.held")}` : row?.met === false ? `✗ ${t("debrief.not_held")}` : "–");
const label = (/** @type {any} */ row) => (has(`kpi.${row.key}`) ? t(`kpi.${row.key}`) : row.label);

/** A difference of what stands beside it, to the second. */
const signed = (/** @type {number} */ seconds) => `${seconds > 0 ? "+" : ""}${clockText(seconds)}`;

/** The clock of one run, or of two with the difference. */
export function Clock(/** @type {any} */ { runs, go }) {
  const [one, other] = runs;
  return html`<section class="panel ${other ? "both" : ""}" aria-label=${t("debrief.clock")}><h2>${t("debrief.clock")}</h2>
    <div class="wide"><table><thead><tr><th>${t("debrief.interval")}</th><th>${other ? "A" : t("debrief.measured")}</th>
      ${other && html`<th>B</th><th>B − A</th>`}<th>${t("debrief.target")}</th><th>${other ? "A · B" : t("debrief.result")}</th></tr></thead>
    <tbody>${one.kpis.map((/** @type {any} */ row) => {
      const twin = other?.kpis.find((/** @type {any} */ k) => k.key === row.key);
      const both = row.value_s !== null && twin && twin.value_s !== null;
      return html`<tr data-kpi=${row.key}><th scope="row">${label(row)} <small>${has(`source.${row.source}`) ? t(`source.${row.source}`) : row.source}</small></th>
        <td>${row.at_s === null ? clockText(row.value_s)
          : html`<button class="quiet" onClick=${() => go(row.at_s)}>${clockText(row.value_s)}</button>`}</td>
        ${other && html`<td>${clockText(twin?.value_s ?? null)}</td><td>${both ? signed(Math.trunc(twin.value_s) - Math.trunc(row.value_s)) : "–"}</td>`}
        <td>${row.target_s === null ? "–" : clockText(row.target_s)}</td>
        <td><span class=${row.met === false ? "bad" : ""}>${held(row)}</span>${other && html` · <span class=${twin?.met === false ? "bad" : ""}>${held(twin)}</span>`}</td></tr>`;
    })}</tbody></table></div></section>`;
}

const WORST = ["violated", "missed", "helped", "late", "open", "met", "void"];
const SIGN = { met: "✓", late: "»", helped: "»", missed: "✗", violated: "✗", open: "…", void: "–" };
const rank = (/** @type {any} */ w) => WORST.indexOf(w.verdict);

/** Whether two runs expected the same. */
const isAlike = (/** @type {any} */ v, /** @type {any} */ w) => v.subject === w.subject && v.must === w.must
  && v.priority === w.priority && v.by_s === w.by_s && JSON.stringify(v.given) === JSON.stringify(w.given);

/** How many expectations of a run were met, late, missed. */
function counted(/** @type {any[]} */ rows) {
  const count = (/** @type {string[]} */ ...verdicts) => rows.filter((w) => verdicts.includes(w.verdict)).length;
  return t("debrief.counted", { met: count("met"), all: rows.length - count("void"), missed: count("missed", "violated"), late: count("late", "helped") });
}

/** What became of one expectation in one run. */
function Became(/** @type {any} */ { w, choose, go }) {
  if (!w) return html`<td>–</td>`;
  return html`<td data-verdict=${w.verdict}><b class="verdict ${w.verdict}">${SIGN[/** @type {"met"} */ (w.verdict)]} ${t(`debrief.${w.verdict}`)}</b>
    <button class="quiet text" onClick=${() => { choose(w); go(w.at_s ?? w.by_s ?? 0); }}>${w.became}</button></td>`;
}

/** What was expected and what became of it, the worst first; of two runs beside each other. */
export function Expected(/** @type {any} */ { runs, go, choose }) {
  const [one, other] = runs.map((/** @type {any} */ run) => run.lanes.windows);
  const alike = (/** @type {any} */ w) => other?.find((/** @type {any} */ v) => isAlike(v, w));
  const worst = (/** @type {any} */ w) => Math.min(rank(w), alike(w) ? rank(alike(w)) : WORST.length);
  const rows = [...one].sort((a, b) => worst(a) - worst(b));
  return html`<section class="panel ${other ? "both" : ""}" aria-label=${t("debrief.expected")}><h2>${t("debrief.expected")}</h2>
    ${runs.map((/** @type {any} */ run, /** @type {number} */ n) => html`<p>${other && html`<b>${"AB"[n]}</b> `}${counted(run.lanes.windows)}</p>`)}
    <div class="wide"><table>${other && html`<thead><tr><th></th><th>A</th><th>B</th></tr></thead>`}
    <tbody>${rows.map((w) => (other
      ? html`<tr><th scope="row">${w.name}</th><${Became} w=${w} choose=${choose} go=${go} /><${Became} w=${alike(w)} choose=${choose} go=${go} /></tr>`
      : html`<tr data-verdict=${w.verdict}><td class="verdict ${w.verdict}">${SIGN[/** @type {"met"} */ (w.verdict)]} ${t(`debrief.${w.verdict}`)}</td>
        <td><button class="quiet text" onClick=${() => { choose(w); go(w.at_s ?? w.by_s ?? 0); }}>${w.text}</button></td></tr>`))}
    </tbody></table></div></section>`;
}
