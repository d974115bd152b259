// SPDX-License-Identifier: Apache-2.0

/* image, media, and what this package adds to Camera Kit: used with exactly these types. This program is compiled
 * and never run. */

import all, { version } from 'camera-session';
import camera from '@ohos.multimedia.camera';
import image from '@ohos.multimedia.image';
import media from '@ohos.multimedia.media';
import colorSpaceManager from '@ohos.graphics.colorSpaceManager';
import { AsyncCallback, BusinessError, Callback, ErrorCallback } from '@ohos.base';

import { exactly, some } from './exactly.js';

export function useModules(error: BusinessError, device: camera.CameraDevice): void {
  exactly<string>()(version);
  exactly<typeof camera>()(all.camera);
  exactly<camera.CameraManager>()(camera.getCameraManager({ cameras: 'virtual:2' }));
  exactly<camera.CameraManager>()(camera.getCameraManager(some<object>()));
  exactly<string | undefined>()(error.detail);
  exactly<number>()(error.code);
  exactly<string | undefined>()(device.name);
  exactly<colorSpaceManager.ColorSpace.SRGB>()(colorSpaceManager.ColorSpace.SRGB);
}

export function useSessions(it: camera.PhotoSession | camera.VideoSession, old: camera.CaptureSession): void {
  it.setOptions({});
  it.setOptions({ reattach: true, silenceMs: 1000, settleMs: -1 });
  old.setOptions({ reattach: false });
  exactly<boolean>()(old.canAddInput(some<camera.CameraInput>()));
  exactly<boolean>()(old.canAddOutput(some<camera.CameraOutput>()));
  const photos: camera.PhotoSession = some<camera.PhotoSession>();
  photos.on('settled', some<AsyncCallback<camera.SettledInfo>>());
  photos.once('reattached', some<AsyncCallback<camera.ReattachedInfo>>());
  photos.off('reattached');
  photos.onSettled((info) => exactly<number>()(info.sequence));
  photos.onReattached((info) => exactly<number>()(info.awayMs + info.running));
  photos.offSettled();
}

export function useOutputs(preview: camera.PreviewOutput, photo: camera.Photo): void {
  preview.on('frameEnd', (error: BusinessError, count: number) => exactly<number>()(count));
  preview.onFrameEnd((count: number) => exactly<number>()(count));
  exactly<image.Image | undefined>()(photo.rawImage);
}

export function useReceiver(it: image.ImageReceiver): void {
  exactly<image.ImageReceiver>()(image.createImageReceiver({ width: 640, height: 360 }, image.ImageFormat.JPEG, 8));
  exactly<image.ImageReceiver>()(image.createImageReceiver(640, 360, 2000, 8));
  exactly<image.Size>()(it.size);
  exactly<number>()(it.capacity);
  exactly<image.ImageFormat>()(it.format);
  exactly<void>()(it.getReceivingSurfaceId(some<AsyncCallback<string>>()));
  exactly<Promise<string>>()(it.getReceivingSurfaceId());
  exactly<void>()(it.readLatestImage(some<AsyncCallback<image.Image>>()));
  exactly<Promise<image.Image>>()(it.readLatestImage());
  exactly<void>()(it.readNextImage(some<AsyncCallback<image.Image>>()));
  exactly<Promise<image.Image>>()(it.readNextImage());
  it.on('imageArrival', some<AsyncCallback<void>>());
  it.once('imageArrival', some<AsyncCallback<void>>());
  it.off('imageArrival', some<AsyncCallback<void>>());
  it.off('imageArrival');
  it.onImageArrival(some<Callback<void>>());
  it.offImageArrival();
  exactly<void>()(it.release(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.release());
}

export function useImage(it: image.Image): void {
  exactly<image.Region>()(it.clipRect);
  exactly<image.Size>()(it.size);
  exactly<number>()(it.format);
  exactly<number>()(it.timestamp);
  exactly<number>()(it.sequence);
  exactly<number>()(it.flags);
  exactly<colorSpaceManager.ColorSpace>()(it.colorSpace);
  exactly<void>()(it.getComponent(image.ComponentType.YUV_Y, some<AsyncCallback<image.Component>>()));
  exactly<Promise<image.Component>>()(it.getComponent(image.ComponentType.JPEG));
  exactly<void>()(it.release(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.release());
}

export function useComponent(it: image.Component): void {
  exactly<image.ComponentType>()(it.componentType);
  exactly<number>()(it.rowStride);
  exactly<number>()(it.pixelStride);
  exactly<ArrayBuffer>()(it.byteBuffer);
}

export function useRecorder(it: media.AVRecorder): void {
  exactly<void>()(media.createAVRecorder(some<AsyncCallback<media.AVRecorder>>()));
  exactly<Promise<media.AVRecorder>>()(media.createAVRecorder());
  exactly<'idle' | 'prepared' | 'started' | 'paused' | 'stopped' | 'released' | 'error'>()(it.state);
  const config: media.AVRecorderConfig = {
    profile: { fileFormat: media.ContainerFormatType.CFT_MPEG_4, videoCodec: media.CodecMimeType.VIDEO_AVC },
    url: 'fd://3',
  };
  exactly<void>()(it.prepare(config, some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.prepare(config));
  exactly<Promise<media.AVRecorderConfig>>()(it.getAVRecorderConfig());
  exactly<Promise<string>>()(it.getInputSurface());
  it.getInputSurface(some<AsyncCallback<string>>());
  for (const method of ['start', 'pause', 'resume', 'stop', 'reset', 'release'] as const) {
    exactly<void>()(it[method](some<AsyncCallback<void>>()));
    exactly<Promise<void>>()(it[method]());
  }
  exactly<Promise<boolean>>()(it.isWatermarkSupported());
  exactly<Promise<media.EncoderInfo[]>>()(it.getAvailableEncoder());
  it.on('stateChange', (state: media.AVRecorderState, reason: media.StateChangeReason) => [state, reason]);
  it.off('stateChange');
  it.on('error', some<ErrorCallback>());
  it.on('warning', (sentence: string) => sentence);
  it.onWarning(some<Callback<string>>());
}
