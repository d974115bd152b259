// SPDX-License-Identifier: Apache-2.0

/* record: records a video into a file while a preview runs beside it, and says how fast the frames come.
 *
 *   node record.mjs [file] [seconds] [camera-id]      defaults: video.mkv, 5, the first camera
 *
 * Ctrl-C stops earlier and finishes the file; so does a camera that is unplugged.
 *
 * Shows media.AVRecorder with a video output. Nothing is encoded: the file has the frames as the camera gives them.
 * So Motion-JPEG is asked for where the camera has it, else the file has uncompressed pictures and is large. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { camera, image, media } from 'camera-session';

import {
  bestProfile, cameraManager, chooseCamera, endAll, MJPG, nextEvent, profileName, runProgram, sameSize, virtualNotice,
} from './common.mjs';

const formats = [MJPG, camera.CameraFormat.CAMERA_FORMAT_YUV_420_SP];

function readSeconds(text) {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86400)) throw new Error(`The seconds must be a number from 0 to 86400, not "${text}".`);
  return seconds;
}

/* A video near to 1280x720 and 30 frames per second, and a preview of the same kind. */
function chooseProfiles(manager, device) {
  const offer = manager.getSupportedOutputCapability(device, camera.SceneMode.NORMAL_VIDEO);
  const distance = ({ frameRateRange: { min, max } }) => Math.abs(min - 30) + Math.abs(max - 30);
  const videos = offer.videoProfiles.filter((video) => offer.previewProfiles.some((preview) =>
    preview.format === video.format && sameSize(preview, video)));
  // The first of equally good ones is taken, so the rates are put into order before.
  const video = bestProfile(videos.sort((a, b) => distance(a) - distance(b)), { width: 1280, height: 720 }, formats);
  if (video === undefined) throw new Error(`${device.name} (${device.cameraId}) offers no video that can be recorded.`);
  const preview = offer.previewProfiles.find((profile) => profile.format === video.format && sameSize(profile, video));
  return { video, preview };
}

/* Counts the preview's frames and says every second how many there were. */
function showRate(receiver) {
  const oneLine = process.stdout.isTTY === true;
  let frames = 0;
  receiver.on('imageArrival', async () => {
    frames++;
    // The camera has few buffers: what nobody looks at goes back at once. At the end there may be nothing to read.
    await receiver.readNextImage().then((frame) => frame.release()).catch(() => {});
  });
  const timer = setInterval(() => {
    process.stdout.write(oneLine ? `\r${frames} frames per second ` : `${frames} frames per second\n`);
    frames = 0;
  }, 1000);
  return () => {
    clearInterval(timer);
    if (oneLine) process.stdout.write('\r\x1b[K');
  };
}

/* Waits for the first of: so many seconds, Ctrl-C, a failure, which is returned. */
async function whileRecording(seconds, session, recorder) {
  const waiting = new AbortController();
  const { signal } = waiting;
  const interrupted = new Promise((resolve) => {
    process.once('SIGINT', resolve);
    // Afterwards Ctrl-C ends the program as usual.
    signal.addEventListener('abort', () => process.off('SIGINT', resolve), { once: true });
  });
  const time = new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
  const failed = new Promise((resolve) => {
    session.on('error', resolve);
    recorder.on('error', resolve);
  });
  try {
    return await Promise.race([interrupted.then(() => undefined), time, failed]);
  } finally {
    waiting.abort();
  }
}

async function report(file, video, frames, seconds) {
  const { size } = await stat(file);
  const megabytes = (size / 1e6).toFixed(1);
  console.log(`${file}: ${seconds.toFixed(1)} seconds, ${frames} frames, ${profileName(video)} in Matroska, ${megabytes} MB`);
}

await runProgram('record', async ([file = 'video.mkv', secondsText = '5', id]) => {
  const seconds = readSeconds(secondsText);
  const manager = cameraManager();
  const device = chooseCamera(manager, id);
  const notice = virtualNotice(device);
  if (notice) console.log(notice);
  const profiles = chooseProfiles(manager, device);
  const made = [];
  try {
    const recorder = await media.createAVRecorder();
    made.push(() => recorder.release());
    recorder.on('warning', (sentence) => console.error(`record: ${sentence}`));
    await recorder.prepare({
      videoSourceType: media.VideoSourceType.VIDEO_SOURCE_TYPE_SURFACE_YUV,
      profile: {
        fileFormat: media.ContainerFormatType.CFT_MKV,
        videoFrameWidth: profiles.video.size.width,
        videoFrameHeight: profiles.video.size.height,
        videoFrameRate: profiles.video.frameRateRange.max,
      },
      url: pathToFileURL(path.resolve(file)).href,
    });

    const input = manager.createCameraInput(device);
    await input.open();
    made.push(() => input.close());
    const videoOutput = manager.createVideoOutput(profiles.video, await recorder.getInputSurface());
    made.push(() => videoOutput.release());
    const receiver = image.createImageReceiver(profiles.preview.size, image.ImageFormat.JPEG, 4);
    made.push(() => receiver.release());
    const preview = manager.createPreviewOutput(profiles.preview, await receiver.getReceivingSurfaceId());
    made.push(() => preview.release());

    const session = manager.createSession(camera.SceneMode.NORMAL_VIDEO);
    made.push(() => session.release());
    session.beginConfig();
    session.addInput(input);
    session.addOutput(preview);
    session.addOutput(videoOutput);
    await session.commitConfig();
    const stopShowing = showRate(receiver);
    made.push(async () => stopShowing());
    await session.start();

    await recorder.start();
    await videoOutput.start();
    const began = performance.now();
    const name = `${device.name} (${device.cameraId})`;
    console.log(`Recording ${name}, ${profileName(profiles.video)}, for ${seconds} seconds; Ctrl-C stops.`);
    const ended = nextEvent(videoOutput, 'frameEnd');
    const failure = await whileRecording(seconds, session, recorder);

    const lasted = (performance.now() - began) / 1000;
    // Both refuse when the camera or the file is gone; the file is finished all the same.
    await videoOutput.stop().catch(() => {});
    await recorder.stop().catch(() => {});
    stopShowing();
    await report(file, profiles.video, await ended, lasted);
    if (failure) throw failure;
  } finally {
    await endAll(made);
  }
});
