// @ts-check
/** What an instructor lets happen: surprises by one tap, or any operation of any twin. */
import { t, words } from "/static/app/text.js";
import { word } from "/static/app/names.js";
import { html, useEffect, useState } from "/static/app/ui.js";

/** Injuries by one tap: sizes are engineering defaults that change a course within minutes; what
 * `grows` to 1 in five minutes is a full one: tachycardia, hypotension, hypoxia. */
const HURTS = [
  { id: "bleed_thigh", kind: "bleed", details: { site: "right_thigh", flow_ml_min: 60 } },
  { id: "bleed_abdomen", kind: "bleed", details: { site: "spleen", flow_ml_min: 60, pressure_mmhg: 10 } },
  { id: "tension_left", kind: "pneumothorax", side: "left", grows: 1 },
  { id: "tension_right", kind: "pneumothorax", side: "right", grows: 1 },
  { id: "tamponade", kind: "tamponade", grows: 0.8 },
  { id: "airway", kind: "airway_narrowing", grows: 0.7 },
];

/** The fields of an injury that grows from now on. */
function details(/** @type {any} */ hurt, /** @type {number} */ now) {
  if (hurt.details) return hurt.details;
  const severity = [[Math.round(now), 0], [Math.round(now) + 300, hurt.grows]];
  return hurt.side ? { side: hurt.side, severity } : { severity };
}

/** The devices that may fail, and how. */
const FAULTS = [
  { id: "silent", given: { how: "silence", seconds: 60 } },
  { id: "probe_off", given: { how: "unplug", member: "spo2" } },
  { id: "probe_on", given: { how: "plug", member: "spo2" } },
  { id: "wrong_arm", given: { how: "distort", member: "sbp", by: 40, seconds: 120 } },
];

export function Injects(/** @type {any} */ { store, doing }) {
  const monitors = store.ofKind("monitor").map((/** @type {any} */ m) => m.id);
  const since = (/** @type {string} */ id) => store.twins.get(id)?.values.get("attached")?.effective ?? 0;
  const attached = monitors.filter((/** @type {string} */ id) => store.value(id, "attached"))
    .sort((/** @type {string} */ a, /** @type {string} */ b) => since(b) - since(a));
  const usual = attached[0] ?? monitors[0] ?? "";
  // What is chosen stands until the patient comes to another monitor.
  const [pick, setPick] = useState({ device: "", usual: "" });
  const chosen = pick.usual === usual && pick.device ? pick.device : usual;
  const done = (/** @type {string} */ name) => ({ done: t("console.happens", { name }) });
  return html`<section class="panel injects" aria-label=${t("console.injects")}>
    <h2>${t("console.injects")}</h2>
    <div class="sorts" role="group" aria-label=${t("console.hurts")}>${HURTS.map((hurt) => html`
      <button key=${hurt.id} onClick=${() => doing("session", "hurt",
        { kind: hurt.kind, details: details(hurt, store.now()) }, done(t(`hurt.${hurt.id}`)))}>${t(`hurt.${hurt.id}`)}</button>`)}</div>
    <div class="row"><h3>${t("console.faults")}</h3><select aria-label=${t("console.device")} value=${chosen}
        onChange=${(/** @type {any} */ e) => setPick({ device: e.target.value, usual })}>
        ${monitors.map((/** @type {string} */ id) => html`<option value=${id} selected=${id === chosen}>${word("twin", id)}</option>`)}</select></div>
    <div class="sorts faults" role="group" aria-label=${t("console.faults")}>${FAULTS.map((fault) => html`<button key=${fault.id} onClick=${() => doing("session", "disturb",
        { device: chosen, ...fault.given }, done(t(`fault.${fault.id}`)))}>${t(`fault.${fault.id}`)}</button>`)}</div>
  </section>`;
}

