// @ts-check
/** What both tablets are made of: tabs, the patient's strip, tiles, what became of each tap. */
import { act } from "/static/app/act.js";
import { NoPulse, isGone } from "/static/app/arrest.js";
import { foundText } from "/static/app/found.js";
import { amountText, called, named, word } from "/static/app/names.js";
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { ageText, clockText, html, useEffect, useState } from "/static/app/ui.js";

/**
 * Tabs: one panel at a time; arrow keys move between them. The chosen one stays over a reload.
 * @param {{name: string, tabs: {id: string, label: string, mark?: any, against?: string, way?: any, page: any}[]}} given
 *   `against`: why nothing on this page can be done now; `way`: a button that leads out of that
 */
export function Tabs({ name, tabs }) {
  const asked = location.hash.slice(1);
  const first = tabs.some((tab) => tab.id === asked) ? asked : tabs[0].id;
  const [chosen, choose] = useState(first);
  const open = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  const go = (/** @type {string} */ id) => {
    choose(id);
    document.getElementById("panel")?.closest(".work")?.scrollTo(0, 0);
    history.replaceState(null, "", `#${id}`);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(open) + step + tabs.length) % tabs.length].id;
    go(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${name} onKeyDown=${key}>
      ${tabs.map((tab) => html`<button role="tab" id=${`tab-${tab.id}`} key=${tab.id}
        aria-selected=${tab === open ? "true" : "false"} aria-controls="panel"
        tabIndex=${tab === open ? 0 : -1} onClick=${() => go(tab.id)}>${tab.label}${
        tab.mark ? html` <span class="count">${tab.mark}</span>` : null}</button>`)}
    </div>
    <div class="tabpanel" role="tabpanel" id="panel" aria-labelledby=${`tab-${open.id}`}
      key=${open.id}>${open.against && html`<div class="against row" role="status"><span>${open.against}</span>${open.way}</div>`}${open.page}</div>`;
}

/** Letters of a word from which it is set smaller, so that it is not broken on the narrowest tile. */
const LONG = 16;
const sizeOf = (/** @type {string} */ label) => {
  const most = Math.max(...`${label}`.split(/[\s/-]+/).map((word) => word.length));
  return most < LONG ? "" : most === LONG ? "long" : "longest";
};

/** Reasons that stand above a whole page, so that not each of its buttons repeats them. */
const ONCE = ["guard.case_is_over", "guard.case_is_paused", "guard.case_is_finished", "guard.hands_reach_scene", "guard.hands_reach_hospital"];
/** A reason if it stands for a whole page; else nothing. */
export const forAll = (/** @type {string} */ why) => (ONCE.some((key) => t(key) === why) ? why : "");

/** A large button; where it cannot be used now, it says why, unless that is `said` for all at once (with `said=${false}` always). */
export function Tile(/** @type {any} */ { label, note, why, said, pressed, tone, onTap }) {
  return html`<button class="tile ${tone ?? ""}" disabled=${Boolean(why)} onClick=${onTap}
      aria-pressed=${pressed === undefined ? undefined : String(pressed)} title=${why || undefined}>
    <span class=${sizeOf(label)}>${label}</span>${why && (said === false || (!said && !forAll(why))) ? html`<small>${why}</small>` : note && html`<small>${note}</small>`}
  </button>`;
}

const STRIP = ["hr", "sbp", "spo2", "rr", "gcs"];

/** One vital sign: number, unit, age where it is old. */
function Vital(/** @type {any} */ { store, id }) {
  const row = store.here.vitals[id];
  const seen = store.vital(id);
  const text = seen === null || isGone(store, id, seen) ? "–" : Number(seen.value).toFixed(row.decimals);
  const age = seen !== null && seen.stale ? ageText(seen.age) : "";
  return html`<span class="vital ${age ? "stale" : ""}" data-vital=${id}>
    <small>${t(`vital.${id}`)}</small> <b>${text}</b>
    ${age && html`<small>${t("vital.old", { age })}</small>`}</span>`;
}

/** Who it is, where the case stands (`place` where that says more than the phase), how the patient is. */
export function Patient(/** @type {any} */ { store, process, person, place, children }) {
  const patient = store.here.patient;
  const at = (/** @type {string} */ twin, /** @type {string} */ name) => store.value(twin, name);
  const since = (/** @type {number | null} */ s) => (s === null ? "–" : clockText(store.now() - s));
  const age = at(patient, "age");
  const weight = at(patient, "weight_kg");
  const who = [age === null ? null : t("patient.age", { age }),
    word("sex", at(patient, "sex") ?? "unknown"),
    weight === null ? null : amountText(weight, "kg")].filter((x) => x !== null).join(" · ");
  const you = store.here.you;
  const play = (/** @type {string} */ operation, given = {}) => html`
    <button disabled=${store.over} onClick=${() => act(store, "session", operation, given)}>${t("person.take_over")}</button>`;
  const phase = place || (process ? word("phase", process.phase) : "–");
  const injury = at("preh", "injury_at_s");
  return html`<header class="patient" aria-label=${t("patient.strip")}>
    <div class="who"><h1>${who}</h1><span class="phase">${phase}</span></div>
    <div class="clocks"><span>${t("clock.injury")} <b>${since(injury)}</b></span>
      <span>${t("clock.call")} <b role="timer" aria-label=${t("clock.call")}>${clockText(store.now())}</b></span>${children}</div>
    <div class="vitals">${STRIP.map((id) => html`<${Vital} store=${store} id=${id} key=${id} />`)}</div>
    <${NoPulse} store=${store} />
    ${store.value("session", "people")?.[person]?.simulated && html`<p class="simulated row" role="status">
      ${person === you.name ? html`<span>${t("person.you_simulated")}</span>${play("take_over")}`
        : you.role === "instructor" ? html`<span>${t("person.is_simulated", { who: called(store, person) })}</span>${play("simulate", { person, on: false })}`
          : t("person.simulated", { who: called(store, person) })}</p>`}
  </header>`;
}

/** What became of each tap: undo, refusals, what waits for the line. */
export function Taps(/** @type {any} */ { outbox }) {
  const [, again] = useState(0);
  useEffect(() => {
    const draw = () => again((/** @type {number} */ n) => n + 1);
    outbox.changed = draw;
    const timer = setInterval(draw, 500);
    return () => clearInterval(timer);
  }, []);
  return html`<section class="taps" role="status" aria-label=${t("taps.name")}>
    ${outbox.tasks.slice(-4).map((/** @type {any} */ task) => html`<${Tap} key=${task.key}
      task=${task} outbox=${outbox} />`)}</section>`;
}

function Tap(/** @type {any} */ { task, outbox }) {
  const left = Math.max(0, Math.ceil((task.due - Date.now()) / 1000));
  const said = task.state === "held" ? t("tap.held", { left })
    : task.state === "refused" ? t("tap.refused", { why: task.why })
    : task.operation === "examine" && task.found ? foundText(outbox.store, task.found)
    : t(`tap.${task.state}`);
  const undoable = task.state === "held" || (task.state === "done" && task.undo !== null && !outbox.store.over);
  return html`<div class="tap ${task.state}" data-state=${task.state}>
    <span><b>${task.text}</b> <small>${said}</small></span>
    ${undoable && html`<button onClick=${() => outbox.undo(task)}>${t("act.undo")}</button>`}
    ${["old", "gone"].includes(task.state) && html`<button onClick=${() => outbox.sendNow(task)}>${t("tap.send")}</button>`}
    ${["refused", "old", "gone"].includes(task.state) && html`<button
      aria-label=${t("act.close")} onClick=${() => outbox.close(task)}>×</button>`}
  </div>`;
}

/** A label for a drug, a procedure, a product, a diagnostic: whatever the catalogue holds. */
export function labelOf(/** @type {any} */ here, /** @type {string} */ id) {
  for (const rows of [here.procedures, here.drugs, here.products, here.diagnostics, here.triage]) {
    if (rows?.[id]) return named(rows, id);
  }
  return named({}, id);
}

/** Tiles in groups: one group at a time. */
export function Groups(/** @type {any} */ { name, prefix, groups, tile }) {
  const [chosen, choose] = useState(groups[0][0]);
  const open = groups.find((/** @type {any} */ g) => g[0] === chosen) ?? groups[0];
  return html`<div class="grid"><div class="row choices" role="group" aria-label=${name}>
    ${groups.map((/** @type {any} */ [g]) => html`<button key=${g} aria-pressed=${String(g === open[0])}
      onClick=${() => choose(g)}>${t(`${prefix}.${g}`)}</button>`)}</div>
    <div class="tiles" role="group" aria-label=${t(`${prefix}.${open[0]}`)}>${open[1].map(tile)}</div></div>`;
}

/** Usual doses follow the patient's age and weight as they become known. */
export function useUsual(/** @type {any} */ store) {
  const { patient } = store.here;
  const known = `${store.value(patient, "age")} ${store.value(patient, "weight_kg")}`;
  useEffect(() => {
    get("/here").then(({ body }) => { store.here.usual = body.usual; }).catch(() => {});
  }, [known]);
}

/** Who this page is for: its caller, or where an instructor looks on, whoever has that role. */
export function personOf(/** @type {any} */ store, /** @type {string} */ role) {
  const { you, roles } = store.here;
  if (you.role === role) return you.name;
  return Object.keys(roles).find((name) => roles[name] === role) ?? you.name;
}
