// SPDX-License-Identifier: Apache-2.0

/* The output for what was found in the pictures. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type { Point, Rect } from './devices';
import type { Emotion, MetadataObjectType } from './enums';
import type { CameraOutput } from './outputs';

/** A thing that was found. */
export interface MetadataObject {
  /** What. */
  type: MetadataObjectType;
  /** When, in nanoseconds. */
  timestamp: number;
  /** Where. */
  boundingBox: Rect;
  /** Whether focus follows it. */
  isLockFocusTracked?: boolean;
}

/** A face. */
export interface MetadataBasicFaceObject extends MetadataObject {
  /** The left eye. */
  leftEyeBoundingBox?: Rect;
  /** The right eye. */
  rightEyeBoundingBox?: Rect;
  /** Degrees, up and down. */
  pitchAngle?: number;
  /** Degrees, to the sides. */
  yawAngle?: number;
  /** Degrees, tilted. */
  rollAngle?: number;
}

/** A face, with what it shows. */
export interface MetadataFaceObject extends MetadataObject {
  /** The left eye. */
  leftEyeBoundingBox: Rect;
  /** The right eye. */
  rightEyeBoundingBox: Rect;
  /** What it shows. */
  emotion: Emotion;
  /** How sure that is, 0 to 1. */
  emotionConfidence: number;
  /** Degrees, up and down. */
  pitchAngle: number;
  /** Degrees, to the sides. */
  yawAngle: number;
  /** Degrees, tilted. */
  rollAngle: number;
}

/** A person. */
export interface MetadataHumanBodyObject extends MetadataObject {}

/** A cat's face. */
export interface MetadataCatFaceObject extends MetadataObject {
  /** The left eye. */
  leftEyeBoundingBox: Rect;
  /** The right eye. */
  rightEyeBoundingBox: Rect;
}

/** A cat. */
export interface MetadataCatBodyObject extends MetadataObject {}

/** A dog's face. */
export interface MetadataDogFaceObject extends MetadataObject {
  /** The left eye. */
  leftEyeBoundingBox: Rect;
  /** The right eye. */
  rightEyeBoundingBox: Rect;
}

/** A dog. */
export interface MetadataDogBodyObject extends MetadataObject {}

/** What catches the eye. */
export interface MetadataSalientDetectionObject extends MetadataObject {}

/** A bar code. */
export interface MetadataBarcodeObject extends MetadataObject {}

/** Finds things in the pictures. */
export interface MetadataOutput extends CameraOutput {
  /**
   * Starts it. 7400102: nothing finds these things. 7400103: its session is not committed. Codes: 7400103,
   * 7400201.
   */
  start(callback: AsyncCallback<void>): void;
  start(): Promise<void>;
  /** Stops it. */
  stop(callback: AsyncCallback<void>): void;
  stop(): Promise<void>;
  /** Finds these, too. Codes: 7400101, 7400103, 7400201. */
  addMetadataObjectTypes(types: MetadataObjectType[]): void;
  /** Does not find these any more. Codes: 7400101, 7400103, 7400201. */
  removeMetadataObjectTypes(types: MetadataObjectType[]): void;
  /** Whether a thing can be followed; false on Linux. */
  isLockMetadataObjectTrackingSupported(): boolean;
  /** Not available on Linux. Codes: 7400103, 7400201. */
  lockMetadataObjectTracking(point: Point): void;
  /** Not available on Linux. Codes: 7400103, 7400201. */
  unlockMetadataObjectTracking(): void;
  /** Things were found in a frame. */
  on(type: 'metadataObjectsAvailable', callback: AsyncCallback<MetadataObject[]>): void;
  once(type: 'metadataObjectsAvailable', callback: AsyncCallback<MetadataObject[]>): void;
  off(type: 'metadataObjectsAvailable', callback?: AsyncCallback<MetadataObject[]>): void;
  onMetadataObjectsAvailable(callback: Callback<MetadataObject[]>): void;
  offMetadataObjectsAvailable(callback?: Callback<MetadataObject[]>): void;
  /** It failed. */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
}
