// @ts-check
/** What was done that the next pair of hands must know of: what is in place, and what was opened. */
import { named, site } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/** What stays in or on the patient, in the order of the primary survey (ATLS 10); clocks are elsewhere. */
const STAYS = ["orotracheal_intubation", "cricothyrotomy", "tracheostomy", "supraglottic_airway", "chest_tube", "drainage",
  "pelvic_binder", "external_fixator", "splint", "intraosseous_access", "central_line", "arterial_catheter",
  "peripheral_access", "warming"];
/** What leaves nothing behind, but changes what comes next. */
const DONE = ["needle_decompression", "pleural_decompression", "chest_seal", "resuscitative_thoracotomy", "pericardial_window",
  "wound_packing", "preperitoneal_packing", "damage_control_laparotomy", "damage_control_thoracotomy", "vascular_control",
  "angioembolisation", "spinal_motion_restriction"];
/** How many fit on the wall. */
const MOST = 6;

/** @returns {{id: string, kind: string, site: string, at_s: number}[]} */
function inPlace(/** @type {any} */ store) {
  const { patient } = store.here;
  const drains = store.value(patient, "drain") ?? {}; // those are told with what they have drained
  const devices = Object.entries(store.value(patient, "device") ?? {}).map(([id, d]) => ({ id, .../** @type {any} */ (d) }))
    .filter((d) => STAYS.includes(d.kind) && !(d.site in drains && ["chest_tube", "drainage"].includes(d.kind)));
  const done = Object.entries(store.value(patient, "performed") ?? {})
    .filter(([kind]) => DONE.includes(kind)).map(([kind, p]) => ({ id: kind, kind, .../** @type {any} */ (p) }));
  const rank = (/** @type {any} */ row) => (STAYS.includes(row.kind) ? STAYS.indexOf(row.kind) : STAYS.length + DONE.indexOf(row.kind));
  // what cannot be seen from across the room goes first when there is no room for all
  return [...devices, ...done].sort((a, b) => rank(a) - rank(b) || a.at_s - b.at_s);
}

export function InPlace(/** @type {any} */ { store }) {
  const rows = inPlace(store);
  if (rows.length === 0) return null;
  const name = (/** @type {any} */ row) => [named(store.here.procedures, row.kind), row.site && row.kind !== "pelvic_binder" && site(row.site)]
    .filter(Boolean).join(" · ");
  return html`<section class="in-place" aria-label=${t("wall.in_place")}><h2>${t("wall.in_place")}</h2>
    <ul aria-label=${t("wall.in_place")}>${rows.slice(0, MOST).map((row) => html`<li key=${row.id} data-in-place=${row.kind}>
        ${name(row)} <small>${ageText(store.now() - row.at_s)}</small></li>`)}
      ${rows.length > MOST && html`<li class="dim">${t("wall.more", { n: rows.length - MOST })}</li>`}</ul></section>`;
}
