// SPDX-License-Identifier: Apache-2.0

/* AVRecorder with a session: what is in the files, recordings that fail, and what becomes of a recorder that nobody
 * keeps. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { cameras, media, next, profiles, rig, SceneMode } from './rig.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'camera-session-'));
after(() => fs.rmSync(folder, { recursive: true }));
process.removeAllListeners('warning');
v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const { BACKGROUND, USER } = media.StateChangeReason;
let files = 0;
const newFile = (name = `${++files}.mkv`) => path.join(folder, name);
const sizeOf = (file) => (fs.existsSync(file) ? fs.statSync(file).size : 0);

function configOf(url, changes = {}, profile = {}) {
  return { videoSourceType: 0, url, ...changes, profile: { fileFormat: 'mkv', ...profile } };
}

async function prepared(file, changes, profile) {
  const recorder = await media.createAVRecorder();
  await recorder.prepare(configOf(pathToFileURL(file).href, changes, profile));
  return recorder;
}

/* Waits for what has no event. */
async function until(condition, what) {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await delay(10);
  }
  assert.fail(`in 5 seconds not: ${what}`);
}

/* A running session whose video output sends to each recorder: to the first as video, to the second as preview. */
async function running(...recorders) {
  return runningOn('virtual:1', ...recorders);
}

async function runningOn(list, ...recorders) {
  const made = await rig({ list, kinds: [], state: 'config' });
  try {
    const create = ['createVideoOutput', 'createPreviewOutput'];
    const chosen = [made.profiles.video, made.profiles.preview];
    for (const [index, recorder] of recorders.entries()) {
      const output = made.manager[create[index]](chosen[index], await recorder.getInputSurface());
      made.outputs[index] = output;
      made.session.addOutput(output);
    }
    await made.session.commitConfig();
    await made.session.start();
    await made.outputs[0].start();
  } catch (error) {
    await made.end();
    throw error;
  }
  return made;
}

/* Plays a file with a replay camera, and records what comes. */
async function assertPlays(file) {
  const name = file.replaceAll('%', '%25').replaceAll(',', '%2C').replaceAll('+', '%2B');
  const { manager, device } = cameras(`replay:${name}`);
  const [profile] = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_VIDEO).previewProfiles;
  const copy = newFile();
  const sink = await prepared(copy);
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  const output = manager.createPreviewOutput(profile, await sink.getInputSurface());
  try {
    await input.open();
    session.beginConfig();
    session.addInput(input);
    session.addOutput(output);
    await session.commitConfig();
    await sink.start();
    await session.start();
    await until(() => sizeOf(copy) > 0, `frames of ${file}`);
  } finally {
    await session.release();
    await output.release();
    await input.close();
    await sink.release();
  }
}

/* True for a Matroska file that was finished: the size of its segment is known, and is what there is. */
function isFinished(file) {
  const bytes = fs.readFileSync(file);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x1a45dfa3) return false;
  const segment = bytes.indexOf(Buffer.from('18538067', 'hex'));
  assert.equal(bytes[segment + 4], 1, 'a size of eight bytes');
  const size = bytes.readUIntBE(segment + 6, 6);
  return size === bytes.length - segment - 12;
}

test('a second is recorded, ends by itself with maxDuration, and plays again', async () => {
  const file = newFile();
  const recorder = await prepared(file, { maxDuration: 1 });
  const made = await running(recorder);
  try {
    const heard = [];
    const ended = new Promise((resolve) => recorder.on('stateChange', (state, reason) => {
      heard.push([state, reason]);
      if (state === 'stopped') resolve();
    }));
    await recorder.start();
    await ended;
    assert.deepEqual(heard, [['started', USER], ['stopped', BACKGROUND]]);
    assert.equal(recorder.state, 'stopped');
    await recorder.stop(); // already done: no error
  } finally {
    await recorder.release();
    await made.end();
  }
  assert.ok(isFinished(file));
  const frames = Math.floor(sizeOf(file) / (640 * 360 * 2)); // YUYV, as the camera gives it
  assert.ok(frames >= 15 && frames <= 35, `${frames} frames at 30 a second`);
  await assertPlays(file);
});

