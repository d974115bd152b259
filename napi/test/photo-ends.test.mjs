// SPDX-License-Identifier: Apache-2.0

/* How captures end when there is no photo, and that nothing stays behind: neither the process, which a capture
 * that is under way keeps running, nor objects. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { codeOf, next, rig } from './rig.mjs';

/* Counts what comes of captures; `over(n)` waits for n ends. */
function count(output) {
  const seen = { starts: 0, photos: 0, errors: [], ends: [], ready: 0 };
  let check = () => {};
  output.on('captureStart', () => { seen.starts++; });
  output.on('captureReady', () => { seen.ready++; });
  output.on('photoAvailable', (error, photo) => { seen.photos++; return photo.release(); });
  output.on('error', (error) => seen.errors.push(error));
  output.on('captureEnd', (error, end) => { seen.ends.push(end); check(); });
  seen.over = (number) => new Promise((resolve) => {
    check = () => { if (seen.ends.length >= number) setImmediate(resolve); };
    check();
  });
  return seen;
}

/* Each capture that was accepted ended once; one without a photo had an error. */
function checkBooks(seen, accepted) {
  assert.equal(seen.starts, accepted);
  assert.deepEqual(seen.ends.map((end) => end.captureId), Array.from({ length: accepted }, (_, index) => index + 1));
  const photos = seen.ends.filter((end) => end.frameCount === 1).length;
  assert.equal(seen.photos, photos);
  assert.equal(seen.errors.length, accepted - photos);
  assert.equal(seen.ready, accepted, 'captureReady once for each capture');
  for (const error of seen.errors) {
    assert.ok(error instanceof Error && error.detail !== '', `${error}`);
    assert.ok([7400108, 7400201].includes(error.code), `${error.code}`);
  }
}

/* A camera that gives one frame and then no more leaves captures waiting. */
const silent = 'virtual:1+silent@1f';

for (const [what, end] of [
  ['the session is stopped', ({ session }) => session.stop()],
  ['the session is released', ({ session }) => session.release()],
  ['the output is released', ({ outputs }) => outputs.photo.release()],
  ['the output is taken out', ({ session, outputs }) => { session.beginConfig(); session.removeOutput(outputs.photo); }],
  ['the input is closed', ({ input }) => input.close()],
])
  test(`captures that wait end with an error when ${what}`, async () => {
    const made = await rig({ list: silent, kinds: ['preview', 'photo'], state: 'started' });
    try {
      const { photo } = made.outputs;
      const seen = count(photo);
      const codes = await Promise.all([1, 2, 3].map(() => codeOf(() => photo.capture())));
      assert.deepEqual(codes, [0, 0, 0]);
      await end(made);
      await seen.over(3);
      checkBooks(seen, 3);
      assert.ok(seen.errors.length >= 2, 'the camera gave one frame');
    } finally {
      await made.end();
    }
  });

test('the camera is unplugged while captures wait', async () => {
  const made = await rig({ list: 'virtual:1+unplug@6f', kinds: ['preview', 'photo'], state: 'started' });
  try {
    const { photo } = made.outputs;
    const seen = count(photo);
    const gone = next(made.session, 'error');
    let accepted = 0;
    let code = 0;
    // Captures are taken one by one, so some find the camera there and one finds it gone.
    while (code === 0) {
      const ended = next(photo, 'captureEnd');
      code = await codeOf(() => photo.capture());
      if (code === 0) {
        accepted++;
        await ended;
      }
    }
    assert.equal(code, 7400108);
    assert.equal((await gone).code, 7400108);
    await seen.over(accepted);
    assert.ok(accepted >= 2, `${accepted} captures`);
    checkBooks(seen, accepted);
    assert.ok(seen.photos >= 1);
    assert.equal(await codeOf(() => photo.capture()), 7400108);
  } finally {
    await made.end();
  }
});

test('use after release', async () => {
  const made = await rig({ kinds: ['photo'] });
  try {
    const { photo } = made.outputs;
    const ended = next(photo, 'captureEnd');
    await photo.capture();
    await ended;
    assert.equal(await photo.release(), undefined);
    for (const again of [() => photo.release(), () => new Promise((resolve, reject) => photo.release((error) => (error ? reject(error) : resolve())))])
      assert.equal(await codeOf(again), 7400201);
    assert.equal(await codeOf(() => photo.capture()), 7400104);
    assert.equal(await codeOf(() => photo.getActiveProfile()), 7400201);
    assert.equal(await codeOf(() => photo.getPhotoRotation()), 7400201);
    assert.equal(photo.off('captureEnd'), undefined);
  } finally {
    await made.end();
  }
});

