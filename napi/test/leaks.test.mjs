// SPDX-License-Identifier: Apache-2.0

/* What a program does again and again leaves nothing: no open files, no threads, no memory. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn, setTimeout as later } from 'node:timers/promises';
import { gc, held, memory, sanitized } from './guest.mjs';
import { stream, takeOne } from './image-rig.mjs';
import { cameras, codeOf, image, next, outputOf, profiles, rig, SceneMode } from './rig.mjs';

/** Runs rounds, in eight batches after the first quarter: no more is held afterwards, and in most batches memory grows by
 * less than this much for each round. The allocator takes pages in leaps, so that one batch alone says little. */
async function repeat(rounds, greatest, run) {
  const early = Math.ceil(rounds / 4);
  const batch = Math.ceil((rounds - early) / 8);
  const levels = [];
  let before;
  for (let i = 1; i <= early + 8 * batch; i++) {
    await run(i);
    if (i % 50 === 0) {
      gc();
      await turn();
    }
    if (i === early) before = await settled();
    if (i >= early && (i - early) % batch === 0) levels.push(memory());
  }
  // The library keeps some threads for the next work; a leak would be one in each round.
  before.threads += 8;
  const after = await settled(before);
  assert.ok(after.files <= before.files, `${after.files} open files after ${before.files}`);
  assert.ok(after.threads <= before.threads, `${after.threads} threads, more than ${before.threads}`);
  const growths = levels.slice(1).map((level, i) => (level - levels[i]) / batch).sort((a, b) => a - b);
  if (!sanitized) assert.ok(growths[3] < greatest, `each round left ${growths.map(Math.round)} bytes`);
}

/** What is held when that no longer falls, or, with a limit, when it is within that. */
async function settled(limit) {
  let last = { files: Infinity, threads: Infinity };
  for (let calm = 0; calm < (limit ? 500 : 10); calm++) {
    gc();
    await later(10);
    const now = held();
    if (limit && now.files <= limit.files && now.threads <= limit.threads) return now;
    if (!limit && (now.files < last.files || now.threads < last.threads)) calm = 0;
    last = now;
  }
  return last;
}

const scaled = (rounds) => (sanitized ? Math.ceil(rounds / 10) : rounds);

test('sessions with everything in them, released', () => repeat(scaled(600), 12000, async () => {
  const made = await rig({ kinds: ['preview', 'photo', 'video', 'metadata'] });
  for (const output of Object.values(made.outputs)) output.on('error', () => made);
  await made.end();
}));

test('sessions that streamed, released', () => repeat(scaled(120), 10000, async () => {
  const made = await rig({ kinds: ['preview', 'video'], state: 'started' });
  await next(made.surfaces[0], 'imageArrival');
  await made.end();
}));

test('sessions that streamed, stopped and forgotten', () => repeat(scaled(60), 20000, async () => {
  await (async () => {
    const made = await rig({ kinds: ['preview'], state: 'started' });
    await next(made.surfaces[0], 'imageArrival');
    await made.session.stop();
  })();
  // Until then the camera belongs to the forgotten session.
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  await input.open();
  session.beginConfig();
  while (!session.canAddInput(input)) {
    gc();
    await turn();
  }
  await session.release();
  await input.close();
}));

test('listeners that come and go', async () => {
  const made = await rig({ kinds: ['preview', 'photo'] });
  try {
    const objects = [made.manager, made.session, made.input, made.outputs.preview, made.outputs.photo, made.surfaces[0]];
    const events = ['cameraStatus', 'error', 'error', 'frameStart', 'photoAvailable', 'imageArrival'];
    await repeat(scaled(4000), 300, async () => {
      const own = () => made;
      objects.forEach((object, i) => object.on(events[i], own));
      objects.forEach((object, i) => object.off(events[i], own));
    });
  } finally {
    await made.end();
  }
});

test('operations that succeed, fail and are refused', async () => {
  const made = await rig();
  try {
    await repeat(scaled(4000), 300, async () => {
      assert.equal(await codeOf(() => made.session.stop()), 7400201);
      assert.equal(await codeOf(() => made.session.commitConfig()), 7400102);
      assert.equal(await codeOf(() => made.input.open()), 0);
      await new Promise((resolve) => { made.input.open(resolve); });
      assert.equal(await codeOf(() => made.session.stop(1)), 7400101);
      assert.equal(await codeOf(() => made.session.addInput({})), 7400101);
    });
  } finally {
    await made.end();
  }
});

test('captures that the library refuses at once', async () => {
  const made = await rig({ kinds: ['photo'] });
  const large = { rotation: 45 };
  try {
    await repeat(scaled(8000), 100, async () => {
      assert.throws(() => made.outputs.photo.capture(large), { code: 7400101 });
    });
  } finally {
    await made.end();
  }
});

test('photos, released', async () => {
  const made = await rig({ kinds: ['photo'], state: 'started' });
  try {
    await repeat(scaled(100), 10000, async () => {
      const available = next(made.outputs.photo, 'photoAvailable');
      const ended = next(made.outputs.photo, 'captureEnd');
      await made.outputs.photo.capture();
      const photo = await available;
      await photo.main.getComponent(image.ComponentType.JPEG);
      await photo.release();
      await ended;
    });
  } finally {
    await made.end();
  }
});

test('images, released', async () => {
  const running = await stream();
  try {
    await repeat(scaled(80), 10000, async () => {
      const shown = await takeOne(running.receiver);
      await shown.getComponent(image.ComponentType.YUV_Y);
      await shown.getComponent(image.ComponentType.YUV_U);
      await shown.release();
    });
  } finally {
    await running.end();
  }
});

test('outputs that are made, added and removed', async () => {
  const made = await rig({ state: 'config' });
  const chosen = profiles(made.manager, made.device);
  try {
    await repeat(scaled(1000), 1500, async () => {
      const { output, surface } = await outputOf(made.manager, 'video', chosen);
      made.session.addOutput(output);
      made.session.removeOutput(output);
      surface.release();
    });
  } finally {
    await made.end();
  }
});
