// @ts-check
/** The debrief: what happened when, and why. Its data come from the journal, at each load anew. */
import { Chosen } from "/static/debrief/chosen.js";
import { Course, marksOf } from "/static/debrief/course.js";
import { Files } from "/static/debrief/files.js";
import { Moment } from "/static/debrief/moment.js";
import { Notes } from "/static/debrief/notes.js";
import { Clock, Expected } from "/static/debrief/tables.js";
import { loadNames } from "/static/app/names.js";
import { behindText, endedText, inWords, stretchText } from "/static/debrief/words.js";
import { alertText } from "/static/app/said.js";
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { clockText, html, mount, useEffect, useState } from "/static/app/ui.js";

/** A session that goes on is read again each so many milliseconds, while it moves and is looked at. */
const EVERY_MS = 5000;

/** How narrow the course of each of two runs may be, pixels: both stand side by side. */
const SIDE_BY_SIDE = 480;

/** The moment that the address names, so that a reload looks at the same one. */
const named = () => Number(new URLSearchParams(location.hash.slice(1)).get("t") ?? NaN);

/** Alerts too in the reader's language. */
function inTheirWords(/** @type {any} */ store, /** @type {any} */ told) {
  for (const alert of told.runs.flatMap((/** @type {any} */ run) => run.lanes.alerts)) {
    alert.of_other = told.runs[1]?.lanes.alerts.includes(alert) ?? false;
    alert.text = alertText(alert.rule, alert.text);
    for (const said of alert.said) said[1] = alertText(alert.rule, said[1]);
  }
  return inWords(store.here, told);
}

/** What must be known before anything is read off the times of a run. */
function Remarks(/** @type {any} */ { run, runs, letter }) {
  const name = run.name.split("/")[0];
  const hidden = run.rewound.filter((/** @type {any} */ row) => !runs.some((/** @type {any} */ one) => one.name === `${name}/${row.branch}`));
  const late = behindText(run);
  return html`${late && html`<p class="bad" role="note">${letter}${late}</p>`}
    ${hidden.map((/** @type {any} */ row) => html`<p role="note">${letter}${t("debrief.rewound", { from: clockText(row.from_s), to: clockText(row.to_s) })}${" "}
      <code>traumatwin debrief ${name} ${name}/${row.branch}</code></p>`)}`;
}

/** Everything that happened at some moment, to step from one to the next. */
function moments(/** @type {any} */ run) {
  const { actions, alerts, instructor } = run.lanes;
  const all = [...instructor.map((/** @type {any} */ i) => i.at_s), ...actions.map((/** @type {any} */ a) => a.at_s), ...alerts.map((/** @type {any} */ a) => a.from_s),
    ...marksOf(run).map((/** @type {any} */ m) => m.at_s), ...run.lanes.rooms.map((/** @type {any} */ r) => r.from_s)];
  return [...new Set(all)].sort((a, b) => a - b);
}

function Scrubber(/** @type {any} */ { run, ends, moment, go }) {
  const all = moments(run);
  const back = all.findLast((at) => at < moment - 0.5);
  const on = all.find((at) => at > moment + 0.5);
  return html`<div class="scrubber panel" role="group" aria-label=${t("debrief.scrubber")}>
    <button disabled=${back === undefined} aria-label=${t("debrief.back")} onClick=${() => go(back)}>◀</button>
    <output>${clockText(moment)}</output>
    <input type="range" min="0" max=${Math.ceil(ends)} step="1" value=${Math.round(moment)} aria-label=${t("debrief.moment")}
      aria-valuetext=${clockText(moment)} onInput=${(/** @type {any} */ e) => go(Number(e.currentTarget.value))} />
    <button disabled=${on === undefined} aria-label=${t("debrief.on")} onClick=${() => go(on)}>▶</button></div>`;
}

