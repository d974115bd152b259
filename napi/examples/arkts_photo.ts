// SPDX-License-Identifier: Apache-2.0

/* arkts_photo: a photo program as ArkTS programmers write it for a phone; on Linux it runs as it is.
 *
 * Run, in the folder napi (types are stripped by TypeScript, the modules come from the loader):
 *
 *   npx tsc -p examples                                       writes build/examples/arkts_photo.js
 *   node --import camera-session/register build/examples/arkts_photo.js [file]
 *
 * Node 22.18 and later strip the types themselves:
 *
 *   node --import camera-session/register examples/arkts_photo.ts [file] */

import { writeFileSync } from 'node:fs';

import { camera } from '@kit.CameraKit';
import { image } from '@kit.ImageKit';
import type { common } from '@kit.AbilityKit';
import type { BusinessError } from '@kit.BasicServicesKit';

class CameraService {
  private cameraManager: camera.CameraManager;
  private cameraInput: camera.CameraInput | undefined = undefined;
  private previewOutput: camera.PreviewOutput | undefined = undefined;
  private photoOutput: camera.PhotoOutput | undefined = undefined;
  private session: camera.PhotoSession | undefined = undefined;
  private previewReceiver: image.ImageReceiver | undefined = undefined;

  constructor(context: common.Context) {
    this.cameraManager = camera.getCameraManager(context);
  }

  /* A phone has an XComponent to show its preview; here a receiver stands for it. */
  private async createPreviewSurface(size: image.Size): Promise<string> {
    this.previewReceiver = image.createImageReceiver(size, image.ImageFormat.JPEG, 8);
    return this.previewReceiver.getReceivingSurfaceId();
  }

  async initCamera(): Promise<void> {
    const cameraArray: Array<camera.CameraDevice> = this.cameraManager.getSupportedCameras();
    if (cameraArray.length <= 0) {
      throw new Error('cameraManager.getSupportedCameras error');
    }
    const cameraDevice: camera.CameraDevice = cameraArray[0];
    console.info(`camera: ${cameraDevice.cameraId}, position ${cameraDevice.cameraPosition}`);

    const cameraOutputCap: camera.CameraOutputCapability =
      this.cameraManager.getSupportedOutputCapability(cameraDevice, camera.SceneMode.NORMAL_PHOTO);
    const previewProfile: camera.Profile = cameraOutputCap.previewProfiles[0];
    const photoProfile: camera.Profile | undefined = cameraOutputCap.photoProfiles.find((profile: camera.Profile) => {
      return profile.format === camera.CameraFormat.CAMERA_FORMAT_JPEG &&
        profile.size.width === previewProfile.size.width && profile.size.height === previewProfile.size.height;
    });
    if (photoProfile === undefined) {
      throw new Error('no photo profile has the size of the preview');
    }

    this.cameraInput = this.cameraManager.createCameraInput(cameraDevice);
    this.cameraInput.on('error', cameraDevice, (error: BusinessError) => {
      console.error(`Camera input error code: ${error.code}`);
    });
    await this.cameraInput.open();

    const surfaceId: string = await this.createPreviewSurface(previewProfile.size);
    this.previewOutput = this.cameraManager.createPreviewOutput(previewProfile, surfaceId);
    this.photoOutput = this.cameraManager.createPhotoOutput(photoProfile);

    this.session = this.cameraManager.createSession<camera.PhotoSession>(camera.SceneMode.NORMAL_PHOTO);
    this.session.on('error', (error: BusinessError) => {
      console.error(`Capture session error code: ${error.code}`);
    });
    this.session.beginConfig();
    this.session.addInput(this.cameraInput);
    this.session.addOutput(this.previewOutput);
    this.session.addOutput(this.photoOutput);
    await this.session.commitConfig();
    await this.session.start();
    this.setControls(this.session);
  }

  /* What a camera does not have is asked for before it is used, as on any device. */
  private setControls(session: camera.PhotoSession): void {
    if (session.hasFlash() && session.isFlashModeSupported(camera.FlashMode.FLASH_MODE_AUTO)) {
      session.setFlashMode(camera.FlashMode.FLASH_MODE_AUTO);
    }
    if (session.isFocusModeSupported(camera.FocusMode.FOCUS_MODE_CONTINUOUS_AUTO)) {
      session.setFocusMode(camera.FocusMode.FOCUS_MODE_CONTINUOUS_AUTO);
    }
    const zoomRatioRange: Array<number> = session.getZoomRatioRange();
    if (zoomRatioRange.length > 0) {
      session.setZoomRatio(zoomRatioRange[0]);
    }
  }

  takePicture(path: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const photoOutput: camera.PhotoOutput | undefined = this.photoOutput;
      if (photoOutput === undefined) {
        reject(new Error('the camera is not initialised'));
        return;
      }
      photoOutput.on('photoAvailable', (err: BusinessError, photo: camera.Photo): void => {
        if (err || photo === undefined) {
          reject(err);
          return;
        }
        const imageObj: image.Image = photo.main;
        imageObj.getComponent(image.ComponentType.JPEG, (errCode: BusinessError, component: image.Component): void => {
          if (errCode || component === undefined) {
            reject(errCode);
            return;
          }
          try {
            writeFileSync(path, new Uint8Array(component.byteBuffer));
            console.info(`${path}: ${imageObj.size.width}x${imageObj.size.height}`);
            resolve();
          } catch (error) {
            reject(error);
          } finally {
            photo.release();
          }
        });
      });
      photoOutput.on('error', (error: BusinessError) => {
        reject(error);
      });
      const settings: camera.PhotoCaptureSetting = {
        quality: camera.QualityLevel.QUALITY_LEVEL_HIGH,
        rotation: camera.ImageRotation.ROTATION_0,
        mirror: false
      };
      photoOutput.capture(settings).catch(reject);
    });
  }

  async releaseCamera(): Promise<void> {
    await this.session?.stop();
    await this.session?.release();
    await this.cameraInput?.close();
    await this.previewOutput?.release();
    await this.photoOutput?.release();
    await this.previewReceiver?.release();
  }
}

async function main(): Promise<void> {
  const service: CameraService = new CameraService({});
  try {
    await service.initCamera();
    await service.takePicture(process.argv[2] ?? 'photo.jpg');
  } catch (error) {
    const err: BusinessError = error as BusinessError;
    console.error(`The camera call failed, error code: ${err.code}, ${err.message} ${err.detail ?? ''}`);
    process.exitCode = 1;
  } finally {
    await service.releaseCamera().catch(() => {});
  }
}

main();
