// @ts-check
/** Blood: the protocol, what the bank has and sends, what is given. */
import { named } from "/static/app/names.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { clockText, html, useState } from "/static/app/ui.js";

/** What the bank calls a product of the catalogue. */
const AT_BANK = { fresh_frozen_plasma: "plasma", o_negative_blood: "o_negative_red_cells" };
/** What the catalogue calls a product of the bank. */
const ofBank = (/** @type {string} */ product) => Object.entries(AT_BANK).find(([, at]) => at === product)?.[0] ?? product;

/** Units given so far, by product. @returns {Record<string, number>} */
function givenSoFar(/** @type {any[]} */ events) {
  const given = /** @type {Record<string, number>} */ ({});
  for (const { name, value } of events) {
    if (name === "blood_given") given[ofBank(value.product)] = (given[ofBank(value.product)] ?? 0) + value.units;
  }
  return given;
}

/** Give, ask for, start and stop the massive transfusion protocol; what the bank has not issued is asked about. */
export function Blood(/** @type {any} */ { store, outbox, why, trauma, bank, events }) {
  const [units, setUnits] = useState(1);
  const [doubtful, doubt] = useState("");
  const patient = store.here.patient;
  const rows = store.here.products;
  const mtp = store.value(trauma, "mtp") === true;
  const since = store.value(trauma, "mtp_at_s");
  const stock = store.value(bank, "stock") ?? {};
  const open = Object.entries(store.value(bank, "request") ?? {})
    .filter(([, r]) => !["issued", "refused"].includes(/** @type {any} */ (r).status));
  const start = { twin: trauma, operation: "start_mtp", given: {} };
  const stop = { twin: trauma, operation: "stop_mtp", given: {} };
  const atBank = (/** @type {string} */ id) => AT_BANK[/** @type {"o_negative_blood"} */ (id)] ?? id;
  const given = givenSoFar(events);
  const issued = (/** @type {string} */ id) => (store.value(bank, "issued") ?? {})[atBank(id)] ?? 0;
  const isShort = (/** @type {string} */ id) => bank && issued(id) < (given[id] ?? 0) + units;
  const give = (/** @type {string} */ id) => outbox.put(patient, "give_blood", { product: id, units, over_min: 5 },
    { text: `${named(rows, id)} × ${units}` });
  const ask = (/** @type {string} */ id) => outbox.put(bank, "ask_for",
    { product: atBank(id), units, to: store.value(trauma, "room") ?? "shock_room" },
    { text: t("blood.asked", { what: `${named(rows, id)} × ${units}` }) });
  return html`<div class="grid">
    <div class="panel running" role="group" aria-label=${t("blood.mtp")}>
      <span><b>${t("blood.mtp")}</b> <small>${mtp ? t("since", { age: clockText(store.now() - since) }) : t("blood.mtp_off")}</small></span>
      ${mtp ? html`<button disabled=${Boolean(why(trauma, "stop_mtp"))}
          onClick=${() => outbox.put(trauma, "stop_mtp", {}, { text: t("blood.mtp_stop"), undo: start })}>${t("blood.mtp_stop")}</button>`
        : html`<button class="main" disabled=${Boolean(why(trauma, "start_mtp"))}
          onClick=${() => outbox.put(trauma, "start_mtp", {}, { text: t("blood.mtp_start"), undo: stop })}>${t("blood.mtp_start")}</button>`}
      ${why(trauma, mtp ? "stop_mtp" : "start_mtp") && html`<small>${why(trauma, mtp ? "stop_mtp" : "start_mtp")}</small>`}
    </div>
    <div class="row choices" role="group" aria-label=${t("blood.units")}>${[1, 2, 4, 6].map((n) => html`
      <button key=${n} aria-pressed=${String(n === units)} onClick=${() => setUnits(n)}>${t("blood.n", { n })}</button>`)}</div>
    <h2>${t("blood.give")}</h2>
    ${doubtful && html`<div class="question panel row" role="group" aria-label=${t("blood.anyway")}>
      <b>${t("blood.doubt", { what: named(rows, doubtful), issued: issued(doubtful), given: given[doubtful] ?? 0 })}</b>
      <button class="main" disabled=${Boolean(why(bank, "ask_for"))} onClick=${() => { ask(doubtful); doubt(""); }}>${t("blood.ask")}</button>
      <button disabled=${Boolean(why(patient, "give_blood"))} onClick=${() => { give(doubtful); doubt(""); }}>${t("blood.anyway")}</button>
      <button onClick=${() => doubt("")}>${t("pick.back")}</button></div>`}
    <div class="tiles" role="group" aria-label=${t("blood.give")}>${Object.keys(rows).map((id) => html`<${Tile}
      key=${id} label=${named(rows, id)} note=${t("blood.given", { issued: issued(id), n: given[id] ?? 0 })} tone=${given[id] ? "had" : ""}
      why=${why(patient, "give_blood")} onTap=${() => (isShort(id) ? doubt(id) : give(id))} />`)}</div>
    <h2>${t("blood.ask")}</h2>
    <div class="tiles" role="group" aria-label=${t("blood.ask")}>${Object.keys(rows).map((id) => html`<${Tile}
      key=${id} label=${named(rows, id)} why=${why(bank, "ask_for")} onTap=${() => ask(id)}
      note=${t("blood.stock", { n: stock[atBank(id)] ?? 0 })} />`)}</div>
    ${open.length > 0 && html`<ul class="plain">${open.map(([key, r]) => html`<li key=${key}>
      ${`${named(rows, ofBank(/** @type {any} */ (r).product))} × ${/** @type {any} */ (r).units} · `}${/** @type {any} */ (r).status === "ready" ? t("blood.is_ready")
        : t("blood.ready", { left: clockText(/** @type {any} */ (r).ready_s - store.now()) })}</li>`)}</ul>`}
  </div>`;
}
