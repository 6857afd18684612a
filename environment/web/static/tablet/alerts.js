// @ts-check
/** What the assistants say: alerts to be seen to, questions, suggestions; and why. */
import { ADVICE, isForMe } from "/static/tablet/advice.js";
import { Why } from "/static/tablet/why.js";
import { amountText, named } from "/static/app/names.js";
import { adviceText, questionText } from "/static/app/said.js";
import { restsText } from "/static/tablet/guards.js";
import { More, Standing } from "/static/tablet/sight.js";
import { t } from "/static/app/text.js";
import { Alert, alertsOf, html, useEffect, useState } from "/static/app/ui.js";

/** What one may add when one has seen an alert; the words go into the journal. */
const REASONS = ["doing", "done", "watching", "not_fitting"];
/** Milliseconds for which more can be said of an alert that was seen (engineering default). */
const ASKED_MS = 12_000;
const RANK = { high: 0, medium: 1, low: 2 };

/** The displays that a person looks at. @returns {string[]} */
export function displaysOf(/** @type {any} */ store, /** @type {string} */ person) {
  return store.ofKind("display").map((/** @type {any} */ d) => d.id)
    .filter((/** @type {string} */ id) => store.value(id, "watched_by", []).includes(person));
}

/** Alerts of all displays of a person: the most urgent first, of those the newest. @returns {any[]} */
function alertsFor(/** @type {any} */ store, /** @type {string} */ person) {
  const rank = (/** @type {any} */ a) => RANK[/** @type {"high"} */ (a.priority)];
  return displaysOf(store, person).flatMap((d) => alertsOf(store, d).map((a) => ({ ...a, display: d })))
    .sort((a, b) => rank(a) - rank(b) || b.since_s - a.since_s);
}

/** In the page's head: that alerts stand which are scrolled out of sight. */
export function Alerts(/** @type {any} */ { store, person }) {
  return html`<${Standing} count=${alertsFor(store, person).filter((a) => !a.acknowledged).length} />`;
}

/**
 * Alerts and questions of all displays that the person looks at; suggestions that he can follow and
 * that nobody has followed yet. @param {any} given `pages`: the tabs of this page
 */
export function Said({ store, outbox, person, why, open, pages }) {
  const [asking, ask] = useState(""); // of which alert more can be said now
  const [shown, show] = useState(""); // whose reasons are open: one at a time
  useEffect(() => {
    const timer = asking ? setTimeout(() => ask(""), ASKED_MS) : 0;
    return () => clearTimeout(timer);
  }, [asking]);
  const displays = displaysOf(store, person);
  const all = alertsFor(store, person);
  const asked = displays.flatMap((d) => Object.entries(store.value(d, "question") ?? {})
    .map(([name, q]) => ({ name, display: d, .../** @type {any} */ (q), text: questionText(name, /** @type {any} */ (q).text) })));
  const advised = displays.flatMap((d) => Object.entries(store.value(d, "suggestion") ?? {})
    .map(([name, s]) => ({ name, display: d, .../** @type {any} */ (s), text: adviceText(name, /** @type {any} */ (s).text) })))
    .filter((s) => isForMe(store, s.name, why, pages));
  // It stays where it is as long as it asks for more.
  const isFresh = (/** @type {any} */ a) => !a.acknowledged || a.rule === asking;
  const fresh = all.filter(isFresh);
  const seen = all.filter((a) => !isFresh(a));
  const parts = { store, outbox, asking, ask, shown, show };
  const card = (/** @type {any} */ a) => html`<${Open} key=${a.rule} alert=${a} ...${parts} />`;
  // One list with keys: what is open on a card stays open when the alert moves to those seen to.
  const cards = [
    ...asked.map((q) => html`<${Question} key=${q.name} asked=${q} store=${store} outbox=${outbox} />`),
    ...fresh.map(card),
    ...(advised.length > 0 ? [html`<h2 key="suggestions">${t("said.suggestions")}</h2>`] : []),
    ...advised.map((s) => html`<${Suggestion} key=${s.name} said=${s} store=${store}
      outbox=${outbox} why=${why} open=${open} />`),
    ...(seen.length > 0 ? [html`<h2 key="seen">${t("said.seen")}</h2>`] : []),
    ...seen.map(card),
  ];
  return html`<section class="said" aria-label=${t("said.name")}>${cards}
    ${all.length + asked.length + advised.length === 0 && html`<p class="dim">${t("said.nothing")}</p>`}
  </section><${More} />`;
}

