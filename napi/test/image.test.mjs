// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { camera, cameras, codeOf, image, JPEG, next, profileOf, RGBA_8888, YUV_420_SP } from './rig.mjs';
import { ComponentType, fourcc, MISSING, numberOf, stream, takeOne, watch } from './image-rig.mjs';

const INVALID = camera.CameraErrorCode.INVALID_ARGUMENT;
const W = 640;
const H = 360;

/* The layouts: bytes in all, rows' distance, and for each component its length (or null: there is none) and
 * pixels' distance. */
const LAYOUTS = [
  { name: 'YUV_420_SP', format: YUV_420_SP, bytes: W * H * 1.5, stride: W, pixel: 1,
    y: [W * H, 1], u: [W * H / 2 - 1, 2], v: [W * H / 2, 2] },
  { name: 'NV21', format: fourcc('NV21'), bytes: W * H * 1.5, stride: W, pixel: 1,
    y: [W * H, 1], u: [W * H / 2 - 1, 2], v: [W * H / 2, 2] },
  { name: 'NV12', format: fourcc('NV12'), bytes: W * H * 1.5, stride: W, pixel: 1,
    y: [W * H, 1], u: [W * H / 2, 2], v: [W * H / 2 - 1, 2] },
  { name: 'YU12', format: fourcc('YU12'), bytes: W * H * 1.5, stride: W, pixel: 1,
    y: [W * H, 1], u: [W * H / 4, 1], v: [W * H / 4, 1] },
  { name: 'YUYV', format: fourcc('YUYV'), bytes: W * H * 2, stride: 2 * W, pixel: 2,
    y: [W * H * 2, 2], u: [W * H * 2 - 1, 4], v: [W * H * 2 - 3, 4] },
  { name: 'GREY', format: fourcc('GREY'), bytes: W * H, stride: W, pixel: 1, y: [W * H, 1], u: null, v: null },
  { name: 'RGBA', format: RGBA_8888, bytes: W * H * 4, stride: 4 * W, pixel: 4, y: null, u: null, v: null },
  { name: 'RGB3', format: fourcc('RGB3'), bytes: W * H * 3, stride: 3 * W, pixel: 3, y: null, u: null, v: null },
];

/* Cb and Cr of the eight bars that camera 0 draws, by BT.601 with 16 to 240. */
const BARS = [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191], [32, 32, 32]]
  .map(([r, g, b]) => {
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    return { u: 128 + 224 / 255 * (b - y) / 1.772, v: 128 + 224 / 255 * (r - y) / 1.402 };
  });

/* The chroma of each bar, in rows that the moving bar does not reach; `across` pixels share a sample. */
async function barsOf(shown, type, down) {
  const { byteBuffer, rowStride, pixelStride } = await shown.getComponent(type);
  const bytes = new Uint8Array(byteBuffer);
  const y = Math.floor(H * 5 / 8 / down);
  return BARS.map((_, bar) => bytes[y * rowStride + (bar * W / 8 + W / 16) / 2 * pixelStride]);
}

for (const { name, format, bytes, stride, pixel, ...parts } of LAYOUTS)
  test(`${name}: bytes, strides and components`, async () => {
    const running = await stream({ previews: [{ format }] });
    try {
      const shown = await takeOne(running.receiver);
      assert.equal(shown.format, format);
      assert.deepEqual(shown.size, { width: W, height: H });
      assert.deepEqual(shown.clipRect, { size: { width: W, height: H }, x: 0, y: 0 });
      const whole = await shown.getComponent(ComponentType.JPEG);
      assert.deepEqual(Object.keys(whole).sort(), ['byteBuffer', 'componentType', 'pixelStride', 'rowStride']);
      assert.ok(whole.byteBuffer instanceof ArrayBuffer);
      assert.deepEqual([whole.byteBuffer.byteLength, whole.rowStride, whole.pixelStride, whole.componentType],
        [bytes, stride, pixel, ComponentType.JPEG]);
      assert.equal(numberOf(shown, whole), shown.sequence);
      for (const [part, type] of [['y', ComponentType.YUV_Y], ['u', ComponentType.YUV_U], ['v', ComponentType.YUV_V]]) {
        if (parts[part] === null) {
          assert.throws(() => shown.getComponent(type), { code: INVALID, detail: /has no such component/ });
          continue;
        }
        const component = await shown.getComponent(type);
        assert.deepEqual([component.byteBuffer.byteLength, component.pixelStride, component.componentType], [...parts[part], type]);
      }
      if (parts.y !== null) assert.equal(numberOf(shown, await shown.getComponent(ComponentType.YUV_Y)), shown.sequence);
      if (parts.u !== null)
        for (const [part, type] of [['u', ComponentType.YUV_U], ['v', ComponentType.YUV_V]]) {
          const found = await barsOf(shown, type, name === 'YUYV' ? 1 : 2);
          found.forEach((value, bar) => assert.ok(Math.abs(value - BARS[bar][part]) < 3, `${part} of bar ${bar}: ${value}`));
        }
      await shown.release();
    } finally {
      await running.end();
    }
  });

