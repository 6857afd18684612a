// @ts-check
/** What has happened, as an instructor follows it: told from the beginning, kept in step. */
import { Line } from "/static/app/line.js";
import { amountText, named, word } from "/static/app/names.js";
import { alertText } from "/static/app/said.js";
import { has, t, words } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";

/**
 * @typedef {{seq: number, at: number, who: string, what: string, tone: string}} Row
 * @typedef {import("/static/app/store.js").Change} Change
 */

/** How many rows are kept. */
const KEPT = 500;
const KINDS = "event,phase,operation";
/** How a deed ends. */
const ENDED = ["completed", "failed", "refused"];

export class Course {
  /** @param {any} store */
  constructor(store) {
    this.store = store;
    /** @type {Row[]} */
    this.rows = [];
    /** The last reason that each agent gave. @type {Map<string, Change>} */
    this.reasons = new Map();
    /** @type {Map<string, Change>} what was asked for, until it has ended */
    this._asked = new Map();
    this._head = 0;
    // Everything since the beginning; after a lost line, everything since then.
    new Line(() => `/stream?since=${this._head}&kinds=${KINDS}&every=1`, (told) => {
      for (const change of told.changes ?? []) this._take(change);
      this._head = Math.max(this._head, told.upto ?? 0);
    });
  }

  _take(/** @type {Change} */ change) {
    if (change.name === "decided") this.reasons.set(change.twin, change);
    const row = this._row(change);
    const last = this.rows[this.rows.length - 1];
    // Two assistants say the same on two displays: once is enough here.
    if (row !== null && last?.what === row.what && change.recorded - last.at < 5) return;
    if (row !== null) this.rows.push({ seq: change.seq, at: change.recorded, ...row });
    if (this.rows.length > KEPT) this.rows.splice(0, this.rows.length - KEPT);
  }

  /** @returns {{who: string, what: string, tone: string} | null} */
  _row(/** @type {Change} */ change) {
    const { name, value, by } = change;
    if (change.kind === "phase") return { who: by, what: `${word("twin", change.twin)} → ${word("phase", value)}`, tone: "phase" };
    if (change.kind === "operation") return this._deed(change);
    if (name === "alert_raised" || name === "alert_changed") {
      return { who: by, what: `${value.rule} ${alertText(value.rule, value.text)}`, tone: `alert-${value.priority}` };
    }
    if (name === "alert_cleared") return { who: by, what: t("console.cleared", { rule: value.rule }), tone: "quiet" };
    if (name === "rewound") return { who: by, what: t("console.rewound", value), tone: "session" };
    return null;
  }

  _deed(/** @type {Change} */ change) {
    const { invocation, status } = change.value;
    if (status === "requested") {
      this._asked.set(invocation, change);
      return null;
    }
    const asked = this._asked.get(invocation);
    if (!asked || !ENDED.includes(status)) return null;
    this._asked.delete(invocation);
    if (this.store.here.roles[asked.by] === "agent" || asked.twin.startsWith("mind_")) return null;
    const what = deed(this.store, `${asked.twin}.${asked.name}`, asked.value.arguments, asked.by);
    const why = status === "completed" ? "" : ` – ${t(`console.${status}`)}: ${change.value.found ?? change.value.message ?? ""}`;
    const tone = asked.twin === "session" ? "session" : status === "completed" ? "deed" : "refused";
    return { who: asked.by, what: what + why, tone };
  }
}

/** Which table or group of texts an argument's value belongs to, in the order of a sentence. */
const WORDED = { procedure: "", drug: "", product: "", diagnostic: "", what: "look", injury: "injury",
  kind: "injury", limb: "site", site: "site", region: "region", side: "site", to: "phase", room: "twin",
  place: "twin", destination: "twin", vehicle: "twin", person: "twin", patient: "twin", device: "twin",
  role: "role", severity: "severity", route: "route", key: "vital", rating: "console", member: "vital" };

/** Seconds before the call at which nothing of a case has happened. */
const LONG_AGO_S = -1e5;

/** What goes without saying, or is said elsewhere. */
const UNSAID = ["amount", "unit", "about", "is_patient", "process"];

/** A member as people call it: "time of injury". */
const memberText = (/** @type {string} */ member) =>
  has(`member.${member}`) ? t(`member.${member}`) : word("vital", member);

/** A value of a member: times as on the clock, yes and no. */
function valueText(/** @type {string} */ member, /** @type {any} */ value) {
  if (member.endsWith("_s") && typeof value === "number") return clockText(value);
  if (typeof value === "boolean") return t(value ? "console.yes" : "console.no");
  return typeof value === "string" ? word("twin", value) : String(value ?? "–");
}

/** What a trigger waits for, in words: "pulse: no", "Trauma: time of arrival known". */
export function waitsFor(/** @type {any} */ store, /** @type {any} */ row) {
  if (row.test?.done) return t("when.done", { what: deed(store, row.for, row.test.done) });
  const [twin, member] = row.for.split(".");
  const whom = twin === store.here.patient ? "" : `${word("twin", twin)}: `;
  const what = `${whom}${memberText(member)}`;
  return Object.entries(row.test ?? {}).map(([test, value]) =>
    t(test === "known" && !value ? "when.unknown" : `when.${test}`, { what, n: valueText(member, value) })).join(", ");
}

/** What is done, in words: "give drug (tranexamic acid, 1 g, iv)". */
export function deed(
  /** @type {any} */ store,
  /** @type {string} */ act,
  /** @type {any} */ given,
  by = "",
) {
  const [twin, operation] = act.split(".");
  const here = store.here;
  const tables = { procedure: here.procedures, drug: here.drugs, product: here.products, diagnostic: here.diagnostics };
  const left = { ...given, ...given?.details };
  const details = [];
  if (typeof left.member === "string" && "value" in left) {
    details.push(`${memberText(left.member)} ${valueText(left.member, left.value)}`);
    delete left.member;
    delete left.value;
  }
  for (const [key, group] of Object.entries(WORDED)) {
    const value = left[key];
    delete left[key];
    if (typeof value !== "string" || value === "" || value === here.patient) continue;
    const rows = tables[/** @type {"drug"} */ (key)];
    details.push(rows ? named(rows, value) : word(group, value));
  }
  if (typeof left.amount === "number") details.splice(1, 0, amountText(left.amount, left.unit ?? ""));
  for (const [key, value] of Object.entries(left)) {
    if (UNSAID.includes(key) || ["", 0, false, null, here.patient].includes(value)) continue;
    if (key === "at_s" && value < LONG_AGO_S) continue; // no moment was named: now
    if (has(`arg.${key}`)) details.push(t(`arg.${key}`, { n: key.endsWith("at_s") ? clockText(value) : value }));
    else if (typeof value === "string") details.push(words(value));
    else if (value === true) details.push(words(key));
    else if (typeof value === "number") details.push(`${words(key)} ${value}`);
  }
  const whom = [here.patient, "session", by].includes(twin) ? "" : `${word("twin", twin)}: `;
  return `${whom}${word("do", operation)}${details.length ? ` (${details.slice(0, 4).join(", ")})` : ""}`;
}
