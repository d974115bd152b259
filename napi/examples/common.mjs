// SPDX-License-Identifier: Apache-2.0

/* What the examples have in common: which camera, which profile, one photo, and how they end. */

import { camera, image } from 'camera-session';

/** Formats of the camera's own are FourCC numbers; this one is JPEG pictures one after the other. */
export const MJPG = 0x47504a4d;

const formats = new Map([[3, 'RGBA'], [1003, 'NV21'], [2000, 'JPEG']]);

/** How people call a format: "NV21", "MJPG". */
export function formatName(format) {
  return formats.get(format) ?? String.fromCharCode(...[0, 8, 16, 24].map((shift) => (format >> shift) & 0xff)).trim();
}

/** How people call a profile: "1280x720 MJPG". */
export function profileName({ size, format }) {
  return `${size.width}x${size.height} ${formatName(format)}`;
}

/** What went wrong, as a sentence: the library's errors have a code, a text and a detail. */
export function errorText(error) {
  if (typeof error?.code !== 'number') return String(error?.message ?? error);
  return `${error.code}: ${error.message}${error.detail ? ` ${error.detail}` : ''}`;
}

/** The camera with this id, or the first one. */
export function chooseCamera(manager, id) {
  const cameras = manager.getSupportedCameras();
  const chosen = id === undefined ? cameras[0] : cameras.find(({ cameraId }) => cameraId === id);
  if (chosen !== undefined) return chosen;
  if (cameras.length === 0)
    throw new Error('There is no camera. CAMERA_SESSION_CAMERAS=virtual:1 gives a virtual one.');
  const names = cameras.map(({ cameraId, name }) => `${cameraId} (${name})`).join(', ');
  throw new Error(`There is no camera "${id}". There are: ${names}.`);
}

/** A plain word when nobody asked for a virtual camera and there is no other; else undefined. */
export function virtualNotice(device) {
  if (!device.cameraId.startsWith('virtual:') || process.env.CAMERA_SESSION_CAMERAS) return undefined;
  return 'No real camera was found: this is the built-in virtual one, which draws a moving picture.';
}

/**
 * Of some profiles the one that fits best: a size near to the wanted one counts most, then the order of the formats.
 * Undefined when there is none in these formats.
 */
export function bestProfile(profiles, { width, height }, wanted) {
  const cost = ({ size, format }) =>
    (Math.abs(size.width - width) + Math.abs(size.height - height)) * wanted.length + wanted.indexOf(format);
  return profiles.filter(({ format }) => wanted.includes(format))
    .reduce((best, profile) => (best === undefined || cost(profile) < cost(best) ? profile : best), undefined);
}

/** Whether two profiles have the same size. A camera gives one stream, so that a photo is best as large as a preview. */
export function sameSize(one, other) {
  return one.size.width === other.size.width && one.size.height === other.size.height;
}

/**
 * The next event of an object, as its data; an "error" of one of the others ends the wait as a rejection. After the
 * signal's abort nothing is waited for any more, and the promise stays as it is.
 */
export function nextEvent(object, event, { failing = [], signal } = {}) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      object.off(event, came);
      failing.forEach((other) => other.off('error', failed));
    };
    const came = (error, data) => {
      stop();
      error ? reject(error) : resolve(data);
    };
    const failed = (error) => {
      stop();
      reject(error);
    };
    object.on(event, came);
    failing.forEach((other) => other.on('error', failed));
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Takes one photo: {bytes, width, height}. One at a time: the photo that comes next is taken for this one. */
export async function takePhoto(photoOutput, setting = {}) {
  const waiting = new AbortController();
  let photo;
  try {
    const available = nextEvent(photoOutput, 'photoAvailable', { failing: [photoOutput], signal: waiting.signal });
    [photo] = await Promise.all([available, photoOutput.capture(setting)]);
  } finally {
    waiting.abort();
  }
  try {
    const { byteBuffer } = await photo.main.getComponent(image.ComponentType.JPEG);
    // The photo's memory goes back to the library, so this is a copy.
    return { bytes: Buffer.from(new Uint8Array(byteBuffer)), ...photo.main.size };
  } finally {
    await photo.release();
  }
}

/** Ends what was made, the newest first; what has ended already may refuse. */
export async function endAll(steps) {
  for (const step of steps.reverse()) await step().catch(() => {});
}

/** The manager of this computer's cameras, or of those in CAMERA_SESSION_CAMERAS. */
export function cameraManager(context = {}) {
  return camera.getCameraManager(context);
}

/** Runs a program; an unhappy end is a sentence and the exit code 1. */
export async function runProgram(name, program) {
  try {
    await program(process.argv.slice(2));
  } catch (error) {
    console.error(`${name}: ${errorText(error)}`);
    process.exitCode = 1;
  }
}
