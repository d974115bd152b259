// SPDX-License-Identifier: Apache-2.0

/* The collector: what is forgotten goes, with the library's half of it, and what is in use stays. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { collected, collectUntil, gc, memory, sanitized, surfacePlace } from './guest.mjs';
import { arrivals, stream, take } from './image-rig.mjs';
import { camera, cameras, image, media, next, outputOf, profiles, rig, SceneMode } from './rig.mjs';

const { manager, device } = cameras();
const chosen = profiles(manager, device);
const surface = image.createImageReceiver(chosen.preview.size, image.ImageFormat.JPEG, 8);
const surfaceId = await surface.getReceivingSurfaceId();

const classes = {
  CameraInput: () => manager.createCameraInput(device),
  PhotoSession: () => manager.createSession(SceneMode.NORMAL_PHOTO),
  VideoSession: () => manager.createSession(SceneMode.NORMAL_VIDEO),
  CaptureSession: () => manager.createCaptureSession(),
  PreviewOutput: () => manager.createPreviewOutput(chosen.preview, surfaceId),
  PhotoOutput: () => manager.createPhotoOutput(chosen.photo),
  VideoOutput: () => manager.createVideoOutput(chosen.video, surfaceId),
  MetadataOutput: () => manager.createMetadataOutput([0]),
  ImageReceiver: () => image.createImageReceiver(640, 360, image.ImageFormat.JPEG, 8),
  AVRecorder: () => media.createAVRecorder(),
};

/* Each object has listeners, which make the library's half greater, and a circle through one of them. */
async function makeAndForget(make, count, registry) {
  for (let i = 0; i < count; i++) {
    const made = await make();
    made.on(made instanceof surface.constructor ? 'imageArrival' : 'error', () => made);
    registry.register(made);
  }
}

/* Waits until a forgotten session has given its camera back, which happens on the library's threads. */
async function cameraIsFree() {
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  session.beginConfig();
  await collectUntil('the camera can be had', () => session.canAddInput(input));
  await session.release();
}

for (const [name, make] of Object.entries(classes)) {
  test(`10,000 objects of ${name} come and go`, async () => {
    const round = 1000;
    let gone = 0;
    const levels = [];
    const registry = new FinalizationRegistry(() => gone++);
    for (let i = 1; i <= 10; i++) {
      await makeAndForget(make, round, registry);
      await collectUntil(`${gone} of ${i * round} are gone`, () => gone === i * round);
      if (i >= 3) levels.push(memory());
    }
    // A handle of the library that is not given back takes more than 800 bytes. The allocator takes
    // pages in leaps, so that one round says little.
    const growths = levels.slice(1).map((level, at) => (level - levels[at]) / round).sort((a, b) => a - b);
    if (!sanitized) assert.ok(growths[3] < 600, `each object left ${growths.map(Math.round)} bytes`);
  });
}

test('the surfaces of forgotten receivers and recorders are given back', async () => {
  for (let i = 0; i < 10; i++) {
    const registry = new FinalizationRegistry(() => gone++);
    let gone = 0;
    await makeAndForget(classes.ImageReceiver, 500, registry);
    await collectUntil('all receivers are gone', () => gone === 500);
  }
  const recorders = [];
  const record = async () => {
    const recorder = await media.createAVRecorder();
    await recorder.prepare({ videoSourceType: media.VideoSourceType.VIDEO_SOURCE_TYPE_SURFACE_YUV, url: 'file:///nonexistent/file.mkv',
      profile: { fileFormat: media.ContainerFormatType.CFT_MKV, videoCodec: media.CodecMimeType.VIDEO_MJPEG,
        videoFrameWidth: 640, videoFrameHeight: 360, videoFrameRate: 30, videoBitrate: 1000000 } });
    await recorder.getInputSurface();
    recorders.push(new WeakRef(recorder));
  };
  for (let i = 0; i < 200; i++) await record();
  await collected('every recorder', recorders);
  // At no time were there more than some rounds of them; 5,000 and more that were never given back would fill the table.
  await collectUntil('the places are free', async () => await surfacePlace(image) < 4000);
});

test('a forgotten session gives its camera to the next one', async () => {
  const useCamera = async (forget) => {
    const input = manager.createCameraInput(device);
    const session = manager.createSession(SceneMode.NORMAL_VIDEO);
    await input.open();
    session.beginConfig();
    await collectUntil('the camera can be had', () => session.canAddInput(input));
    session.addInput(input);
    if (!forget) await session.release();
  };
  for (let i = 0; i < 20; i++) await useCamera(true);
  await useCamera(false);
});