test('Motion-JPEG: the bytes are a picture', async () => {
  const running = await stream({ previews: [{ format: fourcc('MJPG') }] });
  try {
    const shown = await takeOne(running.receiver);
    const { byteBuffer, rowStride, pixelStride } = await shown.getComponent(ComponentType.JPEG);
    assertJpeg(byteBuffer, W, H);
    assert.deepEqual([rowStride, pixelStride], [0, 0]);
    assert.throws(() => shown.getComponent(ComponentType.YUV_Y), { code: INVALID, detail: /MJPG/ });
    await shown.release();
  } finally {
    await running.end();
  }
});

/* From its first marker to its last, and of this size. */
function assertJpeg(buffer, width, height) {
  const bytes = new DataView(buffer);
  assert.equal(bytes.getUint16(0), 0xffd8);
  assert.equal(bytes.getUint16(buffer.byteLength - 2), 0xffd9);
  for (let at = 2; at < buffer.byteLength; at += 2 + bytes.getUint16(at + 2)) {
    const marker = bytes.getUint16(at);
    assert.equal(marker >> 8, 0xff);
    if (marker !== 0xffc0 && marker !== 0xffc2) continue;
    assert.deepEqual([bytes.getUint16(at + 7), bytes.getUint16(at + 5)], [width, height]);
    return;
  }
  assert.fail('no frame in the picture');
}

/* A session with nothing but a photo output; `id` is the surface of before API 11. */
async function photographer(id) {
  const { manager, device } = cameras();
  const profile = profileOf(manager.getSupportedOutputCapability(device, 1).photoProfiles, { format: JPEG });
  const made = { input: manager.createCameraInput(device), session: manager.createSession(1) };
  made.output = id === undefined ? manager.createPhotoOutput(profile) : manager.createPhotoOutput(profile, id);
  await made.input.open();
  made.session.beginConfig();
  made.session.addInput(made.input);
  made.session.addOutput(made.output);
  await made.session.commitConfig();
  await made.session.start();
  made.end = async () => {
    await made.session.release();
    await made.output.release();
    await made.input.close();
  };
  return made;
}

test('a photo comes to a receiver as a JPEG image', async () => {
  const receiver = image.createImageReceiver();
  const taking = await photographer(await receiver.getReceivingSurfaceId());
  try {
    const arrived = takeOne(receiver);
    await taking.output.capture();
    const shown = await arrived;
    assert.deepEqual([shown.format, shown.size], [JPEG, { width: W, height: H }]);
    assertJpeg((await shown.getComponent(ComponentType.JPEG)).byteBuffer, W, H);
    await shown.release();
  } finally {
    await taking.end();
    await receiver.release();
  }
});

test('the image of a photo: its bytes, which stay when the session is gone', async () => {
  const taking = await photographer();
  let photo;
  try {
    const available = next(taking.output, 'photoAvailable');
    await taking.output.capture();
    photo = await available;
  } finally {
    await taking.end();
  }
  const { main } = photo;
  assert.deepEqual([main.format, main.size], [JPEG, { width: W, height: H }]);
  assert.ok(main.timestamp > 0);
  const { byteBuffer } = await main.getComponent(ComponentType.JPEG);
  assertJpeg(byteBuffer, W, H);
  await main.release();
  assert.equal(byteBuffer.byteLength, 0);
  await photo.release();
});

