// SPDX-License-Identifier: Apache-2.0

/* What previews and videos give: frames and their events, frame rates, mirrored pictures, deferred surfaces,
 * profiles of preconfigured sessions, rotations. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { awake, cameras, codeOf, image, JPEG, next, profiles, receiver, rig, RGBA_8888, SceneMode } from './rig.mjs';

/* The next frame of a receiver. */
function frame(surface) {
  return new Promise((resolve, reject) => {
    surface.once('imageArrival', () => surface.readNextImage().then(resolve, reject));
  });
}

test('frameStart and frameEnd, once for each run, with the number of frames', async () => {
  const { session, outputs: { preview, video }, end } = await rig({ kinds: ['preview', 'video'] });
  try {
    const log = [];
    for (const [name, output] of Object.entries({ preview, video })) {
      output.on('frameStart', (...args) => log.push([name, 'start', ...args]));
      output.on('frameEnd', (...args) => log.push([name, 'end', ...args]));
      output.onFrameEnd((count) => log.push([name, 'onFrameEnd', count]));
      output.on('error', (error) => log.push([name, error]));
    }
    for (let run = 0; run < 2; run++) {
      let began = Promise.all([next(preview, 'frameStart'), next(preview, 'frameStart')]);
      await session.start();
      await began;
      began = next(video, 'frameStart');
      await video.start();
      await began;
      let ended = next(video, 'frameEnd');
      await video.stop();
      const videoCount = await ended;
      ended = next(preview, 'frameEnd');
      await session.stop();
      const previewCount = await ended;
      assert.ok(videoCount >= 1 && previewCount >= 1, `${videoCount}, ${previewCount}`);
      assert.deepEqual(log.splice(0), [
        ['preview', 'start', undefined, undefined],
        ['video', 'start', undefined, undefined],
        ['video', 'end', undefined, videoCount], ['video', 'onFrameEnd', videoCount],
        ['preview', 'end', undefined, previewCount], ['preview', 'onFrameEnd', previewCount],
      ]);
    }
  } finally {
    await end();
  }
});

test('the camera is unplugged: error, then frameEnd', async () => {
  const { session, outputs: { preview, video }, end } =
    await rig({ list: 'virtual:1+unplug@4f', kinds: ['preview', 'video'] });
  try {
    const log = { preview: [], video: [] };
    const over = Object.entries({ preview, video }).map(([name, output]) => {
      output.on('error', (error) => log[name].push(error.code));
      output.on('frameEnd', () => log[name].push('end'));
      return next(output, 'frameEnd');
    });
    await video.start();
    await session.start();
    await Promise.all(over);
    assert.deepEqual(log, { preview: [7400108, 'end'], video: [7400108, 'end'] });
    assert.equal(await codeOf(() => video.stop()), 7400201, 'it has ended by itself');
  } finally {
    await end();
  }
});

test('frame rates', async () => {
  const { manager, session, profiles: { video: profile, preview: previewProfile }, outputs: { preview, video }, end } =
    await rig({ kinds: ['preview', 'video'], state: 'config' });
  try {
    const lonely = manager.createDeferredPreviewOutput(previewProfile);
    for (const call of [() => lonely.getSupportedFrameRates(), () => lonely.getActiveFrameRate(), () => lonely.setFrameRate(10, 10)])
      assert.equal(await codeOf(call), 7400103, 'it is in no session');
    await lonely.release();

    const rates = preview.getSupportedFrameRates();
    assert.ok(rates.length > 0);
    for (const { min, max } of rates) assert.ok(min >= 1 && min <= max, `${min} to ${max}`);
    assert.deepEqual(video.getActiveFrameRate(), profile.frameRateRange, 'before commit it is the profile\'s');
    assert.equal(await codeOf(() => preview.getActiveFrameRate()), 7400103, 'commit chooses it');
    await session.commitConfig();
    assert.deepEqual(preview.getActiveFrameRate(), profile.frameRateRange);
    const { min } = profile.frameRateRange;
    assert.equal(await codeOf(() => video.setFrameRate(min, min)), 7400101, 'it is set already');
    assert.equal(await codeOf(() => preview.setFrameRate(1000, 1000)), 7400101);
    const other = rates.find((range) => range.min === range.max && range.min !== min);
    assert.equal(await codeOf(() => preview.setFrameRate(other.min, other.max)), 7400110, 'the video needs another');
    session.beginConfig();
    session.removeOutput(video);
    await session.commitConfig();
    assert.equal(preview.setFrameRate(other.min, other.max), undefined);
    assert.deepEqual(preview.getActiveFrameRate(), { min: other.min, max: other.max });
  } finally {
    await end();
  }
});

