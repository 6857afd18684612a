// @ts-check
/** Time in the instructor's hand: pause, step, speed, bookmarks, marks; each with one key. */
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

const SPEEDS = [0.5, 1, 2, 5, 10, 20, 40, 60];
const TYPING = ["INPUT", "SELECT", "TEXTAREA"];

/** The bar above everything, and the keys. */
export function TimeBar(/** @type {any} */ { store, doing, about, forget }) {
  const [note, setNote] = useState("");
  const running = store.value("session", "running", false);
  const speed = store.value("session", "speed", 1);
  const slowed = store.value("session", "slowed_to", 0);
  const turn = () => doing("session", running ? "pause" : "resume", {},
    { done: t(running ? "console.paused" : "console.goes_on") });
  const step = () => doing("session", "step", {}, 
    { done: () => t(store.value("session", "running") ? "console.stepping" : "console.stepped") });
  const bookmark = () => doing("session", "set_bookmark", { label: "" }, { done: t("console.bookmarked") });
  const mark = async (/** @type {"good" | "bad"} */ rating) => {
    const told = await doing("session", "set_mark", { rating, note, about: about?.seq ?? 0 }, {
      done: t(`console.marked_${rating}`),
    });
    if (told.ok) {
      setNote("");
      forget();
    }
  };
  const write = async (/** @type {Event | null} */ event = null) => {
    event?.preventDefault();
    if (!note.trim()) return document.getElementById("note")?.focus();
    const told = await doing("session", "note", { text: note, about: about?.seq ?? 0 }, { done: t("console.written") });
    if (told.ok) {
      setNote("");
      forget();
    }
    return undefined;
  };
  useEffect(() => {
    const keys = { " ": turn, n: step, m: bookmark, g: () => mark("good"), b: () => mark("bad"), w: () => write() };
    const press = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const act = keys[/** @type {"n"} */ (event.key)];
      const own = event.key === " " && ["BUTTON", "A", "SUMMARY"].includes(target.tagName);
      if (!act || store.over || event.repeat || event.ctrlKey || event.metaKey || event.altKey
          || own || TYPING.includes(target.tagName)) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
  return html`<header class="timebar" aria-label=${t("console.time")}>
    <div class="clock"><b role="timer" data-clock>${clockText(store.now())}</b>${" "}<span class="dim">${t("console.of", { end: clockText(store.value("session", "ends_s", 0)) })}</span>
      ${slowed > 0 && !store.over && html`<small class="behind" role="status">${t("console.behind", { speed: slowed })}</small>`}</div>
    <div class="row">
      ${store.over ? html`<span class="over">${t("console.over")}</span>` : html`<button class="main" onClick=${turn}
        aria-keyshortcuts="Space">${t(running ? "console.pause" : store.now() < 1 ? "console.start" : "console.resume")} <kbd>␣</kbd></button>`}
      <button onClick=${step} aria-keyshortcuts="n">${t("console.step")} <kbd>n</kbd></button>
      <label class="row">${t("console.speed")} <select value=${String(speed)}
        onChange=${(/** @type {any} */ e) => doing("session", "set_speed", { speed: Number(e.target.value) })}>
        ${[...new Set([...SPEEDS, speed])].sort((a, b) => a - b).map((s) =>
          html`<option value=${String(s)} selected=${s === speed}>${s} ×</option>`)}</select></label>
      <button onClick=${bookmark} aria-keyshortcuts="m">${t("console.bookmark")} <kbd>m</kbd></button>
    </div>
    <form class="row marks" onSubmit=${write}>
      <input id="note" aria-label=${t("console.note")} placeholder=${about ? t("console.note_about", { what: about.what })
        : t("console.note")} value=${note} maxlength="300"
        onInput=${(/** @type {any} */ e) => setNote(e.target.value)} />
      <button aria-keyshortcuts="w">✎ ${t("console.write")} <kbd>w</kbd></button>
      <button type="button" class="good" onClick=${() => mark("good")} aria-keyshortcuts="g">✓ ${t("console.good")} <kbd>g</kbd></button>
      <button type="button" class="bad" onClick=${() => mark("bad")} aria-keyshortcuts="b">✗ ${t("console.bad")} <kbd>b</kbd></button>
    </form>
  </header>`;
}
