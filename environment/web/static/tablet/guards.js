// @ts-check
/** What can be done now and what stands against it, as the twins say. */
import { refusal } from "/static/app/refused.js";
import { get } from "/static/app/store.js";
import { t } from "/static/app/text.js";
import { useEffect, useState } from "/static/app/ui.js";

/** Milliseconds after which what a twin allows is asked again without a visible change. */
const EVERY_MS = 15_000;
/** What guards look at most: a change of these is asked about at once. */
const WATCHED = ["status", "mtp", "severity", "attached", "infusion"];

/** What one may still do when the case is finished: write a note, and go back on it. */
const AFTERWARDS = ["write_note", "correct"];

/** Guards that stand against a person, whatever is done meanwhile. */
const OF_ROLE = ["within_rights", "role_is_allowed"];

/** Why nothing is done any more, where the case is over or finished; else nothing. */
export function endedText(/** @type {any} */ store, operation = "") {
  if (store.over) return t("guard.case_is_over");
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
  useEffect(() => {
    let ended = false;
    const read = async () => {
      const pairs = await Promise.all(known.map(async (t) => {
        const read = await get(`/twins/${t.kind}/${t.id}/operations`).catch(() => null);
        return [t.id, read?.body ?? null];
      }));
      if (!ended) tell((/** @type {any} */ old) => ({ ...old, ...Object.fromEntries(pairs.filter((p) => p[1])) }));
    };
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => { ended = true; clearInterval(timer); };
  }, [mark]);
  const why = (/** @type {string} */ twin, /** @type {string} */ operation) => {
    const ended = endedText(store, operation);
    if (ended) return ended;
    const against = told[twin]?.[operation]?.against;
    return against ? refusal(against) : "";
  };
  const forOthers = (/** @type {string} */ twin, /** @type {string} */ operation) =>
    !twins.includes(twin) || OF_ROLE.includes(told[twin]?.[operation]?.against?.guard);
  return Object.assign(why, { forOthers });
}