test('a photo is released with its picture, and again does no harm', async () => {
  const made = await rig({ kinds: ['photo'] });
  try {
    const { photo: output } = made.outputs;
    const coming = next(output, 'photoAvailable');
    await output.capture();
    const photo = await coming;
    assert.equal(photo.main, photo.main);
    const { byteBuffer } = await photo.main.getComponent(4);
    assert.ok(byteBuffer.byteLength > 1000);
    assert.equal(await codeOf(() => photo.release(1)), 7400101);
    assert.equal(await photo.release(), undefined);
    assert.equal(byteBuffer.byteLength, 0, 'the picture is gone');
    assert.equal(await photo.release(), undefined);
    await assert.rejects(photo.main.getComponent(4));
  } finally {
    await made.end();
  }
});

/* ---- in a process of its own: it must end by itself ---- */

const here = new URL('./rig.mjs', import.meta.url).href;

/* Runs a program that has the rig, in a process that is given ten seconds; what it prints. */
async function run(body) {
  const program = `import { rig, codeOf, next } from ${JSON.stringify(here)};\n${body}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '-e', program],
    { timeout: 10000 });
  return stdout.trim().split('\n');
}

test('a capture keeps the process, its output and its session until it has ended', async () => {
  assert.deepEqual(await run(`
    async function begin() {
      const { outputs: { photo } } = await rig({ kinds: ['photo'] });
      photo.on('photoAvailable', (error, taken) => console.log('photo', taken.main.size.width));
      photo.on('captureEnd', (error, { frameCount }) => console.log('end', frameCount));
      photo.capture(() => console.log('under way'));
    }
    await begin();
    gc();
  `).then((lines) => lines.sort()), ['end 1', 'photo 640', 'under way']);
});

test('the process ends when captures have ended, whatever their end was', async () => {
  const programs = {
    'nobody listens': `const { outputs } = await rig({ kinds: ['photo'] }); await outputs.photo.capture();`,
    refused: `const { outputs } = await rig({ kinds: ['photo'], state: 'config' });
      await codeOf(() => outputs.photo.capture());`,
    // The session that runs would keep the process, so it is released, too.
    released: `const { session, outputs } = await rig({ list: '${silent}', kinds: ['preview', 'photo'], state: 'started' });
      outputs.photo.capture(); outputs.photo.capture(); await outputs.photo.release(); await session.release();`,
    unplugged: `const { outputs } = await rig({ list: 'virtual:1+unplug@3f', kinds: ['preview', 'photo'], state: 'started' });
      for (let i = 0; i < 6; i++) outputs.photo.capture().catch(() => {});`,
  };
  for (const [name, body] of Object.entries(programs))
    assert.deepEqual(await run(`${body} process.on('exit', () => console.log('end'));`), ['end'], name);
});

test('the end of the process is not held up by a capture that never ends', async () => {
  assert.deepEqual(await run(`
    const { outputs } = await rig({ list: '${silent}', kinds: ['preview', 'photo'], state: 'started' });
    await outputs.photo.capture();
    await outputs.photo.capture();
    console.log('leaving');
    process.exit(0);
  `), ['leaving']);
});

test('outputs and photos are collected when nobody has them, released or not', async () => {
  assert.deepEqual(await run(`
    const gone = new Set();
    const registry = new FinalizationRegistry((name) => gone.add(name));
    async function use(name, release) {
      const made = await rig({ kinds: ['preview', 'photo'], state: 'started' });
      const { photo } = made.outputs;
      photo.on('frameShutter', () => photo.getActiveProfile()); // a circle
      const coming = next(photo, 'photoAvailable');
      const ended = next(photo, 'captureEnd');
      await photo.capture();
      registry.register(await coming, name + ' photo');
      await ended;
      registry.register(photo, name + ' output');
      registry.register(made.outputs.preview, name + ' preview');
      await made.session.stop();
      if (release) await made.end();
    }
    await use('released', true);
    await use('left', false);
    for (let round = 0; round < 200 && gone.size < 6; round++) {
      gc();
      await new Promise(setImmediate);
    }
    console.log([...gone].sort().join(', '));
  `), ['left output, left photo, left preview, released output, released photo, released preview']);
});
