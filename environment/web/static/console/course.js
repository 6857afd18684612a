// @ts-check
/** What has happened, as an instructor follows it: told from the beginning, kept in step. */
import { Line } from "/static/app/line.js";
import { word } from "/static/app/names.js";
import { alertText } from "/static/app/said.js";
import { deed } from "/static/console/deeds.js";
import { t } from "/static/app/text.js";

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
    if (asked.name === "advance" && status === "completed") return null; // the new phase says so itself
    const what = deed(this.store, `${asked.twin}.${asked.name}`, asked.value.arguments, asked.by);
    const why = status === "completed" ? "" : ` – ${t(`console.${status}`)}: ${change.value.found ?? change.value.message ?? ""}`;
    const tone = asked.twin === "session" ? "session" : status === "completed" ? "deed" : "refused";
    return { who: asked.by, what: what + why, tone };
  }
}
