// @ts-check
/** The rescuer's tablet: find out, treat, decide, tell the hospital. */
import { crewArrives, isAtDoor } from "/static/app/arrival.js";
import { Found } from "/static/rescuer/found.js";
import { Gcs } from "/static/rescuer/gcs.js";
import { restsText, useGuards } from "/static/tablet/guards.js";
import { Outbox } from "/static/tablet/outbox.js";
import { Drugs } from "/static/tablet/pick_drugs.js";
import { Infusions } from "/static/tablet/pick_infusions.js";
import { Injuries } from "/static/tablet/pick_injuries.js";
import { loadNames } from "/static/app/names.js";
import { Procedures } from "/static/tablet/pick_procedures.js";
import { Form } from "/static/rescuer/form.js";
import { Handover } from "/static/rescuer/handover.js";
import { Passport } from "/static/rescuer/passport.js";
import { Steps } from "/static/rescuer/steps.js";
import { Triage } from "/static/rescuer/triage.js";
import { Alerts, Said, displaysOf } from "/static/tablet/alerts.js";
import { useHistory } from "/static/tablet/history.js";
import { Patient, Tabs, Taps, forAll, personOf, useUsual } from "/static/tablet/parts.js";
import { Report } from "/static/tablet/report.js";
import { language, t } from "/static/app/text.js";
import { clockText, html, mount, useState, useStore } from "/static/app/ui.js";

/** Procedures of the road: no surgery. */
const GROUPS = ["bleeding", "airway", "breathing", "lines", "support"];

/** Pages whose buttons need hands at the patient, each with what is done there. */
const AT_THE_PATIENT = { assess: "examine", injuries: "record_injury", procedures: "perform", drugs: "give_drug", infusions: "start_infusion" };

function Rescuer(/** @type {any} */ { store }) {
  useStore(store);
  useUsual(store);
  const [outbox] = useState(() => new Outbox(store));
  const person = personOf(store, "rescuer");
  const process = store.only("preh");
  const preh = process?.id ?? "preh";
  const vehicle = [...(process?.links.get("carriedBy") ?? [])][0] ?? store.only("vehicle")?.id ?? "";
  const monitor = store.ofKind("monitor").map((/** @type {any} */ m) => m.id)
    .find((/** @type {string} */ id) => id.startsWith(vehicle)) ?? "";
  const patient = store.here.patient;
  // From the door on the trauma process is no longer the rescuer's to look at.
  const trauma = ["pre_alerted", "activated"].includes(store.only("trauma")?.phase ?? "")
    ? store.only("trauma").id : "";
  const why = useGuards(store, [patient, preh, vehicle, monitor, trauma]);
  const events = useHistory(store, [patient, preh, store.only("central_unit")?.id ?? "", ...displaysOf(store, person)]);
  const open = (/** @type {string} */ page) => document.getElementById(`tab-${page}`)?.click();
  const parts = { store, outbox, why, preh, vehicle, monitor, events, open };
  const pages = {
    steps: html`<${Steps} ...${parts} />`,
    form: html`<${Form} ...${parts} />`,
    assess: html`<div class="grid"><${Gcs} ...${parts} /><${Found} ...${parts} /></div>`,
    injuries: html`<${Injuries} ...${parts} />`,
    triage: html`<${Triage} ...${parts} />`,
    procedures: html`<${Procedures} ...${parts} groups=${GROUPS} />`,
    drugs: html`<${Drugs} ...${parts} />`,
    infusions: html`<${Infusions} ...${parts} />`,
    passport: html`<${Passport} ...${parts} />`,
    handover: html`<${Handover} ...${parts} />`,
    report: html`<${Report} ...${parts} />`,
  };
  const way = crewArrives(store, vehicle);
  const tabs = Object.entries(pages).map(([id, page]) => ({ id, label: t(`tab.${id}`), page,
    against: restsText(store) || forAll(id in AT_THE_PATIENT ? why(patient, AT_THE_PATIENT[/** @type {"drugs"} */ (id)]) : "") }));
  return html`<main class="tablet" lang=${language}>
    <${Patient} store=${store} process=${process} person=${person} place=${isAtDoor(store) && t("rescuer.at_door")}>
      ${way.left > 0 && html`<span>${t(way.outward ? "clock.to_scene" : "clock.eta")} <b>${clockText(way.left)}</b></span>`}
      <span>${t("severity.name")}: <b>${t(`severity.${store.value(preh, "severity") ?? "undetermined"}`)}</b></span>
      <${Alerts} store=${store} person=${person} />
    <//>
    <${Said} store=${store} outbox=${outbox} person=${person} why=${why} open=${open} pages=${Object.keys(pages)} />
    <section class="work" aria-label=${t("rescuer.work")}><${Tabs} name=${t("rescuer.work")} tabs=${tabs} /></section>
    <${Taps} outbox=${outbox} />
  </main>`;
}

await loadNames();
mount(Rescuer);
