// SPDX-License-Identifier: Apache-2.0

/* A photo program as ArkTS programs have it: a preview, and one photo that is written to a file. */

import { writeFileSync } from 'node:fs';

import { camera } from '@kit.CameraKit';
import { image } from '@kit.ImageKit';
import { common } from '@kit.AbilityKit';
import { BusinessError } from '@kit.BasicServicesKit';

export class PhotoPage {
  private context: common.Context;
  private file: string;
  private receiver: image.ImageReceiver | undefined = undefined;
  private cameraInput: camera.CameraInput | undefined = undefined;
  private previewOutput: camera.PreviewOutput | undefined = undefined;
  private photoOutput: camera.PhotoOutput | undefined = undefined;
  private photoSession: camera.PhotoSession | undefined = undefined;
  private onFirstFrame: (bytes: number) => void = () => {};
  /** Resolves with the number of bytes of the preview's first frame. */
  public firstFrame: Promise<number> = new Promise<number>((resolve) => {
    this.onFirstFrame = resolve;
  });
  public captureIds: Array<number> = [];

  constructor(context: common.Context, file: string) {
    this.context = context;
    this.file = file;
  }

  private onImageArrival(receiver: image.ImageReceiver): void {
    receiver.on('imageArrival', () => {
      receiver.readNextImage((err: BusinessError, nextImage: image.Image) => {
        if (err || nextImage === undefined) {
          console.error(`readNextImage failed, code: ${err?.code}.`);
          return;
        }
        nextImage.getComponent(image.ComponentType.JPEG, (err: BusinessError, component: image.Component) => {
          if (!err && component.byteBuffer.byteLength > 0) {
            this.onFirstFrame(component.byteBuffer.byteLength);
          }
          nextImage.release();
        });
      });
    });
  }

  async start(): Promise<void> {
    const cameraManager: camera.CameraManager = camera.getCameraManager(this.context);
    const cameraArray: Array<camera.CameraDevice> = cameraManager.getSupportedCameras();
    const sceneModes: Array<camera.SceneMode> = cameraManager.getSupportedSceneModes(cameraArray[0]);
    if (sceneModes.indexOf(camera.SceneMode.NORMAL_PHOTO) < 0) {
      console.error('photo mode not support');
      return;
    }
    const capability: camera.CameraOutputCapability =
      cameraManager.getSupportedOutputCapability(cameraArray[0], camera.SceneMode.NORMAL_PHOTO);
    const previewProfile: camera.Profile = capability.previewProfiles[0];
    const photoProfile: camera.Profile | undefined = capability.photoProfiles.find((profile: camera.Profile) => {
      return profile.format === camera.CameraFormat.CAMERA_FORMAT_JPEG &&
        profile.size.width === previewProfile.size.width && profile.size.height === previewProfile.size.height;
    });

    this.receiver = image.createImageReceiver(previewProfile.size, image.ImageFormat.JPEG, 8);
    this.onImageArrival(this.receiver);
    const surfaceId: string = await this.receiver.getReceivingSurfaceId();

    this.cameraInput = cameraManager.createCameraInput(cameraArray[0]);
    this.cameraInput.on('error', cameraArray[0], (error: BusinessError) => {
      console.error(`Camera input error code: ${error.code}`);
    });
    await this.cameraInput.open();
    this.previewOutput = cameraManager.createPreviewOutput(previewProfile, surfaceId);
    this.photoOutput = cameraManager.createPhotoOutput(photoProfile);

    this.photoSession = cameraManager.createSession(camera.SceneMode.NORMAL_PHOTO) as camera.PhotoSession;
    this.photoSession.on('error', (error: BusinessError) => {
      console.error(`Capture session error code: ${error.code}`);
    });
    this.photoSession.beginConfig();
    this.photoSession.addInput(this.cameraInput);
    this.photoSession.addOutput(this.previewOutput);
    this.photoSession.addOutput(this.photoOutput);
    await this.photoSession.commitConfig();
    if (this.photoSession.isFocusModeSupported(camera.FocusMode.FOCUS_MODE_CONTINUOUS_AUTO)) {
      this.photoSession.setFocusMode(camera.FocusMode.FOCUS_MODE_CONTINUOUS_AUTO);
    }
    const zoomRatioRange: Array<number> = this.photoSession.getZoomRatioRange();
    if (zoomRatioRange.length > 0) {
      this.photoSession.setZoomRatio(zoomRatioRange[0]);
    }
    await this.photoSession.start();
  }

  takePhoto(): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const photoOutput: camera.PhotoOutput | undefined = this.photoOutput;
      if (photoOutput === undefined) {
        reject(new Error('the camera is not started'));
        return;
      }
      photoOutput.on('captureStartWithInfo', (err: BusinessError, info: camera.CaptureStartInfo) => {
        this.captureIds.push(info.captureId);
      });
      photoOutput.on('photoAvailable', (err: BusinessError, photo: camera.Photo) => {
        if (err || photo === undefined) {
          reject(err);
          return;
        }
        const imageObj: image.Image = photo.main;
        imageObj.getComponent(image.ComponentType.JPEG, async (err: BusinessError, component: image.Component) => {
          if (err || component === undefined) {
            reject(err);
            return;
          }
          writeFileSync(this.file, new Uint8Array(component.byteBuffer));
          await photo.release();
          resolve(this.file);
        });
      });
      const settings: camera.PhotoCaptureSetting = {
        quality: camera.QualityLevel.QUALITY_LEVEL_HIGH,
        rotation: camera.ImageRotation.ROTATION_0,
        location: { latitude: 48.1, longitude: 11.6, altitude: 519 },
        mirror: false
      };
      photoOutput.capture(settings, (err: BusinessError) => {
        if (err) {
          reject(err);
        }
      });
    });
  }

  async stop(): Promise<void> {
    await this.photoSession?.stop();
    await this.photoSession?.release();
    await this.cameraInput?.close();
    await this.previewOutput?.release();
    await this.photoOutput?.release();
    await this.receiver?.release();
  }
}
