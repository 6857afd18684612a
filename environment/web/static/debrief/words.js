// @ts-check
/** What a debrief tells, in the reader's language: what was done, expected, refused, brought in; how it ended. */
import { amountText, named, site, word } from "/static/app/names.js";
import { refusal } from "/static/app/refused.js";
import { has, t, words } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";

/** A rule with its title. @returns {string} */
export function ruleText(/** @type {string} */ rule, title = "") {
  const name = has(`rule.${rule}`) ? t(`rule.${rule}`) : title;
  return name ? `${rule} ${name}` : rule;
}

const SPEAKS = ["procedure", "drug", "product", "diagnostic"];
/** A value among what something was asked with. */
const valueText = (/** @type {any} */ value) => (typeof value === "number" ? String(Number(value.toFixed(1))) : word("site", String(value)));

/** An operation in words: what a patient gets goes without saying to whom. @returns {string} */
export function askedText(/** @type {any} */ here, /** @type {string} */ asked, /** @type {any} */ given) {
  const key = SPEAKS.find((k) => given[k]);
  const rest = [given.site, given.limb].filter(Boolean).map(site);
  if (key) return [labelOf(here, given[key]), ...rest].join(", ");
  const [twin, operation] = asked.split(".");
  const said = has(`done.${asked}`) ? t(`done.${asked}`)
    : `${twin === "patient" ? "" : `${word("twin", twin)}: `}${word("do", operation)}`;
  const values = Object.values(given).filter((v) => v !== "" && v !== null && typeof v !== "object").map(valueText);
  return values.length === 0 ? said : `${said} (${values.join(", ")})`;
}

/** A row of the catalogue, whatever it is of. */
function labelOf(/** @type {any} */ here, /** @type {string} */ id) {
  const rows = [here.procedures, here.drugs, here.products, here.diagnostics].find((r) => r?.[id]);
  return named(rows, id);
}

/** What was done to the patient. @returns {string} */
export function actionText(/** @type {any} */ here, /** @type {any} */ row) {
  const { of } = row;
  if (row.event === "procedure") {
    const where = of.site && site(of.site);
    const label = labelOf(here, of.procedure);
    return [label, where && !label.includes(where) && where].filter(Boolean).join(", ") + (of.change === "stop" ? ` ${t("done.off")}` : "");
  }
  if (row.event === "drug_given") return `${labelOf(here, of.drug)} ${amountText(of.amount, of.unit)}`;
  if (row.event === "infusion_changed") return `${labelOf(here, of.drug)}, ${t("done.infusion")} ${t(`done.infusion_${of.change}`)}`;
  if (row.event === "blood_given") return `${of.units} × ${labelOf(here, of.product)}`;
  return labelOf(here, of.diagnostic);
}

/** From when to when something was expected. @returns {string} */
function windowOf(/** @type {any} */ w) {
  if (w.from_s !== null && w.by_s !== null) return t("window.between", { from: clockText(w.from_s), by: clockText(w.by_s) });
  if (w.by_s !== null) return t("window.by", { by: clockText(w.by_s) });
  return w.from_s === null ? t("window.any") : t("window.from", { from: clockText(w.from_s) });
}

/** What was expected. @returns {string} */
export function expectedText(/** @type {any} */ here, /** @type {any} */ w) {
  if (w.kind === "alert") return ruleText(w.subject, w.title) + (w.priority ? ` (${t(`priority.${w.priority}`)})` : "");
  return w.kind === "outcome" ? t(`outcome.${w.subject}`) : askedText(here, w.subject, w.given);
}

/** What became of it. @returns {string} */
export function becameText(/** @type {any} */ here, /** @type {any} */ w) {
  const [window, at] = [windowOf(w), clockText(w.at_s)];
  const filled = { window, at };
  const never = w.must === "never" || w.must === "harmful";
  if (w.verdict === "met" && never) return t(w.kind === "alert" ? "became.not_raised" : "became.not_done");
  if (w.kind === "outcome" && w.subject === "lives") return t(w.at_s === null ? "became.died" : "became.alive", filled);
  if (w.verdict === "met") return t(w.by_instructor ? "became.met_helped" : "became.met", filled);
  if (w.verdict === "void") {
    if (w.changed.length > 0) {
      const what = [...new Set(w.changed.map((/** @type {any} */ row) => broughtText(here, row)))].join("; ");
      return t(w.at_s === null ? "became.changed" : "became.changed_came", { at, what, when: clockText(w.changed[0].at_s) });
    }
    const [treatment, given, when] = w.treated;
    const later = w.by_s !== null && w.at_s > w.by_s;
    return t(w.at_s === null ? "became.void" : later ? "became.void_later" : "became.void_earlier",
      { ...filled, treated: askedText(here, treatment, given), when: clockText(when) });
  }
  if (w.verdict === "missed") return t(w.at_s === null ? "became.missed" : "became.late", filled); // too early
  return t(`became.${w.verdict}`, filled);
}

