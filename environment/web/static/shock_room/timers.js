// @ts-check
/** Clocks that run: what is in place, how long there is time, what flows. */
import { underWay } from "/static/app/found.js";
import { amountText, named, site, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** Seconds after injury within which tranexamic acid is begun (CRASH-2, 2010). */
const TXA_S = 3 * 3600;
/** The last hour of it is marked (engineering default). */
const TXA_LATE_S = 3600;
/** Products after which calcium is due (the alert rule HAE-09). */
const CALCIUM_EACH = 4;
/**
 * Seconds from which a device is overdue: a tourniquet 2 h (TCCC), a balloon 30 min in zone 1, 60
 * in zone 3.
 */
const limitOf = (/** @type {any} */ device) => {
  if (device.kind === "tourniquet") return 7200;
  if (device.kind === "reboa") return device.site.endsWith("3") ? 3600 : 1800;
  return null;
};

/** @typedef {{id: string, name: string, value: string, note: string, share: number | null, due: boolean}} Timer */

/** @returns {Timer[]} */
function timers(/** @type {any} */ store, /** @type {any} */ trauma, /** @type {any[]} */ events) {
  const { patient } = store.here;
  const now = store.now();
  /** @type {Timer[]} */
  const rows = [];
  const add = (/** @type {string} */ id, /** @type {string} */ name, /** @type {string} */ value, more = {}) =>
    rows.push({ id, name, value, note: "", share: null, due: false, ...more });
  for (const [key, d] of Object.entries(store.value(patient, "device") ?? {})) {
    const device = /** @type {any} */ (d);
    const limit = limitOf(device);
    if (limit === null) continue;
    const age = now - device.at_s;
    add(`device-${key}`, [named(store.here.procedures, device.kind), device.site && site(device.site)].filter(Boolean).join(" · "),
      clockText(age), { share: Math.min(1, age / limit), due: age >= limit, note: t("wall.of", { limit: clockText(limit) }) });
  }
  txa(store, trauma, now, add);
  if (store.value(trauma.id, "mtp") === true) {
    add("mtp", t("blood.mtp_short"), clockText(now - store.value(trauma.id, "mtp_at_s", now)));
  }
  const since = store.value(patient, "products_since_calcium") ?? 0;
  if (since > 0) {
    add("calcium", t("wall.calcium"), t("wall.products", { n: since }),
      { note: t("wall.each", { n: CALCIUM_EACH }), share: Math.min(1, since / CALCIUM_EACH), due: since >= CALCIUM_EACH });
  }
  for (const { id, ready } of underWay(store, events)) {
    add(`diagnostic-${id}`, named(store.here.diagnostics, id), clockText(Math.max(0, ready - now)), { note: t("wall.to_result") });
  }
  for (const [side, d] of Object.entries(store.value(patient, "drain") ?? {})) {
    const drain = /** @type {any} */ (d);
    add(`drain-${side}`, t("wall.drain", { side: word("site", side) }), `${Math.round(drain.ml ?? 0)} mL`,
      { note: `${Math.round(drain.ml_h ?? 0)} mL/h` });
  }
  for (const [drug, i] of Object.entries(store.value(patient, "infusion") ?? {})) {
    const infusion = /** @type {any} */ (i);
    add(`infusion-${drug}`, named(store.here.drugs, drug), amountText(infusion.rate, infusion.unit), { note: clockText(now - infusion.since_s) });
  }
  return rows;
}

/** The window of tranexamic acid, until it is given: then it stands among the drugs. */
function txa(/** @type {any} */ store, /** @type {any} */ trauma, /** @type {number} */ now, /** @type {any} */ add) {
  const injury = store.value("preh", "injury_at_s") ?? store.value(trauma.id, "injury_at_s");
  const given = store.value(store.here.patient, "drug")?.tranexamic_acid?.last_s ?? store.value(trauma.id, "txa_s");
  const name = named(store.here.drugs, "tranexamic_acid");
  if ((given ?? null) === null && injury !== null) {
    const left = injury + TXA_S - now;
    add("txa", name, left > 0 ? clockText(left) : t("wall.too_late"), { note: left > 0 ? t("wall.not_given") : "",
      share: Math.min(1, 1 - left / TXA_S), due: left < TXA_LATE_S });
  }
}

export function Timers(/** @type {any} */ { store, trauma, events }) {
  const rows = timers(store, trauma, events);
  return html`<section class="timers" aria-label=${t("wall.timers")}><h2>${t("wall.timers")}</h2>
    <ul>${rows.map((row) => html`<li key=${row.id} data-timer=${row.id} class=${row.due ? "due" : ""}>
        <span>${row.due && html`<span class="mark" aria-hidden="true">▲ </span>`}${row.name}
          ${row.due && html`<span class="visually-hidden">${t("wall.due")}</span>`}</span>
        <span class="run"><b>${row.value}</b> <small>${row.note}</small></span>
        ${row.share !== null && html`<progress max="1" value=${row.share} aria-label=${row.name}></progress>`}</li>`)}
      ${rows.length === 0 && html`<li class="dim">${t("wall.none")}</li>`}</ul></section>`;
}
