// SPDX-License-Identifier: Apache-2.0

/* Programs that do what no program should. The bridge refuses with an Error, or does as it was told; the process goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { gc } from './guest.mjs';
import { ComponentType, MISSING, stream, takeOne } from './image-rig.mjs';
import { camera, cameras, codeOf, image, media, next, rig } from './rig.mjs';

const INVALID = 7400101;

/* The values that no method expects, with getters and traps that throw or collect. */
const oddValues = ({ session, input }) => [
  Symbol('odd'), 10n, Object.create(null), Object.freeze({}), Object.freeze([]), new Proxy({}, {}), new Proxy(session, {}),
  new Proxy({}, { get() { throw new RangeError('trap'); } }), new Proxy(() => {}, {}), 'a\0b', '\ud800', 'x'.repeat(100000),
  NaN, Infinity, -0, -1, 0, 1, 2 ** 31, 2 ** 53, null, undefined, true, {}, [], new Array(4294967295), [, 1], [[[]]],
  () => {}, new Date(), new ArrayBuffer(8), globalThis, session, Object.create(session), Object.create(input),
  Object.setPrototypeOf({}, session), { get cameraId() { throw new RangeError('getter'); } },
  { get size() { gc(); return { width: 1, height: 1 }; }, get format() { gc(); return 1003; } },
];

const lists = (odd) => [[odd], [odd, odd], [odd, 1], [1, odd], [odd, () => {}], ['error', odd], ['frameStart', odd, odd],
  [odd, odd, odd], new Array(9).fill(odd), new Array(3000).fill(odd)];

/* All methods and getters of an object's class. */
const functionsOf = (object) => Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)))
  .filter(([name]) => name !== 'constructor' && name !== 'release')
  .map(([name, descriptor]) => [name, descriptor.value ?? descriptor.get]);

/* Runs with a rig, which ends in any case. */
async function withRig(options, run) {
  const made = await rig(options);
  try {
    await run(made);
  } finally {
    await made.end();
  }
}

/* The same with an object of nearly each class. */
const withAll = (run) => withRig({ kinds: ['preview', 'photo', 'video'], state: 'started' }, async (made) => {
  const [surface] = made.surfaces;
  await next(surface, 'imageArrival');
  const shown = await surface.readLatestImage();
  const recorder = await media.createAVRecorder();
  await run([made.manager, made.session, made.input, ...Object.values(made.outputs), surface, shown, recorder], made);
});

test('every method with every odd value, and on every odd object', () => withAll(async (objects, made) => {
  const pending = [];
  const attempt = (run) => {
    try {
      const answer = run();
      if (answer instanceof Promise) pending.push(answer.catch((error) => assert.ok(error instanceof Error)));
    } catch (error) {
      assert.ok(error instanceof Error, `${error}`);
      assert.ok(typeof error.code === 'number' || error instanceof TypeError || error instanceof RangeError, error.stack);
    }
  };
  for (const object of objects)
    for (const [name, run] of functionsOf(object)) {
      for (const odd of oddValues(made)) {
        for (const args of lists(odd)) attempt(() => run.apply(object, args));
        if (odd !== object) assert.throws(() => run.call(odd), `${name} of an odd object`);
      }
      for (const other of objects)
        if (Object.getPrototypeOf(other) !== Object.getPrototypeOf(object)) assert.throws(() => run.call(other), `${name} of another class`);
    }
  await Promise.all(pending);
}));

test('nobody makes objects with the constructors', () => withAll((objects) => {
  for (const { constructor } of objects) {
    assert.throws(() => new constructor(), { code: INVALID });
    assert.throws(() => new (class extends constructor {})(), { code: INVALID });
    assert.throws(() => Reflect.construct(constructor, [], Object), { code: INVALID });
    assert.throws(() => Reflect.construct(Object, [], constructor).release());
    assert.throws(() => constructor());
  }
}));

test('changed prototypes, frozen and foreign objects', () => withRig({ state: 'config' }, async (made) => {
  const { session, input, outputs: { preview } } = made;
  // What an object is does not depend on its prototype.
  Object.setPrototypeOf(preview, Object.getPrototypeOf(session));
  assert.throws(() => preview.beginConfig());
  assert.throws(() => session.addInput(preview), { code: INVALID });
  Object.setPrototypeOf(preview, null);
  session.removeOutput(preview);
  session.addOutput(preview);
  for (const object of [session, input, preview, made.surfaces[0]]) Object.freeze(object);
  session.on('error', () => {});
  session.off('error');
  assert.equal(await codeOf(() => session.commitConfig()), 0);
  assert.equal(await codeOf(() => session.start()), 0);
  await next(made.surfaces[0], 'imageArrival');
  Object.defineProperty(made.outputs, 'preview', { value: made.surfaces[0] }); // which has a release() still
}));