test('getComponent gives the same each time', async () => {
  const running = await stream();
  try {
    const shown = await takeOne(running.receiver);
    const one = await shown.getComponent(ComponentType.JPEG);
    assert.equal(await shown.getComponent(ComponentType.JPEG), one);
    const luma = await shown.getComponent(ComponentType.YUV_Y);
    assert.notEqual(luma, one);
    assert.equal(await new Promise((resolve) => shown.getComponent(ComponentType.YUV_Y, (_, data) => resolve(data))), luma);
    // Both lie over the same memory: nothing is copied.
    new Uint8Array(luma.byteBuffer)[W * H / 2] ^= 0xff;
    assert.equal(new Uint8Array(one.byteBuffer)[W * H / 2], new Uint8Array(luma.byteBuffer)[W * H / 2]);
    await shown.release();
  } finally {
    await running.end();
  }
});

test('release takes the bytes away, from every view, and frames come on', async () => {
  const running = await stream({ capacity: 1 });
  try {
    let views;
    // More than the receiver could have at a time.
    await watch(running.receiver, async (shown, count) => {
      const whole = await shown.getComponent(ComponentType.JPEG);
      const luma = await shown.getComponent(ComponentType.YUV_Y);
      views = [new Uint8Array(whole.byteBuffer), new DataView(luma.byteBuffer)];
      const done = shown.release();
      // At once, not when the promise is settled.
      assert.equal(whole.byteBuffer.byteLength, 0);
      assert.equal(luma.byteBuffer.byteLength, 0);
      await done;
      assert.equal(views[0].length, 0);
      assert.equal(views[0][0], undefined);
      assert.throws(() => views[1].getUint8(0), TypeError);
      return count === 7;
    });
  } finally {
    await running.end();
  }
});

test('a released image still tells what it was, has no components, and is released again without harm', async () => {
  const running = await stream();
  try {
    const shown = await takeOne(running.receiver);
    const { sequence, timestamp, size } = shown;
    // Asked before the release, answered behind it.
    const late = new Promise((resolve) => shown.getComponent(ComponentType.JPEG, (error, data) => resolve({ error, data })));
    await shown.release();
    const { error, data } = await late;
    assert.equal(error.code, MISSING);
    assert.equal(data, undefined);
    assert.equal(await codeOf(() => shown.getComponent(ComponentType.JPEG)), MISSING);
    await shown.release();
    await new Promise((resolve, reject) => shown.release((problem) => (problem ? reject(problem) : resolve())));
    assert.deepEqual([shown.sequence, shown.timestamp, shown.size, shown.format], [sequence, timestamp, size, YUV_420_SP]);
  } finally {
    await running.end();
  }
});

test('wrong arguments are refused, and facts cannot be changed', async () => {
  const running = await stream();
  try {
    const shown = await takeOne(running.receiver);
    for (const args of [[], ['4'], [0], [5], [1.5], [4, 7], [4, () => {}, 1]])
      assert.throws(() => shown.getComponent(...args), (error) => error.code === INVALID && error.detail !== '', JSON.stringify(args));
    assert.throws(() => shown.release(7), { code: INVALID });
    assert.throws(() => shown.release(() => {}, 7), { code: INVALID });
    for (const name of ['size', 'format', 'clipRect', 'timestamp', 'colorSpace', 'sequence', 'flags'])
      assert.throws(() => { shown[name] = 1; }, TypeError, name);
    assert.throws(() => new shown.constructor(), { code: INVALID });
    await shown.release();
  } finally {
    await running.end();
  }
});

