// SPDX-License-Identifier: Apache-2.0

/* A video program as ArkTS programs have it: AVRecorder's surface for the video output, a preview beside. */

import * as fs from 'node:fs';

import { camera } from '@kit.CameraKit';
import { image } from '@kit.ImageKit';
import { media } from '@kit.MediaKit';
import { BusinessError } from '@kit.BasicServicesKit';

export async function videoRecording(context: object, path: string, frames: number): Promise<Array<string>> {
  const states: Array<string> = [];
  const cameraManager: camera.CameraManager = camera.getCameraManager(context);
  const cameraArray: Array<camera.CameraDevice> = cameraManager.getSupportedCameras();
  const capability: camera.CameraOutputCapability =
    cameraManager.getSupportedOutputCapability(cameraArray[0], camera.SceneMode.NORMAL_VIDEO);
  const previewProfile: camera.Profile = capability.previewProfiles[0];
  const profiles: Array<camera.VideoProfile> = capability.videoProfiles;
  const videoProfile: camera.VideoProfile | undefined = profiles.find((profile: camera.VideoProfile) => {
    return profile.size.width === previewProfile.size.width && profile.size.height === previewProfile.size.height;
  });
  if (videoProfile === undefined) {
    throw new Error('videoProfile is not found');
  }

  const file: number = fs.openSync(path, 'w+');
  const aVRecorderConfig: media.AVRecorderConfig = {
    videoSourceType: media.VideoSourceType.VIDEO_SOURCE_TYPE_SURFACE_YUV,
    profile: {
      fileFormat: media.ContainerFormatType.CFT_MKV,
      videoBitrate: 2000000,
      videoCodec: media.CodecMimeType.VIDEO_MJPEG,
      videoFrameWidth: videoProfile.size.width,
      videoFrameHeight: videoProfile.size.height,
      videoFrameRate: 30
    },
    url: `fd://${file}`
  };
  const avRecorder: media.AVRecorder = await media.createAVRecorder();
  avRecorder.on('stateChange', (state: media.AVRecorderState, reason: media.StateChangeReason) => {
    states.push(`${state} ${reason}`);
  });
  avRecorder.on('error', (err: BusinessError) => {
    console.error(`avRecorder error, code: ${err.code}`);
  });
  await avRecorder.prepare(aVRecorderConfig);
  const videoSurfaceId: string = await avRecorder.getInputSurface();
  const videoOutput: camera.VideoOutput = cameraManager.createVideoOutput(videoProfile, videoSurfaceId);
  videoOutput.on('error', (error: BusinessError) => {
    console.error(`Video output error code: ${error.code}`);
  });

  const receiver: image.ImageReceiver =
    image.createImageReceiver(previewProfile.size, image.ImageFormat.JPEG, 8);
  const previewOutput: camera.PreviewOutput =
    cameraManager.createPreviewOutput(previewProfile, await receiver.getReceivingSurfaceId());
  const enough: Promise<void> = new Promise((resolve) => {
    let count: number = 0;
    receiver.on('imageArrival', () => {
      receiver.readLatestImage().then((next: image.Image) => {
        next.release();
        count++;
        if (count === frames) {
          resolve();
        }
      }).catch(() => {});
    });
  });

  const cameraInput: camera.CameraInput = cameraManager.createCameraInput(cameraArray[0]);
  await cameraInput.open();
  const videoSession: camera.VideoSession =
    cameraManager.createSession(camera.SceneMode.NORMAL_VIDEO) as camera.VideoSession;
  videoSession.beginConfig();
  videoSession.addInput(cameraInput);
  videoSession.addOutput(previewOutput);
  videoSession.addOutput(videoOutput);
  await videoSession.commitConfig();
  await videoSession.start();
  await videoOutput.start();
  await avRecorder.start();

  await enough;

  await videoOutput.stop();
  await avRecorder.stop();
  await videoSession.stop();
  await avRecorder.release();
  fs.closeSync(file);
  await videoSession.release();
  await cameraInput.close();
  await videoOutput.release();
  await previewOutput.release();
  await receiver.release();
  return states;
}
