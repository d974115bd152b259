// SPDX-License-Identifier: Apache-2.0

/* AVRecorder as an object: its states, its queue, its config, its warnings. No camera is needed: what is in the
 * files is in recorder_files.test.mjs. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import addon from '../index.js';

const { camera, media } = addon;
camera.getCameraManager({ cameras: 'virtual:1' });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'camera-session-'));
after(() => fs.rmSync(folder, { recursive: true }));
/* Node.js prints them; the tests look at them where they matter. */
process.removeAllListeners('warning');

const OK = undefined;
let files = 0;

function configOf(changes = {}, profile = {}) {
  return {
    videoSourceType: media.VideoSourceType.VIDEO_SOURCE_TYPE_SURFACE_YUV,
    url: pathToFileURL(path.join(folder, `${++files}.mkv`)).href,
    ...changes,
    profile: { fileFormat: media.ContainerFormatType.CFT_MKV, ...profile },
  };
}

async function recorderIn(state) {
  const recorder = await media.createAVRecorder();
  const way = {
    idle: [], prepared: ['prepare'], started: ['prepare', 'start'], paused: ['prepare', 'start', 'pause'],
    stopped: ['prepare', 'start', 'stop'], released: ['release'],
  }[state];
  for (const step of way)
    await (step === 'prepare' ? recorder.prepare(configOf()) : recorder[step]());
  assert.equal(recorder.state, state);
  return recorder;
}

/* One call as a promise, or with a callback; gives the error or undefined, and the result. */
function call(recorder, method, form) {
  const args = method === 'prepare' ? [configOf()] : [];
  if (form === 'promise')
    return recorder[method](...args).then((value) => [OK, value], (error) => [error, undefined]);
  return new Promise((resolve) => {
    assert.equal(recorder[method](...args, (error, value) => resolve([error, value])), undefined);
  });
}

const states = ['idle', 'prepared', 'started', 'paused', 'stopped', 'released'];
/* For each state the state afterwards; null: refused. */
const table = {
  prepare: ['prepared', null, null, null, 'prepared', null],
  getInputSurface: [null, 'prepared', null, null, null, null],
  start: [null, 'started', 'started', null, null, null],
  pause: [null, null, 'paused', 'paused', null, null],
  resume: [null, null, 'started', 'started', null, null],
  stop: [null, null, 'stopped', 'stopped', 'stopped', null],
  reset: ['idle', 'idle', 'idle', 'idle', 'idle', null],
  release: ['released', 'released', 'released', 'released', 'released', 'released'],
  getAVRecorderConfig: [null, 'prepared', 'started', 'paused', 'stopped', null],
};

for (const [method, row] of Object.entries(table)) {
  for (const form of ['promise', 'callback']) {
    test(`${method}() in each state, with a ${form}`, async () => {
      for (const [index, before] of states.entries()) {
        const recorder = await recorderIn(before);
        const heard = [];
        recorder.on('stateChange', (state, reason) => heard.push([state, reason]));
        const [error, value] = await call(recorder, method, form);
        const afterwards = row[index];
        if (afterwards === null) {
          assert.equal(error?.code, 5400102, before);
          assert.equal(error.message, 'Operate not permit.');
          assert.ok(error.detail.startsWith(`${method}(): the recorder's state is ${before}; it can be called in: `));
        } else {
          assert.equal(error, OK, before);
        }
        assert.equal(recorder.state, afterwards ?? before);
        assert.deepEqual(heard, (afterwards ?? before) === before ? [] : [[afterwards, media.StateChangeReason.USER]]);
        if (afterwards !== null && method === 'getInputSurface')
          assert.match(value, /^\d+$/);
        else if (afterwards === null || method !== 'getAVRecorderConfig')
          assert.equal(value, undefined);
        await recorder.release();
      }
    });
  }
}

test('a refusal names the states', async () => {
  const recorder = await media.createAVRecorder();
  const error = await recorder.stop().catch((reason) => reason);
  assert.equal(error.detail, "stop(): the recorder's state is idle; it can be called in: started, paused");
  await recorder.release();
});

test('createAVRecorder() with a callback', async () => {
  const [error, recorder] = await new Promise((resolve) => {
    assert.equal(media.createAVRecorder((...both) => resolve(both)), undefined);
  });
  assert.equal(error, undefined);
  assert.equal(recorder.state, 'idle');
  assert.throws(() => { 'use strict'; recorder.state = 'started'; }, TypeError);
  await recorder.release();
});

test('operations that are not awaited run in the order of the calls', async () => {
  const recorder = await media.createAVRecorder();
  const order = [];
  const heard = [];
  recorder.on('stateChange', (state) => heard.push(state));
  const calls = [['prepare', configOf()], ['getInputSurface'], ['start'], ['pause'], ['resume'], ['stop'], ['start'],
    ['reset'], ['prepare', configOf()], ['getInputSurface'], ['release'], ['start']];
  const results = await Promise.allSettled(calls.map(([method, ...args], index) =>
    recorder[method](...args).finally(() => order.push(index))));
  assert.equal(recorder.state, 'released');
  assert.deepEqual(results.map((result) => result.reason?.code ?? 0), [0, 0, 0, 0, 0, 0, 5400102, 0, 0, 0, 0, 5400102]);
  assert.deepEqual(order, calls.map((_, index) => index));
  assert.deepEqual(heard, ['prepared', 'started', 'paused', 'started', 'stopped', 'idle', 'prepared', 'released']);
  assert.notEqual(results[1].value, results[9].value, 'each prepare has a surface of its own');
});

