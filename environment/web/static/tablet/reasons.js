// @ts-check
/** Steps of a chain of reasons in words for whoever stands at the bedside; the plan's own text apart. */
import { amountText, called, injuryText, named, site, word } from "/static/app/names.js";
import { refusal } from "/static/app/refused.js";
import { adviceText, alertText } from "/static/app/said.js";
import { has, t, words } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";
import { labelOf } from "/static/tablet/parts.js";
import { LINES } from "/static/tablet/report.js";

/** One step: when, in words; of a plan its literal text. @typedef {{at: number, text: string, literal: string[]}} Step */

/** Notes of an assistant by which it knows whom it serves: nobody asks for them. */
const OWN = ["process", "display", "patient", "standing", "hold", "on_duty", "leader", "alert", "clock"];
/** Members that are times of the case. */
const isTime = (/** @type {string} */ name) => name.endsWith("_s");
/** A member as people call it. */
const memberText = (/** @type {string} */ name) => (has(`vital.${name}`) ? t(`vital.${name}`) : word("member", name));

/** A time on the clock of the page's head, unless the page tells its times otherwise. */
const timeText = (/** @type {any} */ store, /** @type {number} */ seconds) => store.timeText?.(seconds) ?? clockText(seconds);

/** A value of a member, with its unit: numbers, times, flags, words of the catalogue. @returns {string} */
function valueText(/** @type {any} */ store, /** @type {string} */ name, /** @type {any} */ value) {
  if (value === true || value === "true") return "";
  if (value === false || value === "false") return t("no");
  const row = store.here.vitals[name];
  const number = value === "" ? NaN : Number(value);
  if (!Number.isNaN(number)) {
    if (isTime(name)) return timeText(store, number);
    return `${Number(number.toFixed(row?.decimals ?? 2))} ${row?.shown_unit ?? ""}`.trim();
  }
  if (name === "red" || name === "yellow") return named(store.here.triage, value);
  for (const group of ["value", name, "site", "twin"]) if (has(`${group}.${value}`)) return t(`${group}.${value}`);
  return labelOf(store.here, value);
}

/** Arguments of a belief: commas inside quotes do not part them. */
const argumentsOf = (/** @type {string} */ given) =>
  [...given.matchAll(/"([^"]*)"|[^,]+/g)].map((m) => m[1] ?? m[0].trim());

/**
 * By belief: its words, where it says more than one value.
 * @type {Record<string, (store: any, given: string[]) => string>}
 */
const FACTS = {
  limit: (s, [name, value]) => {
    const of = name.replace(/_(low|medium|high)(_min)?$/, ""); // the priority is not for a reader
    const unit = name.endsWith("_min") ? "min" : s.here.vitals[of]?.shown_unit ?? "";
    return t("why.limit", { what: memberText(of), limit: `${value} ${unit}`.trim() });
  },
  age: (_, [age]) => t("patient.age", { age }),
  injury: (_, [, region, kind, side, open]) => injuryText({ region, kind, side, open: open === "true" }),
  device: (s, [, kind, where]) => [named(s.here.procedures, kind), where && site(where)].filter(Boolean).join(" "),
  drug: (s, [id, total, unit]) => `${named(s.here.drugs, id)} ${amountText(Number(total), unit)}`,
  order: (s, [, , what]) => t("report.ordered", { what: labelOf(s.here, what) }),
  fast: (_, [view, positive]) => `eFAST ${t(`fast.${view}`)} ${t(positive === "true" ? "fast.positive" : "fast.negative")}`,
  performed: (s, [id, where]) => [named(s.here.procedures, id), where && site(where)].filter(Boolean).join(" "),
};

/** What an assistant held true, in words, a reading with its time; nothing for notes of its own. */
function fact(/** @type {any} */ store, /** @type {any} */ { belief, seq }) {
  const [, name, given, notes] = belief.match(/^(\w+)\((.*?)\)(?:\[(.*)\])?$/) ?? [];
  const percept = /source\(percept\)/.test(notes ?? "");
  if (!name || OWN.includes(name) || (!percept && name !== "limit" && !(seq !== null && has(`member.${name}`)))) return "";
  const all = argumentsOf(given);
  const text = FACTS[name]?.(store, all) ?? `${memberText(name)} ${valueText(store, name, all[0] ?? "")}`.trim();
  const [, at] = /(?:^|,)at\((-?[\d.]+)\)/.exec(notes ?? "") ?? [];
  return at !== undefined && store.here.vitals[name] ? `${text} (${timeText(store, Number(at))})` : text;
}

/** What was asked for, in words: the operation, and what it is of. */
function deed(/** @type {any} */ store, /** @type {any} */ change) {
  const given = change.value.arguments ?? {};
  const of = [given.procedure, given.drug, given.product, given.diagnostic, given.item].filter(Boolean)
    .map((/** @type {string} */ id) => labelOf(store.here, id));
  if (given.what) of.push(word("look", given.what));
  if (given.to && has(`phase.${given.to}`)) of.push(word("phase", given.to));
  if (given.severity) of.push(word("severity", given.severity));
  const where = given.destination ?? given.room;
  if (where) of.push(called(store, where));
  return [word("do", change.name), ...of].join(" · ");
}

/** A step of the chain in words; nothing for one that says no more than the one before. @returns {string} */
function inWords(/** @type {any} */ store, /** @type {any} */ change) {
  const value = change.value ?? {};
  const who = called(store, change.by);
  if (change.kind === "operation") {
    if (value.status === "refused") return refusal(value);
    if (value.status !== "requested" || store.here.roles[change.by] === "agent") return "";
    return t("why.asked", { who, what: deed(store, change) });
  }
  if (change.kind === "property") {
    const list = Array.isArray(value) ? value : typeof value === "object" ? [] : [value];
    const told = list.map((one) => valueText(store, change.name, one)).filter(Boolean).join(", ");
    return `${memberText(change.name)}${told ? `: ${told}` : ""} (${called(store, change.source)})`;
  }
  if (change.name === "decided") {
    const facts = (value.beliefs ?? []).map((/** @type {any} */ b) => fact(store, b)).filter(Boolean);
    const filled = { who, what: t(has(`plan.${value.plan}`) ? `plan.${value.plan}` : "plan.other") };
    return facts.length === 0 ? t("why.acted", filled) : t("why.decided", { ...filled, facts: [...new Set(facts)].join(", ") });
  }
  if (change.kind === "phase") return t("why.phase", { twin: called(store, change.twin), phase: word("phase", String(value)) });
  if (value.rule && value.text) return alertText(value.rule, value.text);
  if (change.name === "sent" || change.name === "received") return ""; // what one assistant told the other
  const line = LINES[change.name];
  return value.text ? adviceText(value.name, value.text) : line ? line(value, store) : words(change.name);
}

/** What a plan's step is literally: its place, what set it off, what it held true. @returns {string[]} */
function literal(/** @type {any} */ { name, value }) {
  if (name !== "decided") return [];
  const stack = value.stack ?? [value];
  return [...stack.map((/** @type {any} */ s) => `@${s.plan} ${s.trigger ?? ""} (${s.file}:${s.line})`),
    ...(value.beliefs ?? []).map((/** @type {any} */ b) => b.belief)];
}

/** The chain as steps. @returns {Step[]} */
export function stepsOf(/** @type {any} */ store, /** @type {any[]} */ chain) {
  return chain.map((change) => ({ at: change.effective, text: inWords(store, change), literal: literal(change) }))
    .filter((step) => step.text);
}
