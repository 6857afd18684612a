// @ts-check
/** The preview: the draft simulated for some minutes, before and after the last change. */
import { Curves, SIGNS, SIGN_OF } from "/static/author/curves.js";
import { simulate, stopSimulation } from "/static/author/draft.js";
import { t } from "/static/app/text.js";
import { clockText, html, useState } from "/static/app/ui.js";

/** What was shown last and before, so that going to the form and back loses nothing. */
const kept = { minutes: "10", team: true, agents: true, branch: "default", now: /** @type {any} */ (null), before: /** @type {any} */ (null), both: true, moment: 0 };

/** The values of a run at a moment. */
function valuesAt(/** @type {any} */ run, /** @type {number} */ at) {
  let i = run.at.findIndex((/** @type {number} */ s) => s > at);
  i = i < 0 ? run.at.length - 1 : Math.max(0, i - 1);
  return Object.fromEntries(SIGNS.map(([key]) => [key, run.curves[/** @type {string} */ (key)][i]]));
}

function Readout(/** @type {any} */ { now, before, at, look }) {
  const values = valuesAt(now, at);
  const old = before && valuesAt(before, at);
  return html`<div class="readout"><label for="moment">${t("author.moment")} <output>${clockText(at)}</output></label>
    <input id="moment" type="range" min="0" max=${now.ends_s} step="1" value=${at} aria-valuetext=${clockText(at)} onInput=${(/** @type {any} */ e) => look(Number(e.currentTarget.value))} />
    <dl>${SIGNS.map(([key, , dash]) => html`<div key=${key} data-sign=${key} class=${dash ? "dashed" : ""}><dt>${t(`author.sign.${key}`)}</dt>
      <dd>${values[/** @type {string} */ (key)]}${old && html` <small>${t("author.was", { value: old[/** @type {string} */ (key)] })}</small>`}</dd></div>`)}</dl></div>`;
}

function Marks(/** @type {any} */ { marks, look }) {
  if (!marks.length) return html`<p class="dim">${t("author.no_marks")}</p>`;
  return html`<div class="wide-table"><table class="marks"><caption>${t("author.marks")}</caption><tbody>${marks.map((/** @type {any} */ m, /** @type {number} */ i) => html`<tr key=${i} data-mark=${m.kind} class=${m.priority ?? ""}>
    <td><button class="quiet" onClick=${() => look(Math.max(0, m.at_s))}>${clockText(m.at_s)}</button></td>
    <td><span class="sign" aria-hidden="true">${SIGN_OF[/** @type {"injury"} */ (m.kind)]}</span> ${t(`author.mark.${m.kind}`)}</td>
    <td>${m.text}${m.by ? html` <small>${m.by.replaceAll("_", " ")}</small>` : ""}</td></tr>`)}</tbody></table></div>`;
}

/** What is to be simulated, the curves, and what happened. */
export function Preview(/** @type {any} */ { draft }) {
  const [, again] = useState(0);
  const [running, run] = useState(false);
  const [wrong, fail] = useState("");
  const set = (/** @type {any} */ change) => { Object.assign(kept, change); again((/** @type {number} */ n) => n + 1); };
  const look = (/** @type {number} */ at) => set({ moment: at });
  const minutes = Number(String(kept.minutes).replace(",", "."));
  const branches = Object.keys(draft.words.lists.branches);
  const branch = branches.includes(kept.branch) ? kept.branch : "default";
  const go = async (/** @type {number | null} */ upto) => {
    run(true);
    fail("");
    const told = await simulate({ minutes: upto ?? minutes, team: kept.team, agents: kept.agents, branch });
    run(false);
    if (told.at === undefined) {
      if (!told.stopped) fail(told.wrong || t("author.gone"));
      return;
    }
    set({ before: kept.now, now: told, moment: Math.min(kept.moment, told.ends_s) });
  };
  const box = (/** @type {"team" | "agents" | "both"} */ name) => html`<label class="tick"><input type="checkbox" checked=${kept[name]} onChange=${(/** @type {any} */ e) => set({ [name]: e.currentTarget.checked })} /> ${t(`author.with_${name}`)}</label>`;
  const bad = draft.state.problems.length > 0;
  const valid = Number.isFinite(minutes) && minutes > 0 && minutes <= 1440;
  return html`<section class="panel preview" aria-label=${t("author.preview")}><h2>${t("author.preview")}</h2>
    <div class="row"><label for="minutes">${t("author.minutes")}</label><input id="minutes" inputmode="decimal" class="time" value=${kept.minutes} aria-invalid=${String(!valid)}
        onInput=${(/** @type {any} */ e) => set({ minutes: e.currentTarget.value })} />
      <label for="branch">${t("author.one.branch")}</label><select id="branch" value=${branch} onChange=${(/** @type {any} */ e) => set({ branch: e.currentTarget.value })}>
        ${branches.map((name) => html`<option key=${name} value=${name}>${name === "default" ? t("author.no_branch") : name}</option>`)}</select>
      ${box("team")}${box("agents")}
      ${running ? html`<button onClick=${stopSimulation}>${t("author.stop")}</button>`
        : html`<button class="main" disabled=${bad || !valid} onClick=${() => go(null)}>${t("author.simulate")}</button>
          <button disabled=${bad} onClick=${() => go(1440)}>${t("author.to_the_end")}</button>`}</div>
    <div role="status">${running ? html`<p>${t("author.running")}</p>` : bad ? html`<p class="wrong">${t("author.not_while_wrong", { n: draft.state.problems.length })}</p>`
      : wrong && html`<p class="wrong">${wrong}</p>`}</div>
    ${kept.now && html`<div class="row between"><p class="dim">${kept.now.revision === draft.state.revision ? t("author.of_now") : t("author.of_earlier")}
      ${!kept.now.pulse && html` <b class="bad">${t("author.no_pulse")}</b>`}</p>${kept.before && box("both")}</div>
      <${Curves} now=${kept.now} before=${kept.both ? kept.before : null} look=${look} />
      <${Readout} now=${kept.now} before=${kept.both ? kept.before : null} at=${kept.moment} look=${look} />
      <${Marks} marks=${kept.now.marks} look=${look} />`}</section>`;
}