test('an operation called by a listener comes behind those that wait', async () => {
  const recorder = await media.createAVRecorder();
  let inner;
  recorder.once('stateChange', () => { inner = recorder.reset(); });
  await Promise.all([recorder.prepare(configOf()), recorder.start()]);
  await inner;
  assert.equal(recorder.state, 'idle');
  await recorder.release();
});

test('the state is set before anybody hears of it', async () => {
  const recorder = await media.createAVRecorder();
  let seen;
  recorder.onStateChange((state, reason) => { seen = [state, reason, recorder.state]; });
  await recorder.prepare(configOf());
  assert.deepEqual(seen, ['prepared', 1, 'prepared']);
  recorder.offStateChange();
  await recorder.reset();
  assert.equal(seen[0], 'prepared');
  await recorder.release();
});

test('getAVRecorderConfig() gives what was asked for, as it was when prepare() was called', async () => {
  const recorder = await media.createAVRecorder();
  const config = configOf({ rotation: 90, location: { latitude: 1.5, longitude: -2 }, maxDuration: 100 },
    { videoFrameWidth: 640, videoFrameHeight: 480, videoFrameRate: 30, videoBitrate: 1000000, isHdr: false });
  const copy = structuredClone(config);
  const prepared = recorder.prepare(config);
  config.url = 'nonsense';
  config.profile.fileFormat = 'y4m';
  await prepared;
  assert.deepEqual(await recorder.getAVRecorderConfig(), copy);
  await recorder.release();
});

/* Each: what is wrong, and what the detail says of it. */
const wrong = [
  [{ url: undefined }, {}, /config\.url must be given/],
  [{ url: 7 }, {}, /config\.url must be a string, not the number 7/],
  [{ url: '/tmp/a.mkv' }, {}, /"fd:\/\/N" or "file:\/\/\/path", not "\/tmp\/a\.mkv"/],
  [{ url: 'file://elsewhere/a.mkv' }, {}, /"fd:\/\/N" or "file:\/\/\/path"/],
  [{ url: 'http://a/b' }, {}, /"fd:\/\/N" or "file:\/\/\/path"/],
  [{ url: 'file:///tmp/a%2.mkv' }, {}, /two hexadecimal digits/],
  [{ url: 'file:///tmp/a%00' }, {}, /zero byte/],
  [{ url: 'file:///tmp/a?b' }, {}, /%3F/],
  [{ url: 'file:///tmp/a#b' }, {}, /%23/],
  [{ url: 'file:///' + 'a'.repeat(5000) }, {}, /4095/],
  [{ url: 'fd://' }, {}, /number of a file descriptor/],
  [{ url: 'fd://-1' }, {}, /number of a file descriptor/],
  [{ url: 'fd://1x' }, {}, /number of a file descriptor/],
  [{ url: 'fd://4294967296' }, {}, /number of a file descriptor/],
  [{ url: 'fd://99999' }, {}, /99999/],
  [{ videoSourceType: undefined }, {}, /config\.videoSourceType must be given/],
  [{ videoSourceType: 2 }, {}, /config\.videoSourceType must be an integer from 0 to 1/],
  [{ videoSourceType: undefined, audioSourceType: 1 }, {}, /only video is recorded/],
  [{ rotation: 45 }, {}, /0, 90, 180 or 270/],
  [{ rotation: '90' }, {}, /config\.rotation must be an integer/],
  [{ location: 5 }, {}, /config\.location must be an object/],
  [{ location: { latitude: 1 } }, {}, /latitude and a longitude/],
  [{ location: { latitude: 91, longitude: 0 } }, {}, /config\.location\.latitude must be a number from -90 to 90/],
  [{ fileGenerationMode: 1 }, {}, /fileGenerationMode/],
  [{}, { fileFormat: undefined }, /config\.profile\.fileFormat must be given/],
  [{}, { fileFormat: 'avi' }, /not "avi"/],
  [{}, { fileFormat: 'm4a' }, /only video is recorded/],
  [{}, { videoCodec: 'video/av1' }, /CodecMimeType/],
  [{}, { videoFrameWidth: 0 }, /config\.profile\.videoFrameWidth must be an integer from 1/],
  [{}, { videoFrameRate: 29.97 }, /config\.profile\.videoFrameRate must be an integer/],
  [{}, { isHdr: 1 }, /config\.profile\.isHdr must be a boolean/],
];