test('a circle of a session, its outputs, receivers, listeners and closures is collected', async () => {
  const weak = [];
  await (async () => {
    const made = await rig({ kinds: ['preview', 'photo', 'video', 'metadata'] });
    const all = [made.session, made.input, ...Object.values(made.outputs), ...made.surfaces];
    for (const object of all) {
      object.on(made.surfaces.includes(object) ? 'imageArrival' : 'error', () => all);
      weak.push(new WeakRef(object));
    }
    await made.session.start();
    await made.session.stop();
  })();
  await collected('the circle', weak);
  await cameraIsFree();
});

test('a started session of which all is forgotten streams on', async () => {
  let count = 0;
  let enough;
  const weak = [];
  await (async () => {
    const made = await stream();
    const { receiver, session } = made;
    weak.push(new WeakRef(session), new WeakRef(receiver));
    receiver.on('imageArrival', async () => {
      const shown = await receiver.readNextImage();
      await shown.release();
      if (++count % 10 === 0) enough?.();
    });
  })();
  for (let i = 0; i < 3; i++) {
    gc();
    await turn();
    await new Promise((resolve) => { enough = resolve; });
  }
  assert.ok(weak.every((reference) => reference.deref() !== undefined));
  await weak[0].deref().stop();
  await collected('the stopped session', weak);
  await cameraIsFree();
});

test('what has a pending operation is kept until that ends', async () => {
  const weak = [];
  const began = async () => {
    const made = await rig({ state: 'config' });
    weak.push(new WeakRef(made.session));
    return [made.session.commitConfig().then(() => 'committed'),
      new Promise((resolve) => { made.session.start((error) => resolve(error ?? 'started')); }),
      made.session.stop().then(() => 'stopped')];
  };
  const pending = await began();
  gc();
  await turn();
  gc();
  assert.deepEqual(await Promise.all(pending), ['committed', 'started', 'stopped']);
  await collected('the session', weak);
  await cameraIsFree();
});

test('a photo output that nobody has tells of its photo', async () => {
  const weak = [];
  const photo = await (async () => {
    const made = await rig({ kinds: ['photo'] });
    weak.push(new WeakRef(made.outputs.photo));
    const available = next(made.outputs.photo, 'photoAvailable');
    await made.outputs.photo.capture();
    return (gc(), await turn(), gc(), available);
  })();
  assert.ok((await photo.main.getComponent(image.ComponentType.JPEG)).byteBuffer.byteLength > 0);
  await photo.release();
  await collected('the output', weak);
  await cameraIsFree();
});

test('forgotten images give their frames back', async () => {
  const running = await stream({ capacity: 4 });
  let gone = 0;
  const registry = new FinalizationRegistry(() => gone++);
  try {
    // All that can be held at the same time, again and again: without the frames none would come any more.
    for (let i = 1; i <= 12; i++) {
      for (const shown of await take(running.receiver, 6)) {
        const { byteBuffer } = await shown.getComponent(image.ComponentType.YUV_Y);
        assert.ok(byteBuffer.byteLength > 0);
        registry.register(shown);
      }
      await collectUntil('the images are gone', () => gone >= 6 * i - 1);
    }
  } finally {
    await running.end();
  }
});

test('bytes outlive their image while they are looked at', async () => {
  const running = await stream({ capacity: 4 });
  try {
    let shown = (await take(running.receiver, 1))[0];
    const weak = new WeakRef(shown);
    const { byteBuffer } = await shown.getComponent(image.ComponentType.YUV_Y);
    const bytes = new Uint8Array(byteBuffer);
    const copy = bytes.slice();
    shown = null;
    await collected('the image', [weak]);
    await arrivals(running.receiver, 10);
    assert.deepEqual(bytes, copy);
  } finally {
    await running.end();
  }
});

test('the manager stays as long as its environment', async () => {
  const weak = new WeakRef(camera.getCameraManager({ cameras: 'virtual:2' }));
  await turn();
  gc();
  await turn();
  gc();
  assert.equal(weak.deref(), camera.getCameraManager({ cameras: 'virtual:2' }));
});

test.after(() => surface.release());
