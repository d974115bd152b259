// SPDX-License-Identifier: Apache-2.0

/* snapshot: takes a photo and saves it as a JPEG file.
 *
 *   node snapshot.mjs [file] [camera-id]      defaults: photo.jpg, the first camera
 *
 * Shows a session with a preview and a photo output. The preview is there because a camera needs some frames to
 * measure the light: the photo is taken when it has, which the event "settled" tells. */

import { writeFile } from 'node:fs/promises';

import { camera, image } from 'camera-session';

import {
  bestProfile, cameraManager, chooseCamera, endAll, MJPG, nextEvent, runProgram, sameSize, takePhoto, virtualNotice,
} from './common.mjs';

/* Any format of a preview does: nobody looks at it. Motion-JPEG is how USB cameras give large pictures quickly. */
const previewFormats = [MJPG, camera.CameraFormat.CAMERA_FORMAT_YUV_420_SP, camera.CameraFormat.CAMERA_FORMAT_RGBA_8888];

/* The photo and the preview to use: of one size, near to Full HD. */
function chooseProfiles(manager, device) {
  const offer = manager.getSupportedOutputCapability(device, camera.SceneMode.NORMAL_PHOTO);
  const photos = offer.photoProfiles.filter((photo) => offer.previewProfiles.some((preview) =>
    previewFormats.includes(preview.format) && sameSize(preview, photo)));
  const photo = bestProfile(photos, { width: 1920, height: 1080 }, [camera.CameraFormat.CAMERA_FORMAT_JPEG]);
  if (photo === undefined) throw new Error(`${device.name} (${device.cameraId}) offers no JPEG photos.`);
  return { photo, preview: bestProfile(offer.previewProfiles, photo.size, previewFormats) };
}

await runProgram('snapshot', async ([file = 'photo.jpg', id]) => {
  const manager = cameraManager();
  const device = chooseCamera(manager, id);
  const notice = virtualNotice(device);
  if (notice) console.log(notice);
  const profiles = chooseProfiles(manager, device);
  const made = [];
  try {
    const input = manager.createCameraInput(device);
    await input.open();
    made.push(() => input.close());
    const receiver = image.createImageReceiver(profiles.preview.size, image.ImageFormat.JPEG, 4);
    made.push(() => receiver.release());
    const preview = manager.createPreviewOutput(profiles.preview, await receiver.getReceivingSurfaceId());
    made.push(() => preview.release());
    const photoOutput = manager.createPhotoOutput(profiles.photo);
    made.push(() => photoOutput.release());

    const session = manager.createSession(camera.SceneMode.NORMAL_PHOTO);
    made.push(() => session.release());
    session.beginConfig();
    session.addInput(input);
    session.addOutput(preview);
    session.addOutput(photoOutput);
    await session.commitConfig();
    const settled = nextEvent(session, 'settled', { failing: [session] });
    await Promise.all([settled, session.start()]);

    const { bytes, width, height } = await takePhoto(photoOutput, { quality: camera.QualityLevel.QUALITY_LEVEL_HIGH });
    await writeFile(file, bytes);
    console.log(`${file}: ${width}x${height}, ${Math.floor(bytes.length / 1024)} KiB, ` +
      `taken with ${device.name} (${device.cameraId})`);
  } finally {
    await endAll(made);
  }
});