/** An alert with what one may do about it: one tap has seen it, a second one may say how. */
function Open(/** @type {any} */ { alert, store, outbox, asking, ask, shown, show }) {
  const ended = restsText(store);
  const isOpen = shown === alert.rule;
  const see = (/** @type {string} */ reason) => {
    ask(reason === "seen" ? alert.rule : "");
    outbox.put(alert.display, "acknowledge", { rule: alert.rule, reason: t(`reason.${reason}`) },
      { text: t("alert.acknowledge", { rule: alert.rule }), now: true });
  };
  return html`<div class="said-one" data-card=${alert.acknowledged ? undefined : alert.rule}><${Alert} alert=${alert} store=${store}>
      ${!alert.acknowledged && html`<button disabled=${Boolean(ended)} aria-label=${t("alert.see_to", { rule: alert.rule })}
        onClick=${() => see("seen")}>${t("alert.ok")}</button>`}
      <button aria-expanded=${String(isOpen)} aria-label=${t("why.of", { rule: alert.rule })}
        onClick=${() => show(isOpen ? "" : alert.rule)}>${t("why.ask")}</button>
    <//>
    ${asking === alert.rule && !ended && html`<div class="row choices" role="group" aria-label=${t("alert.reason")}>
      ${REASONS.map((r) => html`<button key=${r} onClick=${() => see(r)}>${t(`reason.${r}`)}</button>`)}
    </div>`}
    ${isOpen && html`<${Why} store=${store} display=${alert.display} rule=${alert.rule} stands=${alert.text} />`}
  </div>`;
}

/** A question of an assistant: one tap answers it. */
function Question(/** @type {any} */ { asked, store, outbox }) {
  const ended = restsText(store);
  const answer = (/** @type {string} */ option) => outbox.put(asked.display, "answer",
    { name: asked.name, answer: option }, { text: `${asked.text} – ${t(`answer.${option}`)}` });
  return html`<div class="question panel" role="group" data-card=${asked.name} aria-label=${asked.text}>
    <p><b>${asked.text}</b></p>
    <div class="row">${asked.options.map((/** @type {string} */ o) => html`<button
      key=${o} disabled=${Boolean(ended)} onClick=${() => answer(o)}>${t(`answer.${o}`)}</button>`)}</div></div>`;
}

/** What a dose that was taken up is, and no more: what is to follow is not done by it. @returns {string | null} */
const taskText = (/** @type {any} */ store, /** @type {any} */ { operation, given }) => (operation !== "give_drug" ? null
  : `${named(store.here.drugs, given.drug)} ${amountText(given.amount, given.unit)}${given.over_min > 0 ? ` ${t("dose.minutes", { m: given.over_min })}` : ""}`);

/** Something that could be done: one tap does it, or opens where it is chosen. */
function Suggestion(/** @type {any} */ { said, store, outbox, why, open }) {
  const [shown, show] = useState(false);
  const advice = ADVICE[said.name];
  const task = advice?.act?.(store) ?? null;
  const against = task === null ? "" : why(task.twin, task.operation);
  const take = () => {
    if (task !== null) outbox.put(task.twin, task.operation, task.given, { text: taskText(store, task) ?? said.text, undo: task.undo });
    else open(advice.page);
  };
  // Of a drug the button says how much it gives now.
  const { amount, unit, over_min } = task?.given ?? {};
  const label = amount === undefined ? t(task ? "said.take" : "said.choose")
    : t(over_min > 0 ? "said.give_over" : "said.give", { dose: amountText(amount, unit), m: over_min });
  return html`<div class="suggestion" data-suggestion=${said.name} data-card=${said.name}>
    <span>${said.text}${task && advice?.then && html`<small>${t(advice.then)}</small>`}${against && html`<small>${against}</small>`}</span>
    ${advice && html`<button class="main" disabled=${Boolean(against)} onClick=${take}
      aria-label=${`${label}: ${said.text}`}>${label}</button>`}
    <button aria-expanded=${String(shown)} aria-label=${t("why.of", { rule: said.text })}
      onClick=${() => show(!shown)}>${t("why.ask")}</button>
    ${shown && html`<${Why} store=${store} display=${said.display} suggestion=${said.name} />`}
  </div>`;
}
