// @ts-check
/** The trauma leader's tablet: decide, delegate, confirm. */
import { arrivedAt, arrivesIn, hasComeUnsaid } from "/static/app/arrival.js";
import { restsText, useGuards } from "/static/tablet/guards.js";
import { Arrived, Course } from "/static/leader/course.js";
import { Team } from "/static/leader/team.js";
import { Outbox } from "/static/tablet/outbox.js";
import { Blood } from "/static/tablet/pick_blood.js";
import { Diagnostics } from "/static/tablet/pick_diagnostics.js";
import { Drugs } from "/static/tablet/pick_drugs.js";
import { Infusions } from "/static/tablet/pick_infusions.js";
import { Injuries } from "/static/tablet/pick_injuries.js";
import { called, loadNames } from "/static/app/names.js";
import { Procedures } from "/static/tablet/pick_procedures.js";
import { Alerts, Said, displaysOf } from "/static/tablet/alerts.js";
import { Lately } from "/static/tablet/lately.js";
import { useHistory } from "/static/tablet/history.js";
import { Patient, Tabs, Taps, forAll, personOf, useUsual } from "/static/tablet/parts.js";
import { Report } from "/static/tablet/report.js";
import { language, t } from "/static/app/text.js";
import { clockText, html, mount, useState, useStore } from "/static/app/ui.js";

/** Pages whose buttons need hands at the patient, each with what is done there. */
const AT_THE_PATIENT = { procedures: "perform", drugs: "give_drug", infusions: "start_infusion", blood: "give_blood",
  diagnostics: "examine", injuries: "record_injury" };

function Leader(/** @type {any} */ { store }) {
  useStore(store);
  useUsual(store);
  const [outbox] = useState(() => new Outbox(store));
  const person = personOf(store, "trauma_leader");
  const process = store.only("trauma");
  const trauma = process?.id ?? "trauma";
  const bank = store.only("blood_bank")?.id ?? "";
  const ids = (/** @type {string} */ kind) => store.ofKind(kind).map((/** @type {any} */ x) => x.id);
  const why = useGuards(store, [store.here.patient, trauma, bank, ...ids("device"), ...ids("monitor"), ...ids("person")]);
  const events = useHistory(store, [store.here.patient, trauma, ...ids("device"), ...displaysOf(store, person)]);
  const arrived = arrivedAt(store);
  const coming = arrivesIn(store);
  const parts = { store, outbox, why, trauma, bank, events };
  const against = (/** @type {any} */ id) => restsText(store)
    || forAll(id in AT_THE_PATIENT ? why(store.here.patient, AT_THE_PATIENT[/** @type {"drugs"} */ (id)]) : "");
  const come = hasComeUnsaid(store);
  const open = (/** @type {string} */ page) => document.getElementById(`tab-${page}`)?.click();
  // Whoever reads that it needs the patient can say there that he is in.
  const way = (/** @type {string} */ id) => against(id) === t("guard.hands_reach_hospital") && !come
    && html`<button onClick=${() => open("course")}>${t("course.to_arrival")}</button>`;
  const tabs = [
    ["procedures", Procedures], ["drugs", Drugs], ["infusions", Infusions], ["blood", Blood],
    ["diagnostics", Diagnostics], ["injuries", Injuries], ["team", Team], ["course", Course], ["report", Report],
  ].map(([id, Part]) => ({ id, label: t(`tab.${id}`), against: against(id), way: way(/** @type {string} */ (id)), page: html`<${Part} ...${parts} />` }));
  return html`<main class="tablet" lang=${language}>
    <${Patient} store=${store} process=${process} person=${person}>
      <${Alerts} store=${store} person=${person} />
      ${arrived === null ? process && coming !== null && html`<span>${t("clock.eta")} <b>${clockText(coming)}</b></span>`
        : html`<span>${t("clock.arrival")} <b>${clockText(store.now() - arrived)}</b></span>`}
      <span>${arrived === null ? "" : called(store, store.value(trauma, "room") ?? "")}</span>
      ${store.value(trauma, "mtp") === true && html`<span class="flag">${t("blood.mtp_short")}</span>`}
    <//>
    <${Said} store=${store} outbox=${outbox} person=${person} why=${why} open=${open} pages=${tabs.map((tab) => tab.id)} />
    <section class="work" aria-label=${t("leader.work")}>
      ${come && html`<${Arrived} store=${store} outbox=${outbox} why=${why} trauma=${trauma} />`}
      <${Lately} store=${store} events=${events} me=${store.here.you.name} />
      <${Tabs} name=${t("leader.work")} tabs=${tabs} /></section>
    <${Taps} outbox=${outbox} />
  </main>`;
}

await loadNames();
mount(Leader);
