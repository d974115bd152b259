// SPDX-License-Identifier: Apache-2.0

/* Outputs for previews and videos. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type { FrameRateRange, Profile, VideoProfile } from './devices';
import type { ImageRotation } from './enums';

/** Any output. */
export interface CameraOutput {
  /** Ends it, for good. A second time: 7400201. Codes: 7400201. */
  release(callback: AsyncCallback<void>): void;
  release(): Promise<void>;
}

/** A preview: it runs while its session does. */
export interface PreviewOutput extends CameraOutput {
  /** Starts it alone; the process is kept alive until it stops. 7400201: it runs already. Codes: 7400103. @deprecated */
  start(callback: AsyncCallback<void>): void;
  /** Starts it alone; the process is kept alive until it stops. 7400201: it runs already. Codes: 7400103. @deprecated */
  start(): Promise<void>;
  /** Stops it alone. 7400201: it does not run. @deprecated */
  stop(callback: AsyncCallback<void>): void;
  /** Stops it alone. 7400201: it does not run. @deprecated */
  stop(): Promise<void>;
  /** The ranges that setFrameRate() takes. */
  getSupportedFrameRates(): FrameRateRange[];
  /**
   * Sets the range. 7400101: it is not within a supported one, or is the active one. 7400103: it is in no
   * session. 7400110: another output needs another rate. Codes: 7400101, 7400110.
   */
  setFrameRate(minFps: number, maxFps: number): void;
  /** The range that is used. */
  getActiveFrameRate(): FrameRateRange;
  /** How the preview must be turned to be upright. Codes: 7400101, 7400201. */
  getPreviewRotation(displayRotation?: number): ImageRotation;
  /** Turns the preview. Codes: 7400101, 7400201. */
  setPreviewRotation(previewRotation: ImageRotation, isDisplayLocked?: boolean): void;
  /** What it delivers. Codes: 7400201. */
  getActiveProfile(): Profile;
  /** Gives a deferred preview its surface. Codes: 7400101. */
  addDeferredSurface(surfaceId: string): void;
  /** Whether buffers can be compressed; false on Linux. */
  isBandwidthCompressionSupported(): boolean;
  /** Not available on Linux. Codes: 7400102, 7400103, 7400201. */
  enableBandwidthCompression(enabled: boolean): void;
  /** Whether log pictures can be shown brighter; false on Linux. */
  isLogViewAssistSupported(): boolean;
  /** Not available on Linux. Codes: 7400103, 7400201. */
  setLogViewAssistEnable(enable: boolean): void;
  /** The first frame came. */
  on(type: 'frameStart', callback: AsyncCallback<void>): void;
  once(type: 'frameStart', callback: AsyncCallback<void>): void;
  off(type: 'frameStart', callback?: AsyncCallback<void>): void;
  onFrameStart(callback: Callback<void>): void;
  offFrameStart(callback?: Callback<void>): void;
  /** The last frame came. */
  on(type: 'frameEnd', callback: AsyncCallback<void>): void;
  once(type: 'frameEnd', callback: AsyncCallback<void>): void;
  off(type: 'frameEnd', callback?: AsyncCallback<void>): void;
  onFrameEnd(callback: Callback<void>): void;
  offFrameEnd(callback?: Callback<void>): void;
  /** It failed. */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Addition of this package: the number of frames that came. */
  on(type: 'frameEnd', callback: AsyncCallback<number>): void;
  once(type: 'frameEnd', callback: AsyncCallback<number>): void;
  off(type: 'frameEnd', callback?: AsyncCallback<number>): void;
  onFrameEnd(callback: Callback<number>): void;
  offFrameEnd(callback?: Callback<number>): void;
}

/**
 * A video: it runs between its own start() and stop(), and keeps the process alive so long, also where its session was
 * not started.
 */
export interface VideoOutput extends CameraOutput {
  /**
   * Starts it. 7400103: its session is not committed. 7400201: it runs already, or is released. Codes: 7400103,
   * 7400201.
   */
  start(callback: AsyncCallback<void>): void;
  start(): Promise<void>;
  /** Stops it. 7400201: it does not run. */
  stop(callback: AsyncCallback<void>): void;
  stop(): Promise<void>;
  /** Whether videos can be mirrored. */
  isMirrorSupported(): boolean;
  /** Mirrors them. Codes: 7400101, 7400103. */
  enableMirror(enabled: boolean): void;
  /** The ranges that setFrameRate() takes. */
  getSupportedFrameRates(): FrameRateRange[];
  /**
   * Sets the range. 7400101: it is not within a supported one, or is the active one. 7400103: it is in no
   * session. 7400110: another output needs another rate. Codes: 7400101, 7400110.
   */
  setFrameRate(minFps: number, maxFps: number): void;
  /** The range that is used. */
  getActiveFrameRate(): FrameRateRange;
  /** How the video must be turned to be upright. Codes: 7400101, 7400201. */
  getVideoRotation(deviceDegree?: number): ImageRotation;
  /** What it delivers. Codes: 7400201. */
  getActiveProfile(): VideoProfile;
  /** The first frame came. */
  on(type: 'frameStart', callback: AsyncCallback<void>): void;
  once(type: 'frameStart', callback: AsyncCallback<void>): void;
  off(type: 'frameStart', callback?: AsyncCallback<void>): void;
  onFrameStart(callback: Callback<void>): void;
  offFrameStart(callback?: Callback<void>): void;
  /** The last frame came. */
  on(type: 'frameEnd', callback: AsyncCallback<void>): void;
  once(type: 'frameEnd', callback: AsyncCallback<void>): void;
  off(type: 'frameEnd', callback?: AsyncCallback<void>): void;
  onFrameEnd(callback: Callback<void>): void;
  offFrameEnd(callback?: Callback<void>): void;
  /** It failed. */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Addition of this package: the number of frames that came. */
  on(type: 'frameEnd', callback: AsyncCallback<number>): void;
  once(type: 'frameEnd', callback: AsyncCallback<number>): void;
  off(type: 'frameEnd', callback?: AsyncCallback<number>): void;
  onFrameEnd(callback: Callback<number>): void;
  offFrameEnd(callback?: Callback<number>): void;
}
