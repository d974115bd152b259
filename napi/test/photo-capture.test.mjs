// SPDX-License-Identifier: Apache-2.0

/* Captures: every form of the call, the events in their order, and what the setting does to the photo. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codeOf, image, next, rig } from './rig.mjs';

const kinds = ['preview', 'photo'];
const all = ['captureStart', 'captureStartWithInfo', 'frameShutter', 'frameShutterEnd', 'captureReady', 'photoAvailable',
  'capturePhotoAvailable', 'captureEnd', 'error', 'photoAssetAvailable', 'estimatedCaptureDuration'];

/* Logs all events of a photo output as [name, data]. */
function listen(output) {
  const log = [];
  for (const name of all)
    output.on(name, (...args) => log.push([name, args[args.length - 1], args.length]));
  return log;
}

/* The bytes of a photo. */
async function bytesOf(photo) {
  const { byteBuffer } = await photo.main.getComponent(image.ComponentType.JPEG);
  return Buffer.from(byteBuffer.slice(0));
}

/* Width and height, from the frame header of a JPEG. */
function sizeOf(jpeg) {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    assert.equal(jpeg[at], 0xff, `a marker at ${at}`);
    if (jpeg[at + 1] >= 0xc0 && jpeg[at + 1] <= 0xc2)
      return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
  }
  throw new Error('no frame header');
}

/* Takes a photo, gives its bytes. */
async function take(output, ...setting) {
  const coming = next(output, 'photoAvailable');
  await output.capture(...setting);
  const photo = await coming;
  const bytes = await bytesOf(photo);
  await photo.release();
  return bytes;
}

for (const state of ['committed', 'started'])
  test(`captures in a session that is ${state}: each form, each event once and in order`, async () => {
    const { outputs: { photo: output }, profiles, end } = await rig({ kinds, state });
    try {
      const log = listen(output);
      const forms = [
        () => output.capture(),
        () => new Promise((resolve, reject) => {
          const answer = output.capture((error, ...rest) => {
            assert.deepEqual(rest, [undefined]);
            return error === undefined ? resolve() : reject(error);
          });
          assert.equal(answer, undefined);
        }),
        () => output.capture({ quality: 1 }),
        () => new Promise((resolve, reject) => {
          const answer = output.capture({ rotation: 180 }, (error) => (error === undefined ? resolve() : reject(error)));
          assert.equal(answer, undefined);
        }),
      ];
      for (const [index, form] of forms.entries()) {
        const ended = next(output, 'captureEnd');
        assert.equal(await form(), undefined);
        assert.deepEqual(await ended, { captureId: index + 1, frameCount: 1 });
        const events = log.splice(0);
        assert.deepEqual(events.map(([name]) => name), all.slice(0, 8));
        const data = Object.fromEntries(events);
        assert.equal(data.captureStart, index + 1);
        assert.equal(data.captureStartWithInfo.captureId, index + 1);
        assert.ok(data.captureStartWithInfo.time > 0);
        assert.equal(data.frameShutter.captureId, index + 1);
        assert.ok(data.frameShutter.timestamp > 0);
        assert.deepEqual(data.frameShutterEnd, { captureId: index + 1 });
        assert.equal(data.captureReady, undefined);
        // AsyncCallback has (error, data), Callback has (data).
        for (const [name, , count] of events)
          assert.equal(count, name === 'capturePhotoAvailable' ? 1 : 2, name);
        for (const name of ['photoAvailable', 'capturePhotoAvailable']) {
          const photo = data[name];
          assert.deepEqual(photo.main.size, profiles.photo.size);
          assert.equal(photo.main.format, 2000);
          assert.equal(photo.main.timestamp, data.frameShutter.timestamp);
          assert.equal(photo.rawImage, undefined);
          const bytes = await bytesOf(photo);
          assert.equal(bytes.readUInt16BE(0), 0xffd8);
          assert.equal(bytes.readUInt16BE(bytes.length - 2), 0xffd9);
          assert.deepEqual(sizeOf(bytes), { ...profiles.photo.size });
        }
        // Both have the same picture and each its own hold on it.
        await data.photoAvailable.release();
        assert.equal((await bytesOf(data.capturePhotoAvailable)).readUInt16BE(0), 0xffd8);
        await data.capturePhotoAvailable.release();
      }
    } finally {
      await end();
    }
  });

test('captures that are not awaited come one after the other', async () => {
  const { outputs: { photo: output }, end } = await rig({ kinds, state: 'started' });
  try {
    const numbers = [];
    const last = new Promise((resolve) => {
      output.on('captureEnd', (error, { captureId, frameCount }) => {
        assert.equal(frameCount, 1);
        numbers.push(captureId);
        if (numbers.length === 5) resolve();
      });
    });
    await Promise.all(Array.from({ length: 5 }, () => output.capture()));
    await last;
    assert.deepEqual(numbers, [1, 2, 3, 4, 5]);
  } finally {
    await end();
  }
});

