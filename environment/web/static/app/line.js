// @ts-check
/** A line to the server's stream: comes again when it breaks, and notices when it has fallen silent. */

/** Milliseconds before a lost line is tried again; doubled each time, up to the longest. */
const AGAIN_MS = 250;
const LONGEST_MS = 4000;
/** The longest where the server has said that it goes: it is soon back. */
const SOON_MS = 500;
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
    this._wait = AGAIN_MS;
    this._longest = LONGEST_MS;
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
      this._wait = AGAIN_MS;
      const told = JSON.parse(message.data);
      if (told.hello) this._longest = LONGEST_MS;
      if (told.bye) this._longest = SOON_MS;
      this._hear(told);
    };
    socket.onclose = () => this._lose(socket);
  }

  /** A line that says nothing is lost too: nobody tells a tablet that has left the network. */
  _listen() {
    const socket = this._socket;
    if (socket === null || performance.now() - this._heard < SILENT_MS) return;
    this._lose(socket);
    socket.close();
  }

  _lose(/** @type {WebSocket} */ socket) {
    if (socket !== this._socket) return;
    this._socket = null;
    this._lost();
    setTimeout(() => this._connect(), this._wait);
    this._wait = Math.min(2 * this._wait, this._longest);
  }
}
