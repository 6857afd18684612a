// @ts-check
/** The team: who has which role, who is there, who leads; calling somebody. */
import { called, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html, useState } from "/static/app/ui.js";

/** Roles of a trauma team (ATLS 10; the roles that the report knows). */
const ROLES = ["leader", "airway", "surgeon", "nurse", "second_nurse", "radiographer", "orthopaedics", "scribe"];

/** Who has which role as a rule, where nobody says otherwise. */
const USUAL = { leader: "trauma_leader", airway: "anaesthetist", surgeon: "surgeon", nurse: "nurse", radiographer: "radiographer" };

/** Fill roles by a tap on the role and one on the person. */
export function Team(/** @type {any} */ { store, outbox, why, trauma }) {
  const [chosen, choose] = useState("");
  const me = store.here.you.name;
  const team = store.value(trauma, "team") ?? {};
  const people = store.ofKind("person").map((/** @type {any} */ p) => p.id)
    .filter((/** @type {string} */ id) => !["operator", "instructor"].includes(store.value(id, "role")));
  const against = why(trauma, "fill_role");
  const fill = (/** @type {string} */ person, role = chosen) => {
    const before = team[role]?.person;
    const text = t("team.filled", { who: called(store, person), role: word("role", role) });
    outbox.put(trauma, "fill_role", { role, person }, { text,
      undo: before ? { twin: trauma, operation: "fill_role", given: { role, person: before } } : null });
    if (role === "leader") {
      outbox.put(trauma, "set_leader", { person }, { text: t("report.leader", { who: called(store, person) }) });
    }
    choose("");
  };
  const waiting = Object.entries(USUAL).filter(([role, person]) => !team[role] && store.value(person, "present"));
  const place = store.value(trauma, "room") ?? "shock_room";
  const isHere = (/** @type {string} */ person) => outbox.put(person, "arrive", { place },
    { text: t("team.came", { who: called(store, person) }), now: true });
  const call = (/** @type {string} */ person) => outbox.put(person, "call", { to: place },
    { text: t("team.called", { who: called(store, person) }) });
  return html`<div class="grid">
    <div class="tiles" role="group" aria-label=${t("team.roles")}>${ROLES.map((r) => html`<button class="tile" key=${r}
      aria-pressed=${String(r === chosen)} disabled=${Boolean(against)} onClick=${() => choose(r === chosen ? "" : r)}>
      <span>${word("role", r)}</span><small>${team[r]
        ? `${called(store, team[r].person)} · ${t("since", { age: clockText(store.now() - team[r].since_s) })}` : t("team.nobody")}</small>
    </button>`)}</div>
    ${against && html`<p class="dim">${against}</p>`}
    ${waiting.length > 0 && html`<button class="main" disabled=${Boolean(against)}
      onClick=${() => waiting.forEach(([role, person]) => fill(person, role))}>${t("team.fill")}</button>`}
    ${chosen && html`<div class="row choices" role="group" aria-label=${t("team.who", { role: word("role", chosen) })}>
      ${people.map((/** @type {string} */ p) => html`<button key=${p} disabled=${Boolean(against)} onClick=${() => fill(p)}>${called(store, p)}</button>`)}</div>`}
    <h2>${t("team.people")}</h2>
    <ul class="plain people">${people.map((/** @type {string} */ p) => html`<li key=${p} class="row">
      <b>${called(store, p)}</b> <span class="dim">${store.value(p, "present")
        ? t("team.at", { place: called(store, store.value(p, "place") ?? "") }) : t(store.value(p, "called") ? "team.coming" : "team.away")}</span>
      ${!store.value(p, "present") && html`<button disabled=${Boolean(why(p, "arrive"))} onClick=${() => isHere(p)}
        aria-label=${p === me ? t("team.i_am_here") : t("team.came", { who: called(store, p) })}>${t(p === me ? "team.i_am_here" : "team.is_here")}</button>`}
      ${p !== me && html`<button disabled=${Boolean(why(p, "call"))} onClick=${() => call(p)}
        aria-label=${t("team.call_one", { who: called(store, p) })}>${t("team.call")}</button>`}</li>`)}</ul></div>`;
}
