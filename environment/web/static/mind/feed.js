// @ts-check
/** What minds have told since the beginning: decisions, failures, messages; kept in step. */

import { Line } from "/static/app/line.js";

/** How many of each a page keeps. */
const KEPT = 500;

export class Feed {
  /** @param {any} store */
  constructor(store) {
    this.store = store;
    /** @type {any[]} */
    this.decided = [];
    /** @type {any[]} */
    this.sent = [];
    this._head = 0;
    this._minds = store.ofKind("mind").map((/** @type {any} */ m) => m.id);
    if (this._minds.length > 0) this._connect();
  }

  _connect() {
    const wanted = this._minds.map((/** @type {string} */ id) => `twin=${id}`).join("&");
    new Line(() => `/stream?since=${this._head}&kinds=event&every=1&${wanted}`, (told) => {
      if (!told.changes) return;
      for (const change of told.changes) this._take(change);
      this._head = Math.max(this._head, told.upto);
      this.store._tell();
    });
  }

  _take(/** @type {any} */ change) {
    const list = change.name === "sent" ? this.sent : ["decided", "failed"].includes(change.name) ? this.decided : null;
    if (list === null) return;
    list.push(change);
    if (list.length > KEPT) list.splice(0, list.length - KEPT);
  }
}