/** How the case ended, and what still bled then. @returns {string[]} */
export function endedText(/** @type {any} */ run) {
  const place = run.destination;
  const how = !run.alive ? t("ended.no_pulse", { at: clockText(run.arrest_s) })
    : !place ? t("ended.alive") : t("ended.alive_to", { place: has(`ended.to.${place}`) ? t(`ended.to.${place}`) : words(place) });
  const bleeds = Object.entries(run.bleeding).map(([where, flow]) => `${site(where)} ${flow} mL/min`);
  return bleeds.length === 0 ? [how] : [how, t("ended.bleeds", { what: bleeds.join(", ") })];
}

/** Where the machine was late: times there are not the team's. @returns {string} */
export function behindText(/** @type {any} */ run) {
  const stretches = run.behind.map((/** @type {any} */ row) => {
    const how = [row.late_s > 10 && t("behind.late", { late: clockText(row.late_s) }), row.slowed_to > 0 && t("behind.slowed", { speed: row.slowed_to })];
    return `${t("behind.stretch", { from: clockText(row.from_s), to: clockText(row.to_s) })} (${how.filter(Boolean).join(", ")})`;
  });
  return stretches.length === 0 ? "" : t("behind.told", { stretches: stretches.join("; ") });
}

/** Which stretch of a session a run is, where it is one that was discarded. @returns {string} */
export function stretchText(/** @type {any} */ run, /** @type {any[]} */ runs) {
  const [, branch] = run.name.split("/");
  if (!/^branch-\d+$/.test(branch ?? "")) return "";
  const back = runs.flatMap((one) => (run.name === `${one.name}/${branch}` ? one.rewound : [])).find((row) => row.branch === branch);
  return back ? t("debrief.discarded", { from: clockText(back.to_s) }) : t("debrief.discarded_some");
}

/** What the instructor brought in. @returns {string} */
export function broughtText(/** @type {any} */ here, /** @type {any} */ row) {
  const { given } = row;
  const sign = (/** @type {string} */ key) => (has(`vital.${key}`) ? t(`vital.${key}`) : words(key));
  if (row.operation === "hurt") {
    const { side, site: where, flow_ml_min: flow } = given.details ?? {};
    const more = [side && site(side), where && site(where), flow !== undefined && `${flow} mL/min`].filter(Boolean);
    return [t("brought.hurt", { what: word("harm", given.kind) }), ...more].join(", ");
  }
  if (row.operation === "set_vital") {
    return t("brought.held", { sign: sign(given.key), to: `${given.to} ${here.vitals[given.key]?.shown_unit ?? ""}`.trim() });
  }
  if (row.operation === "disturb") {
    return t(`brought.${given.how}`, { device: word("twin", given.device), sign: sign(given.member), by: given.by, seconds: given.seconds });
  }
  if (row.operation === "inject") {
    return askedText(here, given.do, given.given ?? {}) + (given.by ? ` (${word("twin", given.by)})` : "");
  }
  return t(`brought.${row.operation}`, { name: words(given.name ?? "") });
}

/** Why something that was begun could not be done. @returns {string} */
const failureText = (/** @type {any} */ told) => (has(`failed.${told.reason}`) ? t(`failed.${told.reason}`) : told.message ?? "");

/** A note of the case, or what somebody was refused. @returns {string} */
export function noteText(/** @type {any} */ here, /** @type {any} */ row) {
  if (!row.told) return row.text;
  return `${askedText(here, row.do, row.given)}: ${row.told.guard ? refusal(row.told) : failureText(row.told)}`;
}

/** All that a debrief was told, with its texts in the reader's language. */
export function inWords(/** @type {any} */ here, /** @type {any} */ told) {
  for (const { lanes, notes } of told.runs) {
    for (const row of lanes.actions) row.what = actionText(here, row);
    for (const row of lanes.instructor) row.what = broughtText(here, row);
    for (const row of notes) row.text = noteText(here, row);
    for (const w of lanes.windows) {
      w.name = expectedText(here, w);
      w.became = becameText(here, w);
      w.text = `${w.name}: ${w.became}`;
    }
    for (const mark of lanes.marks) if (mark.rating === "bookmark" && /^[\d:]+$/.test(mark.note)) mark.note = "";
  }
  return told;
}
