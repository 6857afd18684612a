// @ts-check
/** What the assistants say: alerts to be seen to, questions, suggestions; and why. */
import { ADVICE, isForMe } from "/static/tablet/advice.js";
import { Why } from "/static/tablet/why.js";
import { adviceText, questionText } from "/static/app/said.js";
import { restsText } from "/static/tablet/guards.js";
import { t } from "/static/app/text.js";
import { Alert, alertsOf, html, useState } from "/static/app/ui.js";

/** What one says when one has seen an alert; the words go into the journal. */
const REASONS = ["doing", "done", "watching", "not_fitting"];

/** The displays that a person looks at. @returns {string[]} */
export function displaysOf(/** @type {any} */ store, /** @type {string} */ person) {
  return store.ofKind("display").map((/** @type {any} */ d) => d.id)
    .filter((/** @type {string} */ id) => store.value(id, "watched_by", []).includes(person));
}

/**
 * Alerts and questions of all displays that the person looks at; suggestions that he can follow and
 * that nobody has followed yet. @param {any} given `pages`: the tabs of this page
 */
export function Said({ store, outbox, person, why, open, pages }) {
  const displays = displaysOf(store, person);
  const all = displays.flatMap((d) => alertsOf(store, d).map((a) => ({ ...a, display: d })));
  const asked = displays.flatMap((d) => Object.entries(store.value(d, "question") ?? {})
    .map(([name, q]) => ({ name, display: d, .../** @type {any} */ (q), text: questionText(name, /** @type {any} */ (q).text) })));
  const advised = displays.flatMap((d) => Object.entries(store.value(d, "suggestion") ?? {})
    .map(([name, s]) => ({ name, display: d, .../** @type {any} */ (s), text: adviceText(name, /** @type {any} */ (s).text) })))
    .filter((s) => isForMe(store, s.name, why, pages));
  const fresh = all.filter((a) => !a.acknowledged);
  const seen = all.filter((a) => a.acknowledged);
  const card = (/** @type {any} */ a) => html`<${Open} key=${a.rule} alert=${a} store=${store} outbox=${outbox} />`;
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
  </section>`;
}

/** An alert with what one may do about it. */
function Open(/** @type {any} */ { alert, store, outbox }) {
  const [shown, show] = useState("");
  const ended = restsText(store);
  const turn = (/** @type {string} */ what) => show(shown === what ? "" : what);
  const seen = (/** @type {string} */ reason) => {
    show("");
    outbox.put(alert.display, "acknowledge", { rule: alert.rule, reason: t(`reason.${reason}`) },
      { text: t("alert.acknowledge", { rule: alert.rule }), now: true });
  };
  return html`<div class="said-one"><${Alert} alert=${alert} store=${store}>
      ${!alert.acknowledged && html`<button disabled=${Boolean(ended)} aria-expanded=${String(shown === "reasons")}
        aria-label=${t("alert.see_to", { rule: alert.rule })}
        onClick=${() => turn("reasons")}>${t("alert.ok")}</button>`}
      <button aria-expanded=${String(shown === "why")} aria-label=${t("why.of", { rule: alert.rule })}
        onClick=${() => turn("why")}>${t("why.ask")}</button>
    <//>
    ${shown === "reasons" && !ended && html`<div class="row choices" role="group" aria-label=${t("alert.reason")}>
      ${REASONS.map((r) => html`<button key=${r} onClick=${() => seen(r)}>${t(`reason.${r}`)}</button>`)}
    </div>`}
    ${shown === "why" && html`<${Why} store=${store} display=${alert.display} rule=${alert.rule} />`}
  </div>`;
}

/** A question of an assistant: one tap answers it. */
function Question(/** @type {any} */ { asked, store, outbox }) {
  const ended = restsText(store);
  const answer = (/** @type {string} */ option) => outbox.put(asked.display, "answer",
    { name: asked.name, answer: option }, { text: `${asked.text} – ${t(`answer.${option}`)}` });
  return html`<div class="question panel" role="group" aria-label=${asked.text}>
    <p><b>${asked.text}</b></p>
    <div class="row">${asked.options.map((/** @type {string} */ o) => html`<button
      key=${o} disabled=${Boolean(ended)} onClick=${() => answer(o)}>${t(`answer.${o}`)}</button>`)}</div></div>`;
}

/** Something that could be done: one tap does it, or opens where it is chosen. */
function Suggestion(/** @type {any} */ { said, store, outbox, why, open }) {
  const [shown, show] = useState(false);
  const advice = ADVICE[said.name];
  const task = advice?.act?.(store) ?? null;
  const against = task === null ? "" : why(task.twin, task.operation);
  const take = () => {
    if (task !== null) outbox.put(task.twin, task.operation, task.given, { text: said.text, undo: task.undo });
    else open(advice.page);
  };
  return html`<div class="suggestion" data-suggestion=${said.name}>
    <span>${said.text}${against && html`<small>${against}</small>`}</span>
    ${advice && html`<button class="main" disabled=${Boolean(against)} onClick=${take}
      aria-label=${t("said.take_one", { text: said.text })}>${t(task ? "said.take" : "said.choose")}</button>`}
    <button aria-expanded=${String(shown)} aria-label=${t("why.of", { rule: said.text })}
      onClick=${() => show(!shown)}>${t("why.ask")}</button>
    ${shown && html`<${Why} store=${store} display=${said.display} suggestion=${said.name} />`}
  </div>`;
}
