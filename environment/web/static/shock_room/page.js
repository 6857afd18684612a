// @ts-check
/** The shock room's wall: where are we, what next? No name is shown. */
import { NoPulse, arrestOf } from "/static/app/arrest.js";
import { arrivedAt, arrivesIn, hasComeUnsaid, isHandedOver, reachedAt } from "/static/app/arrival.js";
import { loadNames, word } from "/static/app/names.js";
import { Given } from "/static/shock_room/given.js";
import { InPlace } from "/static/shock_room/in_place.js";
import { Passport } from "/static/shock_room/passport.js";
import { Results } from "/static/shock_room/results.js";
import { Timers } from "/static/shock_room/timers.js";
import { SIGNS, Vitals } from "/static/shock_room/vitals.js";
import { TrendData } from "/static/app/trend_data.js";
import { adviceText, lineText, questionText } from "/static/app/said.js";
import { useHistory } from "/static/tablet/history.js";
import { t, words } from "/static/app/text.js";
import { Alert, alertsOf, clockText, html, mount, useEffect, useState, useStore } from "/static/app/ui.js";

/** Alerts on the wall at once, and things to do next. */
const MOST = 3;
const STEPS = 2;
/** Lines that the head of the wall already says. */
const SAID = ["eta", "leader"];

/** The display that hangs here: the one asked for, else the case's, else the one most people watch. */
function wallOf(/** @type {any} */ store) {
  const asked = new URLSearchParams(location.search).get("twin");
  if (asked) return asked;
  const [first] = store.only("trauma")?.links.get("shownOn") ?? [];
  const watchers = (/** @type {any} */ d) => store.value(d.id, "watched_by", []).length;
  return first ?? store.ofKind("display").sort((/** @type {any} */ a, /** @type {any} */ b) => watchers(b) - watchers(a))[0]?.id ?? "";
}

function Clock(/** @type {any} */ { name, seconds }) {
  return html`<div class="clock"><small>${name}</small><b role="timer" aria-label=${name}>${clockText(seconds)}</b></div>`;
}

/** How soon the patient comes, or since when he is here. */
function Arrival(/** @type {any} */ { store, arrived }) {
  if (arrived !== null) return html`<${Clock} name=${t("clock.arrival")} seconds=${store.now() - arrived} />`;
  if (!hasComeUnsaid(store)) return html`<${Clock} name=${t("clock.eta")} seconds=${arrivesIn(store)} />`;
  const at = reachedAt(store) ?? store.value("preh", "arrival_er_s");
  return html`<${Clock} name=${t("clock.at_door")} seconds=${at === null ? null : store.now() - at} />`;
}

/** Where the patient is, in the room's words or the crew's. */
function placeOf(/** @type {any} */ store, /** @type {any} */ trauma) {
  const room = store.value(trauma.id, "room");
  if (arrivedAt(store) !== null) return room ? word("twin", room) : t("wall.no_room");
  if (isHandedOver(store)) return t("wall.handed_over");
  const road = store.only("preh")?.phase ?? "";
  return hasComeUnsaid(store) ? t("wall.at_door") : road ? t("wall.on_the_road", { phase: word("phase", road) }) : "–";
}

/** Who, where, led by whom, since when. */
function Head(/** @type {any} */ { store, trauma }) {
  const { patient } = store.here;
  const age = store.value(patient, "age");
  const weight = store.value(patient, "weight_kg");
  const sex = store.value(patient, "sex") ?? "unknown";
  const who = [age === null ? t("wall.age_unknown") : t("patient.age", { age }), word("sex", sex), weight && `${weight} kg`];
  const injury = store.value("preh", "injury_at_s") ?? store.value(trauma.id, "injury_at_s");
  const arrived = arrivedAt(store);
  const leader = store.value(trauma.id, "leader");
  const phase = word("phase", trauma.phase);
  const place = placeOf(store, trauma);
  const isSaid = place.toLowerCase() === phase.toLowerCase(); // the phase has the name of the room
  return html`<header class="head" aria-label=${t("patient.strip")}>
    <div class="identity"><h1>${who.filter(Boolean).join(" · ")}</h1>${patient !== "patient" && html`<small>${t("wall.alias", { alias: words(patient) })}</small>`}</div>
    <div class="where"><b class="phase">${phase}</b>${!isSaid && html`<small>${place}</small>`}</div>
    <div class="leads"><small>${t("wall.leader")}</small><b>${leader ? word("twin", leader) : t("team.nobody")}</b></div>
    <${Clock} name=${t("clock.injury")} seconds=${injury === null ? null : store.now() - injury} />
    <${Arrival} store=${store} arrived=${arrived} />
  </header>`;
}

