// The server goes away and comes back; what happened meanwhile is not lost to who knows how far he was.
// POST to CONTROL: the server stops, findings of the body's list are stated, it listens again.

import assert from "node:assert/strict";
import { test } from "node:test";

import core from "@node-wot/core";
import http from "@node-wot/binding-http";

const { OPEN_URL, CONTROL } = process.env;

function inbox() {
  const values = [], waiting = [];
  return {
    values,
    put(value) { const first = waiting.shift(); if (first) first(value); else values.push(value); },
    next() { return values.length ? Promise.resolve(values.shift()) : new Promise((go) => waiting.push(go)); },
  };
}

const restart = (...meanwhile) => fetch(CONTROL, { method: "POST", body: JSON.stringify(meanwhile) })
  .then((answer) => assert.equal(answer.status, 204));

const say = (value) => fetch(`${OPEN_URL}/twins/patient/patient/observations`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ member: "finding", value: { name: "pallor", value } }),
}).then((answer) => assert.equal(answer.status, 200));

async function patient() {
  const servient = new core.Servient();
  servient.addClientFactory(new http.HttpClientFactory(null));
  const wot = await servient.start();
  const thing = await wot.consume(await wot.requestThingDescription(`${OPEN_URL}/things/patient`));
  return { servient, thing };
}

test("node-wot hears every event of a restart, once, in order, by Last-Event-ID", async () => {
  const { servient, thing } = await patient();
  const heard = inbox();
  const subscription = await thing.subscribeEvent("finding",
    async (output) => heard.put((await output.value()).value), () => {});
  await new Promise((go) => setTimeout(go, 300)); // subscribing returns before the stream is open
  await say(1);
  assert.equal(await heard.next(), 1);
  await restart(2, 3);
  for (const expected of [2, 3]) assert.equal(await heard.next(), expected);
  await restart(4);
  assert.equal(await heard.next(), 4);
  await say(5);
  assert.equal(await heard.next(), 5);
  assert.deepEqual(heard.values, []);
  await subscription.stop();
  await servient.shutdown();
});

test("a long-poll that keeps its ETag misses nothing of a restart", async () => {
  const path = `${OPEN_URL}/twins/patient/patient/events/finding/longpoll`;
  const poll = async (etag) => {
    for (;;) {
      try {
        const answer = await fetch(path, { headers: etag ? { "If-None-Match": etag } : {} });
        if (answer.status === 200) return [(await answer.json()).value, answer.headers.get("ETag")];
        etag = answer.headers.get("ETag") ?? etag;
      } catch { await new Promise((go) => setTimeout(go, 100)); } // away: ask again
    }
  };
  const first = poll();
  await new Promise((go) => setTimeout(go, 300));
  await say(11);
  let [value, etag] = await first;
  assert.equal(value, 11);
  const second = poll(etag);
  await restart(12, 13);
  [value, etag] = await second;
  assert.equal(value, 12);
  [value, etag] = await poll(etag);
  assert.equal(value, 13);
  const last = poll(etag);
  await say(14);
  assert.equal((await last)[0], 14);
});

test("node-wot's long-poll keeps no place: it tells of the end, and is begun again", async () => {
  const { servient, thing } = await patient();
  const forms = thing.getThingDescription().events.finding.forms;
  const formIndex = forms.findIndex((form) => form.subprotocol === "longpoll");
  const heard = inbox(), failed = inbox();
  const listen = () => thing.subscribeEvent("finding",
    async (output) => heard.put((await output.value()).value), (error) => failed.put(error), { formIndex });
  await listen();
  await new Promise((go) => setTimeout(go, 300)); // subscribing returns before the poll has come
  await restart(21);
  assert.ok(await failed.next());
  await (await patient()).servient.shutdown();
  const again = await patient();
  const resumed = await again.thing.subscribeEvent("finding",
    async (output) => heard.put((await output.value()).value), () => {}, { formIndex });
  await new Promise((go) => setTimeout(go, 300));
  await say(22);
  assert.equal(await heard.next(), 22);
  await resumed.stop();
  await servient.shutdown();
  await again.servient.shutdown();
});