/** Any operation of any twin, with the fields that its model names. */
export function Anything(/** @type {any} */ { store, doing }) {
  const kinds = ["patient", "trauma", "preh", "vehicle", "room", "monitor", "display", "person", "device", "ventilator", "blood_bank", "central_unit"];
  const twins = kinds.flatMap((kind) => store.ofKind(kind).map((/** @type {any} */ x) => x.id));
  const [twin, setTwin] = useState(store.here.patient);
  const [operation, setOperation] = useState("");
  const [by, setBy] = useState("");
  const [model, setModel] = useState(/** @type {any} */ (null));
  const kind = store.twins.get(twin)?.kind ?? "patient";
  useEffect(() => {
    const headers = { Accept: "application/vnd.traumatwin.model+json" };
    fetch(`/models/${kind}`, { headers }).then((r) => r.json()).then(setModel, () => setModel(null));
  }, [kind]);
  const operations = Object.keys(model?.operations ?? {});
  const chosen = operations.includes(operation) ? operation : operations[0] ?? "";
  const fields = model?.operations[chosen]?.input ?? [];
  const people = Object.keys(store.value("session", "people") ?? {});
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    /** @type {Record<string, any>} */
    const given = {};
    for (const field of fields) {
      const text = String(form.get(field.name) ?? "");
      if (text !== "") given[field.name] = read(field.type, text);
    }
    doing("session", "inject", { do: `${twin}.${chosen}`, given, by },
      { done: t("console.happens", { name: words(chosen) }) });
  };
  return html`<section class="panel" aria-label=${t("console.anything")}>
    <h2>${t("console.anything")}</h2>
    <form class="grid anything" onSubmit=${send}>
      <label>${t("console.whom")}<select aria-label=${t("console.whom")} value=${twin} onChange=${(/** @type {any} */ e) => setTwin(e.target.value)}>
        ${twins.map((/** @type {string} */ id) => html`<option value=${id}>${word("twin", id)}</option>`)}</select></label>
      <label>${t("console.what")}<select aria-label=${t("console.what")} value=${chosen} onChange=${(/** @type {any} */ e) => setOperation(e.target.value)}>
        ${operations.map((name) => html`<option value=${name}>${words(name)}</option>`)}</select></label>
      <label>${t("console.as")}<select aria-label=${t("console.as")} value=${by} onChange=${(/** @type {any} */ e) => setBy(e.target.value)}>
        <option value="">${t("console.myself")}</option>
        ${people.map((p) => html`<option value=${p}>${word("twin", p)}</option>`)}</select></label>
      ${fields.map((/** @type {any} */ f) => html`<label key=${`${chosen}.${f.name}`}>${words(f.name)}
        ${f.choices.length ? html`<select aria-label=${words(f.name)} name=${f.name}>${f.required ? null : html`<option value=""></option>`}
            ${f.choices.map((/** @type {string} */ c) => html`<option value=${c}>${words(c)}</option>`)}</select>`
          : html`<input aria-label=${words(f.name)} name=${f.name} required=${f.required} list=${listOf(f.name)}
              inputmode=${["number", "integer"].includes(f.type) ? "decimal" : "text"} />`}</label>`)}
      <button class="main">${t("console.let_happen")}</button>
    </form><${Lists} here=${store.here} /></section>`;
}

const LISTED = { procedure: "procedures", drug: "drugs", product: "products", diagnostic: "diagnostics" };
const listOf = (/** @type {string} */ name) => (name in LISTED ? `known-${name}` : undefined);

function Lists(/** @type {any} */ { here }) {
  return Object.entries(LISTED).map(([name, rows]) => html`<datalist id=${`known-${name}`} key=${name}>
    ${Object.keys(here[rows]).map((id) => html`<option value=${id}>${here[rows][id].label ?? id}</option>`)}</datalist>`);
}

function read(/** @type {string} */ type, /** @type {string} */ text) {
  if (type === "number" || type === "integer") return Number(text);
  if (type === "boolean") return ["1", "true", "yes", "si", "sì"].includes(text.toLowerCase());
  if (type === "array") return text.split(",").map((part) => part.trim());
  try {
    return type === "string" ? text : JSON.parse(text);
  } catch {
    return text;
  }
}
