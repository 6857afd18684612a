// @ts-check
/** What can be done now and what stands against it, as the twins say. */
import { refusal } from "/static/app/refused.js";
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { useEffect, useRef, useState } from "/static/app/ui.js";

/** Milliseconds after which what a twin allows is asked again without a visible change. */
const EVERY_MS = 15_000;
/** What guards look at most: a change of these is asked about at once. */
const WATCHED = ["status", "mtp", "severity", "attached", "infusion"];

/** What one may still do when the case is finished: write a note, and go back on it. */
const AFTERWARDS = ["write_note", "correct"];

/** Guards that stand against a person, whatever is done meanwhile. */
const OF_ROLE = ["within_rights", "role_is_allowed"];

/** Why nothing is done now, where the case is over, finished or paused; else nothing. */
export function restsText(/** @type {any} */ store, operation = "") {
  if (store.over) return t("guard.case_is_over");
  // Who could act while the clock stands would work for nothing; notes are free.
  if (store.connected && store.speed === 0 && operation !== "write_note") return t("guard.case_is_paused");
  return store.finished && !AFTERWARDS.includes(operation) ? t("guard.case_is_finished") : "";
}

/**
 * Follow the operations of some twins.
 * @param {import("/static/app/store.js").Store} store @param {string[]} twins
 * @returns {((twin: string, operation: string) => string) & {forOthers: (twin: string, operation: string) => boolean}}
 *   why not, or nothing; `forOthers`: it is for other people to do
 */
export function useGuards(store, twins) {
  const [told, tell] = useState(/** @type {Record<string, any>} */ ({}));
  const known = twins.map((id) => store.twins.get(id)).filter((t) => t !== undefined);
  const mark = known.map((t) => [t.id, t.phase, t.life,
    ...WATCHED.map((name) => t.values.get(name)?.seq ?? 0)]).join();
  const reading = useRef({ is: false, again: false });
  const wanted = useRef(known);
  wanted.current = known;
  useEffect(() => {
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => clearInterval(timer);
  }, [mark]);
  /** One at a time: where twins change faster than they answer, each answer still counts. */
  async function read() {
    const now = reading.current;
    now.again = true;
    if (now.is) return;
    now.is = true;
    while (now.again) {
      now.again = false;
      const pairs = await Promise.all(wanted.current.map(async (t) => {
        const answer = await get(`/twins/${t.kind}/${t.id}/operations`).catch(() => null);
        return [t.id, answer?.body ?? null];
      }));
      tell((/** @type {any} */ old) => ({ ...old, ...Object.fromEntries(pairs.filter((p) => p[1])) }));
    }
    now.is = false;
  }
  const why = (/** @type {string} */ twin, /** @type {string} */ operation) => {
    const ended = restsText(store, operation);
    if (ended) return ended;
    const against = told[twin]?.[operation]?.against;
    return against ? refusal(against) : "";
  };
  const forOthers = (/** @type {string} */ twin, /** @type {string} */ operation) =>
    !twins.includes(twin) || OF_ROLE.includes(told[twin]?.[operation]?.against?.guard);
  return Object.assign(why, { forOthers });
}
