// SPDX-License-Identifier: Apache-2.0

/* The end of the process at any moment, and what is loaded more than once. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import { program } from './guest.mjs';
import { camera, cameras, codeOf, next, rig } from './rig.mjs';

const require = createRequire(import.meta.url);

const exits = { exitWhileStreaming: 5, exitInListener: 6, exitInCallback: 7, exitWithPending: 8, exitWithWorkers: 9, exitEvent: 11 };

for (const [how, code] of Object.entries(exits)) {
  test(`the process ends at once: ${how}`, async () => {
    for (let times = 0; times < 3; times++) {
      const { status, signal, lines, err } = await program('teardown.mjs', how);
      assert.deepEqual({ status, signal, lines }, { status: code, signal: null, lines: [] }, err);
    }
  });
}

test('process.exit() while recording leaves what was written', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'camera-teardown-'));
  const file = path.join(folder, 'video.mkv');
  try {
    const { status, signal, err } = await program('teardown.mjs', 'exitWhileRecording', file);
    assert.deepEqual({ status, signal }, { status: 10, signal: null }, err);
    assert.ok(fs.existsSync(file));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('a signal ends the process', async () => {
  const { status, signal } = await program('teardown.mjs', 'killed');
  assert.deepEqual({ status, signal }, { status: null, signal: 'SIGTERM' });
});

test('the process ends by itself when the last session stops, though all is forgotten', async () => {
  const { status, lines, err } = await program('teardown.mjs', 'naturalEnd');
  assert.deepEqual({ status, lines }, { status: 0, lines: ['stopped'] }, err);
});

test('objects and listeners alone keep no process', async () => {
  const { status, signal, err } = await program('teardown.mjs', 'idleEnd');
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, err);
});

test('a program that fails while it streams ends with its error', async () => {
  const { status, err } = await program('teardown.mjs', 'failsWhileStreaming');
  assert.equal(status, 1);
  assert.match(err, /the program failed/);
});

test('a second copy of the addon has classes of its own, and the objects of one are not those of the other', async () => {
  const file = require.resolve('../build/camera_session.node');
  delete require.cache[file];
  const second = require(file);
  assert.notEqual(second.camera, camera);
  const { manager, device } = cameras();
  const other = second.camera.getCameraManager({ cameras: 'virtual:1' });
  assert.notEqual(other.createSession, manager.createSession);
  const session = other.createSession(1);
  session.beginConfig();
  assert.equal(await codeOf(() => session.addInput(manager.createCameraInput(device))), 7400101);
  assert.throws(() => manager.createSession.call(other, 1)); // by Node.js, which knows the class
  const input = other.createCameraInput(device);
  await input.open();
  session.addInput(input);
  await session.release();
  await input.close();
});

test('functions and objects go through other contexts', async () => {
  const context = vm.createContext({ camera });
  // The profiles, options and functions are objects of the other context.
  const made = await rig();
  context.made = made;
  const seen = vm.runInContext(`
    const { manager, device, session } = made;
    const capability = manager.getSupportedOutputCapability(JSON.parse(JSON.stringify(device)), 1);
    const output = manager.createPhotoOutput(JSON.parse(JSON.stringify(capability.photoProfiles[0])));
    const arrived = new Promise((resolve) => made.surfaces[0].once('imageArrival', resolve));
    camera.getCameraManager({ cameras: 'virtual:1' }) === manager && session.start().then(() => arrived)`, context);
  try {
    await seen;
    assert.equal(await codeOf(() => vm.runInContext('made.session.addOutput({})', context)), 7400101);
  } finally {
    await made.end();
  }
});

test('what began in a context that is forgotten goes on', async () => {
  const made = await rig({ state: 'started' });
  try {
    for (let i = 0; i < 3; i++) {
      vm.runInNewContext('surface.on("imageArrival", () => {})', { surface: made.surfaces[0] });
      await next(made.surfaces[0], 'imageArrival');
    }
  } finally {
    await made.end();
  }
});
