// @ts-check
/** A plan as it was written, with the line at which it is; and what it rested on, or waits for. */
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

const name = (/** @type {string} */ file) => file.split("/").pop() ?? file;

/** The text of a file, its current line in sight. */
export function PlanText(/** @type {any} */ { texts, place }) {
  const [box, hold] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const line = box?.querySelector("[aria-current]");
    if (line) box.scrollTop = line.offsetTop - box.clientHeight / 3;
  }, [box, place]);
  const file = place && texts && Object.keys(texts).find((f) => name(f) === name(place.file));
  return html`<section class="panel" aria-label=${t("mind.plan")}><h2>${t("mind.plan")}
      ${place && html` <small>${place.plan ?? place.label} · ${name(place.file)}:${place.line}</small>`}</h2>
    ${!file ? html`<p class="dim">${t("mind.choose")}</p>` : html`
      <div class="source" tabindex="0" role="region" aria-label=${file} ref=${hold}>
        ${texts[file].split("\n").map((/** @type {string} */ text, /** @type {number} */ n) => html`
          <div aria-current=${n + 1 === place.line ? "step" : undefined}><span aria-hidden="true">${n + 1}</span>${text || " "}</div>`)}
      </div>`}</section>`;
}

/** Why something is believed or was done, and why a plan does not run. */
export function Reasons(/** @type {any} */ { belief, why, decision, plans, plan, ask, whyNot }) {
  return html`<section class="panel" aria-label=${t("mind.reasons")} aria-live="polite"><h2>${t("mind.reasons")}</h2>
    ${belief && html`<p><code>${belief}</code></p>
      ${why === null ? html`<p class="dim">…</p>` : why.length === 0 ? html`<p class="dim">${t("mind.gone")}</p>`
        : html`<ol class="chain" aria-label=${t("why.chain")}>${why.map((/** @type {any} */ b) => html`
          <li data-because=${b.kind}><b>${t(`mind.${b.kind}`)}</b> <code>${b.name}</code>${b.id !== null && html` <small>${b.id}</small>`}</li>`)}</ol>`}`}
    ${decision && html`<p><small>${clockText(decision.effective)}</small> <b>${decision.value.act ?? decision.value.plan}</b></p>
      <ul class="chain" aria-label=${t("why.chain")}>${(decision.value.beliefs ?? []).map((/** @type {any} */ b) => html`
        <li data-because="belief"><code>${b.belief}</code>${b.seq !== null && html` <small>#${b.seq}</small>`}</li>`)}</ul>
      ${(decision.value.beliefs ?? []).length === 0 && html`<p class="dim">${t("mind.bare")}</p>`}`}
    <label>${t("mind.why_not")} <select value=${plan} onChange=${(/** @type {any} */ e) => ask(e.currentTarget.value)}>
      <option value="">–</option>${plans.map((/** @type {any} */ p) => html`<option value=${p.label}>${p.label}</option>`)}</select></label>
    ${whyNot && html`<p data-why-not=${plan}>${whyNot}</p>`}</section>`;
}
