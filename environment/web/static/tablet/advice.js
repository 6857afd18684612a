// @ts-check
/** What a person's one tap on a suggestion asks for: the same operation as by hand. */
import { usual } from "/static/tablet/pick_dose.js";

/**
 * @typedef {{twin: string, operation: string, given: Record<string, any>,
 *   undo?: {twin: string, operation: string, given: Record<string, any>}}} Task
 */

/** @returns {Task} */
const perform = (/** @type {any} */ store, /** @type {string} */ procedure, site = "") => ({
  twin: store.here.patient, operation: "perform", given: { procedure, site },
});
/** @returns {Task} */
const start = (/** @type {any} */ store, /** @type {string} */ procedure) => ({
  twin: store.here.patient, operation: "start_procedure", given: { procedure },
  undo: { twin: store.here.patient, operation: "stop_procedure", given: { procedure } },
});
/** The usual dose; nothing where there is none, so that it is chosen by hand. */
const give = (/** @type {any} */ store, /** @type {string} */ drug, over_min = 0) => {
  const { amount, unit, route } = usual(store, drug);
  const given = { drug, amount, unit, route, over_min };
  return amount === null ? null : { twin: store.here.patient, operation: "give_drug", given };
};

/**
 * By the name of the suggestion: what it does, or the page where one chooses. Its assistant takes a
 * suggestion off when it is done. Tranexamic acid and calcium run in over 10 and 5 minutes (CRASH-2 2010; European guideline 2023).
 * `then`: what its words ask for besides, which is done elsewhere and later.
 * @type {Record<string, {act?: (store: any) => Task | null, page?: string, then?: string}>}
 */
export const ADVICE = {
  apply_pelvic_binder: { act: (s) => perform(s, "pelvic_binder", "pelvis") },
  give_tranexamic_acid: { act: (s) => give(s, "tranexamic_acid", 10), page: "drugs", then: "said.then_infusion" },
  give_calcium: { act: (s) => give(s, "calcium_chloride", 5), page: "drugs" },
  give_oxygen: { act: (s) => start(s, "oxygen") },
  warm_patient: { act: (s) => start(s, "warming") },
  decompress_left: { act: (s) => perform(s, "pleural_decompression", "left") },
  decompress_right: { act: (s) => perform(s, "pleural_decompression", "right") },
  start_mtp: {
    act: () => ({ twin: "trauma", operation: "start_mtp", given: {},
      undo: { twin: "trauma", operation: "stop_mtp", given: {} } }),
  },
  order_head_ct: {
    act: () => ({ twin: "trauma", operation: "order_diagnostic", given: { diagnostic: "head_neck_ct" } }),
  },
  intubate: { page: "procedures" },
  give_blood: { page: "blood" },
  give_reversal: { page: "drugs" },
  give_antibiotic: { page: "drugs" },
  pre_alert: { page: "handover" },
};

/** Whether this page's person can follow it: by one tap, or on one of the page's own tabs. */
export function isForMe(/** @type {any} */ store, /** @type {string} */ name, /** @type {any} */ why, /** @type {string[]} */ pages) {
  const advice = ADVICE[name];
  if (!advice) return true; // words to read
  const task = advice.act?.(store) ?? null;
  return task === null ? pages.includes(advice.page ?? "") : !why.forOthers(task.twin, task.operation);
}
