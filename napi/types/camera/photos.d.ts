// SPDX-License-Identifier: Apache-2.0

/* The output for photos. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type { Location, Profile } from './devices';
import type { ImageRotation, PhotoQualityPrioritization, QualityLevel, VideoCodecType } from './enums';
import type { CameraOutput } from './outputs';
import type * as image from '../image';
import type * as photoAccessHelper from '../photo-access-helper';

/** What a CapturePhoto holds. */
export type ImageType = image.Image;

/** How one photo is taken. */
export interface PhotoCaptureSetting {
  /** How much it is compressed. */
  quality?: QualityLevel;
  /** How it is turned. */
  rotation?: ImageRotation;
  /** Where it was taken. */
  location?: Location;
  /** Whether it is mirrored. */
  mirror?: boolean;
  /** 0 to 100. */
  compressionQuality?: number;
}

/** A photo that was taken. */
export interface Photo {
  /** The picture. */
  main: image.Image;
  /** Gives its memory back. */
  release(): Promise<void>;
  /** There are no raw pictures beside: always undefined. */
  readonly rawImage?: image.Image;
}

/** A photo that was taken. */
export interface CapturePhoto {
  /** The picture. */
  main: ImageType;
  /** Gives its memory back. */
  release(): Promise<void>;
  /** There are no raw pictures beside: always undefined. */
  readonly rawImage?: image.Image;
}

