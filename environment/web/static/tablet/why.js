// @ts-check
/** Why an assistant says something: from the readings to the words, one step a line. */
import { adviceText, alertText } from "/static/app/said.js";
import { get } from "/static/app/store.js";
import { refusal } from "/static/app/refused.js";
import { t, words } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

/** The last time that a display said this, in the journal. @returns {Promise<any>} */
async function lastSaid(
  /** @type {string} */ display, /** @type {string[]} */ names, /** @type {(v: any) => boolean} */ fits,
) {
  let found = null;
  for (const name of names) {
    let address = `/twins/display/${display}/history?kinds=event&name=${name}&limit=100`;
    while (address) {
      const { body } = await get(address);
      for (const change of body.changes) {
        if (fits(change.value) && (found === null || change.seq > found.seq)) found = change;
      }
      address = body.next ?? "";
    }
  }
  return found;
}

/** What an assistant held true, in words; nothing for what only tells it whom to serve. */
function fact(/** @type {any} */ store, /** @type {any} */ { belief, seq }) {
  const [, name, given] = belief.match(/^(\w+)\(([^[]*)\)/) ?? [];
  if (!name || ["process", "display", "patient", "standing", "hold"].includes(name)) return "";
  const args = given.replaceAll('"', "").split(",").map((/** @type {string} */ x) => words(x.trim()));
  if (name === "limit") return t("why.limit", { what: args[0], limit: args.slice(1).join(" ") });
  const row = store.here.vitals[name];
  if (row) return `${t(`vital.${name}`)} ${args[0]} ${row.shown_unit}`.trim();
  const told = args.filter((/** @type {string} */ x) => !["", "false", "none"].includes(x));
  return seq === null ? "" : `${words(name)} ${told.join(" ")}`;
}

/** One step of the chain in words; nothing for steps that say no more than the one before. */
function inWords(/** @type {any} */ store, /** @type {any} */ change) {
  const value = change.value ?? {};
  if (change.kind === "operation") {
    if (value.status === "refused") return refusal(value);
    if (value.status !== "requested" || store.here.roles[change.by] === "agent") return "";
    return t("why.asked", { who: words(change.by), what: words(change.name) });
  }
  if (change.kind === "property") {
    const row = store.here.vitals[change.name];
    const label = row ? t(`vital.${change.name}`) : words(change.name);
    const text = typeof value === "object" ? "" : `: ${value}${row ? ` ${row.shown_unit}` : ""}`;
    const list = Array.isArray(value) ? `: ${value.map(words).join(", ")}` : text;
    return `${label}${list} (${words(change.source)})`;
  }
  if (change.name === "decided") {
    const facts = (value.beliefs ?? []).map((/** @type {any} */ b) => fact(store, b)).filter(Boolean);
    const filled = { who: words(change.by), plan: `${value.plan}, ${value.file}:${value.line}` };
    return facts.length === 0 ? t("why.acted", filled)
      : t("why.decided", { ...filled, facts: [...new Set(facts)].join(", ") });
  }
  if (change.kind === "phase") return t("why.phase", { twin: words(change.twin), phase: words(String(value)) });
  if (value.rule && value.text) return alertText(value.rule, value.text);
  return value.text ? adviceText(value.name, value.text) : words(change.name);
}

/** The chain of reasons of an alert or a suggestion. */
export function Why(/** @type {any} */ { store, display, rule, suggestion }) {
  const [steps, tell] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const read = async () => {
      const said = rule
        ? await lastSaid(display, ["alert_raised", "alert_changed"], (v) => v.rule === rule)
        : await lastSaid(display, ["suggested"], (v) => v.name === suggestion);
      if (said === null) return tell([]);
      const { body } = await get(`/twins/display/${display}/why/${said.seq}`);
      const told = body.chain.map((/** @type {any} */ c) => ({ at: c.effective, text: inWords(store, c) }))
        .filter((/** @type {any} */ s) => s.text);
      if (body.hidden > 0) told.push({ at: said.effective, text: body.hidden === 1 ? t("why.hidden_one") : t("why.hidden", { n: body.hidden }) });
      return tell(told);
    };
    read().catch(() => tell([]));
  }, [display, rule, suggestion]);
  if (steps === null) return html`<p class="why dim">${t("why.reading")}</p>`;
  if (steps.length === 0) return html`<p class="why dim">${t("why.unknown")}</p>`;
  return html`<ol class="why" aria-label=${t("why.chain")}>${steps.map((/** @type {any} */ s) => html`
    <li><small>${clockText(s.at)}</small> ${s.text}</li>`)}</ol>`;
}
