// SPDX-License-Identifier: Apache-2.0

/* What tests have in common: cameras of their own, profiles that go together, configured sessions. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

export const { camera, image, media } = createRequire(import.meta.url)('../index.js');

export const SceneMode = { NORMAL_PHOTO: 1, NORMAL_VIDEO: 2 };

/* Camera Kit's formats. */
export const RGBA_8888 = 3;
export const YUV_420_SP = 1003;
export const JPEG = 2000;

/** The manager of these cameras ("virtual:1+unplug@1s"), and the first of them. */
export function cameras(list = 'virtual:1') {
  const manager = camera.getCameraManager({ cameras: list });
  const [device] = manager.getSupportedCameras();
  assert.ok(device, `${list} has a camera`);
  return { manager, device };
}

/** A profile from a list: the first with this size and format, and at this rate when it has rates. */
export function profileOf(profiles, { width = 640, height = 360, format = YUV_420_SP, rate = 30 } = {}) {
  const found = profiles.find((profile) => profile.size.width === width && profile.size.height === height &&
    profile.format === format &&
    (profile.frameRateRange === undefined || (profile.frameRateRange.min <= rate && profile.frameRateRange.max >= rate)));
  assert.ok(found, `a profile of ${width}x${height}, format ${format}`);
  return found;
}

/** Small profiles that one session can serve together. */
export function profiles(manager, device, mode = SceneMode.NORMAL_VIDEO, size = {}) {
  const capability = manager.getSupportedOutputCapability(device, mode);
  return {
    preview: profileOf(capability.previewProfiles, size),
    photo: profileOf(capability.photoProfiles, { ...size, format: JPEG }),
    video: profileOf(capability.videoProfiles, size),
  };
}

/** A receiver whose frames are looked at by nobody; keep it as long as the output is used. */
export function receiver(profile) {
  return image.createImageReceiver(profile.size, JPEG, 8);
}

/** Makes an output of a kind ("preview", "photo", "video", "metadata"), with a surface where it needs one. */
export async function outputOf(manager, kind, chosen) {
  switch (kind) {
    case 'photo':
      return { output: manager.createPhotoOutput(chosen.photo) };
    case 'metadata':
      return { output: manager.createMetadataOutput([0]) };
    default: {
      const surface = receiver(chosen[kind]);
      const id = await surface.getReceivingSurfaceId();
      const create = kind === 'preview' ? 'createPreviewOutput' : 'createVideoOutput';
      return { output: manager[create](chosen[kind], id), surface };
    }
  }
}

/**
 * A session with an open input and outputs of these kinds, in this state ("config", "committed", "started").
 * `end()` releases all of it; call it in any case: try { ... } finally { await rig.end(); }
 */
export async function rig({ list = 'virtual:1', mode = SceneMode.NORMAL_VIDEO, kinds = ['preview'], state = 'committed',
  prepare = () => {} } = {}) {
  const { manager, device } = cameras(list);
  const chosen = profiles(manager, device, mode);
  const made = { manager, device, profiles: chosen, outputs: {}, surfaces: [] };
  made.input = manager.createCameraInput(device);
  made.session = manager.createSession(mode);
  made.end = async () => {
    // What was released by the test, or with something else, refuses.
    await made.session.release().catch(() => {});
    for (const output of Object.values(made.outputs)) await output.release().catch(() => {});
    for (const surface of made.surfaces) await surface.release?.().catch(() => {});
    await made.input.close().catch(() => {});
  };
  try {
    await made.input.open();
    prepare(made.session);
    made.session.beginConfig();
    made.session.addInput(made.input);
    for (const kind of kinds) {
      const { output, surface } = await outputOf(manager, kind, chosen);
      made.outputs[kind] = output;
      if (surface !== undefined) made.surfaces.push(surface);
      made.session.addOutput(output);
    }
    if (state !== 'config') await made.session.commitConfig();
    if (state === 'started') await made.session.start();
  } catch (error) {
    await made.end();
    throw error;
  }
  return made;
}

/** The next event of an object, as what its functions get: of (error, data) the data. */
export function next(object, event) {
  return new Promise((resolve) => object.once(event, (...args) => resolve(args.length > 1 ? args[1] : args[0])));
}

/** Waits for something that does not keep the process running by itself: a camera that comes, for instance. */
export async function awake(promise) {
  const timer = setInterval(() => {}, 60000);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

/** The code that something throws or rejects with; 0 when it does not. The error must be a whole one. */
export async function codeOf(run) {
  try {
    await run();
    return 0;
  } catch (error) {
    assert.ok(error instanceof Error, `an Error, not ${error}`);
    assert.equal(typeof error.code, 'number', `${error}`);
    assert.ok(typeof error.detail === 'string' && error.detail !== '', `a detail: ${error}`);
    return error.code;
  }
}

/** The same for the form with a callback. */
export function codeOfCallback(object, method, ...args) {
  return codeOf(() => new Promise((resolve, reject) => {
    const answer = object[method](...args, (error) => (error ? reject(error) : resolve()));
    assert.equal(answer, undefined, `${method}() with a callback returns nothing`);
  }));
}

/** Runs a module with this text, which has most of what is exported here, in a process of its own: the lines that it
 * printed, and how it ended. One that does not end is killed. */
export function child(body) {
  const code = `import { awake, camera, cameras, next, rig } from ${JSON.stringify(import.meta.url)};\n${body}`;
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const guard = setTimeout(() => running.kill('SIGKILL'), 20000);
    let text = '';
    running.stdout.on('data', (data) => { text += data; });
    running.on('error', reject);
    running.on('close', (status, signal) => {
      clearTimeout(guard);
      resolve({ text: text.trim().split('\n'), status, signal });
    });
  });
}
