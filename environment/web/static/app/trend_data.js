// @ts-check
/** The last hour of some vital signs: read once from the monitors' histories, then followed. */
import { get } from "/static/app/store.js";

/** Seconds of scenario time that are kept, and between two points of a line. */
const KEPT_S = 3600;
const STEP_S = 5;
/** Seconds without a value after which a line is broken; between two measurements of a cuff longer. */
const GAP_S = 60;
const CUFF_GAP_S = 320;
/** The last seconds that count as now. */
const LATELY_S = 20;

/**
 * @typedef {{at: number[], of: (number | null)[]}} Line
 */

export class TrendData {
  /** @param {any} store @param {string[]} keys */
  constructor(store, keys) {
    this.store = store;
    this.keys = keys;
    /** Of each sign, one value for each step, by number of the step. @type {Map<string, Map<number, number>>} */
    this._steps = new Map(keys.map((key) => [key, new Map()]));
    /** How far back each monitor was read. @type {Map<string, number>} */
    this._read = new Map();
    this._wanted = 600;
    this.changed = () => {};
    store.follow((/** @type {any} */ change) => {
      if (change.kind === "property" && keys.includes(change.name)) this._keep(change);
      if (change.kind === "link" && change.name === "monitoredBy") this.reach(this._wanted);
    });
  }

  _keep(/** @type {any} */ change) {
    const steps = this._steps.get(change.name);
    if (typeof change.value !== "number" || !steps || !this._watches(change.twin)) return;
    steps.set(Math.floor(change.effective / STEP_S), change.value);
    const oldest = Math.floor((this.store.now() - KEPT_S) / STEP_S) - 1;
    for (const step of steps.keys()) {
      if (step >= oldest) break;
      steps.delete(step);
    }
  }

  /** Whether the twin is one of the monitors that watch, or have watched, the patient. */
  _watches(/** @type {string} */ twin) {
    if (this._read.has(twin)) return true;
    const patient = this.store.twin(this.store.here.patient);
    return twin === patient.id || Boolean(patient.links.get("monitoredBy")?.has(twin));
  }

  /** Read so many seconds back, once; what a lost line held back, the stream tells afterwards. */
  async reach(/** @type {number} */ seconds) {
    this._wanted = Math.max(this._wanted, Math.min(seconds, KEPT_S));
    const from = Math.max(0, this.store.now() - this._wanted);
    const { patient } = this.store.here;
    if (!patient) return;
    const links = await get(`/twins/patient/${patient}/links`).catch(() => null);
    const monitors = new Set((links?.body ?? [])
      .filter((/** @type {any} */ l) => l.rel === "monitoredBy" && l.direction === "out")
      .map((/** @type {any} */ l) => l.twin));
    for (const monitor of monitors) {
      const before = this._read.get(monitor) ?? Infinity;
      if (from >= before) continue;
      this._read.set(monitor, from);
      await this._history(monitor, from).catch(() => this._read.delete(monitor));
    }
    this.changed();
  }

  async _history(/** @type {string} */ monitor, /** @type {number} */ from) {
    for (const key of this.keys) {
      /** @type {Map<number, number>} */
      const older = new Map();
      let address = `/twins/monitor/${monitor}/history?kinds=property&name=${key}&from=${from}&limit=1000`;
      while (address) {
        const { body } = await get(address);
        for (const c of body.changes) {
          if (typeof c.value === "number") older.set(Math.floor(c.effective / STEP_S), c.value);
        }
        address = body.next ?? "";
      }
      // looked at only now: others may have come meanwhile; the map stays in the order of time
      const known = this._steps.get(key) ?? new Map();
      this._steps.set(key, new Map([...known, ...older].sort((a, b) => a[0] - b[0])));
    }
  }

  /** Points of a sign within the last seconds; nothing is drawn where nothing was measured. @returns {Line} */
  line(/** @type {string} */ key, /** @type {number} */ seconds) {
    const first = Math.floor((this.store.now() - seconds) / STEP_S);
    const longest = ["sbp", "dbp", "map"].includes(key) ? CUFF_GAP_S : GAP_S;
    /** @type {Line} */
    const line = { at: [], of: [] };
    for (const [step, value] of this._steps.get(key) ?? []) {
      if (step < first) continue;
      if (step * STEP_S - (line.at.at(-1) ?? Infinity) > longest) {
        line.at.push(step * STEP_S - 1);
        line.of.push(null);
      }
      line.at.push(step * STEP_S);
      line.of.push(value);
    }
    return line;
  }

  /** The median of what was measured between two ages in seconds. @returns {number | null} */
  _median(/** @type {string} */ key, /** @type {number} */ oldest, /** @type {number} */ youngest) {
    const now = this.store.now();
    const of = [...this._steps.get(key) ?? []].filter(([step]) => {
      const age = now - step * STEP_S;
      return age <= oldest && age >= youngest;
    }).map(([, value]) => value).sort((a, b) => a - b);
    return of.length === 0 ? null : of[Math.floor((of.length - 1) / 2)];
  }

  /** What a seldom measured sign (a cuff's pressure) was nearest to so many seconds ago. @returns {number | null} */
  _nearest(/** @type {string} */ key, /** @type {number} */ age, /** @type {number} */ oldest, /** @type {number} */ youngest) {
    const at = this.store.now() - age;
    const far = (/** @type {[number, number]} */ [step]) => Math.abs(step * STEP_S - at);
    const points = [...this._steps.get(key) ?? []].filter(([step]) => {
      const old = this.store.now() - step * STEP_S;
      return old <= oldest && old >= youngest;
    });
    return points.length === 0 ? null : points.reduce((a, b) => (far(b) < far(a) ? b : a))[1];
  }

  /**
   * Whether a sign rises (1), falls (-1) or holds (0); nothing where it is too early to tell. Now is
   * held against five minutes ago, by `by`; a leap within the last minutes counts first, when it is
   * twice that (engineering defaults: medians, so that one odd value turns no arrow).
   * @returns {1 | 0 | -1 | null}
   */
  direction(/** @type {string} */ key, /** @type {number} */ by) {
    const now = this._median(key, LATELY_S, -STEP_S) ?? this._nearest(key, 0, CUFF_GAP_S, 0);
    if (now === null) return null;
    const leap = this._median(key, 120, 60);
    if (leap !== null && Math.abs(now - leap) >= 2 * by) return now > leap ? 1 : -1;
    const before = this._median(key, 360, 240) ?? this._nearest(key, 300, 660, 150);
    if (before === null) return null;
    if (Math.abs(now - before) < by) return 0;
    return now > before ? 1 : -1;
  }
}
