// @ts-check
/**
 * What a person has tapped and what became of it: held for a moment where it cannot be taken back,
 * kept over a reload and a broken line, sent with the same key until there is an answer.
 *
 * @typedef {{twin: string, operation: string, given: Record<string, any>}} Asked
 * @typedef {Asked & {key: string, text: string, tapped: number, due: number, undo: Asked | null,
 *   state: "held" | "sending" | "accepted" | "waiting" | "old" | "gone" | "done" | "already" | "refused",
 *   why: string, until: number, course: string, found?: any}} Task
 */
import { act, headersOf, newKey } from "/static/app/act.js";

/** Seconds in which a tap that cannot be taken back may be undone (engineering default). */
const HOLD_S = 4;
/** Milliseconds before what got no answer is sent again (engineering default). */
const AGAIN_MS = 2000;
/** Milliseconds after which an unsent tap is asked about and not sent (engineering default). */
const OLD_MS = 60_000;
/** What is kept no more over a reload. */
const ENDED = ["done", "already", "refused"];
const SHOWN_MS = { done: 4000, undoable: 12_000, refused: 30_000 };

export class Outbox {
  /** @param {import("/static/app/store.js").Store} store */
  constructor(store) {
    this.store = store;
    const hold = Number(new URLSearchParams(location.search).get("hold") ?? HOLD_S);
    this.hold_ms = 1000 * (hold >= 0 && hold <= 60 ? hold : HOLD_S); // `?hold=2`: two seconds
    this.place = `outbox:${location.port}:${location.pathname}:${store.here.you.name}`;
    /** @type {Task[]} */
    this.tasks = [];
    /** @type {() => void} */
    this.changed = () => {};
    for (const task of this._read()) this._again(task);
    setInterval(() => this._tick(), 250);
    window.addEventListener("pagehide", () => this._leave());
  }

  /**
   * Do something as this person. With `undo` it is sent at once, and undone by its inverse;
   * without one it is held, unless `now`.
   * @param {string} twin @param {string} operation @param {Record<string, any>} given
   * @param {{text: string, undo?: Asked | null, now?: boolean}} how
   */
  put(twin, operation, given, { text, undo = null, now = false }) {
    const at = Date.now();
    const held = !now && undo === null;
    /** @type {Task} */
    const task = { twin, operation, given, key: newKey(), text, tapped: at,
      due: held ? at + this.hold_ms : at, undo, state: "held", why: "", until: 0, course: this.store.here.course };
    this.tasks.push(task);
    if (!held) this._send(task);
    this._keep();
  }

  /** Say that what was tapped is so already: nothing is asked for. */
  say(/** @type {string} */ text) {
    const now = Date.now();
    this.tasks.push({ twin: "", operation: "", given: {}, key: newKey(), text, tapped: now, due: now, undo: null,
      state: "already", why: "", until: now + SHOWN_MS.done, course: this.store.here.course });
    this._keep();
  }

  /** Take a tap back: forget it while it is held, or ask for its inverse. */
  undo(/** @type {Task} */ task) {
    this.close(task);
    if (task.state === "done" && task.undo !== null) {
      const { twin, operation, given } = task.undo;
      this.put(twin, operation, given, { text: `↶ ${task.text}`, now: true });
    }
  }

  /** Send what was asked about, or is held, now. */
  sendNow(/** @type {Task} */ task) {
    task.tapped = Date.now();
    task.course = this.store.here.course;
    this._send(task);
    this._keep();
  }

  /** Forget a line. */
  close(/** @type {Task} */ task) {
    this.tasks = this.tasks.filter((t) => t !== task);
    this._keep();
  }

  async _send(/** @type {Task} */ task) {
    if (!this.store.connected) {
      task.state = "waiting"; // what the page shows may be old: nothing is sent on it
      return this._keep();
    }
    task.state = "sending";
    this.changed();
    const told = await act(this.store, task.twin, task.operation, task.given, {
      key: task.key,
      accepted: () => { task.state = "accepted"; this._keep(); },
    });
    if (told.gone) {
      task.state = "gone";
    } else if (told.lost) {
      task.state = "waiting";
      task.due = Date.now() + AGAIN_MS;
    } else {
      task.state = told.ok ? "done" : "refused";
      task.why = told.text;
      // what was found by looking is the answer, and is read
      if (told.ok && told.output !== null && typeof told.output === "object") task.found = told.output;
      const shown = !told.ok ? SHOWN_MS.refused : task.undo || task.found ? SHOWN_MS.undoable : SHOWN_MS.done;
      task.until = Date.now() + shown;
    }
    this._keep();
  }

  _tick() {
    const now = Date.now();
    for (const task of this.tasks) {
      if (task.state === "held" && now >= task.due) this._send(task);
      if (task.state === "waiting" && now >= task.due && this.store.connected) this._again(task);
    }
    const left = this.tasks.filter((t) => t.until === 0 || now < t.until);
    if (left.length !== this.tasks.length) {
      this.tasks = left;
      this._keep();
    }
  }

  /** What an earlier page, or a broken line, has left. */
  _again(/** @type {Task} */ task) {
    if (!this.tasks.includes(task)) this.tasks.push(task);
    const gone = task.course !== this.store.here.course;
    if (gone || Date.now() - task.tapped > OLD_MS) {
      // What was tapped in a future that was discarded is asked about: it may not fit any more.
      task.state = gone ? "gone" : "old";
      this._keep();
    } else {
      this._send(task);
    }
  }

  /** The page goes away: what is held counts, so it is sent; the next page hears the answer. */
  _leave() {
    if (this.store.replaced) return; // it was meant for what is played no more: the next page asks
    for (const task of this.tasks) {
      if (task.state !== "held") continue;
      const kind = this.store.twins.get(task.twin)?.kind ?? "";
      fetch(`/twins/${kind}/${task.twin}/operations/${task.operation}`, {
        method: "POST", keepalive: true, body: JSON.stringify(task.given),
        headers: headersOf(task.key, task.course),
      }).catch(() => {});
    }
  }

  _keep() {
    const open = this.tasks.filter((t) => !ENDED.includes(t.state));
    localStorage.setItem(this.place, JSON.stringify(open));
    this.changed();
  }

  /** @returns {Task[]} */
  _read() {
    return JSON.parse(localStorage.getItem(this.place) ?? "[]");
  }
}