test('a pause does not count for maxDuration, and nothing is written in it', async () => {
  const [file, clock] = [newFile(), newFile()];
  const recorder = await prepared(file, { maxDuration: 1 });
  const ticking = await prepared(clock);
  const made = await running(recorder, ticking);
  try {
    await ticking.start();
    await recorder.start();
    const started = performance.now();
    await until(() => sizeOf(file) > 0, 'something recorded');
    await recorder.pause();
    const recorded = performance.now() - started;
    const [size, time] = [sizeOf(file), sizeOf(clock)];
    await until(() => performance.now() - started > 1200 && sizeOf(clock) > time, 'frames in the pause');
    assert.equal(recorder.state, 'paused');
    assert.equal(sizeOf(file), size);
    const stopped = next(recorder, 'stateChange');
    await recorder.resume();
    assert.equal(recorder.state, 'started');
    await stopped;
    const resumed = performance.now();
    await new Promise((resolve) => recorder.on('stateChange', resolve));
    assert.ok(sizeOf(file) > size);
    assert.ok(performance.now() - resumed > 900 - recorded, 'the rest of the second was recorded');
  } finally {
    await recorder.release();
    await ticking.release();
    await made.end();
  }
});

test('fd:// writes to the descriptor, which stays the program\'s', async () => {
  const file = newFile();
  const fd = fs.openSync(file, 'w+');
  const recorder = await media.createAVRecorder();
  await recorder.prepare(configOf(`fd://${fd}`));
  const made = await running(recorder);
  try {
    await recorder.start();
    await until(() => sizeOf(file) > 0, 'something recorded');
    await recorder.stop();
  } finally {
    await recorder.release();
    await made.end();
  }
  assert.equal(fs.fstatSync(fd).size, sizeOf(file));
  fs.closeSync(fd);
  assert.ok(isFinished(file));
});

test('a file: url is decoded, and the file has the name that was given, whatever its format', async () => {
  const file = newFile('ä b%20#?,+1.mp4');
  const recorder = await prepared(file, {}, { fileFormat: 'mp4', videoCodec: 'video/avc' });
  const made = await running(recorder);
  try {
    await recorder.start();
    await until(() => sizeOf(file) > 0, 'something recorded');
    await recorder.stop();
  } finally {
    await recorder.release();
    await made.end();
  }
  assert.ok(isFinished(file));
  await assertPlays(file);
});

test('Y4M', async () => {
  const file = newFile('a.y4m');
  const recorder = await prepared(file, {}, { fileFormat: media.ContainerFormatType.CFT_Y4M });
  const made = await running(recorder);
  try {
    await recorder.start();
    await until(() => sizeOf(file) > 0, 'something recorded');
    await recorder.stop();
  } finally {
    await recorder.release();
    await made.end();
  }
  assert.match(fs.readFileSync(file).toString('latin1', 0, 40), /^YUV4MPEG2 W640 H360 /);
});

for (const last of ['release', 'reset']) {
  test(`${last}() while recording finishes the file`, async () => {
    const file = newFile();
    const recorder = await prepared(file);
    const made = await running(recorder);
    try {
      await recorder.start();
      await until(() => sizeOf(file) > 0, 'something recorded');
      assert.ok(!isFinished(file), 'not yet');
      await recorder[last]();
      assert.ok(isFinished(file));
    } finally {
      await recorder.release();
      await made.end();
    }
  });
}

test('one recorder makes one file after the other', async () => {
  const recorder = await media.createAVRecorder();
  for (const again of ['prepare', 'reset']) {
    const file = newFile();
    if (again === 'reset') await recorder.reset();
    await recorder.prepare(configOf(pathToFileURL(file).href));
    const made = await running(recorder);
    try {
      await recorder.start();
      await until(() => sizeOf(file) > 0, 'something recorded');
      await recorder.stop();
      assert.ok(isFinished(file));
    } finally {
      await made.end();
    }
  }
  await recorder.prepare(configOf(pathToFileURL(newFile()).href)); // from stopped
  await recorder.release();
});

test('a camera that is unplugged leaves the recording to be stopped', async () => {
  const file = newFile();
  const recorder = await prepared(file);
  const made = await runningOn('virtual:1+unplug@10f', recorder);
  try {
    const gone = next(made.session, 'error');
    await recorder.start();
    assert.equal((await gone).code, 7400108);
    assert.equal(recorder.state, 'started');
    await recorder.stop();
  } finally {
    await recorder.release();
    await made.end();
  }
  assert.ok(isFinished(file));
});

/* A recorder whose recording failed, and what was heard of it. */
async function failed() {
  const recorder = await prepared('/dev/full');
  const made = await running(recorder);
  const heard = [];
  try {
    recorder.on('stateChange', (state, reason) => heard.push([state, reason]));
    const error = next(recorder, 'error');
    await recorder.start();
    heard.push(await error);
  } finally {
    await made.end();
  }
  return { recorder, heard };
}

