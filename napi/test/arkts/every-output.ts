// SPDX-License-Identifier: Apache-2.0

/* Outputs: every public member of Camera Kit's interfaces, used with exactly the types that
 * Camera Kit gives it. This program is compiled and never run. */

import { camera } from '@kit.CameraKit';
import { image } from '@kit.ImageKit';
import { AsyncCallback, Callback, ErrorCallback } from '@kit.BasicServicesKit';

import { exactly, some } from './exactly.js';

export function useCameraOutput(it: camera.CameraOutput): void {
  exactly<void>()(it.release(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.release());
}

export function usePreviewOutput(it: camera.PreviewOutput): void {
  exactly<void>()(it.start(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.start());
  exactly<void>()(it.stop(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.stop());
  exactly<Array<camera.FrameRateRange>>()(it.getSupportedFrameRates());
  exactly<void>()(it.setFrameRate(some<number>(), some<number>()));
  exactly<camera.FrameRateRange>()(it.getActiveFrameRate());
  exactly<camera.ImageRotation>()(it.getPreviewRotation(some<number>()));
  exactly<camera.ImageRotation>()(it.getPreviewRotation());
  exactly<void>()(it.setPreviewRotation(some<camera.ImageRotation>(), some<boolean>()));
  exactly<void>()(it.setPreviewRotation(some<camera.ImageRotation>()));
  exactly<camera.Profile>()(it.getActiveProfile());
  exactly<void>()(it.addDeferredSurface(some<string>()));
  exactly<boolean>()(it.isBandwidthCompressionSupported());
  exactly<void>()(it.enableBandwidthCompression(some<boolean>()));
  exactly<boolean>()(it.isLogViewAssistSupported());
  exactly<void>()(it.setLogViewAssistEnable(some<boolean>()));
  it.on('frameStart', some<AsyncCallback<void>>());
  it.once('frameStart', some<AsyncCallback<void>>());
  it.off('frameStart', some<AsyncCallback<void>>());
  it.off('frameStart');
  it.onFrameStart(some<Callback<void>>());
  it.offFrameStart(some<Callback<void>>());
  it.offFrameStart();
  it.on('frameEnd', some<AsyncCallback<void>>());
  it.once('frameEnd', some<AsyncCallback<void>>());
  it.off('frameEnd', some<AsyncCallback<void>>());
  it.off('frameEnd');
  it.onFrameEnd(some<Callback<void>>());
  it.offFrameEnd(some<Callback<void>>());
  it.offFrameEnd();
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  useCameraOutput(it);
}

export function useVideoOutput(it: camera.VideoOutput): void {
  exactly<void>()(it.start(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.start());
  exactly<void>()(it.stop(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.stop());
  exactly<boolean>()(it.isMirrorSupported());
  exactly<void>()(it.enableMirror(some<boolean>()));
  exactly<Array<camera.FrameRateRange>>()(it.getSupportedFrameRates());
  exactly<void>()(it.setFrameRate(some<number>(), some<number>()));
  exactly<camera.FrameRateRange>()(it.getActiveFrameRate());
  exactly<camera.ImageRotation>()(it.getVideoRotation(some<number>()));
  exactly<camera.ImageRotation>()(it.getVideoRotation());
  exactly<camera.VideoProfile>()(it.getActiveProfile());
  it.on('frameStart', some<AsyncCallback<void>>());
  it.once('frameStart', some<AsyncCallback<void>>());
  it.off('frameStart', some<AsyncCallback<void>>());
  it.off('frameStart');
  it.onFrameStart(some<Callback<void>>());
  it.offFrameStart(some<Callback<void>>());
  it.offFrameStart();
  it.on('frameEnd', some<AsyncCallback<void>>());
  it.once('frameEnd', some<AsyncCallback<void>>());
  it.off('frameEnd', some<AsyncCallback<void>>());
  it.off('frameEnd');
  it.onFrameEnd(some<Callback<void>>());
  it.offFrameEnd(some<Callback<void>>());
  it.offFrameEnd();
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  useCameraOutput(it);
}

export function usePhotoCaptureSetting(it: camera.PhotoCaptureSetting): void {
  exactly<camera.QualityLevel | undefined>()(it.quality);
  exactly<camera.ImageRotation | undefined>()(it.rotation);
  exactly<camera.Location | undefined>()(it.location);
  exactly<boolean | undefined>()(it.mirror);
  exactly<number | undefined>()(it.compressionQuality);
}

export function usePhoto(it: camera.Photo): void {
  exactly<image.Image>()(it.main);
  exactly<Promise<void>>()(it.release());
}

export function useCapturePhoto(it: camera.CapturePhoto): void {
  exactly<camera.ImageType>()(it.main);
  exactly<Promise<void>>()(it.release());
}

export function usePhotoOutput(it: camera.PhotoOutput): void {
  exactly<void>()(it.capture(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.capture());
  exactly<void>()(it.capture(some<camera.PhotoCaptureSetting>(), some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.capture(some<camera.PhotoCaptureSetting>()));
  exactly<Array<camera.VideoCodecType>>()(it.getSupportedMovingPhotoVideoCodecTypes());
  exactly<void>()(it.setMovingPhotoVideoCodecType(some<camera.VideoCodecType>()));
  exactly<boolean>()(it.isMirrorSupported());
  exactly<void>()(it.enableMirror(some<boolean>()));
  exactly<camera.Profile>()(it.getActiveProfile());
  exactly<boolean>()(it.isMovingPhotoSupported());
  exactly<void>()(it.enableMovingPhoto(some<boolean>()));
  exactly<boolean>()(it.isPhotoQualityPrioritizationSupported(some<camera.PhotoQualityPrioritization>()));
  exactly<void>()(it.setPhotoQualityPrioritization(some<camera.PhotoQualityPrioritization>()));
  exactly<camera.ImageRotation>()(it.getPhotoRotation(some<number>()));
  exactly<camera.ImageRotation>()(it.getPhotoRotation());
  exactly<boolean>()(it.isAutoExtendedGainmapDeliverySupported());
  exactly<void>()(it.enableAutoExtendedGainmapDelivery(some<boolean>()));
  it.on('photoAvailable', some<AsyncCallback<camera.Photo>>());
  it.once('photoAvailable', some<AsyncCallback<camera.Photo>>());
  it.off('photoAvailable', some<AsyncCallback<camera.Photo>>());
  it.off('photoAvailable');
  it.onPhotoAvailable(some<Callback<camera.Photo>>());
  it.offPhotoAvailable(some<Callback<camera.Photo>>());
  it.offPhotoAvailable();
  it.onCapturePhotoAvailable(some<Callback<camera.CapturePhoto>>());
  it.offCapturePhotoAvailable(some<Callback<camera.CapturePhoto>>());
  it.offCapturePhotoAvailable();
  it.on('captureStart', some<AsyncCallback<number>>());
  it.once('captureStart', some<AsyncCallback<number>>());
  it.off('captureStart', some<AsyncCallback<number>>());
  it.off('captureStart');
  it.onCaptureStart(some<Callback<number>>());
  it.offCaptureStart(some<Callback<number>>());
  it.offCaptureStart();
  it.on('captureStartWithInfo', some<AsyncCallback<camera.CaptureStartInfo>>());
  it.once('captureStartWithInfo', some<AsyncCallback<camera.CaptureStartInfo>>());
  it.off('captureStartWithInfo', some<AsyncCallback<camera.CaptureStartInfo>>());
  it.off('captureStartWithInfo');
  it.onCaptureStartWithInfo(some<Callback<camera.CaptureStartInfo>>());
  it.offCaptureStartWithInfo(some<Callback<camera.CaptureStartInfo>>());
  it.offCaptureStartWithInfo();
  it.on('frameShutter', some<AsyncCallback<camera.FrameShutterInfo>>());
  it.once('frameShutter', some<AsyncCallback<camera.FrameShutterInfo>>());
  it.off('frameShutter', some<AsyncCallback<camera.FrameShutterInfo>>());
  it.off('frameShutter');
  it.onFrameShutter(some<Callback<camera.FrameShutterInfo>>());
  it.offFrameShutter(some<Callback<camera.FrameShutterInfo>>());
  it.offFrameShutter();
  it.on('frameShutterEnd', some<AsyncCallback<camera.FrameShutterEndInfo>>());
  it.once('frameShutterEnd', some<AsyncCallback<camera.FrameShutterEndInfo>>());
  it.off('frameShutterEnd', some<AsyncCallback<camera.FrameShutterEndInfo>>());
  it.off('frameShutterEnd');
  it.onFrameShutterEnd(some<Callback<camera.FrameShutterEndInfo>>());
  it.offFrameShutterEnd(some<Callback<camera.FrameShutterEndInfo>>());
  it.offFrameShutterEnd();
  it.on('captureEnd', some<AsyncCallback<camera.CaptureEndInfo>>());
  it.once('captureEnd', some<AsyncCallback<camera.CaptureEndInfo>>());
  it.off('captureEnd', some<AsyncCallback<camera.CaptureEndInfo>>());
  it.off('captureEnd');
  it.onCaptureEnd(some<Callback<camera.CaptureEndInfo>>());
  it.offCaptureEnd(some<Callback<camera.CaptureEndInfo>>());
  it.offCaptureEnd();
  it.on('captureReady', some<AsyncCallback<void>>());
  it.once('captureReady', some<AsyncCallback<void>>());
  it.off('captureReady', some<AsyncCallback<void>>());
  it.off('captureReady');
  it.onCaptureReady(some<Callback<void>>());
  it.offCaptureReady(some<Callback<void>>());
  it.offCaptureReady();
  it.on('estimatedCaptureDuration', some<AsyncCallback<number>>());
  it.once('estimatedCaptureDuration', some<AsyncCallback<number>>());
  it.off('estimatedCaptureDuration', some<AsyncCallback<number>>());
  it.off('estimatedCaptureDuration');
  it.onEstimatedCaptureDuration(some<Callback<number>>());
  it.offEstimatedCaptureDuration(some<Callback<number>>());
  it.offEstimatedCaptureDuration();
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  useCameraOutput(it);
}

export function useFrameShutterInfo(it: camera.FrameShutterInfo): void {
  exactly<number>()(it.captureId);
  exactly<number>()(it.timestamp);
}

export function useFrameShutterEndInfo(it: camera.FrameShutterEndInfo): void {
  exactly<number>()(it.captureId);
}

export function useCaptureStartInfo(it: camera.CaptureStartInfo): void {
  exactly<number>()(it.captureId);
  exactly<number>()(it.time);
}

export function useCaptureEndInfo(it: camera.CaptureEndInfo): void {
  exactly<number>()(it.captureId);
  exactly<number>()(it.frameCount);
}

export function useMetadataObject(it: camera.MetadataObject): void {
  exactly<camera.MetadataObjectType>()(it.type);
  exactly<number>()(it.timestamp);
  exactly<camera.Rect>()(it.boundingBox);
  exactly<boolean | undefined>()(it.isLockFocusTracked);
}

export function useMetadataBasicFaceObject(it: camera.MetadataBasicFaceObject): void {
  exactly<camera.Rect | undefined>()(it.leftEyeBoundingBox);
  exactly<camera.Rect | undefined>()(it.rightEyeBoundingBox);
  exactly<number | undefined>()(it.pitchAngle);
  exactly<number | undefined>()(it.yawAngle);
  exactly<number | undefined>()(it.rollAngle);
  useMetadataObject(it);
}

export function useMetadataFaceObject(it: camera.MetadataFaceObject): void {
  exactly<camera.Rect>()(it.leftEyeBoundingBox);
  exactly<camera.Rect>()(it.rightEyeBoundingBox);
  exactly<camera.Emotion>()(it.emotion);
  exactly<number>()(it.emotionConfidence);
  exactly<number>()(it.pitchAngle);
  exactly<number>()(it.yawAngle);
  exactly<number>()(it.rollAngle);
  useMetadataObject(it);
}

export function useMetadataHumanBodyObject(it: camera.MetadataHumanBodyObject): void {
  useMetadataObject(it);
}

export function useMetadataCatFaceObject(it: camera.MetadataCatFaceObject): void {
  exactly<camera.Rect>()(it.leftEyeBoundingBox);
  exactly<camera.Rect>()(it.rightEyeBoundingBox);
  useMetadataObject(it);
}

export function useMetadataCatBodyObject(it: camera.MetadataCatBodyObject): void {
  useMetadataObject(it);
}

export function useMetadataDogFaceObject(it: camera.MetadataDogFaceObject): void {
  exactly<camera.Rect>()(it.leftEyeBoundingBox);
  exactly<camera.Rect>()(it.rightEyeBoundingBox);
  useMetadataObject(it);
}

export function useMetadataDogBodyObject(it: camera.MetadataDogBodyObject): void {
  useMetadataObject(it);
}

export function useMetadataSalientDetectionObject(it: camera.MetadataSalientDetectionObject): void {
  useMetadataObject(it);
}

export function useMetadataBarcodeObject(it: camera.MetadataBarcodeObject): void {
  useMetadataObject(it);
}

export function useMetadataOutput(it: camera.MetadataOutput): void {
  exactly<void>()(it.start(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.start());
  exactly<void>()(it.stop(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.stop());
  exactly<void>()(it.addMetadataObjectTypes(some<Array<camera.MetadataObjectType>>()));
  exactly<void>()(it.removeMetadataObjectTypes(some<Array<camera.MetadataObjectType>>()));
  exactly<boolean>()(it.isLockMetadataObjectTrackingSupported());
  exactly<void>()(it.lockMetadataObjectTracking(some<camera.Point>()));
  exactly<void>()(it.unlockMetadataObjectTracking());
  it.on('metadataObjectsAvailable', some<AsyncCallback<Array<camera.MetadataObject>>>());
  it.once('metadataObjectsAvailable', some<AsyncCallback<Array<camera.MetadataObject>>>());
  it.off('metadataObjectsAvailable', some<AsyncCallback<Array<camera.MetadataObject>>>());
  it.off('metadataObjectsAvailable');
  it.onMetadataObjectsAvailable(some<Callback<Array<camera.MetadataObject>>>());
  it.offMetadataObjectsAvailable(some<Callback<Array<camera.MetadataObject>>>());
  it.offMetadataObjectsAvailable();
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  useCameraOutput(it);
}