/** Photos. */
export interface PhotoOutput extends CameraOutput {
  /**
   * Takes a photo. 7400104: its session is not committed. 7400201: it is released. Codes: 7400101, 7400104,
   * 7400201.
   */
  capture(callback: AsyncCallback<void>): void;
  capture(): Promise<void>;
  capture(setting: PhotoCaptureSetting, callback: AsyncCallback<void>): void;
  capture(setting: PhotoCaptureSetting): Promise<void>;
  /** The codecs of moving photos; empty on Linux. Codes: 7400201. */
  getSupportedMovingPhotoVideoCodecTypes(): VideoCodecType[];
  /** Not available on Linux. Codes: 7400201. */
  setMovingPhotoVideoCodecType(codecType: VideoCodecType): void;
  /** Whether photos can be mirrored. */
  isMirrorSupported(): boolean;
  /** Mirrors them. Codes: 7400101, 7400103, 7400201. */
  enableMirror(enabled: boolean): void;
  /** What it delivers. Codes: 7400201. */
  getActiveProfile(): Profile;
  /** Whether there are moving photos; false on Linux. Codes: 7400201. */
  isMovingPhotoSupported(): boolean;
  /** Not available on Linux. Codes: 7400101, 7400201. */
  enableMovingPhoto(enabled: boolean): void;
  /** Whether this can count for more. Codes: 7400201. */
  isPhotoQualityPrioritizationSupported(qualityPrioritization: PhotoQualityPrioritization): boolean;
  /** Says what counts for more. Codes: 7400102, 7400201. */
  setPhotoQualityPrioritization(qualityPrioritization: PhotoQualityPrioritization): void;
  /** How the photo must be turned to be upright. Codes: 7400101, 7400201. */
  getPhotoRotation(deviceDegree?: number): ImageRotation;
  /** Whether photos have a gain map; false on Linux. */
  isAutoExtendedGainmapDeliverySupported(): boolean;
  /** Not available on Linux. Codes: 7400102, 7400103, 7400201. */
  enableAutoExtendedGainmapDelivery(enabled: boolean): void;
  /** A photo is there. Release it when it is used; of an output with a surface, the surface's image too. */
  on(type: 'photoAvailable', callback: AsyncCallback<Photo>): void;
  once(type: 'photoAvailable', callback: AsyncCallback<Photo>): void;
  off(type: 'photoAvailable', callback?: AsyncCallback<Photo>): void;
  onPhotoAvailable(callback: Callback<Photo>): void;
  offPhotoAvailable(callback?: Callback<Photo>): void;
  /** A photo is there. Release it when it is used; of an output with a surface, the surface's image too. */
  onCapturePhotoAvailable(callback: Callback<CapturePhoto>): void;
  offCapturePhotoAvailable(callback?: Callback<CapturePhoto>): void;
  /** Never on Linux: there is no media library. */
  on(type: 'photoAssetAvailable', callback: AsyncCallback<photoAccessHelper.PhotoAsset>): void;
  once(type: 'photoAssetAvailable', callback: AsyncCallback<photoAccessHelper.PhotoAsset>): void;
  off(type: 'photoAssetAvailable', callback?: AsyncCallback<photoAccessHelper.PhotoAsset>): void;
  onPhotoAssetAvailable(callback: Callback<photoAccessHelper.PhotoAsset>): void;
  offPhotoAssetAvailable(callback?: Callback<photoAccessHelper.PhotoAsset>): void;
  /** A capture began: its number. @deprecated use captureStartWithInfo */
  on(type: 'captureStart', callback: AsyncCallback<number>): void;
  once(type: 'captureStart', callback: AsyncCallback<number>): void;
  off(type: 'captureStart', callback?: AsyncCallback<number>): void;
  onCaptureStart(callback: Callback<number>): void;
  offCaptureStart(callback?: Callback<number>): void;
  /** A capture began. */
  on(type: 'captureStartWithInfo', callback: AsyncCallback<CaptureStartInfo>): void;
  once(type: 'captureStartWithInfo', callback: AsyncCallback<CaptureStartInfo>): void;
  off(type: 'captureStartWithInfo', callback?: AsyncCallback<CaptureStartInfo>): void;
  onCaptureStartWithInfo(callback: Callback<CaptureStartInfo>): void;
  offCaptureStartWithInfo(callback?: Callback<CaptureStartInfo>): void;
  /** The frame of a photo was taken. */
  on(type: 'frameShutter', callback: AsyncCallback<FrameShutterInfo>): void;
  once(type: 'frameShutter', callback: AsyncCallback<FrameShutterInfo>): void;
  off(type: 'frameShutter', callback?: AsyncCallback<FrameShutterInfo>): void;
  onFrameShutter(callback: Callback<FrameShutterInfo>): void;
  offFrameShutter(callback?: Callback<FrameShutterInfo>): void;
  /** The frames of a photo are all taken. */
  on(type: 'frameShutterEnd', callback: AsyncCallback<FrameShutterEndInfo>): void;
  once(type: 'frameShutterEnd', callback: AsyncCallback<FrameShutterEndInfo>): void;
  off(type: 'frameShutterEnd', callback?: AsyncCallback<FrameShutterEndInfo>): void;
  onFrameShutterEnd(callback: Callback<FrameShutterEndInfo>): void;
  offFrameShutterEnd(callback?: Callback<FrameShutterEndInfo>): void;
  /** A capture has ended. */
  on(type: 'captureEnd', callback: AsyncCallback<CaptureEndInfo>): void;
  once(type: 'captureEnd', callback: AsyncCallback<CaptureEndInfo>): void;
  off(type: 'captureEnd', callback?: AsyncCallback<CaptureEndInfo>): void;
  onCaptureEnd(callback: Callback<CaptureEndInfo>): void;
  offCaptureEnd(callback?: Callback<CaptureEndInfo>): void;
  /** The next photo can be taken. */
  on(type: 'captureReady', callback: AsyncCallback<void>): void;
  once(type: 'captureReady', callback: AsyncCallback<void>): void;
  off(type: 'captureReady', callback?: AsyncCallback<void>): void;
  onCaptureReady(callback: Callback<void>): void;
  offCaptureReady(callback?: Callback<void>): void;
  /** How many milliseconds the capture will take. */
  on(type: 'estimatedCaptureDuration', callback: AsyncCallback<number>): void;
  once(type: 'estimatedCaptureDuration', callback: AsyncCallback<number>): void;
  off(type: 'estimatedCaptureDuration', callback?: AsyncCallback<number>): void;
  onEstimatedCaptureDuration(callback: Callback<number>): void;
  offEstimatedCaptureDuration(callback?: Callback<number>): void;
  /** A capture failed. */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
}

/** The frame of a photo was taken. */
export interface FrameShutterInfo {
  /** The capture's number. */
  captureId: number;
  /** When, in nanoseconds. */
  timestamp: number;
}

/** The frames of a photo are all taken. */
export interface FrameShutterEndInfo {
  /** The capture's number. */
  captureId: number;
}

/** A capture began. */
export interface CaptureStartInfo {
  /** The capture's number. */
  captureId: number;
  /** When, in nanoseconds. */
  time: number;
}

/** A capture has ended. */
export interface CaptureEndInfo {
  /** The capture's number. */
  captureId: number;
  /** How many frames it took. */
  frameCount: number;
}
