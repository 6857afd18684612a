// @ts-check
/** What all pages share: the shell, hooks on the store, clocks, toasts, alert cards. */
import { Component, html, render, useEffect, useRef, useState } from "/static/vendor/htm-preact.js";
import { act } from "/static/app/act.js";
import { alertText } from "/static/app/said.js";
import { Store, get } from "/static/app/store.js";
import { language, loadTexts, t } from "/static/app/text.js";

export { Component, html, render, useEffect, useRef, useState };

/** Draw the component again whenever the world has changed, and each `everyMs` besides. */
export function useStore(/** @type {Store} */ store, everyMs = 1000) {
  const [, again] = useState(0);
  useEffect(() => {
    const draw = () => again((/** @type {number} */ n) => n + 1);
    const end = store.watch(draw);
    const timer = setInterval(draw, everyMs);
    return () => {
      end();
      clearInterval(timer);
    };
  }, []);
}

/** mm:ss, or h:mm:ss from an hour on; a minus before what is to come. */
export function clockText(/** @type {number | null} */ seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const s = Math.abs(Math.trunc(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const text = s < 3600 ? `${two(Math.trunc(s / 60))}:${two(s % 60)}`
    : `${Math.trunc(s / 3600)}:${two(Math.trunc((s % 3600) / 60))}:${two(s % 60)}`;
  return seconds < 0 ? `−${text}` : text;
}

/** How long, in words: "40 s", "4 min", "1 h 5 min". A clock's digits would read as a time of day. */
export function ageText(/** @type {number | null} */ seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const s = Math.max(0, Math.trunc(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.trunc(s / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.trunc(minutes / 60)} h ${minutes % 60} min`;
}

/** Whole minutes since the call, with their sign: "+9". */
function sinceCall(/** @type {number} */ seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes < 0 ? "−" : "+"}${Math.abs(minutes)}`;
}

/** The time of day of a scenario second. */
export function timeOfDay(/** @type {Store} */ store, /** @type {number} */ seconds) {
  const at = new Date(Date.parse(store.here.start) + 1000 * seconds);
  return at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** A moment as a card tells it: the time of day to the minute, and minutes since the call. */
export function timeOfBoth(/** @type {Store} */ store, /** @type {number} */ seconds) {
  return t("time.both", { at: timeOfDay(store, seconds).slice(0, 5), since: sinceCall(seconds) });
}

const RANK = { high: 0, medium: 1, low: 2 };
const MARK = { high: "!!!", medium: "!!", low: "!" };

/** Open alerts of a display, the most urgent first. */
export function alertsOf(/** @type {Store} */ store, /** @type {string} */ display) {
  const open = store.value(display, "alert", {});
  const shown = store.value(display, "shown", []);
  const order = (/** @type {any} */ a) => [
    shown.includes(a.rule) ? 0 : 1, RANK[/** @type {"high"} */ (a.priority)], a.since_s,
  ];
  return Object.entries(open)
    .map(([rule, alert]) => ({ rule, .../** @type {any} */ (alert), text: alertText(rule, /** @type {any} */ (alert).text) }))
    .sort((a, b) => {
      const [x, y] = [order(a), order(b)];
      return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
    });
}

/** What the text of an alert quotes, by its rule: the text stands, the sign goes on. */
const QUOTED = { "HAE-01": "sbp", "HAE-02": "si", "BRE-01": "spo2" };

/** What an alert quotes as it is now; nothing where it is old, or as the text has it. */
function valueNow(/** @type {Store} */ store, /** @type {any} */ alert) {
  const key = QUOTED[/** @type {"HAE-01"} */ (alert.rule)];
  const [hr, seen] = [store.vital("hr"), key && store.vital(key === "si" ? "sbp" : key)];
  if (!seen || seen.stale || (key === "si" && (!hr || hr.stale || seen.value <= 0))) return "";
  const now = key === "si" ? (hr?.value / seen.value).toFixed(2) : seen.value.toFixed(store.here.vitals[key].decimals);
  return alert.text.includes(` ${now}`) ? "" : ` · ${t("alert.now", { value: now })}`;
}

/** One alert of an agent: priority by colour, sign and word; `clock`: with its time on the page's clock. */
export function Alert(/** @type {any} */ { alert, store, clock = true, children }) {
  const age = ageText(store.now() - alert.since_s);
  const raised = clock ? t("alert.raised", { at: clockText(alert.since_s), age }) : t("ago", { age });
  return html`<div class="alert ${alert.priority} ${alert.acknowledged ? "seen" : ""}"
      role=${alert.priority === "high" ? "alert" : "status"} data-rule=${alert.rule}>
    <span class="mark" aria-hidden="true">${MARK[/** @type {"high"} */ (alert.priority)]}</span>
    <div class="what">
      <span class="visually-hidden">${t(`priority.${alert.priority}`)}: </span><span class="text">${alert.text}</span>
      <small>${alert.rule} · ${raised}${valueNow(store, alert)}${alert.acknowledged ? ` · ${t("alert.seen")}` : ""}</small>
    </div>
    ${children}
  </div>`;
}

/** Do something as this page's person, and say so if it was refused. */
export function useActing(/** @type {Store} */ store) {
  const [said, say] = useState(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => say(null), said.ok ? 4000 : 12000);
    return () => clearTimeout(timer);
  }, [said]);
  const doing = async (
    /** @type {string} */ twin,
    /** @type {string} */ operation,
    /** @type {Record<string, any>} */ given = {},
    /** @type {{done?: string | (() => string), undo?: () => void}} */ words = {},
  ) => {
    const told = await act(store, twin, operation, given);
    say(told.ok ? { ok: true, text: words.done ?? t("act.done"), undo: words.undo } : told);
    return told;
  };
  const toast = said && html`<div class="toast ${said.ok ? "done" : "refused"}" role="status">
    <span>${typeof said.text === "function" ? said.text() : said.text}</span>
    ${said.undo && html`<button onClick=${() => { said.undo(); say(null); }}>${t("act.undo")}</button>`}
    <button class="quiet" aria-label=${t("act.close")} onClick=${() => say(null)}>×</button>
  </div>`;
  return { doing, toast };
}

/** Milliseconds for which a page says that its line is back. */
const BACK_MS = 4000;

/** Why the server goes, in words. */
function leavingText(/** @type {{why: string, at_s?: number, debrief?: boolean}} */ leaving) {
  const key = leaving.why === "over" && leaving.debrief ? "debrief" : leaving.why;
  return t(`line.leaving.${key}`, { at: clockText(leaving.at_s ?? 0) });
}

/** That the leader has finished the case, while the session still goes on. */
function finishedText(/** @type {Store} */ store) {
  const end = store.only("trauma")?.values.get("final_destination");
  if (!store.finished || !end) return "";
  const ends = clockText(store.value("session", "ends_s"));
  return t("line.finished", { where: t(`end.${end.value}`), at: clockText(end.effective), ends });
}

/** What hangs over every page: a lost line, one that is back, a paused session. */
function Banner(/** @type {{store: Store}} */ { store }) {
  useStore(store);
  if (store.leaving) return html`<div class="banner" role="status">${leavingText(store.leaving)}</div>`;
  if (!store.connected) {
    return html`<div class="banner lost" role="alert">${t("line.lost")}</div>`;
  }
  if (Date.now() - store.backAt < BACK_MS) return html`<div class="banner back" role="status">${t("line.back")}</div>`;
  if (store.here.over) return html`<div class="banner" role="status">${t("line.over")}
    ${document.body.dataset.page !== "debrief" && html`<a href="/debrief">${t("page.debrief")}</a>`}</div>`;
  if (store.speed === 0) return html`<div class="banner" role="status">${t("line.paused")}</div>`;
  const finished = finishedText(store);
  return html`<div class="banner ${finished ? "back" : "none"}" role="status">${finished}</div>`;
}

/** Milliseconds after which a page that could not be drawn begins anew (engineering default). */
const ANEW_MS = 2000;

/**
 * Draws what is in it, and says so if that fails. Without it an error in one drawing would end all
 * drawing, and the page would stand with old values as if they were new.
 */
class Safe extends Component {
  componentDidCatch(/** @type {Error} */ error) {
    console.error(error); // as without this
    this.setState({ failed: true });
    setTimeout(() => location.reload(), ANEW_MS);
  }

  render() {
    return this.state.failed ? html`<main><p role="alert">${t("page.failed")}</p></main>` : this.props.children;
  }
}

/** Show a page: `Page` gets the store. */
export async function mount(/** @type {any} */ Page) {
  await loadTexts();
  const root = /** @type {HTMLElement} */ (document.getElementById("page"));
  const leaving = sessionStorage.getItem("leaving"); // the page before this one was told so
  sessionStorage.removeItem("leaving");
  if (leaving) {
    const said = document.createElement("div");
    said.className = "banner";
    said.textContent = leavingText(JSON.parse(leaving));
    root.replaceChildren(said);
  }
  const { body } = await get("/here");
  const store = new Store(body);
  await store.start();
  const name = document.body.dataset.page ?? "";
  document.title = `${t(`page.${name}`)} · traumatwin`;
  root.replaceChildren();
  render(html`<${Banner} store=${store} /><${Safe}><${Page} store=${store} /><//>
    <footer class="note">${t("not_for_care")}</footer>`, root);
}
