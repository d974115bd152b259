// SPDX-License-Identifier: Apache-2.0

/* What keeps sessions, and what sessions keep: the collector, and the end of the process. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { SceneMode, cameras, child, codeOf, next, outputOf, profiles, rig } from './rig.mjs';

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Gives the collector its chances; true when everything behind these references is gone. */
async function collected(...references) {
  for (let round = 0; round < 50; round++) {
    await tick();
    gc();
    if (references.every((reference) => reference.deref() === undefined)) return true;
  }
  return false;
}

async function collect() {
  for (let round = 0; round < 5; round++) {
    await tick();
    gc();
  }
}

/** Waits until no session has the camera: a collected one is released by itself, soon. */
async function freed() {
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  session.beginConfig();
  const deadline = Date.now() + 10000;
  while (!session.canAddInput(input)) {
    assert.ok(Date.now() < deadline, 'the camera is still in a session');
    await tick();
  }
  await session.release();
}

/* The functions below make things in a frame of their own, of which nothing is left on the stack. */

async function sessionAlone(state) {
  const { session, input, outputs } = await rig({ state });
  return { session, input: new WeakRef(input), output: new WeakRef(outputs.preview) };
}

test('a session holds its input and its outputs', async () => {
  const { session, input, output } = await sessionAlone('config');
  await collect();
  assert.ok(input.deref(), 'the input is there');
  assert.ok(output.deref(), 'the output is there');
  await session.commitConfig(); // the input is open, and the output has its surface
  await session.release();
});

test('it lets go of what is removed', async () => {
  const { session, input, output } = await sessionAlone('config');
  const remove = () => {
    session.removeOutput(output.deref());
    session.removeInput(input.deref());
  };
  remove();
  assert.ok(await collected(input, output));
  await session.release();
});

test('it lets go of an output that was released by itself', async () => {
  const { session, output } = await sessionAlone('config');
  await (() => output.deref().release())();
  const { output: photo } = await outputOf(cameras().manager, 'photo', profiles(cameras().manager, cameras().device));
  session.addOutput(photo);
  assert.ok(await collected(output));
  await session.commitConfig();
  await session.release();
});

test('it lets go of everything when it is released', async () => {
  const { session, input, output } = await sessionAlone('committed');
  await session.release();
  assert.ok(await collected(input, output));
  assert.equal(await codeOf(() => session.release()), 7400201, 'the session itself is still there');
});

test('a photo output alone keeps its session', async () => {
  const photoAlone = async () => {
    const { session, outputs } = await rig({ mode: SceneMode.NORMAL_PHOTO, kinds: ['photo'] });
    return { photo: outputs.photo, session: new WeakRef(session) };
  };
  const { photo, session } = await photoAlone();
  await collect();
  const end = next(photo, 'captureEnd');
  await photo.capture();
  assert.equal((await end).frameCount, 1);
  await session.deref().release();
});

test('a session that nobody has and that does not run is collected, with what is in it, and frees its camera', async () => {
  const forgotten = async () => {
    const { session, input, outputs } = await rig({ state: 'committed' });
    session.on('error', () => session.stop()); // a circle through a listener
    return [session, input, outputs.preview].map((object) => new WeakRef(object));
  };
  assert.ok(await collected(...(await forgotten())));
  await freed();
});

test('a started session is kept until it is stopped', async () => {
  const forgotten = async () => {
    const { session, outputs } = await rig({ state: 'started' });
    return { session: new WeakRef(session), output: new WeakRef(outputs.preview) };
  };
  const { session, output } = await forgotten();
  await collect();
  assert.ok(session.deref(), 'the session is there');
  assert.ok(output.deref(), 'its output, too');
  const stop = () => session.deref().stop();
  await stop();
  assert.ok(await collected(session, output));
  await freed();
});

