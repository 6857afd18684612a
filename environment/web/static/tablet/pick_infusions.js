// @ts-check
/** Continuous infusions: start, change the rate, stop. */
import { amountText, named, rounded } from "/static/app/names.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { clockText, html, useState } from "/static/app/ui.js";

/** Drugs whose infusion follows a first dose (tranexamic acid: CRASH-2, 2010). */
const LOADED = ["tranexamic_acid"];
/** How much one tap changes a rate. */
const STEP = 1.25;

/** Running infusions on top, those that may be started below. */
export function Infusions(/** @type {any} */ { store, outbox, why }) {
  const patient = store.here.patient;
  const running = store.value(patient, "infusion") ?? {};
  const rows = store.here.infusions;
  const had = store.value(patient, "drug") ?? {};
  const note = (/** @type {string} */ drug) => {
    const rate = amountText(rows[drug].default, rows[drug].unit);
    return LOADED.includes(drug) && had[drug] ? `${rate} · ${t("infusion.after_load")}` : rate;
  };
  const text = (/** @type {string} */ drug, /** @type {number} */ rate, /** @type {string} */ unit) =>
    `${named(store.here.drugs, drug)} ${amountText(rate, unit)}`;
  const start = (/** @type {string} */ drug) => {
    const { default: rate, unit } = rows[drug];
    outbox.put(patient, "start_infusion", { drug, rate, unit }, {
      text: text(drug, rate, unit), undo: { twin: patient, operation: "stop_infusion", given: { drug } } });
  };
  return html`<div class="grid">
    ${Object.entries(running).map(([drug, now]) => html`<${Running} key=${drug} drug=${drug} now=${now}
      row=${rows[drug]} store=${store} outbox=${outbox} text=${text}
      against=${why(patient, "change_infusion")} />`)}
    <div class="tiles" role="group" aria-label=${t("infusion.start")}>${Object.keys(rows)
      .filter((drug) => !running[drug])
      .map((drug) => html`<${Tile} key=${drug} label=${named(store.here.drugs, drug)}
        note=${note(drug)} why=${why(patient, "start_infusion")}
        onTap=${() => start(drug)} />`)}</div></div>`;
}

/** One that runs: its rate up or down, its end. */
function Running(/** @type {any} */ { drug, now, row, store, outbox, text, against }) {
  const patient = store.here.patient;
  const [rate, setRate] = useState(now.rate);
  const low = row?.low ?? 0;
  const high = row?.high ?? Infinity;
  const change = (/** @type {number} */ to) => setRate(Math.min(high, Math.max(low, rounded(to))));
  const before = { drug, rate: now.rate, unit: now.unit };
  const send = () => outbox.put(patient, "change_infusion", { drug, rate, unit: now.unit }, {
    text: text(drug, rate, now.unit), undo: { twin: patient, operation: "change_infusion", given: before } });
  const stop = () => outbox.put(patient, "stop_infusion", { drug }, {
    text: t("infusion.stopped", { what: named(store.here.drugs, drug) }),
    undo: { twin: patient, operation: "start_infusion", given: before } });
  return html`<div class="panel running" role="group" aria-label=${named(store.here.drugs, drug)}>
    <span><b>${text(drug, now.rate, now.unit)}</b>
      <small>${t("since", { age: clockText(store.now() - now.since_s) })}</small></span>
    <span class="row stepper"><button aria-label=${t("dose.less")} onClick=${() => change(rate / STEP)}>−</button>
      <output>${amountText(rate, now.unit)}</output>
      <button aria-label=${t("dose.more")} onClick=${() => change(rate * STEP)}>+</button></span>
    <button class="main" disabled=${rate === now.rate || Boolean(against)} onClick=${send}>${t("infusion.change")}</button>
    <button disabled=${Boolean(against)} onClick=${stop}>${t("infusion.stop")}</button></div>`;
}