test('a deferred preview runs without a surface, and takes one once', async () => {
  const { manager, device, input, session, end } = await rig({ kinds: [], state: 'config' });
  const { preview: profile } = profiles(manager, device);
  const preview = manager.createDeferredPreviewOutput(profile);
  const surface = receiver(profile);
  try {
    session.addOutput(preview);
    await session.commitConfig();
    const began = next(preview, 'frameStart');
    await session.start();
    await began;
    assert.equal(await codeOf(() => preview.addDeferredSurface('none')), 7400101);
    assert.equal(await codeOf(() => preview.addDeferredSurface()), 7400101);
    const coming = frame(surface);
    assert.equal(preview.addDeferredSurface(await surface.getReceivingSurfaceId()), undefined);
    const first = await coming;
    assert.deepEqual(first.size, profile.size);
    await first.release();
    assert.equal(await codeOf(async () => preview.addDeferredSurface(await surface.getReceivingSurfaceId())), 7400102);
    assert.ok(input);
  } finally {
    await preview.release();
    await surface.release();
    await end();
  }
});

test('outputs without a profile get one from a preconfigured session', async () => {
  const { manager, device } = cameras();
  const surface = receiver({ size: { width: 1280, height: 720 } });
  const id = await surface.getReceivingSurfaceId();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  const outputs = [manager.createPreviewOutput(id), manager.createVideoOutput(id), manager.createPhotoOutput()];
  try {
    await input.open();
    session.preconfig(0, 2);
    session.beginConfig();
    session.addInput(input);
    for (const output of outputs) session.addOutput(output);
    await session.commitConfig();
    assert.deepEqual(outputs.map((output) => output.getActiveProfile().size.height), [720, 720, 1080],
      'previews and videos as asked for, and the largest photos of that shape');
    assert.ok(outputs[1].getActiveProfile().frameRateRange.max >= 1, 'a video has rates');
    assert.equal(outputs[0].getActiveProfile().frameRateRange, undefined);
  } finally {
    await session.release();
    for (const output of outputs) await output.release();
    await surface.release();
    await input.close();
  }
});

test('photos go to the surface of their output, too', async () => {
  const { manager, device, session, end } = await rig({ kinds: [], state: 'config' });
  const { photo: profile } = profiles(manager, device);
  const surface = image.createImageReceiver(profile.size, JPEG, 2);
  const photo = manager.createPhotoOutput(profile, await surface.getReceivingSurfaceId());
  try {
    session.addOutput(photo);
    await session.commitConfig();
    // The capture keeps the process until it has ended, and the picture may come to the surface after that.
    const arrived = awake(frame(surface));
    const available = next(photo, 'photoAvailable');
    await photo.capture();
    const both = [await arrived, (await available).main];
    for (const one of both) {
      assert.deepEqual(one.size, profile.size);
      const { byteBuffer } = await one.getComponent(image.ComponentType.JPEG);
      const bytes = Buffer.from(byteBuffer);
      assert.deepEqual([bytes.readUInt16BE(0), bytes.readUInt16BE(bytes.length - 2)], [0xffd8, 0xffd9]);
    }
    for (const one of both) await one.release();
  } finally {
    await photo.release();
    await surface.release();
    await end();
  }
});

/* ---- mirrored pictures, of a camera that shows a still one: dark on the left, light on the right ---- */

const width = 64;
const height = 48;

