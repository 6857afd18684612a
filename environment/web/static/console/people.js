// @ts-check
/** Who is simulated, what agents last decided, what was remembered. */
import { LinkMaker } from "/static/app/links.js";
import { word } from "/static/app/names.js";
import { actText } from "/static/console/deeds.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** Those who have a page of their own come first. */
const ROLES = ["trauma_leader", "rescuer", "operator"];

/** A bookmark without a name of its own is called by its time. */
const AS_TIME = /^\d+:\d\d/;

/** The page of each role that can be played. */
const PAGE = { trauma_leader: "leader", team_member: "leader", rescuer: "rescuer" };

/** In whose role somebody is, where the name does not say it. */
function inRole(/** @type {string} */ id, /** @type {string} */ role) {
  const [name, job] = [word("twin", id), word("job", role)];
  return name.toLowerCase() === job.toLowerCase() ? null : html` <small>(${job})</small>`;
}

/** The team: each simulated, or played by a person. */
export function People(/** @type {any} */ { store, doing }) {
  const rank = (/** @type {string} */ role) => (ROLES.includes(role) ? ROLES.indexOf(role) : ROLES.length);
  const people = Object.entries(store.value("session", "people") ?? {})
    .sort(([a, x], [b, y]) => rank(x.role) - rank(y.role) || (a < b ? -1 : 1));
  return html`<section class="panel" aria-label=${t("console.people")}>
    <h2>${t("console.people")}</h2>
    <p class="dim">${t("console.people_how")}</p>
    <ul class="plain">${people.map(([id, person]) => html`<li key=${id} class="row between" data-person=${id}>
      <span>${word("twin", id)}${inRole(id, person.role)}</span>
      <button aria-label=${t("console.played", { name: word("twin", id) })} aria-pressed=${String(!person.simulated)}
        onClick=${() => doing("session", "simulate", { person: id, on: !person.simulated },
          { done: t(person.simulated ? "console.is_played" : "console.is_simulated", { name: word("twin", id) }),
            undo: () => doing("session", "simulate", { person: id, on: person.simulated }) })}>
        <span aria-hidden="true">${person.simulated ? "☐" : "☑"}</span> ${t("console.person")}</button>
      ${PAGE[/** @type {"rescuer"} */ (person.role)] && html`<details><summary>${t("start.link")}</summary>
        <div class="grid"><${LinkMaker} part=${PAGE[/** @type {"rescuer"} */ (person.role)]} person=${id} name=${word("twin", id)} /></div></details>`}</li>`)}</ul>
  </section>`;
}

/** The last thing that each agent decided, and by which beliefs. */
export function Reasons(/** @type {any} */ { store, course }) {
  const rows = [...course.reasons.values()].sort((a, b) => b.seq - a.seq).slice(0, 6);
  return html`<section class="panel" aria-label=${t("console.reasons")}>
    <h2>${t("console.reasons")}</h2>
    <ul class="plain">${rows.map((/** @type {any} */ change) => html`<li key=${change.twin}>
      <b>${word("twin", change.twin.replace("mind_", ""))}</b> <small>${clockText(change.recorded)}</small>
      <div>${actText(store, change.value.act)}</div>
      <details><summary>${t("console.literally")}</summary><code>${change.value.act}</code><br />
        <code>${change.value.trigger} · ${change.value.file}:${change.value.line}</code></details></li>`)}
      ${rows.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ul>
    <a href="/mind">${t("page.mind")}</a>
  </section>`;
}

/** Bookmarks, marks and notes, with the way back. */
export function Remembered(/** @type {any} */ { store, doing }) {
  const [marks, bookmarks, notes] = ["mark", "bookmark", "noted"].map((name) =>
    Object.entries(store.value("session", name) ?? {}).sort(([, a], [, b]) => b.at_s - a.at_s));
  const back = (/** @type {string} */ label) => {
    if (confirm(t("console.rewind_sure", { label }))) doing("session", "rewind", { label });
  };
  return html`<section class="panel" aria-label=${t("console.remembered")}>
    <h2>${t("console.remembered")}</h2>
    <ul class="plain">${bookmarks.map(([label, row]) => html`<li key=${label} class="row between" data-bookmark=${label}>
      <span>⚑ ${label} ${AS_TIME.test(label) ? null : html`<small>${clockText(row.at_s)}</small>`}</span>
      <button onClick=${() => back(label)}>${t("console.rewind")}</button></li>`)}
    ${marks.map(([number, row]) => html`<li key=${number} class="row between" data-mark=${row.rating}>
      <span class=${row.rating}>${row.rating === "good" ? "✓" : "✗"} ${t(`console.${row.rating}`)}${" "}
        <small>${clockText(row.at_s)}</small> ${row.note}</span>
      <button aria-label=${t("console.unmark", { number })} onClick=${() => doing("session", "unmark", { number })}>×</button></li>`)}
    ${notes.map(([number, row]) => html`<li key=${`note-${number}`} class="row between" data-noted=${number}>
      <span>✎ <small>${clockText(row.at_s)}</small> ${row.text}</span>
      <button aria-label=${t("console.unnote", { number })} onClick=${() => doing("session", "unnote", { number })}>×</button></li>`)}
    ${marks.length + bookmarks.length + notes.length === 0 && html`<li class="dim">${t("console.none")}</li>`}</ul>
  </section>`;
}