test('images stay as they are over stop, a new configuration and release', async () => {
  const running = await stream();
  try {
    const shown = await takeOne(running.receiver);
    const whole = await shown.getComponent(ComponentType.JPEG);
    await running.session.stop();
    assert.equal(numberOf(shown, whole), shown.sequence);
    running.session.beginConfig();
    await running.session.commitConfig();
    await running.session.start();
    await watch(running.receiver, (other, count) => other.release().then(() => count === 4));
    assert.equal(numberOf(shown, whole), shown.sequence);
    await running.end();
    assert.equal(numberOf(shown, whole), shown.sequence);
    assert.equal(numberOf(shown, await shown.getComponent(ComponentType.YUV_Y)), shown.sequence);
    await shown.release();
  } finally {
    await running.end();
  }
});

test('a program that writes into the bytes does no harm but to the picture', async () => {
  for (const format of [YUV_420_SP, fourcc('NV12'), fourcc('MJPG')]) {
    const running = await stream({ previews: [{ format }, { width: 320, height: 180, format: RGBA_8888 }] });
    try {
      await watch(running.receiver, async (shown, count) => {
        const bytes = new Uint8Array((await shown.getComponent(ComponentType.JPEG)).byteBuffer);
        bytes.fill(0x5a);
        assert.equal(bytes.at(-1), 0x5a);
        await shown.release();
        return count === 8;
      });
    } finally {
      await running.end();
    }
  }
});

/* Runs a program of the test's in a process of its own, which must end by itself. */
async function runApart(program, ...flags) {
  const rigs = ['./rig.mjs', './image-rig.mjs'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const text = `import { image } from ${JSON.stringify(rigs[0])};
    import { ComponentType, numberOf, stream, take, takeOne, watch } from ${JSON.stringify(rigs[1])};\n${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', text], { timeout: 30000 });
  return stdout.trim();
}

test('images that are forgotten give their frames back when they are collected', async () => {
  const said = await runApart(`
    const running = await stream({ capacity: 1 });
    // The surface hands out 3 frames at a time: without collecting it would stop there.
    await watch(running.receiver, async (shown, count) => {
      await shown.getComponent(ComponentType.JPEG);
      shown = null;
      setImmediate(gc);
      return count === 12;
    });
    await running.end();
    console.log('done');`, '--expose-gc');
  assert.equal(said, 'done');
});

test('bytes keep their frame when the image is collected', async () => {
  const said = await runApart(`
    const running = await stream();
    const facts = {};
    await watch(running.receiver, async (shown, count) => {
      if (count === 0) Object.assign(facts, await shown.getComponent(ComponentType.JPEG), { size: shown.size, sequence: shown.sequence });
      else await shown.release();
      gc();
      await new Promise(setImmediate);
      return count === 30;
    });
    console.log(numberOf(facts, facts) === facts.sequence);
    await running.end();`, '--expose-gc');
  assert.equal(said, 'true');
});

test('what is not released keeps no process alive', async () => {
  assert.equal(await runApart(`
    const running = await stream();
    globalThis.kept = await take(running.receiver, 3);
    globalThis.bytes = await kept[0].getComponent(ComponentType.JPEG);
    running.receiver.on('imageArrival', () => {});
    await running.session.release();
    console.log(numberOf(kept[0], bytes));`), '0');
});

test('a worker receives images of its own, and may be ended while it holds some', async () => {
  const rig = new URL('./image-rig.mjs', import.meta.url).href;
  const worker = new Worker(`
    import(${JSON.stringify(rig)}).then(async ({ stream, take, watch, numberOf, ComponentType }) => {
      const { parentPort } = await import('node:worker_threads');
      const running = await stream();
      globalThis.kept = await take(running.receiver, 3);
      const numbers = [];
      for (const shown of kept) numbers.push([shown.sequence, numberOf(shown, await shown.getComponent(ComponentType.JPEG))]);
      parentPort.postMessage(numbers);
      running.receiver.on('imageArrival', () => running.receiver.readLatestImage().then((shown) => shown.release()));
    });`, { eval: true });
  const numbers = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.deepEqual(numbers, [[0, 0], [1, 1], [2, 2]]);
  await worker.terminate();
  // The camera is free again, and this thread's half of the bridge is as it was.
  const running = await stream();
  const shown = await takeOne(running.receiver);
  assert.equal(numberOf(shown, await shown.getComponent(ComponentType.JPEG)), shown.sequence);
  await shown.release();
  await running.end();
});