test('a wrong config is 401, and leaves the recorder as it was', async () => {
  const recorder = await media.createAVRecorder();
  for (const [changes, profile, detail] of wrong) {
    const error = await recorder.prepare(configOf(changes, profile)).then(() => null, (reason) => reason);
    assert.equal(error?.code, 401, `${detail}`);
    assert.equal(error.message, 'Parameter error.');
    assert.match(error.detail, detail);
    assert.equal(recorder.state, 'idle');
  }
  const [error] = await new Promise((resolve) => recorder.prepare({ profile: 1 }, (...both) => resolve(both)));
  assert.match(error.detail, /config\.profile must be an object, not the number 1/);
  await recorder.prepare(configOf());
  assert.equal((await recorder.prepare({}).catch((reason) => reason)).code, 5400102, 'the state comes first');
  await recorder.release();
});

test('descriptors that cannot be recorded to are 401', async () => {
  const recorder = await media.createAVRecorder();
  const file = path.join(folder, 'descriptors');
  for (const [flags, detail] of [['a', /O_APPEND/], ['r', /writing/]]) {
    fs.writeFileSync(file, '');
    const fd = fs.openSync(file, flags);
    const error = await recorder.prepare(configOf({ url: `fd://${fd}` })).catch((reason) => reason);
    assert.equal(error.code, 401);
    assert.match(error.detail, detail);
    fs.closeSync(fd);
  }
  await recorder.release();
});

test('arguments that are none are thrown as 401', async () => {
  const recorder = await media.createAVRecorder();
  const calls = [() => recorder.prepare(), () => recorder.prepare(1), () => recorder.prepare(() => {}),
    () => recorder.prepare(configOf(), 1), () => recorder.prepare(configOf(), () => {}, 1), () => recorder.start(1),
    () => recorder.stop(() => {}, 1), () => media.createAVRecorder(1)];
  for (const wrongCall of calls)
    assert.throws(wrongCall, (error) => error instanceof Error && error.code === 401 && error.detail !== '', `${wrongCall}`);
  const own = new RangeError('a getter');
  assert.throws(() => recorder.prepare({ get profile() { throw own; } }), (error) => error === own);
  assert.equal(recorder.state, 'idle');
  await recorder.release();
});

test('a file that cannot be made fails the start with 5400103, and may be started when it can', async () => {
  const recorder = await media.createAVRecorder();
  const inner = path.join(folder, 'not there yet');
  await recorder.prepare(configOf({ url: pathToFileURL(path.join(inner, 'a.mkv')).href }));
  const error = await recorder.start().catch((reason) => reason);
  assert.equal(error.code, 5400103);
  assert.equal(error.message, 'IO error.');
  assert.match(error.detail, /not there yet/);
  assert.equal(recorder.state, 'prepared');
  fs.mkdirSync(inner);
  await recorder.start();
  await recorder.release();
});

test('warnings say once what does not happen', async () => {
  const recorder = await media.createAVRecorder();
  const events = [];
  const printed = [];
  const original = process.emitWarning;
  process.emitWarning = (text, type) => printed.push([text, type]);
  try {
    recorder.on('warning', (text) => events.push(text));
    const asked = configOf({ audioSourceType: 1, rotation: 90, metadata: {} },
      { fileFormat: 'mp4', videoCodec: 'video/avc', audioCodec: 'audio/mp4a-latm', isHdr: true });
    for (let i = 0; i < 2; i++) {
      await recorder.prepare(asked);
      await recorder.reset();
    }
    await recorder.prepare(configOf({ rotation: 0 }, { videoCodec: 'video/mjpeg', isHdr: false }));
  } finally {
    process.emitWarning = original;
  }
  assert.deepEqual(printed, events.map((text) => [`AVRecorder: ${text}`, 'CameraSessionWarning']));
  for (const [index, word] of ['MP4', 'video/avc', 'sound', 'rotation', 'metadata', 'isHdr'].entries())
    assert.match(events[index], new RegExp(word));
  assert.equal(events.length, 6);
  await recorder.release();
});

test('warnings go to the console where there is no process', async () => {
  const recorder = await media.createAVRecorder();
  const printed = [];
  const [emitWarning, warn] = [process.emitWarning, console.warn];
  process.emitWarning = undefined;
  console.warn = (text) => printed.push(text);
  try {
    await recorder.prepare(configOf({ audioSourceType: 1 }));
  } finally {
    process.emitWarning = emitWarning;
    console.warn = warn;
  }
  assert.equal(printed.length, 1);
  assert.match(printed[0], /no sound is recorded/);
  await recorder.release();
});

test('what AVRecorder has elsewhere exists, and says why it does not work', async () => {
  const recorder = await media.createAVRecorder();
  for (const [method, ...args] of [['updateRotation', 90], ['setWatermark', {}, {}], ['getCurrentAudioCapturerInfo'],
    ['getAudioCapturerMaxAmplitude']]) {
    const error = await recorder[method](...args).catch((reason) => reason);
    assert.equal(error.code, 5400102, method);
    assert.match(error.detail, new RegExp(`^${method}\\(\\): .`));
  }
  assert.equal(await recorder.isWatermarkSupported(), false);
  assert.deepEqual(await recorder.getAvailableEncoder(), []);
  await recorder.release();
});
