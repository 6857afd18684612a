// @ts-check
/**
 * The world as this page sees it: twins with their latest values, kept in step by one socket.
 * It holds no truth: reload at any moment, and it looks the same.
 *
 * @typedef {{value: any, effective: number, recorded: number, quality: string, source: string,
 *   seq: number}} Reading
 * @typedef {{seq: number, twin: string, kind: string, name: string, value: any, effective: number,
 *   recorded: number, source: string, quality: string, by: string, cause: any}} Change
 * @typedef {{id: string, kind: string, values: Map<string, Reading>, phase: string, life: string,
 *   links: Map<string, Set<string>>, events: Change[]}} Twin
 */
import { Line } from "/static/app/line.js";

/** How many events of a twin a page keeps. */
const EVENTS = 400;
/**
 * Milliseconds for which time goes on between two words of the server, which tells it each second: who
 * hears nothing does not know that it goes on (engineering default).
 */
const AHEAD_MS = 1500;
/** Milliseconds after which an answer is not waited for any more. */
const ANSWER_MS = 15_000;

export class Store {
  /** @param {any} here what `/here` told */
  constructor(here) {
    this.here = here;
    /** @type {Map<string, Twin>} */
    this.twins = new Map();
    this.head = 0;
    this.speed = 0;
    this.now0 = here.now;
    this.at0 = performance.now();
    this.connected = false;
    this.lostAt = 0;
    this.backAt = 0;
    /** What this page shows is no longer what is played: it is about to begin anew. */
    this.replaced = false;
    /** Why the server goes, if it has said so. @type {{why: string, at_s?: number, debrief?: boolean} | null} */
    this.leaving = null;
    /** @type {Set<() => void>} */
    this._watchers = new Set();
    /** @type {Set<(c: Change) => void>} */
    this._followers = new Set();
    this._due = false;
  }

  /** The case is over: nothing can be done any more. */
  get over() {
    return this.here.over || this.leaving?.why === "over";
  }

  /** The leader has finished the case, while the session goes on. */
  get finished() {
    const trauma = this.only("trauma");
    return Boolean(trauma?.values.get("final_destination")?.value) && ["ready_for_hospitalisation", "closed"].includes(trauma?.phase ?? "");
  }

  /** Scenario seconds now: between two words of the server it goes on a little, not beyond the case's end. */
  now() {
    const now = this.now0 + (Math.min(AHEAD_MS, performance.now() - this.at0) / 1000) * this.speed;
    return Math.min(now, this.value("session", "ends_s") ?? now);
  }

  /** Read every twin that this caller may see, then follow. */
  async start() {
    await this._readAll();
    new Line(() => `/stream?since=${this.head}&every=1`, (told) => this._hear(told), () => this._lose());
  }

  async _readAll() {
    const list = await get("/twins");
    this.head = list.seq;
    const states = await Promise.all(
      list.body.map(async (/** @type {any} */ row) => {
        const read = await get(`${row.href}/state?frame=latest`).catch(() => null);
        return read === null ? null : [row, read.body];
      }),
    );
    for (const pair of states) if (pair !== null) this._take(pair[0], pair[1]);
    this._tell();
  }

  /** @param {{id: string, kind: string, href: string}} row @param {any} state */
  _take(row, state) {
    const twin = this.twin(row.id, row.kind);
    twin.phase = state.phase ?? "";
    twin.life = state.life;
    for (const [name, reading] of Object.entries(state.values)) this._keep(twin, name, reading);
    for (const [name, absent] of Object.entries(state.absent)) {
      if (absent.last) this._keep(twin, name, absent.last);
    }
    get(`${row.href}/links`)
      .then((read) => {
        for (const link of read.body) {
          if (link.direction === "out" && link.until === null) this._link(twin, link.rel, link.twin);
        }
        this._tell();
      })
      .catch(() => {});
  }

  /** @param {Twin} twin @param {string} name @param {any} reading */
  _keep(twin, name, reading) {
    const known = twin.values.get(name);
    if (known === undefined || known.seq <= reading.seq) twin.values.set(name, reading);
  }

  /** @param {Twin} twin @param {string} rel @param {string} target */
  _link(twin, rel, target) {
    if (!twin.links.has(rel)) twin.links.set(rel, new Set());
    twin.links.get(rel)?.add(target);
  }

  _lose() {
    if (this.connected) this.lostAt = Date.now();
    this.connected = false;
    this.now0 = this.now(); // it stands where it was seen last
    this.speed = 0;
    this._tell();
  }

