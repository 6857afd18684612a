// @ts-check
/** Tests and images, by the device that does them; the views of the eFAST by hand. */
import { latestResults, resultParts, underWay } from "/static/app/found.js";
import { called, named } from "/static/app/names.js";
import { Orders } from "/static/tablet/pick_orders.js";
import { Tile, forAll } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { ageText, clockText, html, useState } from "/static/app/ui.js";

const VIEWS = ["ruq", "luq", "pelvis", "subxiphoid", "pleura_left", "pleura_right"];
/** What kind of device does a diagnostic; a blood gas and a ROTEM have their own. */
const DEVICE = { ct: "ct", xray: "x_ray", ultrasound: "ultrasound", laboratory: "laboratory" };
const OWN = { blood_gas: "blood_gas", rotem: "rotem", glucose_test: "blood_gas" };

/** The device of this type that is nearest to use: one that is free first. */
function deviceFor(/** @type {any} */ store, /** @type {string} */ diagnostic) {
  const type = OWN[/** @type {"rotem"} */ (diagnostic)]
    ?? DEVICE[/** @type {"ct"} */ (store.here.diagnostics[diagnostic].kind)];
  const all = store.ofKind("device").filter((/** @type {any} */ d) => store.value(d.id, "type") === type);
  return all.find((/** @type {any} */ d) => store.value(d.id, "status") === "available") ?? all[0];
}

/** What came back, the newest first. */
function Results(/** @type {any} */ { store, events }) {
  const results = latestResults(store, events);
  return html`<h2>${t("diagnostic.results")}</h2>
    <ul class="plain results" aria-label=${t("diagnostic.results")}>${results.map((r) => html`
      <li key=${r.id} data-diagnostic=${r.id}><b>${r.name}</b>
        <small>${t("diagnostic.taken", { at: clockText(r.taken), age: ageText(store.now() - r.taken) })}</small>
        <span class="parts">${resultParts(store, r.id, r.result).map((p) => html`<span key=${p.id}>${p.label} <b>${p.text}</b></span>`)}</span></li>`)}
      ${results.length === 0 && html`<li class="dim">${t("diagnostic.no_results")}</li>`}</ul>`;
}

/** Ask for an examination; what runs shows when it will be done; what is done again is asked about. */
export function Diagnostics(/** @type {any} */ { store, outbox, why, trauma, events }) {
  const [again, askAgain] = useState("");
  const rows = store.here.diagnostics;
  const ready = new Map(underWay(store, events).map((one) => [one.id, one.ready]));
  const ordered = Object.values(store.value(trauma, "order") ?? {})
    .filter((/** @type {any} */ o) => o.status === "open").map((/** @type {any} */ o) => o.what);
  const times = new Map();
  for (const e of events) if (e.name === "diagnostic") times.set(e.value.diagnostic, e.effective);
  const running = store.ofKind("device").filter((/** @type {any} */ d) => store.value(d.id, "status") === "in_use");
  const fast = store.value(trauma, "fast") ?? {};
  const ask = (/** @type {string} */ id, /** @type {any} */ device) => (device
    ? outbox.put(device.id, "examine", { diagnostic: id, patient: store.here.patient }, { text: named(rows, id) })
    : outbox.put(trauma, "order_diagnostic", { diagnostic: id }, { text: t("diagnostic.ordered", { what: named(rows, id) }) }));
  // hands that do not reach the patient do not bring the device either
  const stands = (/** @type {string} */ id, device = deviceFor(store, id)) => (device
    ? why(device.id, "examine") || forAll(why(store.here.patient, "examine")) : why(trauma, "order_diagnostic"));
  const coming = (/** @type {string} */ id) => (ready.has(id) ? Math.max(0, ready.get(id) - store.now()) : null);
  const tap = (/** @type {string} */ id, /** @type {any} */ device) => {
    if (times.has(id) || ready.has(id) || ordered.includes(id)) askAgain(id);
    else ask(id, device);
  };
  const question = (/** @type {string} */ id) => (coming(id) !== null ? t("diagnostic.again_running", { what: named(rows, id), left: clockText(coming(id)) })
    : times.has(id) ? t("diagnostic.again", { what: named(rows, id), age: ageText(store.now() - times.get(id)) })
    : t("diagnostic.again_ordered", { what: named(rows, id) }));
  const see = (/** @type {string} */ view, /** @type {boolean} */ positive) => {
    const before = fast[view];
    outbox.put(trauma, "record_fast", { view, positive }, {
      text: `eFAST ${t(`fast.${view}`)} ${t(positive ? "fast.positive" : "fast.negative")}`,
      undo: before ? { twin: trauma, operation: "record_fast", given: { view, positive: before.positive } } : null });
  };
  return html`<div class="grid">
    ${running.length > 0 && html`<ul class="plain">${running.map((/** @type {any} */ d) => html`<li key=${d.id}>
      <b>${called(store, d.id)}</b> ${t("diagnostic.until", { left: clockText((store.value(d.id, "ready_s") ?? store.now()) - store.now()) })}</li>`)}</ul>`}
    <${Orders} store=${store} outbox=${outbox} why=${why} trauma=${trauma} kind="diagnostic" against=${forAll(why(store.here.patient, "examine"))}
      carryOut=${(/** @type {any} */ o) => deviceFor(store, o.what) && ask(o.what, deviceFor(store, o.what))} />
    ${again && html`<div class="question panel row" role="group" aria-label=${t("diagnostic.repeat")}><b>${question(again)}</b>
      <button class="main" disabled=${Boolean(stands(again))} onClick=${() => { ask(again, deviceFor(store, again)); askAgain(""); }}>${t("diagnostic.repeat")}</button>
      <button onClick=${() => askAgain("")}>${t("pick.back")}</button></div>`}
    <div class="tiles" role="group" aria-label=${t("tab.diagnostics")}>${Object.keys(rows).map((id) => {
      const device = deviceFor(store, id);
      const against = stands(id, device);
      const note = coming(id) !== null ? t("diagnostic.until", { left: clockText(coming(id)) }) : times.has(id) ? t("ago", { age: ageText(store.now() - times.get(id)) })
        : t("diagnostic.minutes", { m: rows[id].minutes });
      return html`<${Tile} key=${id} label=${named(rows, id)} note=${note} tone=${times.has(id) ? "had" : ""}
        why=${against} onTap=${() => tap(id, device)} />`;
    })}</div>
    <${Results} store=${store} events=${events} />
    <h2>${t("fast.name")}</h2>
    <div class="fast">${VIEWS.map((view) => html`<div class="row" key=${view} role="group" aria-label=${t(`fast.${view}`)}>
      <span>${t(`fast.${view}`)}</span>
      ${[false, true].map((positive) => html`<button key=${String(positive)} disabled=${Boolean(why(trauma, "record_fast"))}
        aria-pressed=${String(fast[view]?.positive === positive)}
        onClick=${() => see(view, positive)}>${t(positive ? "fast.positive" : "fast.negative")}</button>`)}</div>`)}</div>
  </div>`;
}
