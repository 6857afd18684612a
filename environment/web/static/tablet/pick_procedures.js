// @ts-check
/** Procedures by what they are for; those with a place ask for it; those that last can be ended. */
import { called, named, site } from "/static/app/names.js";
import { Orders } from "/static/tablet/pick_orders.js";
import { Groups, Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { ageText, clockText, html, useState } from "/static/app/ui.js";

/** In the order of the primary survey (ATLS 10: airway, breathing, circulation ...). */
const GROUPS = {
  airway: ["orotracheal_intubation", "supraglottic_airway", "cricothyrotomy", "tracheostomy", "fibroscopy",
    "airway_adjunct"],
  breathing: ["oxygen", "bag_mask_ventilation", "mechanical_ventilation", "needle_decompression",
    "pleural_decompression", "chest_tube", "drainage", "chest_seal", "high_flow_catheter"],
  bleeding: ["pelvic_binder", "tourniquet", "wound_packing", "direct_pressure", "haemostasis",
    "wound_suture", "reboa", "external_fixator", "splint"],
  lines: ["peripheral_access", "intraosseous_access", "central_line", "arterial_catheter", "nibp_cuff",
    "pressure_infuser", "bladder_catheter", "gastric_tube", "intracranial_pressure_monitor"],
  surgery: ["resuscitative_thoracotomy", "damage_control_laparotomy", "damage_control_thoracotomy",
    "preperitoneal_packing", "angioembolisation", "vascular_control", "pericardial_window", "escharotomy",
    "craniotomy", "perimortem_caesarean"],
  support: ["warming", "cooling", "spinal_motion_restriction", "left_tilt", "als", "electric_shock",
    "antibiotic_prophylaxis"],
};

/** Of what is done once and for all nobody asks for a second time by accident; these are done as often as it takes. */
const OFTEN = ["peripheral_access", "wound_packing", "direct_pressure", "haemostasis", "wound_suture", "electric_shock", "als",
  "airway_adjunct", "fibroscopy", "antibiotic_prophylaxis", "splint"];

/** When the same was done at the same place, and by whom; nothing where it was not. @returns {any} */
const doneBefore = (/** @type {any} */ rows, /** @type {any[]} */ events, /** @type {string} */ id, /** @type {string} */ where) =>
  (OFTEN.includes(id) || rows[id].time_dependent ? undefined : events.findLast((e) => e.name === "procedure"
    && e.value.procedure === id && (rows[id].sites.length === 0 || (e.value.site ?? "") === where) && !["start", "stop"].includes(e.value.change)));

/** What was started and is not over. @returns {{procedure: string, site: string, since: number}[]} */
function lasting(/** @type {any} */ store, /** @type {any[]} */ events) {
  const open = new Map();
  for (const { name, value, effective } of events) {
    if (name !== "procedure" || !store.here.procedures[value.procedure]?.time_dependent) continue;
    const key = `${value.procedure} ${value.site}`;
    if (value.change === "stop") open.delete(key);
    else if (!open.has(key)) open.set(key, { procedure: value.procedure, site: value.site, since: effective });
  }
  return [...open.values()];
}

/** Pick a procedure, then its place. @param {any} given `groups`: which, all without it */
export function Procedures({ store, outbox, why, events, trauma, groups = Object.keys(GROUPS) }) {
  const [asking, ask] = useState("");
  const [ordering, order] = useState(false);
  const [again, askAgain] = useState(/** @type {any} */ (null));
  const canOrder = Boolean(trauma && store.twins.get(trauma)?.kind);
  const patient = store.here.patient;
  const rows = store.here.procedures;
  const done = store.value(patient, "performed") ?? {};
  const against = (/** @type {string} */ id) => (ordering && canOrder ? why(trauma, "order_procedure") : why(patient,
    id === "tourniquet" ? "apply_tourniquet" : rows[id].time_dependent ? "start_procedure" : "perform"));
  const act = (/** @type {string} */ id, /** @type {string} */ where, orders = ordering && canOrder) => {
    ask("");
    const text = `${named(rows, id)}${where ? ` · ${site(where)}` : ""}`;
    const before = again === null && !orders ? doneBefore(rows, events, id, where) : undefined;
    askAgain(before ? { id, where, text, before } : null);
    if (before) return;
    if (orders) {
      outbox.put(trauma, "order_procedure", { procedure: id, site: where }, { text: t("report.ordered", { what: text }) });
    } else if (id === "tourniquet") {
      const limb = { limb: where };
      outbox.put(patient, "apply_tourniquet", limb,
        { text, undo: { twin: patient, operation: "release_tourniquet", given: limb } });
    } else if (rows[id].time_dependent) {
      const given = { procedure: id, site: where };
      outbox.put(patient, "start_procedure", given,
        { text, undo: { twin: patient, operation: "stop_procedure", given } });
    } else {
      outbox.put(patient, "perform", { procedure: id, site: where }, { text });
    }
  };
  const tap = (/** @type {string} */ id) => {
    if (rows[id].sites.length > 0) ask(id);
    else act(id, id === "pelvic_binder" ? "pelvis" : "");
  };
  const stop = (/** @type {any} */ one) => {
    const text = t("procedure.ended", { what: `${named(rows, one.procedure)} ${one.site ? site(one.site) : ""}`.trim() });
    outbox.put(patient, "stop_procedure", { procedure: one.procedure, site: one.site }, { text,
      undo: { twin: patient, operation: "start_procedure", given: { procedure: one.procedure, site: one.site } } });
  };
  if (again) {
    const { id, where, text, before } = again;
    return html`<div class="question panel row" role="group" aria-label=${t("diagnostic.repeat")}>
      <b>${t("procedure.again", { what: text, who: called(store, before.by), age: ageText(store.now() - before.effective) })}</b>
      <button class="main" disabled=${Boolean(against(id))} onClick=${() => act(id, where, false)}>${t("diagnostic.repeat")}</button>
      <button onClick=${() => askAgain(null)}>${t("pick.back")}</button></div>`;
  }
  if (asking) {
    return html`<div class="form" role="group" aria-label=${named(rows, asking)}>
      <div class="row"><h2>${t("procedure.where", { what: named(rows, asking) })}</h2>
        <button onClick=${() => ask("")}>${t("pick.back")}</button></div>
      <div class="tiles">${rows[asking].sites.map((/** @type {string} */ s) => html`<${Tile} key=${s}
        label=${site(s)} why=${against(asking)} onTap=${() => act(asking, s)} />`)}</div></div>`;
  }
  const note = (/** @type {string} */ id) => done[id]
    && `${done[id].times}× · ${t("ago", { age: ageText(store.now() - done[id].at_s) })}`;
  return html`<div class="grid">
    ${lasting(store, events).map((one) => html`<div class="panel running" key=${one.procedure + one.site}
        role="group" aria-label=${named(rows, one.procedure)}>
      <span><b>${named(rows, one.procedure)} ${one.site && site(one.site)}</b>
        <small>${t("since", { age: clockText(store.now() - one.since) })}</small></span>
      <button disabled=${Boolean(why(patient, "stop_procedure"))} onClick=${() => stop(one)}>${t("procedure.end")}</button></div>`)}
    ${canOrder && html`<${Orders} store=${store} outbox=${outbox} why=${why} trauma=${trauma} kind="procedure" against=${why(patient, "perform")}
        carryOut=${(/** @type {any} */ o) => (rows[o.what].sites.length > 0 && !o.site ? ask(o.what) : act(o.what, o.site ?? "", false))} />
      <div class="row choices" role="group" aria-label=${t("order.mode")}>${[false, true].map((on) => html`
        <button key=${String(on)} aria-pressed=${String(ordering === on)} onClick=${() => order(on)}>
          ${t(on ? "order.mode_order" : "order.mode_done")}</button>`)}</div>`}
    <${Groups} name=${t("tab.procedures")} prefix="procedures"
      groups=${groups.map((/** @type {"airway"} */ g) => [g, GROUPS[g]])}
      tile=${(/** @type {string} */ id) => html`<${Tile} key=${id} label=${named(rows, id)} note=${note(id)}
        tone=${done[id] ? "had" : ""} why=${against(id)}
        onTap=${() => tap(id)} />`} />
  </div>`;
}