for (const [how, end] of Object.entries({
  beginConfig: (session) => session.beginConfig(),
  release: (session) => session.release(),
}))
  test(`so it is until ${how}()`, async () => {
    const forgotten = async () => new WeakRef((await rig({ state: 'started' })).session);
    const session = await forgotten();
    await collect();
    assert.ok(session.deref());
    const finish = () => end(session.deref());
    await finish();
    assert.ok(await collected(session));
    await freed();
  });

/* ---- the process ---- */

/** What a child process prints that has `made` of rig(options); it ends by itself, or the test fails. */
async function printed(options, body, ...lines) {
  const code = `
    /* Prints when something else keeps the process running until then. */
    const proof = (text) => setTimeout(() => { console.log(text); process.exit(0); }, 150).unref();
    const made = await rig(${JSON.stringify(options)});
    ${body}
    console.log('over');`;
  assert.deepEqual(await child(code), { text: lines, status: 0, signal: null });
}

test('a started session that is forgotten keeps the process running', () =>
  printed({ state: 'started' }, "proof('still there');", 'over', 'still there'));

test('one that is committed does not', () =>
  printed({ state: 'committed' }, "proof('still there');", 'over'));

test('nor one that was stopped', () =>
  printed({ state: 'started' }, "await made.session.stop(); proof('still there');", 'over'));

test('nor one that was released', () =>
  printed({ state: 'started' }, "await made.session.release(); proof('still there');", 'over'));

test('nor one that is configured anew', () =>
  printed({ state: 'started' }, "made.session.beginConfig(); proof('still there');", 'over'));

test('nor one whose start failed', () =>
  printed({ state: 'committed', list: 'virtual:1+fail@start' }, "await made.session.start().catch(() => {}); proof('still there');", 'over'));

test('calls that are not awaited are done before the process ends', () =>
  printed({ state: 'committed', list: 'virtual:1+slow@start=100ms' },
    "made.session.start(); made.session.release(() => console.log('released'));", 'over', 'released'));

test('one whose stream ended by itself does not keep it, though nobody looks', () =>
  printed({ state: 'started', list: 'virtual:1+fail@50ms' }, '', 'over'));

test('it does so again once it was started again', () =>
  printed({ state: 'started', list: 'virtual:1+fail@250ms' },
    "await next(made.session, 'error'); await made.session.stop().catch(() => {}); await made.session.start(); proof('still there');",
    'over', 'still there'));

test('nor does one whose input was closed', () =>
  printed({ state: 'started' }, "await made.input.close(); proof('still there');", 'over'));

test('nor one whose camera is gone', () =>
  printed({ state: 'started', list: 'virtual:1+unplug@50ms' }, "await next(made.session, 'error'); proof('still there');", 'over'));

const waiting = 'made.session.setOptions({ reattach: true }); made.session.beginConfig(); await made.session.commitConfig(); await made.session.start();';

test('one that waits for its camera to come back does', () =>
  printed({ state: 'committed', list: 'virtual:1+unplug@50ms' },
    `${waiting} await next(made.session, 'error'); proof('still there');`, 'over', 'still there'));

test('until its input is closed', () =>
  printed({ state: 'committed', list: 'virtual:1+unplug@50ms' },
    `${waiting} await next(made.session, 'error'); await made.input.close(); proof('still there');`, 'over'));

test('and one whose camera came back and failed then does not', () =>
  printed({ state: 'committed', list: 'virtual:1+unplug@50ms+return@150ms+fail@1s' },
    `${waiting} await next(made.session, 'reattached'); console.log('back'); await next(made.session, 'error'); proof('still there');`,
    'back', 'over'));

test('a worker that ends takes its started session with it', async () => {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(new URL('./rig.mjs', import.meta.url).href)})
      .then(({ rig }) => rig({ state: 'started' }))
      .then((made) => { globalThis.made = made; parentPort.postMessage('started'); });`, { eval: true });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal(await worker.terminate(), 1);
  // Its cameras were its manager's; those of this thread are others.
  const made = await rig({ state: 'started' });
  await made.end();
});