function Head(/** @type {any} */ { run, runs, letter, over }) {
  const stretch = stretchText(run, runs);
  return html`<header class="row between"><div><h1>${letter && html`${letter}: `}${stretch && html`${stretch}. `}${run.title}</h1>
    <p class="dim">${run.name} · ${run.branch} · ${t("debrief.seed")} ${run.seed} · ${clockText(run.ends_s)}</p></div>
    <div>${over ? endedText(run).map((line, n) => html`<b class=${n ? "bad" : `ended ${run.alive ? "alive" : "dead"}`}>${line}</b>`)
      : html`<b class="ended alive">${t("debrief.running")}</b>`}</div></header>`;
}

function Debrief(/** @type {any} */ { store }) {
  const [told, tell] = useState(/** @type {any} */ (null));
  const [moment, at] = useState(Number.isFinite(named()) ? named() : 0);
  const [chosen, choose] = useState(/** @type {any} */ (null));
  const [looks, look] = useState(0);
  const [wrong, fail] = useState("");
  const read = () => get("/debrief/runs").then((r) => { tell(inTheirWords(store, r.body)); fail(""); }).catch((e) => { fail(String(e.message)); look((n) => n + 1); });
  const [follows, follow] = useState(true);
  useEffect(() => { read(); }, []);
  useEffect(() => {
    if (!follows || told?.over !== false) return undefined;
    const timer = setTimeout(() => (document.hidden || store.speed === 0 ? look((n) => n + 1) : read()), EVERY_MS);
    return () => clearTimeout(timer);
  }, [follows, told, looks]);
  const go = (/** @type {number} */ to) => {
    at(to);
    history.replaceState(null, "", `#t=${Math.round(to)}`);
  };
  if (told === null) {
    return html`<main class="debrief"><h1>${t("page.debrief")}</h1>
      <p role="status">${wrong === "" ? t("debrief.reading") : wrong.endsWith("403") ? t("debrief.not_yet") : t("debrief.none")}</p></main>`;
  }
  const { runs } = told;
  const [run, other] = runs;
  const ends = Math.max(...runs.map((/** @type {any} */ r) => r.ends_s));
  return html`<main class="debrief">
    ${!other && html`<${Head} run=${run} runs=${runs} letter="" over=${told.over} />`}
    ${runs.map((/** @type {any} */ one, /** @type {number} */ n) => html`<${Remarks} run=${one} runs=${runs} letter=${other ? `${"AB"[n]}: ` : ""} />`)}
    ${!told.over && html`<p class="row"><span>${t("debrief.upto", { at: clockText(run.ends_s) })}</span>
      <button aria-pressed=${String(follows)} onClick=${() => follow(!follows)}>${t("debrief.follow")}</button>
      <button onClick=${read}>${t("debrief.again")}</button></p>`}
    <${Scrubber} run=${run} ends=${ends} moment=${moment} go=${go} />
    ${other ? html`<div class="twice" role="group" aria-label=${t("debrief.runs")}>${runs.map((/** @type {any} */ one, /** @type {number} */ n) => html`
      <section class="panel" aria-label=${"AB"[n]}><${Head} run=${one} runs=${runs} letter=${"AB"[n]} over=${told.over} />
        <${Course} run=${one} runs=${runs} ends=${ends} moment=${moment} go=${go} chosen=${chosen} choose=${choose} least=${SIDE_BY_SIDE} /></section>`)}</div>`
      : html`<section class="panel" aria-label=${t("debrief.course")}>
        <${Course} run=${run} runs=${runs} ends=${ends} moment=${moment} go=${go} chosen=${chosen} choose=${choose} /></section>`}
    <${Chosen} store=${store} chosen=${chosen} leave=${() => choose(null)} />
    <div class="panels">
      <${Moment} store=${store} run=${run} moment=${moment} first=${true} letter=${other ? "A" : ""} />
      ${other && html`<${Moment} store=${store} run=${other} moment=${moment} first=${false} letter="B" />`}
      <${Notes} store=${store} told=${told} moment=${moment} about=${chosen?.seq ?? 0} go=${go} again=${read} />
      <${Clock} runs=${runs} go=${go} />
      <${Expected} runs=${runs} go=${go} choose=${choose} />
      <${Files} told=${told} />
    </div></main>`;
}

await loadNames();
mount(Debrief);
