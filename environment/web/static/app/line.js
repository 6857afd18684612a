// @ts-check
/** A line to the server's stream: comes again when it breaks, and notices when it has fallen silent. */

/**
 * Milliseconds before a lost line is tried again. Always as few: everybody shall see the truth
 * within a second of the server's return, and a room has ten screens, not a thousand.
 */
const AGAIN_MS = 300;
/** Milliseconds after which another try is made where nothing has answered at all. */
const UNANSWERED_MS = 2000;
/** What is asked to know whether the server is there. */
const THERE = "/here";
/** Milliseconds of silence after which a line counts as lost: the server tells its time each second. */
const SILENT_MS = 4000;

export class Line {
  /**
   * @param {() => string} address where to go on from now
   * @param {(told: any) => void} hear
   * @param {() => void} lost called when a line breaks, or could not be had
   */
  constructor(address, hear, lost = () => {}) {
    this._address = address;
    this._hear = hear;
    this._lost = lost;
    /** @type {WebSocket | null} */
    this._socket = null;
    this._heard = 0;
    this._connect();
    setInterval(() => this._listen(), 1000);
  }

  _connect() {
    const address = new URL(this._address(), location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this._socket = socket;
    this._heard = performance.now();
    socket.onmessage = (message) => {
      if (socket !== this._socket) return;
      this._heard = performance.now();
      this._hear(JSON.parse(message.data));
    };
    socket.onclose = () => this._lose(socket);
  }

  /** A line that says nothing is lost too: nobody tells a tablet that has left the network. */
  _listen() {
    const socket = this._socket;
    if (socket === null) return;
    if (performance.now() - this._heard < SILENT_MS) return;
    this._lose(socket);
    socket.close();
  }

  _lose(/** @type {WebSocket} */ socket) {
    if (socket !== this._socket) return;
    this._socket = null;
    this._lost();
    this._come();
  }

  /**
   * Knock until somebody answers, then connect. Browsers make a socket wait for seconds after a few
   * that failed; they do not so with a question.
   */
  async _come() {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    try {
      await fetch(THERE, {
        method: "HEAD",
        cache: "no-store",
        signal: AbortSignal.timeout(UNANSWERED_MS),
      });
    } catch {
      return this._come();
    }
    this._connect();
  }
}