test('what a program has put into Object.prototype is nobody\'s property', async () => {
  const names = ['function', 'once', 'shape', 'listener', 'event0', 'event1', 'event2', 'session', 'input', 'outputs', 'surface',
    'main', 'code', 'detail', 'clock', 'whole', 'y'];
  const heard = [];
  const trap = { configurable: true, get: () => 'not a number', set(value) { throw new Error(`set to ${value}`); } };
  for (const name of names) Object.defineProperty(Object.prototype, name, trap);
  try {
    const manager = camera.getCameraManager({ cameras: 'virtual:1' });
    manager.on('foldStatusChange', () => {});
    manager.off('foldStatusChange');
    const [device] = manager.getSupportedCameras();
    const session = manager.createSession(2);
    session.on('error', () => heard.push('error'));
    session.off('error');
    assert.throws(() => session.addInput(manager.createCameraInput(device)),
      (error) => Object.hasOwn(error, 'code') && error.code === 7400102 && error.detail !== 'not a number');
    await session.release();
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
});

test('what a program does to the slots of an object is its own loss', () => withRig({ kinds: ['preview', 'photo'], state: 'started' }, async (made) => {
  const { session, surfaces: [surface], outputs } = made;
  const photo = await new Promise((resolve) => {
    outputs.photo.once('photoAvailable', (error, taken) => resolve(taken));
    outputs.photo.capture();
  });
  const objects = [session, surface, outputs.preview, outputs.photo, made.manager, photo, photo.main];
  for (const object of objects)
    for (const symbol of Object.getOwnPropertySymbols(object)) {
      assert.throws(() => { object[symbol] = {}; }, TypeError);
      for (const name of ['event0', 'event1', 'event2', 'session', 'input', 'outputs', 'surface', 'main', 'y', 'whole'])
        object[symbol][name] = [{ function: 5, once: {}, shape: -1, listener: 'x' }, session, null];
      object[symbol].outputs = { length: 4294967295 };
    }
  for (const object of objects)
    for (const event of ['error', 'imageArrival', 'cameraStatus', 'frameStart'])
      try {
        object.off?.(event);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
  await photo.release()?.catch(() => {});
}));

test('getters that release what the call is about', async () => {
  const { manager, device } = cameras();
  const [{ format, size }] = manager.getSupportedOutputCapability(device, 2).previewProfiles;
  const receiver = image.createImageReceiver(size, 2000, 8);
  const id = await receiver.getReceivingSurfaceId();
  const releasing = { size, get format() { receiver.release(); gc(); return format; } };
  assert.equal(await codeOf(() => manager.createPreviewOutput(releasing, id)), INVALID);

  await withRig({ kinds: ['photo'] }, async (made) => {
    const setting = { get quality() { made.session.release(() => {}); made.outputs.photo.release(() => {}); gc(); return 0; } };
    await codeOf(() => made.outputs.photo.capture(setting)); // either is in time
  });
  const session = manager.createSession(1);
  await codeOf(() => session.setOptions({ get reattach() { session.release(() => {}); return true; } })); // as above
  const recorder = await media.createAVRecorder();
  assert.notEqual(await codeOf(() => recorder.prepare({ get url() { recorder.release(() => {}); return 'fd://1'; } })), 0);
  assert.throws(() => manager.createCameraInput({ get cameraId() { throw new SyntaxError('mine'); } }), SyntaxError);
});

test('ids that end in the middle, or are no text', () => {
  const { manager, device } = cameras();
  for (const cameraId of [`${device.cameraId}\0`, `${device.cameraId}\0more`, '\ud800', '', 'x'.repeat(1 << 20)])
    assert.throws(() => manager.createCameraInput({ ...device, cameraId }), { code: INVALID });
  for (const list of ['virtual:1\0', 'virtual:\ud800', 'x'.repeat(2000)])
    assert.throws(() => camera.getCameraManager({ cameras: list }), { code: INVALID });
  for (const id of ['1\0', '\0', '-1', '0x10', '99999999999999999999999', '\u0661', '1e3', ' 1'])
    assert.throws(() => manager.createPreviewOutput(id), { code: INVALID });
});

test('the bytes of an image that are transferred stay as they are after its release', async (t) => {
  v8.setFlagsFromString('--harmony-rab-gsab-transfer');
  const transfer = vm.runInNewContext('ArrayBuffer.prototype.transfer');
  const running = await stream({ capacity: 2 });
  try {
    for (const move of [
      (buffer) => structuredClone(buffer, { transfer: [buffer] }),
      (buffer) => {
        const { port1 } = new MessageChannel();
        port1.postMessage(buffer, [buffer]);
        port1.close();
        return buffer;
      },
      (buffer) => transfer?.call(buffer),
    ]) {
      const shown = await takeOne(running.receiver);
      const { byteBuffer } = await shown.getComponent(ComponentType.YUV_Y);
      const expected = Buffer.from(new Uint8Array(byteBuffer));
      let moved;
      try {
        moved = move(byteBuffer);
      } catch (error) {
        assert.equal(error.name, 'DataCloneError');
      }
      if (moved === undefined) t.diagnostic('the runtime does not transfer');
      await shown.release();
      assert.equal(byteBuffer.byteLength, 0);
      assert.equal(await codeOf(() => shown.getComponent(ComponentType.YUV_Y)), MISSING);
      if (moved === undefined || moved === byteBuffer) continue;
      for (let i = 0; i < 12; i++) await (await takeOne(running.receiver)).release();
      assert.deepEqual(Buffer.from(moved), expected);
    }
  } finally {
    await running.end();
  }
});

test('objects that are sent to others arrive without what they can do', () => withAll((objects) => {
  for (const object of objects) {
    let copy = {};
    try {
      copy = structuredClone(object);
    } catch (error) {
      assert.equal(error.name, 'DataCloneError');
    }
    for (const [, run] of functionsOf(object)) assert.throws(() => run.call(copy));
  }
}));

test('an image outlives its receiver, its session and its camera', async () => {
  const running = await stream();
  const shown = await takeOne(running.receiver);
  await running.end();
  gc();
  const { byteBuffer } = await shown.getComponent(ComponentType.YUV_Y);
  assert.ok(new Uint8Array(byteBuffer).some((byte) => byte !== 0));
  await shown.release();
});
