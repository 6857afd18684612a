// @ts-check
/** What was chosen in the lanes, told in words: an alert with its chain of reasons, an act, a window. */
import { word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { has, t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";
import { ruleText } from "/static/debrief/words.js";
import { stepsOf } from "/static/tablet/reasons.js";
import { deedText } from "/static/tablet/report.js";

/** Why an alert went: an assistant's word, or what somebody wrote. */
const clearedText = (/** @type {string} */ why) => (has(`cleared.${why}`) ? t(`cleared.${why}`) : why);

/** How somebody has seen to an alert: what he said, or that he did what it advised. */
function seenText(/** @type {any} */ here, /** @type {any} */ row) {
  const what = deedText(here, row.acknowledged_how);
  return row.by_doing ? t("debrief.by_doing", { what }) : what;
}

/** One step of the chain, and what led to it. */
function Step(/** @type {any} */ { step }) {
  return html`<li data-step=${step.kind}><small>${clockText(step.at_s)}</small> ${step.text}
    ${step.because.length > 0 && html`<ul>${step.because.map((/** @type {any} */ s) => html`<${Step} step=${s} />`)}</ul>`}</li>`;
}

/** The reasons of an alert as its assistant would say them, each at its time; null until they are read. */
function useReasons(/** @type {any} */ store, /** @type {any} */ row) {
  const address = `${row.of_other ? "/debrief/other" : "/twins/display"}/${row.display}/why/${row.seq}`;
  const [steps, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let is = true;
    tell(null);
    get(address)
      .then(({ body }) => is && tell(stepsOf(Object.assign(Object.create(store), { timeText: clockText }), body.chain))).catch(() => is && tell([]));
    return () => { is = false; };
  }, [address]);
  return steps;
}

function Alert(/** @type {any} */ { store, row }) {
  // What is shown needs no reason; the last decision before it says most.
  const steps = (useReasons(store, row) ?? [])
    .filter((/** @type {any} */ s) => s.text !== row.text).reverse();
  return html`<p><b>${ruleText(row.rule, row.title)}</b> · ${row.text}</p>
    <dl class="facts">
      <dt>${t("debrief.raised")}</dt><dd>${row.steps.map((/** @type {any} */ s) => html`<div>${clockText(s[0])} ${t(`priority.${s[1]}`)}</div>`)}</dd>
      <dt>${t("debrief.acknowledged")}</dt><dd>${row.acknowledged_s === null ? "–"
        : `${clockText(row.acknowledged_s)} ${word("twin", row.acknowledged_by)}: ${seenText(store.here, row)}`}</dd>
      <dt>${t("debrief.cleared")}</dt><dd>${row.to_s === null ? t("debrief.still") : `${clockText(row.to_s)} ${clearedText(row.cleared_because)}`}</dd>
    </dl>
    <h3>${t("debrief.why")}</h3>
    ${steps.length > 0 && html`<ol class="reasons" aria-label=${t("debrief.why")}>${steps.map((/** @type {any} */ s) => html`
      <li><small>${clockText(s.at)}</small> ${s.text}</li>`)}</ol>`}
    <details><summary>${t("debrief.chain")}</summary>
      ${row.why.map((/** @type {any} */ step) => html`<ul class="chain"><${Step} step=${step} /></ul>`)}</details>`;
}

const Brought = (/** @type {any} */ { row }) => html`<p><b>${t("debrief.by_now")}</b>:${" "}
  ${clockText(row.at_s)}${row.to_s !== null && html`–${clockText(row.to_s)}`} ${row.what}</p>`;

const Window = (/** @type {any} */ { row }) => html`<p class="verdict ${row.verdict}"><b>${t(`debrief.${row.verdict}`)}</b> ${row.text}</p>
  ${row.why && html`<p>${row.why}</p>`}`;

const Alarm = (/** @type {any} */ { row }) => html`<p><b>${row.rule}</b> · ${row.text}</p><dl class="facts">
  <dt>${t("debrief.raised")}</dt><dd>${row.steps.map((/** @type {any} */ s) => html`<div>${clockText(s[0])} ${t(`priority.${s[1]}`)}</div>`)}</dd>
  <dt>${t("debrief.silenced")}</dt><dd>${row.silenced.length === 0 ? "–"
    : row.silenced.map((/** @type {any} */ s) => html`<div>${clockText(s.at_s)} ${word("twin", s.by)}</div>`)}</dd>
  <dt>${t("debrief.cleared")}</dt><dd>${row.to_s === null ? t("debrief.still") : clockText(row.to_s)}</dd></dl>`;

const Act = (/** @type {any} */ { row }) => html`<p>${clockText(row.at_s)} <b>${row.what}</b> (${word("twin", row.by)})</p>`;

const HERE = "chosen";

/** The panel. */
export function Chosen(/** @type {any} */ { store, chosen, leave }) {
  useEffect(() => {
    const here = document.getElementById(HERE);
    if (!chosen || !here) return undefined;
    const show = () => {
      const { top } = here.getBoundingClientRect();
      const mark = document.querySelector(".lanes [aria-pressed=true]")?.getBoundingClientRect();
      if (top < 0) here.scrollIntoView(); // chosen in a table below it
      else if (mark && mark.bottom > top && mark.top < innerHeight) scrollBy(0, mark.bottom - top + 8); // behind it
    };
    show();
    const watcher = new ResizeObserver(show); // its reasons come a moment later
    watcher.observe(here);
    return () => watcher.disconnect();
  }, [chosen]);
  return html`<section class="panel chosen ${chosen ? "told" : ""}" id=${HERE} tabindex="0" aria-label=${t("debrief.chosen")} aria-live="polite">
    <header class="row between"><h2>${t("debrief.chosen")}</h2>
      ${chosen && html`<button aria-label=${t("debrief.close")} onClick=${leave}>×</button>`}</header>
    ${!chosen ? html`<p class="dim">${t("debrief.choose")}</p>`
      : chosen.alarm ? html`<${Alarm} row=${chosen} />` : chosen.rule ? html`<${Alert} store=${store} row=${chosen} />`
        : chosen.operation ? html`<${Brought} row=${chosen} />`
        : chosen.verdict ? html`<${Window} row=${chosen} />` : html`<${Act} row=${chosen} />`}</section>`;
}