test('the setting: quality, rotation, location, and fields that are left out', async () => {
  const { outputs: { photo: output }, profiles, end } = await rig({ kinds: ['photo'] });
  try {
    const { width, height } = profiles.photo.size;
    // A picture that the camera gives as JPEG is passed on as it is, unless it is turned.
    const turned = { rotation: 180 };
    const sizes = {};
    for (const quality of [0, 1, 2]) sizes[quality] = (await take(output, { ...turned, quality })).length;
    assert.ok(sizes[0] > sizes[1] && sizes[1] > sizes[2], `bytes by quality: ${JSON.stringify(sizes)}`);
    for (const rotation of [0, 90, 180, 270])
      assert.deepEqual(sizeOf(await take(output, { rotation })),
        rotation % 180 === 0 ? { width, height } : { width: height, height: width });

    // The nearest of the three steps; it says more than `quality`.
    for (const [compressionQuality, step] of [[100, 0], [90, 0], [89, 1], [75, 1], [74, 2], [0, 2]]) {
      const bytes = (await take(output, { ...turned, quality: 0, compressionQuality })).length;
      const distances = [0, 1, 2].map((quality) => Math.abs(bytes - sizes[quality]));
      assert.equal(distances.indexOf(Math.min(...distances)), step, `${compressionQuality}: ${bytes} bytes`);
    }

    // A place is in the EXIF data as degrees, and its altitude as a fraction.
    const where = { latitude: 12.5, longitude: -34.25, altitude: 0 };
    const without = await take(output, {});
    const withPlace = await take(output, { location: where });
    const high = await take(output, { location: { ...where, altitude: undefined } });
    const gps = (bytes) => exif(bytes, 0x8825);
    assert.equal(gps(without), undefined);
    assert.notEqual(gps(withPlace), undefined);
    assert.notEqual(gps(high), undefined, 'the altitude may be left out');
    for (const location of [undefined, {}, { latitude: undefined, longitude: undefined, altitude: undefined }])
      assert.equal(gps(await take(output, { location })), undefined);
    const nothing = { quality: undefined, rotation: undefined, location: undefined, mirror: undefined, compressionQuality: undefined };
    assert.deepEqual(sizeOf(await take(output, nothing)), { width, height });
  } finally {
    await end();
  }
});

/* The value of a tag of the first directory in the EXIF data; undefined when it is not there. */
function exif(jpeg, tag) {
  const start = jpeg.indexOf('Exif\0\0', 0, 'latin1');
  assert.notEqual(start, -1, 'EXIF data');
  const tiff = jpeg.subarray(start + 6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  for (let entry = 0; entry < u16(directory); entry++) {
    const at = directory + 2 + entry * 12;
    if (u16(at) === tag) return u32(at + 8);
  }
  return undefined;
}

test('wrong settings are refused at once, with what is wrong', async () => {
  const { outputs: { photo: output }, end } = await rig({ kinds: ['photo'] });
  try {
    const never = () => assert.fail('the callback of a call that threw was called');
    const cases = [
      [[undefined], /setting must be an object, not undefined/],
      [[null], /setting must be an object/],
      [['high'], /setting must be an object, not a string/],
      [[{}, 5], /callback must be a function/],
      [[{}, never, 1], /capture\(\)/],
      [[never, {}], /capture\(\)/],
      [[{ quality: 3 }], /quality is 3/],
      [[{ quality: 'high' }], /quality must be an integer/],
      [[{ quality: null }], /quality must be an integer/],
      [[{ rotation: 45 }], /rotation is 45/],
      [[{ rotation: 0.5 }], /rotation must be an integer/],
      [[{ mirror: 1 }], /mirror must be a boolean, not the number 1/],
      [[{ location: 'here' }], /location must be an object/],
      [[{ location: { latitude: 1 } }], /longitude must be a number, not undefined/],
      [[{ location: { altitude: 1 } }], /latitude must be a number, not undefined/],
      [[{ location: { latitude: 91, longitude: 0 } }], /latitude/],
      [[{ location: { latitude: NaN, longitude: 0 } }], /latitude/],
      [[{ location: { latitude: 1, longitude: 1, altitude: '1' } }], /altitude must be a number/],
      [[{ compressionQuality: 101 }], /compressionQuality must be from 0 to 100, not 101/],
      [[{ compressionQuality: -1 }], /compressionQuality/],
    ];
    for (const [args, detail] of cases)
      assert.throws(() => output.capture(...args), (error) => {
        assert.equal(error.code, 7400101, detail.source);
        assert.match(error.detail, detail);
        return true;
      });
    assert.throws(() => output.capture({ get quality() { throw new TypeError('mine'); } }), /^TypeError: mine$/);
    assert.equal(await codeOf(() => output.capture()), 0, 'none of them did any harm');
  } finally {
    await end();
  }
});

test('enableMirror() is for captures whose setting does not say, and needs a committed session', async () => {
  const { session, outputs: { photo: output }, end } = await rig({ kinds: ['photo'], state: 'config' });
  try {
    assert.equal(output.isMirrorSupported(), true);
    assert.equal(await codeOf(() => output.enableMirror(true)), 7400103);
    assert.equal(await codeOf(() => output.enableMirror(1)), 7400101);
    assert.equal(await codeOf(() => output.enableMirror()), 7400101);
    await session.commitConfig();
    assert.equal(output.enableMirror(true), undefined);
    assert.equal((await take(output)).readUInt16BE(0), 0xffd8);
  } finally {
    await end();
  }
  assert.equal(await codeOf(() => output.enableMirror(true)), 7400103, 'the output is released');
  assert.equal(await codeOf(() => output.isMirrorSupported()), 7400201);
});
