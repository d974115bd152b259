// SPDX-License-Identifier: Apache-2.0

/* What the tests of image receivers and images have in common: a running preview, and the number that a
 * virtual camera draws into each picture. */

import assert from 'node:assert/strict';
import { cameras, image, profileOf, SceneMode, YUV_420_SP } from './rig.mjs';

export const { ComponentType } = image;
/** "There is no image", in the numbers of the image kit. */
export const MISSING = 62980104;

/** The number of V4L2 for four letters. */
export const fourcc = (letters) => Buffer.from(letters, 'latin1').readUInt32LE();

/** A session that sends previews of these sizes and formats to one receiver. Ends with `end()`. */
export async function stream({ list = 'virtual:1', capacity = 8, previews = [{}], started = true } = {}) {
  const { manager, device } = cameras(list);
  const offers = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_VIDEO).previewProfiles;
  const made = { manager, input: manager.createCameraInput(device), session: manager.createSession(SceneMode.NORMAL_VIDEO) };
  made.receiver = image.createImageReceiver({ width: 640, height: 360 }, image.ImageFormat.JPEG, capacity);
  made.outputs = [];
  made.end = async () => {
    await made.session.release().catch(() => {});
    for (const output of made.outputs) await output.release().catch(() => {});
    await made.receiver.release();
    await made.input.close().catch(() => {});
  };
  try {
    const id = await made.receiver.getReceivingSurfaceId();
    await made.input.open();
    made.session.beginConfig();
    made.session.addInput(made.input);
    for (const wanted of previews) {
      made.outputs.push(manager.createPreviewOutput(profileOf(offers, { width: 640, height: 360, format: YUV_420_SP, ...wanted }), id));
      made.session.addOutput(made.outputs.at(-1));
    }
    await made.session.commitConfig();
    if (started) await made.session.start();
  } catch (error) {
    await made.end();
    throw error;
  }
  return made;
}

/** Reads an image at each arrival until `look(image, count)` answers true. What it does not keep, it releases. */
export function watch(receiver, look) {
  let count = 0;
  return new Promise((resolve, reject) => {
    const arrived = async (...args) => {
      try {
        assert.deepEqual(args, [undefined, undefined]);
        const shown = await receiver.readNextImage();
        if (!(await look(shown, count++))) return;
        receiver.off('imageArrival', arrived);
        resolve();
      } catch (error) {
        receiver.off('imageArrival', arrived);
        reject(error);
      }
    };
    receiver.on('imageArrival', arrived);
  });
}

/** So many images, none of them released. */
export async function take(receiver, wanted) {
  const taken = [];
  await watch(receiver, (shown) => taken.push(shown) === wanted);
  return taken;
}

/** One image at its arrival. */
export async function takeOne(receiver) {
  return (await take(receiver, 1))[0];
}

/** Waits for so many arrivals, and reads nothing. */
export function arrivals(receiver, wanted) {
  return new Promise((resolve) => {
    let count = 0;
    const arrived = () => {
      if (++count !== wanted) return;
      receiver.off('imageArrival', arrived);
      resolve();
    };
    receiver.on('imageArrival', arrived);
  });
}

/** The number in the picture's top row of cells; null: there is none. `bright(x, y)` tells the luma. */
export function numberIn({ width }, bright) {
  const middle = Math.floor(width / 80);
  let cells = 0n;
  for (let cell = 0; cell < 40; cell++)
    cells = cells << 1n | BigInt(bright(Math.floor((2 * cell + 1) * width / 80), middle) > 128);
  const number = cells >> 4n & 0xffffffffn;
  let check = 5n;
  for (let nibble = 0n; nibble < 8n; nibble++) check ^= number >> 4n * nibble & 15n;
  return cells === (10n << 36n | number << 4n | check) ? Number(number) : null;
}

/** The same, read from a component that begins with luma, or red. */
export function numberOf(shown, { byteBuffer, rowStride, pixelStride }) {
  const bytes = new Uint8Array(byteBuffer);
  return numberIn(shown.size, (x, y) => bytes[y * rowStride + x * pixelStride]);
}