  /** @param {any} message */
  _hear(message) {
    const told = message.hello ?? message;
    this.now0 = told.now;
    this.at0 = performance.now();
    this.speed = told.speed;
    if (message.bye) {
      this.leaving = message.bye;
      this.speed = 0;
    }
    if (message.hello) {
      const { leaving } = this;
      this.connected = true;
      this.leaving = null;
      if (this.lostAt > 0) this.backAt = Date.now();
      if (message.hello.course !== this.here.course || message.hello.head < this.head) {
        this.replaced = true;
        if (leaving) sessionStorage.setItem("leaving", JSON.stringify(leaving));
        location.reload(); // another run, or one that was taken back to an earlier moment
        return;
      }
    } else {
      if (message.gap) this._readAll();
      for (const change of message.changes) this._change(change);
      this.head = Math.max(this.head, message.upto);
    }
    this._tell();
  }

  /** @param {Change} change */
  _change(change) {
    const twin = this.twin(change.twin);
    if (change.kind === "property") {
      // A horizon that is over takes nothing away: the last value is shown with its age, as it is
      // after a reload; only a source takes a value back.
      if (change.quality !== "stale" || change.by !== "clock") this._keep(twin, change.name, change);
    } else if (change.kind === "phase") {
      twin.phase = change.value;
    } else if (change.kind === "life") {
      twin.life = change.value;
    } else if (change.kind === "link") {
      const targets = twin.links.get(change.name) ?? new Set();
      if (change.value.until === null) targets.add(change.value.target);
      else targets.delete(change.value.target);
      twin.links.set(change.name, targets);
    } else {
      if (change.name === "created") twin.kind = change.value.kind;
      twin.events.push(change);
      if (twin.events.length > EVENTS) twin.events.splice(0, twin.events.length - EVENTS);
    }
    for (const follower of this._followers) follower(change);
  }

  /** The twin of this name; an empty one if nothing is known of it. @returns {Twin} */
  twin(/** @type {string} */ id, kind = "") {
    let twin = this.twins.get(id);
    if (twin === undefined) {
      twin = { id, kind, values: new Map(), phase: "", life: "", links: new Map(), events: [] };
      this.twins.set(id, twin);
    }
    if (kind) twin.kind = kind;
    return twin;
  }

  /** All twins of a kind, in the order in which they came. @returns {Twin[]} */
  ofKind(/** @type {string} */ kind) {
    return [...this.twins.values()].filter((t) => t.kind === kind);
  }

  /** The one process twin of a kind, if it is there. @returns {Twin | undefined} */
  only(/** @type {string} */ kind) {
    return this.ofKind(kind)[0];
  }

  /** The latest value of a member; `fallback` where there is none. @returns {any} */
  value(/** @type {string} */ id, /** @type {string} */ name, /** @type {any} */ fallback = null) {
    return this.twins.get(id)?.values.get(name)?.value ?? fallback;
  }

  /**
   * A vital sign of the patient: the latest of the monitors that watch him, or what was found on
   * him; with its age in seconds, and whether that is beyond its horizon.
   * @returns {{value: any, age: number, stale: boolean, source: string} | null}
   */
  vital(/** @type {string} */ key) {
    const patient = this.twin(this.here.patient);
    /** @type {Reading | null} */
    let best = null;
    for (const id of [patient.id, ...(patient.links.get("monitoredBy") ?? [])]) {
      const reading = this.twins.get(id)?.values.get(key);
      if (reading && reading.value !== null && (!best || reading.effective > best.effective)) {
        best = reading;
      }
    }
    if (best === null) return null;
    const row = this.here.vitals[key];
    const horizon = (best.quality === "cuff" && row.cuff_horizon_s) || row.horizon_s;
    const age = Math.max(0, this.now() - best.effective);
    return { value: best.value, age, stale: horizon !== null && age > horizon, source: best.source };
  }

  /** Call back when something has changed, at most once a frame; returns what ends it. */
  watch(/** @type {() => void} */ callback) {
    this._watchers.add(callback);
    return () => this._watchers.delete(callback);
  }

  /** Call back at every change, as it comes; returns what ends it. */
  follow(/** @type {(c: Change) => void} */ callback) {
    this._followers.add(callback);
    return () => this._followers.delete(callback);
  }

  _tell() {
    if (this._due) return;
    this._due = true;
    const tell = () => {
      if (!this._due) return;
      this._due = false;
      for (const watcher of this._watchers) watcher();
    };
    if (document.hidden) setTimeout(tell, 250);
    else requestAnimationFrame(tell);
  }
}

/** Read an address as JSON; with how far the journal had come. */
export async function get(/** @type {string} */ address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_MS) });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return { body: await response.json(), seq: Number(response.headers.get("Twin-Seq") ?? 0) };
}
