// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import test from 'node:test';
import { camera, codeOf, codeOfCallback, image } from './rig.mjs';
import { arrivals, ComponentType, MISSING, numberOf, stream, take, takeOne, watch } from './image-rig.mjs';

const INVALID = camera.CameraErrorCode.INVALID_ARGUMENT;

test('a receiver is made in three forms and tells what it was made with', async () => {
  const size = { width: 1280, height: 720 };
  for (const [args, capacity] of [
    [[1280, 720, image.ImageFormat.JPEG, 4], 4], [[size, image.ImageFormat.JPEG, 64], 64], [[{ size, capacity: 1 }], 1],
  ]) {
    const receiver = image.createImageReceiver(...args);
    assert.deepEqual(receiver.size, size);
    assert.equal(receiver.format, image.ImageFormat.JPEG);
    assert.equal(receiver.capacity, capacity);
    for (const name of ['size', 'format', 'capacity'])
      assert.throws(() => { receiver[name] = 1; }, TypeError, name);
    await receiver.release();
  }
  const plain = image.createImageReceiver();
  assert.equal(plain.capacity, 8);
  await plain.release();
});

test('wrong arguments are refused at once, with what is wrong', () => {
  const size = { width: 640, height: 480 };
  for (const [args, detail] of [
    [[640, 480, 2000], /the size must be an object, not the number 640/],
    [[640, 480], /takes 3 to 4 arguments, not 2/],
    [[640, 480, 2000, 8, 1], /takes 3 to 4 arguments, not 5/],
    [['640', 480, 2000, 8], /the width must be an integer of 32 bits, not a string/],
    [[640, 1.5, 2000, 8], /the height must be an integer/],
    [[640, 480, null, 8], /the format must be an integer of 32 bits, not null/],
    [[-1, 480, 2000, 8], /must not be negative, not -1 and 480/],
    [[{ width: 640 }, 2000, 8], /the size's height must be an integer of 32 bits, not undefined/],
    [[size, 2000, 0], /the capacity must be from 1 to 64, not 0/],
    [[size, 2000, 65], /the capacity must be from 1 to 64, not 65/],
    [[size, 2000, 'many'], /the capacity must be an integer of 32 bits, not a string/],
    [[7], /the options must be an object, not the number 7/],
    [[{ size: 7 }], /the size must be an object, not the number 7/],
    [[{ capacity: true }], /the options's capacity must be an integer of 32 bits, not a boolean/],
  ])
    assert.throws(() => image.createImageReceiver(...args), (error) => {
      assert.equal(error.code, INVALID);
      assert.match(error.detail, detail);
      return true;
    }, JSON.stringify(args));
});

test('methods refuse wrong arguments, and objects that are no receivers', async () => {
  const receiver = image.createImageReceiver();
  for (const method of ['getReceivingSurfaceId', 'readNextImage', 'readLatestImage', 'release']) {
    for (const args of [[7], [() => {}, 1]])
      assert.throws(() => receiver[method](...args), { code: INVALID }, `${method}(${args})`);
    assert.throws(() => receiver[method].call({}), method);
  }
  assert.throws(() => receiver.on('imageArival', () => {}), { code: INVALID, detail: /its events are: imageArrival/ });
  assert.throws(() => receiver.on('imageArrival'), { code: INVALID });
  assert.throws(() => receiver.on('imageArrival', 7), { code: INVALID });
  assert.throws(() => new receiver.constructor(), { code: INVALID });
  // None of these calls released it.
  assert.match(await receiver.getReceivingSurfaceId(), /^\d+$/);
  await receiver.release();
});

test('each receiver has a surface of its own', async () => {
  const receivers = [image.createImageReceiver(), image.createImageReceiver()];
  const ids = await Promise.all(receivers.map((receiver) => receiver.getReceivingSurfaceId()));
  assert.notEqual(ids[0], ids[1]);
  const id = await new Promise((resolve, reject) =>
    receivers[0].getReceivingSurfaceId((error, data) => (error ? reject(error) : resolve(data))));
  assert.equal(id, ids[0]);
  await Promise.all(receivers.map((receiver) => receiver.release()));
});

test('a callback is called after its function has returned', async () => {
  const receiver = image.createImageReceiver();
  for (const method of ['getReceivingSurfaceId', 'readNextImage', 'release'])
    await new Promise((resolve) => {
      let returned = false;
      receiver[method](() => {
        assert.ok(returned, method);
        resolve();
      });
      returned = true;
    });
});

test('reading where nothing waits, or after release, is an error', async () => {
  const receiver = image.createImageReceiver();
  for (const method of ['readNextImage', 'readLatestImage']) {
    assert.equal(await codeOf(() => receiver[method]()), MISSING);
    assert.equal(await codeOfCallback(receiver, method), MISSING);
  }
  const id = await receiver.getReceivingSurfaceId();
  await receiver.release();
  await receiver.release();
  await new Promise((resolve, reject) => receiver.release((error) => (error ? reject(error) : resolve())));
  for (const method of ['readNextImage', 'readLatestImage', 'getReceivingSurfaceId'])
    assert.equal(await codeOf(() => receiver[method]()), MISSING, method);
  const manager = camera.getCameraManager({ cameras: 'virtual:1' });
  const profile = manager.getSupportedOutputCapability(manager.getSupportedCameras()[0], 1).previewProfiles[0];
  assert.throws(() => manager.createPreviewOutput(profile, id), { code: INVALID, detail: /released/ });
});

test('a surface id that is none is refused', () => {
  const manager = camera.getCameraManager({ cameras: 'virtual:1' });
  const profile = manager.getSupportedOutputCapability(manager.getSupportedCameras()[0], 1).previewProfiles[0];
  for (const id of ['', 'surface', '-1', '1e3', ' 7', '0', '7', '99999999999999999999999', 7, undefined])
    assert.throws(() => manager.createPreviewOutput(profile, id), (error) => error.code === INVALID && error.detail !== '',
      String(id));
});

test('images arrive in order, each once, with the picture that was taken', async () => {
  const running = await stream();
  try {
    let last = null;
    await watch(running.receiver, async (shown, count) => {
      assert.equal(numberOf(shown, await shown.getComponent(ComponentType.JPEG)), shown.sequence);
      if (last === null) {
        assert.equal(shown.sequence, 0);
      } else {
        assert.ok(shown.sequence > last.sequence);
        assert.ok(shown.timestamp > last.timestamp);
      }
      last = { sequence: shown.sequence, timestamp: shown.timestamp };
      await shown.release();
      return count === 9;
    });
    const now = Number(process.hrtime.bigint());
    assert.ok(last.timestamp < now && last.timestamp > now - 10e9, 'nanoseconds of the monotonic clock');
  } finally {
    await running.end();
  }
});

test('images are read with callbacks, too', async () => {
  const running = await stream();
  try {
    await new Promise((resolve, reject) => {
      running.receiver.once('imageArrival', () => {
        running.receiver.readNextImage((error, shown) => {
          if (error) return reject(error);
          shown.getComponent(ComponentType.JPEG, (failure, component) => {
            if (failure) return reject(failure);
            const number = numberOf(shown, component);
            shown.release((problem) => {
              if (problem || number !== shown.sequence) return reject(problem ?? new Error(`picture ${number}`));
              resolve();
            });
          });
        });
      });
    });
  } finally {
    await running.end();
  }
});

test('once is one call, off ends them, a function counts once', async () => {
  const running = await stream();
  try {
    const calls = { once: 0, off: 0, twice: 0, form: 0 };
    const { receiver } = running;
    const gone = () => calls.off++;
    const twice = () => calls.twice++;
    const form = (...args) => {
      assert.deepEqual(args, [undefined]);
      calls.form++;
    };
    receiver.once('imageArrival', () => calls.once++);
    receiver.on('imageArrival', gone);
    receiver.on('imageArrival', twice);
    receiver.on('imageArrival', twice);
    receiver.onImageArrival(form);
    receiver.off('imageArrival', gone);
    await arrivals(receiver, 4);
    // Those that came first are called first; the fourth arrival has reached them all.
    assert.deepEqual(calls, { once: 1, off: 0, twice: 4, form: 4 });
    receiver.off('imageArrival');
    await arrivals(receiver, 2);
    assert.deepEqual(calls, { once: 1, off: 0, twice: 4, form: 4 });
  } finally {
    await running.end();
  }
});

test('a slow reader finds the newest images, and no more than the capacity', async () => {
  const running = await stream({ capacity: 3 });
  try {
    await arrivals(running.receiver, 8);
    const numbers = [];
    for (;;) {
      // What waits is read at once; frames that come meanwhile are another matter.
      const shown = await running.receiver.readNextImage();
      numbers.push(shown.sequence);
      await shown.release();
      if (numbers.length === 3) break;
    }
    assert.ok(numbers[0] >= 5, `the oldest of 8 were dropped: ${numbers}`);
    assert.deepEqual(numbers, [0, 1, 2].map((n) => numbers[0] + n));
    await takeOne(running.receiver).then((shown) => shown.release());
  } finally {
    await running.end();
  }
});

test('frames that are dropped before JavaScript has its turn are no news', async () => {
  const running = await stream({ capacity: 2 });
  try {
    await (await takeOne(running.receiver)).release();
    let events = 0;
    const sequences = [];
    const done = watch(running.receiver, async (shown) => {
      events++;
      sequences.push(shown.sequence);
      await shown.release();
      return events === 3;
    });
    // This thread sleeps, while 9 frames come.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    // watch() fails when an event comes for which nothing waits.
    await done;
    assert.ok(sequences[0] > 4, `${sequences}`);
  } finally {
    await running.end();
  }
});

test('the latest image is the newest, and those before it are given back', async () => {
  const running = await stream();
  try {
    const { receiver } = running;
    await arrivals(receiver, 5);
    const latest = await receiver.readLatestImage();
    assert.ok(latest.sequence >= 4);
    const next = await takeOne(receiver);
    assert.ok(next.sequence > latest.sequence, 'nothing older is left');
    await latest.release();
    await next.release();
  } finally {
    await running.end();
  }
});

test('a listener hears of images that wait already', async () => {
  const running = await stream();
  try {
    await arrivals(running.receiver, 4);
    await running.session.stop();
    // Nothing arrives any more. Would a new listener not be told, its reader stayed four images behind.
    const taken = await take(running.receiver, 4);
    assert.deepEqual(taken.map((shown) => shown.sequence), [0, 1, 2, 3]);
    for (const shown of taken) await shown.release();
  } finally {
    await running.end();
  }
});

test('as many images as the capacity can be held while new ones arrive', async () => {
  const sizes = [{ width: 320, height: 180 }, { width: 640, height: 360 }, { width: 1280, height: 720 }];
  // The library hands out 64 at a time: of the largest capacity one is left for what arrives.
  for (const [capacity, hold] of [[1, 1], [4, 4], [64, 62]]) {
    const running = await stream({ capacity, previews: hold > 8 ? sizes : [{}] });
    try {
      const { receiver } = running;
      const held = await take(receiver, hold);
      const last = Math.max(...held.map((shown) => shown.sequence));
      // Nothing is read, and still the newest arrive and take the place of older ones.
      const more = hold > 8 ? 12 : capacity + 4;
      await arrivals(receiver, more);
      const oldest = await receiver.readNextImage();
      assert.ok(oldest.sequence >= last + 3, `${oldest.sequence}, after ${last}`);
      await oldest.release();
      for (const shown of held)
        assert.equal(numberOf(shown, await shown.getComponent(ComponentType.YUV_Y)), shown.sequence, 'held, so not overwritten');
      for (const shown of held) await shown.release();
    } finally {
      await running.end();
    }
  }
});

test('one that holds all it can get goes on when it releases them', async () => {
  const running = await stream({ capacity: 2 });
  try {
    const held = await take(running.receiver, 5);
    for (const shown of held) await shown.release();
    const taken = await take(running.receiver, 5);
    assert.ok(taken[0].sequence > held.at(-1).sequence);
    for (const shown of taken) await shown.release();
  } finally {
    await running.end();
  }
});

test('two outputs send to one receiver, and each image says which size it has', async () => {
  const running = await stream({ previews: [{ width: 640, height: 360 }, { width: 320, height: 180 }] });
  try {
    const seen = new Map();
    await watch(running.receiver, async (shown) => {
      const component = await shown.getComponent(ComponentType.JPEG);
      assert.equal(component.byteBuffer.byteLength, shown.size.width * shown.size.height * 1.5);
      assert.equal(numberOf(shown, component), shown.sequence);
      seen.set(shown.size.width, (seen.get(shown.size.width) ?? 0) + 1);
      await shown.release();
      return seen.get(640) >= 3 && seen.get(320) >= 3;
    });
    assert.deepEqual([...seen.keys()].sort(), [320, 640]);
  } finally {
    await running.end();
  }
});

test('a released receiver tells nothing more, and its images and the session go on', async () => {
  const running = await stream();
  try {
    const shown = await takeOne(running.receiver);
    running.receiver.on('imageArrival', () => assert.fail('released'));
    await running.receiver.release();
    assert.equal(numberOf(shown, await shown.getComponent(ComponentType.JPEG)), shown.sequence);
    await shown.release();
    await running.session.stop();
    await running.session.start();
  } finally {
    await running.end();
  }
});

test('images stay as they are when the camera is unplugged', async () => {
  const running = await stream({ list: 'virtual:1+unplug@3f' });
  try {
    const failed = new Promise((resolve) => running.session.on('error', resolve));
    const shown = await takeOne(running.receiver);
    assert.equal((await failed).code, camera.CameraErrorCode.DEVICE_DISABLED);
    await running.session.release();
    assert.equal(numberOf(shown, await shown.getComponent(ComponentType.JPEG)), shown.sequence);
    await shown.release();
  } finally {
    await running.end();
  }
});