/** What to do next: a question, what the assistants suggest, a line of the team. */
function Next(/** @type {any} */ { store, wall, alerts }) {
  const asked = Object.entries(store.value(wall, "question") ?? {});
  const line = store.value(wall, "line")?.next_step;
  const advised = Object.entries(store.value(wall, "suggestion") ?? {})
    .sort(([, a], [, b]) => /** @type {any} */ (b).since_s - /** @type {any} */ (a).since_s)
    .slice(0, Math.max(0, STEPS - asked.length));
  return html`<section class="next" aria-label=${t("wall.next")}><h2>${t("wall.next")}</h2>
    <ul>${line && html`<li class="line">${line}</li>`}
      ${asked.map(([name, q]) => html`<li key=${name} class="asked">${questionText(name, /** @type {any} */ (q).text)}
        <small>${/** @type {any} */ (q).options.map((/** @type {string} */ o) => word("answer", o)).join(" / ")}</small></li>`)}
      ${advised.map(([name, s]) => html`<li key=${name} data-suggestion=${name}>${adviceText(name, /** @type {any} */ (s).text)}</li>`)}
      ${!line && asked.length + advised.length === 0 && html`<li class="dim">${t(alerts.some((/** @type {any} */ a) => !a.acknowledged) ? "wall.next_alerts" : "said.nothing_next")}</li>`}</ul></section>`;
}

function Lines(/** @type {any} */ { store, wall }) {
  const room = store.value(store.only("trauma")?.id ?? "", "room"); // that it was ready is over once he lies in it
  const lines = Object.entries(store.value(wall, "line") ?? {})
    .filter(([name]) => !SAID.includes(name) && name !== "next_step" && name !== room);
  return html`<ul class="lines" aria-label=${t("wall.lines")}>${lines.map(([name, text]) =>
    html`<li key=${name} data-line=${name}>${words(lineText(name, String(text)))}</li>`)}</ul>`;
}

function ShockRoom(/** @type {any} */ { store }) {
  useStore(store, 500);
  const [data] = useState(() => new TrendData(store, SIGNS.map((s) => s.id)));
  useEffect(() => {
    data.reach(600);
  }, [store.connected]);
  const wall = wallOf(store);
  const trauma = store.only("trauma");
  const devices = store.ofKind("device").map((/** @type {any} */ d) => d.id);
  const events = useHistory(store, [store.here.patient, ...devices]);
  if (!trauma) {
    return html`<main class="wall waiting"><h1>${t("wall.nobody")}</h1><p class="since">${clockText(store.now())}</p>
      <${Lines} store=${store} wall=${wall} /></main>`;
  }
  const alerts = alertsOf(store, wall).slice(0, MOST);
  return html`<main class="wall">
    <${Head} store=${store} trauma=${trauma} />
    <${Vitals} store=${store} data=${data} />
    <div class="columns">
      <div class="say"><section class="alerts" aria-label=${t("wall.alerts")}><${NoPulse} store=${store} />
          ${alerts.map((/** @type {any} */ alert) => html`<${Alert} key=${alert.rule} alert=${alert} store=${store} clock=${false} />`)}
          ${alerts.length === 0 && arrestOf(store) === null && html`<p class="dim">${t("wall.no_alert")}</p>`}</section>
        <${Next} store=${store} wall=${wall} alerts=${alerts} /></div>
      <${Given} store=${store} />
      <${Timers} store=${store} trauma=${trauma} events=${events} />
      <${InPlace} store=${store} />
      <${Results} store=${store} trauma=${trauma} events=${events} />
    </div>
    <footer class="strip"><${Passport} store=${store} /><${Lines} store=${store} wall=${wall} /></footer>
  </main>`;
}

await loadNames();
mount(ShockRoom);