test('a full disk is an error event, and the state', async () => {
  const { recorder, heard } = await failed();
  const error = heard.pop();
  assert.ok(error instanceof Error);
  assert.equal(error.code, media.AVErrorCode.AVERR_IO);
  assert.equal(error.message, 'IO error.');
  assert.match(error.detail, /space/);
  assert.deepEqual(heard, [['started', USER], ['error', BACKGROUND]]);
  assert.equal(recorder.state, 'error');
  for (const method of ['getInputSurface', 'start', 'pause', 'resume', 'stop', 'getAVRecorderConfig', 'prepare']) {
    const args = method === 'prepare' ? [configOf(pathToFileURL(newFile()).href)] : [];
    const refused = await recorder[method](...args).catch((reason) => reason);
    assert.equal(refused?.code, 5400102, method);
    assert.ok(refused.detail.startsWith(`${method}(): the recorder's state is error; `));
    const called = await new Promise((resolve) => recorder[method](...args, resolve));
    assert.equal(called?.code, 5400102, method);
  }
  await recorder.reset();
  assert.equal(recorder.state, 'idle');
  await recorder.prepare(configOf(pathToFileURL(newFile()).href));
  await recorder.release();
});

test('a recorder whose recording failed can be released', async () => {
  const { recorder } = await failed();
  await recorder.release();
  assert.equal(recorder.state, 'released');
});

test('a surface that cannot take the format is refused by the output', async () => {
  const recorder = await prepared(newFile(), {}, { fileFormat: 'y4m' });
  const { manager, device } = cameras();
  const photos = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_VIDEO).photoProfiles;
  const id = await recorder.getInputSurface();
  assert.throws(() => manager.createVideoOutput({ ...photos[0], frameRateRange: { min: 30, max: 30 } }, id),
    (error) => error.code === 7400101);
  await recorder.release();
  const chosen = profiles(manager, device);
  assert.throws(() => manager.createVideoOutput(chosen.video, id), (error) => error.code === 7400101, 'it is gone');
});

/* Whether the collector takes what a weak reference names. To look at it keeps it until the turn ends. */
async function isCollected(weak) {
  for (let i = 0; i < 20 && weak.deref() !== undefined; i++) {
    await new Promise(setImmediate);
    gc();
  }
  return weak.deref() === undefined;
}

test('a recorder that nobody keeps is collected, with its listeners', async () => {
  const make = async () => {
    const recorder = await prepared(newFile());
    recorder.on('stateChange', () => recorder.state);
    return new WeakRef(recorder);
  };
  assert.ok(await isCollected(await make()));
});

test('an output keeps its recorder, and a recording itself', async () => {
  const file = newFile();
  const make = async () => {
    const recorder = await prepared(file);
    const made = await running(recorder);
    return { made, weak: new WeakRef(recorder) };
  };
  const { made, weak } = await make();
  assert.ok(!await isCollected(weak), 'the output keeps it');
  await weak.deref().start();
  await until(() => sizeOf(file) > 0, 'something recorded');
  await made.end();
  made.outputs = {};
  made.session = null;
  assert.ok(!await isCollected(weak), 'its file is open');
  await weak.deref().stop();
  assert.ok(await isCollected(weak));
  assert.ok(isFinished(file));
});

/* Records until something is written, and says so. */
const recording = (file) => `
  const { camera, media } = require(${JSON.stringify(fileURLToPath(new URL('../index.js', import.meta.url)))});
  globalThis.record = async (then) => {
    const manager = camera.getCameraManager({ cameras: 'virtual:1' });
    const [device] = manager.getSupportedCameras();
    const profile = manager.getSupportedOutputCapability(device, 2).videoProfiles.find((one) => one.format === 1003);
    const recorder = await media.createAVRecorder();
    await recorder.prepare({ videoSourceType: 0, url: ${JSON.stringify(pathToFileURL(file).href)}, profile: { fileFormat: 'mkv' } });
    const output = manager.createVideoOutput(profile, await recorder.getInputSurface());
    const input = manager.createCameraInput(device);
    const session = manager.createSession(2);
    await input.open();
    session.beginConfig();
    session.addInput(input);
    session.addOutput(output);
    await session.commitConfig();
    await session.start();
    await output.start();
    await recorder.start();
    const look = () => require('node:fs').statSync(${JSON.stringify(file)}).size > 0 ? then() : setTimeout(look, 10);
    look();
  };`;

test('process.exit() cuts the file off, and it plays', async () => {
  const file = newFile();
  const child = spawnSync(process.execPath, ['-e', `${recording(file)} record(() => process.exit(7));`], { encoding: 'utf8' });
  assert.equal(child.status, 7, child.stderr);
  await assertPlays(file);
});

test('the end of a worker finishes the file', async () => {
  const file = newFile();
  const worker = new Worker(`${recording(file)} record(() => require('node:worker_threads').parentPort.postMessage(1));`,
    { eval: true });
  await once(worker, 'message');
  await worker.terminate();
  assert.ok(isFinished(file));
});
