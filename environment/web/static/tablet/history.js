// @ts-check
/** What has happened to some twins since the call: read once, then followed. */
import { get } from "/static/app/store.js";
import { useEffect, useState } from "/static/app/ui.js";

/**
 * Events of twins, oldest first, each once; twins that come later are read when they come.
 * @param {import("/static/app/store.js").Store} store @param {string[]} twins
 * @returns {import("/static/app/store.js").Change[]}
 */
export function useHistory(store, twins) {
  const [read] = useState(() => new Map());
  const [, again] = useState(0);
  const there = twins.filter((id) => store.twins.get(id)?.kind);
  useEffect(() => store.follow((change) => {
    if (change.kind === "event" && twins.includes(change.twin)) read.set(change.seq, change);
  }), [twins.join()]);
  useEffect(() => {
    for (const id of there) {
      events(store, id).then((found) => {
        for (const change of found) read.set(change.seq, change);
        again((/** @type {number} */ n) => n + 1);
      }).catch(() => {}); // what is not shown to this role is not in its report
    }
  }, [there.join(), store.connected]);
  return [...read.values()].sort((a, b) => a.seq - b.seq);
}

/** All events of one twin. @returns {Promise<any[]>} */
async function events(/** @type {any} */ store, /** @type {string} */ id) {
  const found = [];
  let address = `/twins/${store.twins.get(id).kind}/${id}/history?kinds=event&limit=500`;
  while (address) {
    const { body } = await get(address);
    found.push(...body.changes);
    address = body.next ?? "";
  }
  return found;
}
