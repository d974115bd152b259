// SPDX-License-Identifier: Apache-2.0

/* The session of before API 11. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type { Point } from './devices';
import type { ExposureMode, FlashMode, FocusMode, FocusState, VideoStabilizationMode } from './enums';
import type { CameraInput } from './manager';
import type { CameraOutput } from './outputs';
import type { ReattachedInfo, SessionOptions, SettledInfo } from './sessions';

/** A session and its controls in one. @deprecated since API 11: use createSession(). */
export interface CaptureSession {
  /**
   * Begins to configure. A session that runs stops. 7400105: it is being configured already. 7400201: it is
   * released. Codes: 7400105.
   */
  beginConfig(): void;
  /**
   * Ends configuring. 7400102: it is not being configured. 7400201: no input, no output, the input is not open,
   * or what was asked for does not fit together. Codes: 7400102, 7400201.
   */
  commitConfig(callback: AsyncCallback<void>): void;
  commitConfig(): Promise<void>;
  /**
   * Adds the input. 7400102: it is not being configured, or another session has the camera. 7400108: the input
   * is closed. 7400201: there is one already. Codes: 7400101, 7400102.
   */
  addInput(cameraInput: CameraInput): void;
  /**
   * Takes it out. 7400102: it is not being configured. 7400201: it is not this session's. Codes: 7400101,
   * 7400102.
   */
  removeInput(cameraInput: CameraInput): void;
  /**
   * Adds an output. 7400102: it is not being configured. 7400201: there is no input, the profile is not
   * offered, or it is in a session already. Codes: 7400101, 7400102.
   */
  addOutput(cameraOutput: CameraOutput): void;
  /**
   * Takes it out. 7400102: it is not being configured. 7400201: it is not in this session. Codes: 7400101,
   * 7400102.
   */
  removeOutput(cameraOutput: CameraOutput): void;
  /** Starts the previews. 7400103: it is not committed. 7400201: it runs already. Codes: 7400103, 7400201. */
  start(callback: AsyncCallback<void>): void;
  start(): Promise<void>;
  /**
   * Stops previews and videos, and cancels captures. 7400201: it does not run, or the stream had ended by itself, after
   * an unplugging for instance; it is stopped and committed then as well. Codes: 7400201.
   */
  stop(callback: AsyncCallback<void>): void;
  stop(): Promise<void>;
  /**
   * Gives the camera back, for good. Its input is closed by that: another session needs a new one. 7400201: it was
   * released before. Codes: 7400201.
   */
  release(callback: AsyncCallback<void>): void;
  release(): Promise<void>;
  /** Whether there is one. Codes: 7400103. */
  hasFlash(): boolean;
  /** Whether it can be used so. Codes: 7400103. */
  isFlashModeSupported(flashMode: FlashMode): boolean;
  /** How it is used. Codes: 7400103. */
  getFlashMode(): FlashMode;
  /** Says how it is to be used. Codes: 7400102, 7400103. */
  setFlashMode(flashMode: FlashMode): void;
  /** Whether exposure can be found so. Codes: 7400103. */
  isExposureModeSupported(aeMode: ExposureMode): boolean;
  /** How it is found; -1 where that is unknown. Codes: 7400103. */
  getExposureMode(): ExposureMode;
  /** Says how it is to be found. Codes: 7400102, 7400103. */
  setExposureMode(aeMode: ExposureMode): void;
  /** Where it is measured. Codes: 7400102, 7400103. */
  getMeteringPoint(): Point;
  /** Says where it is to be measured. Codes: 7400102, 7400103. */
  setMeteringPoint(point: Point): void;
  /** The least and the greatest bias, in EV; empty when there is none. Codes: 7400103. */
  getExposureBiasRange(): number[];
  /** Brighter or darker, in EV. Codes: 7400102, 7400103. */
  setExposureBias(exposureBias: number): void;
  /** The bias in EV. Codes: 7400102, 7400103. */
  getExposureValue(): number;
  /** Whether focus can be found so. Codes: 7400103. */
  isFocusModeSupported(afMode: FocusMode): boolean;
  /** How it is found. Codes: 7400102, 7400103. */
  getFocusMode(): FocusMode;
  /** Says how it is to be found. Codes: 7400102, 7400103. */
  setFocusMode(afMode: FocusMode): void;
  /** Says on what it is to be. Codes: 7400102, 7400103. */
  setFocusPoint(point: Point): void;
  /** On what it is. Codes: 7400102, 7400103. */
  getFocusPoint(): Point;
  /** Millimetres. Codes: 7400102, 7400103. */
  getFocalLength(): number;
  /** The least and the greatest. Codes: 7400103. */
  getZoomRatioRange(): number[];
  /** The zoom. Codes: 7400103. */
  getZoomRatio(): number;
  /** Zooms at once. Codes: 7400102, 7400103. */
  setZoomRatio(zoomRatio: number): void;
  /** Whether videos can be stabilised so. Codes: 7400103. */
  isVideoStabilizationModeSupported(vsMode: VideoStabilizationMode): boolean;
  /** How much they are. Codes: 7400103. */
  getActiveVideoStabilizationMode(): VideoStabilizationMode;
  /** Says how much they are to be. Codes: 7400102, 7400103. */
  setVideoStabilizationMode(mode: VideoStabilizationMode): void;
  /** Focus is looked for, found, or not found. */
  on(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  once(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  off(type: 'focusStateChange', callback?: AsyncCallback<FocusState>): void;
  onFocusStateChange(callback: Callback<FocusState>): void;
  offFocusStateChange(callback?: Callback<FocusState>): void;
  /** The camera was unplugged (7400108), or failed (7400201). */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Addition of this package: whether addInput() would take it. */
  canAddInput(cameraInput: CameraInput): boolean;
  /** Addition of this package: whether addOutput() would take it. */
  canAddOutput(cameraOutput: CameraOutput): boolean;
  /**
   * Addition of this package: how it behaves from the next commitConfig() on; what is committed stays as it is. Codes:
   * 7400102, 7400201.
   */
  setOptions(options: SessionOptions): void;
  /** Addition of this package: exposure and white balance have settled after a start. */
  on(type: 'settled', callback: AsyncCallback<SettledInfo>): void;
  once(type: 'settled', callback: AsyncCallback<SettledInfo>): void;
  off(type: 'settled', callback?: AsyncCallback<SettledInfo>): void;
  onSettled(callback: Callback<SettledInfo>): void;
  offSettled(callback?: Callback<SettledInfo>): void;
  /** Addition of this package: the camera was unplugged, and is back. See setOptions(). */
  on(type: 'reattached', callback: AsyncCallback<ReattachedInfo>): void;
  once(type: 'reattached', callback: AsyncCallback<ReattachedInfo>): void;
  off(type: 'reattached', callback?: AsyncCallback<ReattachedInfo>): void;
  onReattached(callback: Callback<ReattachedInfo>): void;
  offReattached(callback?: Callback<ReattachedInfo>): void;
}
