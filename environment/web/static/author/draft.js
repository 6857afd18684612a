// @ts-check
/**
 * The draft as this page sees it. It holds no truth: what is typed goes to the program at once, and
 * comes back with what is wrong with it.
 *
 * @typedef {(string | number)[]} Place
 * @typedef {{text: string, place: Place, line: number}} Problem
 */

export class Draft {
  constructor() {
    /** @type {any} */
    this.state = null;
    /** @type {any} */
    this.words = null;
    /** @type {{ok: boolean, text: string} | null} */
    this.said = null;
    this.lost = false;
    /** @type {Promise<unknown>} */
    this._queue = Promise.resolve();
    /** @type {Set<() => void>} */
    this._watchers = new Set();
  }

  /** Read the draft, and look at the file again whenever this window is looked at. */
  async start() {
    await this.read();
    addEventListener("focus", () => this.read());
  }

  /** Read the draft as it is now. */
  read() {
    return this._next(async () => this._take(await this._ask("GET", "/draft")));
  }

  /** Changes of the form, as one step; with the words that say what was done. */
  edit(/** @type {any[]} */ edits, done = "") {
    return this.send("/edits", { edits }, done);
  }

  /** Give a value to a place; nothing (null, an empty text, an empty list) takes it away. */
  put(/** @type {Place} */ place, /** @type {any} */ value) {
    const nothing = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    return this.edit([nothing ? { do: "drop", place } : { do: "put", place, value }]);
  }

  /** Ask the program to change the draft; true when it did. */
  send(/** @type {string} */ path, /** @type {any} */ body, done = "") {
    return this._next(async () => {
      const state = await this._ask("POST", path, { ...body, revision: this.state.revision });
      if (state === null) return false;
      if (done) this.say(true, done);
      await this._take(state);
      return true;
    });
  }

  say(/** @type {boolean} */ ok, /** @type {string} */ text) {
    this.said = text ? { ok, text } : null;
    this._tell();
  }

  /** What is wrong at a place; with `deep`, also inside it. @returns {Problem[]} */
  problemsAt(/** @type {Place} */ place, deep = true) {
    return this.state.problems.filter((/** @type {Problem} */ p) =>
      (deep ? p.place.length >= place.length : p.place.length === place.length)
      && place.every((part, i) => p.place[i] === part));
  }

  /** What stands at a place of the data. @returns {any} */
  at(/** @type {Place} */ place) {
    return place.reduce((/** @type {any} */ held, part) => held?.[part], this.state.data);
  }

  /** Call back when something has changed; returns what ends it. */
  watch(/** @type {() => void} */ callback) {
    this._watchers.add(callback);
    return () => this._watchers.delete(callback);
  }

  _next(/** @type {() => Promise<any>} */ what) {
    this._queue = this._queue.then(what, what);
    return this._queue;
  }

  /** One question to the program; null when it said no, or was not there. */
  async _ask(/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body = undefined) {
    let response;
    try {
      response = await fetch(path, { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) });
    } catch {
      this.lost = true;
      this._tell();
      return null;
    }
    this.lost = false;
    const told = await response.json();
    if (response.ok) return told;
    this.say(false, told.detail);
    const now = await (await fetch("/draft")).json();
    await this._take(now);
    return null;
  }

  async _take(/** @type {any} */ state) {
    if (state === null) return;
    if (this.words?.key !== state.words) this.words = await (await fetch("/vocabulary")).json();
    this.state = state;
    this._tell();
  }

  _tell() {
    for (const watcher of this._watchers) watcher();
  }
}

/** Simulate the draft; what it shows, or why not. Only the last one asked for is told. */
export async function simulate(/** @type {any} */ wanted) {
  const response = await fetch("/preview", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted) })
    .catch(() => null);
  if (response === null) return { wrong: "" };
  const told = await response.json();
  return response.ok ? told : { wrong: told.detail, stopped: response.status === 409 };
}

/** Stop a simulation. */
export const stopSimulation = () =>
  fetch("/preview", { method: "DELETE", headers: { "Content-Type": "application/json" }, body: "{}" }).catch(() => null);
