// SPDX-License-Identifier: Apache-2.0

/* on, once and off, also inside of the functions that they are about. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awake, camera, next, rig } from './rig.mjs';

/** Starts and stops a session: one round of frameStart. */
async function round(made) {
  const began = next(made.outputs.preview, 'frameStart'); // registered last: it is called last
  await made.session.start();
  await began;
  await made.session.stop();
}

async function withPreview(run) {
  const made = await rig();
  try {
    await run(made.outputs.preview, () => round(made), made);
  } finally {
    await made.end();
  }
}

test('functions are called in the order of their registration, once ones once', () => withPreview(async (preview, tell) => {
  const calls = [];
  preview.on('frameStart', () => calls.push('a'));
  preview.once('frameStart', () => calls.push('b'));
  preview.on('frameStart', () => calls.push('c'));
  await tell();
  await tell();
  assert.deepEqual(calls, ['a', 'b', 'c', 'a', 'c']);
}));

test('the same function twice is one registration, also with once', () => withPreview(async (preview, tell) => {
  let calls = 0;
  const count = () => calls++;
  preview.on('frameStart', count);
  preview.on('frameStart', count);
  preview.once('frameStart', count);
  preview.onFrameStart(count);
  await tell();
  await tell();
  assert.equal(calls, 2);
  preview.off('frameStart', count);
  await tell();
  assert.equal(calls, 2);
}));

test('a function that is added while others are called is called from the next time on', () => withPreview(async (preview, tell) => {
  const calls = [];
  const late = () => calls.push('late');
  preview.on('frameStart', () => {
    calls.push('first');
    preview.on('frameStart', late);
  });
  await tell();
  assert.deepEqual(calls, ['first']);
  await tell();
  assert.deepEqual(calls, ['first', 'first', 'late']);
}));

test('a function may remove itself, and register itself again', () => withPreview(async (preview, tell) => {
  let calls = 0;
  preview.on('frameStart', function self() {
    calls++;
    preview.off('frameStart', self);
    if (calls < 3) preview.once('frameStart', self);
  });
  for (let i = 0; i < 5; i++) await tell();
  assert.equal(calls, 3);
}));

test('a function that is removed by one before it is called this time still, as events of Node.js do it', () => withPreview(async (preview, tell) => {
  const calls = [];
  const other = () => calls.push('other');
  preview.on('frameStart', () => {
    calls.push('remover');
    preview.off('frameStart', other);
  });
  preview.on('frameStart', other);
  await tell();
  await tell();
  assert.deepEqual(calls, ['remover', 'other', 'remover']);
}));

test('all can be removed inside of one', () => withPreview(async (preview, tell, made) => {
  const calls = [];
  preview.on('frameStart', () => {
    calls.push('all go');
    preview.off('frameStart');
  });
  preview.on('frameStart', () => calls.push('second'));
  await tell();
  await made.session.start();
  await next(made.surfaces[0], 'imageArrival');
  assert.deepEqual(calls, ['all go', 'second']);
}));

test('to remove what was never registered does nothing', () => withPreview(async (preview, tell) => {
  let calls = 0;
  const mine = () => calls++;
  preview.off('frameStart', () => {});
  preview.off('frameStart');
  preview.off('frameStart', undefined);
  preview.on('frameStart', mine);
  preview.off('frameEnd', mine);
  preview.off('frameStart', () => {});
  await tell();
  assert.equal(calls, 1);
}));

test('a function of another event or another object is another registration', () => withPreview(async (preview, tell, made) => {
  const calls = [];
  const one = (...args) => calls.push(args.length);
  preview.on('frameStart', one);
  preview.on('error', one);
  made.input.on('error', one);
  made.input.off('error', one);
  preview.off('error', one);
  await tell();
  assert.deepEqual(calls, [2]);
}));

test('a listener may release its own object, and the rest of the round is heard', () => withPreview(async (preview, tell, made) => {
  const calls = [];
  let released;
  preview.on('frameStart', () => {
    released = Promise.all([made.session.release(), preview.release(), made.surfaces[0].release()]);
    calls.push('released');
  });
  const heard = new Promise((resolve) => preview.on('frameStart', () => { calls.push('second'); resolve(); }));
  await made.session.start();
  await heard;
  await released;
  assert.deepEqual(calls, ['released', 'second']);
}));

test('functions of the manager may be added and removed inside of one', async () => {
  const manager = camera.getCameraManager({ cameras: 'virtual:3' });
  const seen = [];
  let inner = 0;
  const count = () => inner++;
  await awake(new Promise((resolve) => {
    manager.on('cameraStatus', function self(error, { camera: { cameraId } }) {
      seen.push(cameraId);
      manager.on('cameraStatus', count);
      if (seen.length < 3) return;
      manager.off('cameraStatus', self);
      manager.once('cameraStatus', resolve);
    });
  }));
  assert.deepEqual(seen, ['virtual:0', 'virtual:1', 'virtual:2']);
  manager.off('cameraStatus');
  const before = inner;
  await awake(new Promise((resolve) => { manager.once('cameraStatus', resolve); }));
  assert.equal(inner, before);
});

test('many functions, all of which go in the same round', () => withPreview(async (preview, tell) => {
  let calls = 0;
  for (let i = 0; i < 300; i++) preview.once('frameStart', () => calls++);
  await tell();
  await tell();
  assert.equal(calls, 300);
}));
