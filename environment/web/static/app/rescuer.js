// @ts-check
/** The rescuer's tablet: find out, treat, decide, tell the hospital. */
import { Found } from "/static/app/forms_found.js";
import { Gcs } from "/static/app/forms_gcs.js";
import { useGuards } from "/static/app/guards.js";
import { Outbox } from "/static/app/outbox.js";
import { Drugs } from "/static/app/pick_drugs.js";
import { Infusions } from "/static/app/pick_infusions.js";
import { Injuries } from "/static/app/pick_injuries.js";
import { loadNames } from "/static/app/pick_names.js";
import { Procedures } from "/static/app/pick_procedures.js";
import { Form } from "/static/app/rescuer_form.js";
import { Handover } from "/static/app/rescuer_handover.js";
import { Passport } from "/static/app/rescuer_passport.js";
import { Steps } from "/static/app/rescuer_steps.js";
import { Triage } from "/static/app/rescuer_triage.js";
import { Said, displaysOf } from "/static/app/tablet_alerts.js";
import { useHistory } from "/static/app/tablet_history.js";
import { Patient, Tabs, Taps, personOf, useTakingOver, useUsual } from "/static/app/tablet_parts.js";
import { Report } from "/static/app/tablet_report.js";
import { language, t } from "/static/app/text.js";
import { clockText, html, mount, useState, useStore } from "/static/app/ui.js";

/** Procedures of the road: no surgery. */
const GROUPS = ["bleeding", "airway", "breathing", "lines", "support"];

function Rescuer(/** @type {any} */ { store }) {
  useStore(store);
  useUsual(store);
  useTakingOver(store);
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
  const events = useHistory(store, [patient, preh, ...displaysOf(store, person)]);
  const parts = { store, outbox, why, preh, vehicle, monitor, events };
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
  const eta = store.value(preh, "eta_s");
  const tabs = Object.entries(pages).map(([id, page]) => ({ id, label: t(`tab.${id}`), page }));
  const open = (/** @type {string} */ page) => document.getElementById(`tab-${page}`)?.click();
  return html`<main class="tablet" lang=${language}>
    <${Patient} store=${store} process=${process} person=${person}>
      ${eta !== null && eta > store.now() && html`<span>${t("clock.eta")} <b>${clockText(eta - store.now())}</b></span>`}
      <span>${t(`severity.${store.value(preh, "severity") ?? "undetermined"}`)}</span>
    <//>
    <${Said} store=${store} outbox=${outbox} person=${person} why=${why} open=${open} />
    <section class="work" aria-label=${t("rescuer.work")}><${Tabs} name=${t("rescuer.work")} tabs=${tabs} /></section>
    <${Taps} outbox=${outbox} />
  </main>`;
}

await loadNames();
mount(Rescuer);