/* Runs a test with the list of such a camera. */
async function withStill(run) {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-still-'));
  const luma = Buffer.alloc(width * height, 0);
  for (let at = 0; at < luma.length; at++) luma[at] = at % width < width / 2 ? 30 : 220;
  const picture = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)]);
  writeFileSync(path.join(folder, 'still.y4m'), Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 C420\n`), picture, picture]));
  try {
    await run(`replay:${path.join(folder, 'still.y4m')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/* A session with one output, made with a profile of this camera. */
async function still(list, kind, profileKind, format) {
  const { manager, device } = cameras(list);
  const profile = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_VIDEO)[profileKind]
    .find((each) => each.format === format && each.size.width === width);
  const surface = receiver(profile);
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  await input.open();
  const output = kind === 'photo' ? manager.createPhotoOutput(profile)
    : manager.createVideoOutput(profile, await surface.getReceivingSurfaceId());
  session.beginConfig();
  session.addInput(input);
  session.addOutput(output);
  await session.commitConfig();
  const end = async () => {
    await session.release();
    await output.release();
    await surface.release();
    await input.close();
  };
  return { session, output, surface, end };
}

test('a mirrored video changes left and right', async () => {
  await withStill(async (list) => {
    const { output, surface, end } = await still(list, 'video', 'videoProfiles', RGBA_8888);
    try {
      assert.equal(output.isMirrorSupported(), true);
      const left = [];
      for (const mirror of [undefined, true, false]) {
        if (mirror !== undefined) assert.equal(output.enableMirror(mirror), undefined);
        const coming = frame(surface);
        await output.start();
        const picture = await coming;
        const { byteBuffer } = await picture.getComponent(image.ComponentType.JPEG);
        left.push(Buffer.from(byteBuffer)[0] > 128 ? 'light' : 'dark');
        const ended = next(output, 'frameEnd');
        await output.stop();
        await ended;
        await picture.release();
        // What still waits is of this run.
        while (await surface.readNextImage().then((old) => old.release().then(() => true), () => false));
      }
      assert.deepEqual(left, ['dark', 'light', 'dark']);
    } finally {
      await end();
    }
  });
});

test('mirrored photos: by the setting, by enableMirror(), and the setting counts for more', async () => {
  await withStill(async (list) => {
    const { output, end } = await still(list, 'photo', 'photoProfiles', JPEG);
    /* The picture's data, behind what tells of its time. */
    const take = async (...setting) => {
      const coming = next(output, 'photoAvailable');
      await output.capture(...setting);
      const photo = await coming;
      const bytes = Buffer.from((await photo.main.getComponent(image.ComponentType.JPEG)).byteBuffer.slice(0));
      await photo.release();
      return bytes.subarray(bytes.lastIndexOf(Buffer.from([0xff, 0xda]))).toString('hex');
    };
    try {
      const plain = await take();
      const mirrored = await take({ mirror: true });
      assert.notEqual(plain, mirrored);
      assert.equal(await take({ mirror: false }), plain);
      output.enableMirror(true);
      assert.equal(await take(), mirrored);
      assert.equal(await take({ quality: 0 }), mirrored);
      assert.equal(await take({ mirror: undefined }), mirrored);
      assert.equal(await take({ mirror: false }), plain);
      output.enableMirror(false);
      assert.equal(await take(), plain);
    } finally {
      await end();
    }
  });
});

test('rotations, from the camera and how the device is held', async () => {
  const { manager, device, profiles: { preview: profile }, session, outputs: { preview, video, photo }, end } =
    await rig({ kinds: ['preview', 'video', 'photo'], state: 'config' });
  try {
    assert.deepEqual([device.cameraOrientation, device.cameraPosition], [0, 0], 'what this test is made for');
    assert.equal(preview.getPreviewRotation(), 0);
    for (const [display, turn] of [[0, 0], [90, 90], [180, 180], [270, 270], [360, 0], [-90, 270], [undefined, 0]])
      assert.equal(preview.getPreviewRotation(display), turn, `${display}`);
    for (const [output, name] of [[photo, 'getPhotoRotation'], [video, 'getVideoRotation']]) {
      assert.equal(output[name](), 0);
      for (const [degrees, turn] of [[0, 0], [44, 0], [45, 90], [90, 90], [134, 90], [135, 180], [300, 270], [316, 0], [-1, 0], [-90, 270]])
        assert.equal(output[name](degrees), turn, `${name}(${degrees})`);
      for (const args of [['90'], [0.5], [NaN], [null], [0, 0]])
        assert.equal(await codeOf(() => output[name](...args)), 7400101, `${name}(${args})`);
    }
    for (const args of [[45], ['90'], [1e10], [0, 0]])
      assert.equal(await codeOf(() => preview.getPreviewRotation(...args)), 7400101, `${args}`);

    assert.equal(preview.setPreviewRotation(0), undefined, 'nothing to turn');
    assert.equal(preview.setPreviewRotation(90, true), undefined, 'the camera is built in upright');
    assert.equal(await codeOf(() => preview.setPreviewRotation(90)), 7400102);
    assert.equal(await codeOf(() => preview.setPreviewRotation(90, false)), 7400102);
    for (const args of [[], [45], [360], [-90], ['0'], [0, 1], [0, true, 1]])
      assert.equal(await codeOf(() => preview.setPreviewRotation(...args)), 7400101, `${args}`);

    const lonely = manager.createDeferredPreviewOutput(profile);
    assert.equal(await codeOf(() => lonely.getPreviewRotation(0)), 7400201, 'it is in no session');
    assert.equal(await codeOf(() => lonely.setPreviewRotation(0)), 7400201);
    await lonely.release();
    session.removeOutput(photo);
    assert.equal(await codeOf(() => photo.getPhotoRotation()), 7400201, 'it was taken out');
  } finally {
    await end();
  }
  assert.equal(await codeOf(() => video.getVideoRotation()), 7400201, 'it is released');
});

/* Runs a program that has the rig, in a process that is given ten seconds; what it prints. */
async function run(body) {
  const program = `import { rig, next } from ${JSON.stringify(new URL('./rig.mjs', import.meta.url).href)};\n${body}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 10000 });
  return stdout.trim().split('\n');
}

test('a video that was started alone keeps the process until it has ended', async () => {
  assert.deepEqual(await run(`
    const { outputs: { video } } = await rig({ kinds: ['preview', 'video'] });
    video.on('frameStart', () => { console.log('start'); video.stop(); });
    video.on('frameEnd', () => console.log('end'));
    await video.start();
  `), ['start', 'end']);
  // No frame comes, and who waits for one is told in some way: none of these may hang.
  const endings = ['await session.stop();', 'await video.stop();', 'session.beginConfig();', 'await session.release();',
    'await video.release();', 'await input.close();'];
  for (const ending of endings)
    for (const start of ['await video.start();', 'video.start().catch(() => {});'])
      assert.deepEqual(await run(`
        const { session, input, outputs: { video } } = await rig({ list: 'virtual:1+silent@0f', kinds: ['preview', 'video'] });
        if (${ending.includes('stop') && ending.includes('session')}) await session.start();
        ${start}
        ${ending}
        process.on('exit', () => console.log('over'));
      `), ['over'], start + ending);
});
