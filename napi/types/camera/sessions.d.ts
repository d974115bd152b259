// SPDX-License-Identifier: Apache-2.0

/* Sessions. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type {
  Aperture, AutoDeviceSwitch, AutoDeviceSwitchStatus, AutoExposure, ColorManagement, ControlCenter,
  ControlCenterStatusInfo, ExposureInfo, Flash, Focus, IsoInfo, Macro, ManualExposure, ManualFocus,
  ManualIso, OIS, SmoothZoomInfo, Stabilization, WhiteBalance, Zoom,
} from './controls';
import type {
  FocusState, PreconfigRatio, PreconfigType, QualityPrioritization, SystemPressureLevel,
} from './enums';
import type { CameraInput } from './manager';
import type { CameraOutput, PreviewOutput } from './outputs';

/** Addition of this package: the first frame that looks as those after it. */
export interface SettledInfo {
  /** The frame's number: image.Image.sequence. */
  sequence: number;
}

/** Addition of this package: a camera that is back. */
export interface ReattachedInfo {
  /** Milliseconds that it was away. */
  awayMs: number;
  /** How many outputs run again. */
  running: number;
}

/** Addition of this package: see camera_session_options in camera_session.h. */
export interface SessionOptions {
  /** Whether the session goes on when its camera was unplugged and is back; false when left out. */
  reattach?: boolean;
  /** Milliseconds without a frame after which a camera is started once more; -1: never. */
  silenceMs?: number;
  /** Milliseconds after which the event settled comes in any case; -1: it never comes. */
  settleMs?: number;
}

/** A camera in use: one input, any outputs. Asynchronous calls of a session run one after another. */
export interface Session {
  /**
   * Begins to configure. A session that runs stops. 7400105: it is being configured already. 7400201: it is
   * released. Codes: 7400105, 7400201.
   */
  beginConfig(): void;
  /**
   * Ends configuring. 7400102: it is not being configured. 7400201: no input, no output, the input is not open,
   * or what was asked for does not fit together. Codes: 7400102, 7400201.
   */
  commitConfig(callback: AsyncCallback<void>): void;
  commitConfig(): Promise<void>;
  /** Whether addInput() would take it. */
  canAddInput(cameraInput: CameraInput): boolean;
  /**
   * Adds the input. 7400102: it is not being configured, or another session has the camera. 7400108: the input
   * is closed. 7400201: there is one already. Codes: 7400101, 7400102, 7400103, 7400201.
   */
  addInput(cameraInput: CameraInput): void;
  /**
   * Takes it out. 7400102: it is not being configured. 7400201: it is not this session's. Codes: 7400101,
   * 7400102, 7400103, 7400201.
   */
  removeInput(cameraInput: CameraInput): void;
  /** Whether addOutput() would take it. */
  canAddOutput(cameraOutput: CameraOutput): boolean;
  /**
   * Adds an output. 7400102: it is not being configured. 7400201: there is no input, the profile is not
   * offered, or it is in a session already. Codes: 7400101, 7400102, 7400103, 7400201.
   */
  addOutput(cameraOutput: CameraOutput): void;
  /**
   * Takes it out. 7400102: it is not being configured. 7400201: it is not in this session. Codes: 7400101,
   * 7400102, 7400103, 7400201.
   */
  removeOutput(cameraOutput: CameraOutput): void;
  /**
   * Starts the previews. 7400103: it is not committed. 7400201: it runs already. Codes: 7400102, 7400103,
   * 7400201.
   */
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
  /**
   * Addition of this package: how it behaves from the next commitConfig() on; what is committed stays as it is. Codes:
   * 7400102, 7400201.
   */
  setOptions(options: SessionOptions): void;
}

/** A session for photos. */
export interface PhotoSession
  extends Session, Flash, AutoExposure, WhiteBalance, Focus, Zoom, ColorManagement, AutoDeviceSwitch, Macro,
    ManualExposure, ManualFocus, ManualIso, OIS, Aperture {
  /** Whether preconfig() can choose that. Without a ratio: 4:3. Codes: 7400201. */
  canPreconfig(preconfigType: PreconfigType, preconfigRatio?: PreconfigRatio): boolean;
  /** Chooses profiles for the outputs that were made without one. Without a ratio: 4:3. Codes: 7400102, 7400201. */
  preconfig(preconfigType: PreconfigType, preconfigRatio?: PreconfigRatio): void;
  /** The camera was unplugged (7400108), or failed (7400201). */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Focus is looked for, found, or not found. */
  on(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  once(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  off(type: 'focusStateChange', callback?: AsyncCallback<FocusState>): void;
  onFocusStateChange(callback: Callback<FocusState>): void;
  offFocusStateChange(callback?: Callback<FocusState>): void;
  /** A smooth zoom began. */
  on(type: 'smoothZoomInfoAvailable', callback: AsyncCallback<SmoothZoomInfo>): void;
  once(type: 'smoothZoomInfoAvailable', callback: AsyncCallback<SmoothZoomInfo>): void;
  off(type: 'smoothZoomInfoAvailable', callback?: AsyncCallback<SmoothZoomInfo>): void;
  onSmoothZoomInfoAvailable(callback: Callback<SmoothZoomInfo>): void;
  offSmoothZoomInfoAvailable(callback?: Callback<SmoothZoomInfo>): void;
  /** The macro mode was switched; never on Linux. */
  on(type: 'macroStatusChanged', callback: AsyncCallback<boolean>): void;
  once(type: 'macroStatusChanged', callback: AsyncCallback<boolean>): void;
  off(type: 'macroStatusChanged', callback?: AsyncCallback<boolean>): void;
  onMacroStatusChanged(callback: Callback<boolean>): void;
  offMacroStatusChanged(callback?: Callback<boolean>): void;
  /** The camera changed; never on Linux. */
  on(type: 'autoDeviceSwitchStatusChange', callback: AsyncCallback<AutoDeviceSwitchStatus>): void;
  once(type: 'autoDeviceSwitchStatusChange', callback: AsyncCallback<AutoDeviceSwitchStatus>): void;
  off(type: 'autoDeviceSwitchStatusChange', callback?: AsyncCallback<AutoDeviceSwitchStatus>): void;
  onAutoDeviceSwitchStatusChange(callback: Callback<AutoDeviceSwitchStatus>): void;
  offAutoDeviceSwitchStatusChange(callback?: Callback<AutoDeviceSwitchStatus>): void;
  /** The device is hot or busy; never on Linux. */
  on(type: 'systemPressureLevelChange', callback: AsyncCallback<SystemPressureLevel>): void;
  once(type: 'systemPressureLevelChange', callback: AsyncCallback<SystemPressureLevel>): void;
  off(type: 'systemPressureLevelChange', callback?: AsyncCallback<SystemPressureLevel>): void;
  onSystemPressureLevelChange(callback: Callback<SystemPressureLevel>): void;
  offSystemPressureLevelChange(callback?: Callback<SystemPressureLevel>): void;
  /** The camera chose another sensitivity. */
  onIsoInfoChange(callback: Callback<IsoInfo>): void;
  offIsoInfoChange(callback?: Callback<IsoInfo>): void;
  /** The camera chose another exposure time. */
  onExposureInfoChange(callback: Callback<ExposureInfo>): void;
  offExposureInfoChange(callback?: Callback<ExposureInfo>): void;
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

/** A session for videos. */
export interface VideoSession
  extends Session, Flash, AutoExposure, WhiteBalance, Focus, Zoom, Stabilization, ColorManagement, ControlCenter,
    AutoDeviceSwitch, Macro, ManualExposure, ManualFocus, ManualIso, OIS, Aperture {
  /** Whether preconfig() can choose that. Without a ratio: 16:9. Codes: 7400201. */
  canPreconfig(preconfigType: PreconfigType, preconfigRatio?: PreconfigRatio): boolean;
  /** Chooses profiles for the outputs that were made without one. Without a ratio: 16:9. Codes: 7400102, 7400201. */
  preconfig(preconfigType: PreconfigType, preconfigRatio?: PreconfigRatio): void;
  /** Says what counts for more. Codes: 7400102, 7400103. */
  setQualityPrioritization(quality: QualityPrioritization): void;
  /** The camera was unplugged (7400108), or failed (7400201). */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Focus is looked for, found, or not found. */
  on(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  once(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  off(type: 'focusStateChange', callback?: AsyncCallback<FocusState>): void;
  onFocusStateChange(callback: Callback<FocusState>): void;
  offFocusStateChange(callback?: Callback<FocusState>): void;
  /** A smooth zoom began. */
  on(type: 'smoothZoomInfoAvailable', callback: AsyncCallback<SmoothZoomInfo>): void;
  once(type: 'smoothZoomInfoAvailable', callback: AsyncCallback<SmoothZoomInfo>): void;
  off(type: 'smoothZoomInfoAvailable', callback?: AsyncCallback<SmoothZoomInfo>): void;
  onSmoothZoomInfoAvailable(callback: Callback<SmoothZoomInfo>): void;
  offSmoothZoomInfoAvailable(callback?: Callback<SmoothZoomInfo>): void;
  /** An effect was switched; never on Linux. */
  on(type: 'controlCenterEffectStatusChange', callback: AsyncCallback<ControlCenterStatusInfo>): void;
  once(type: 'controlCenterEffectStatusChange', callback: AsyncCallback<ControlCenterStatusInfo>): void;
  off(type: 'controlCenterEffectStatusChange', callback?: AsyncCallback<ControlCenterStatusInfo>): void;
  onControlCenterEffectStatusChange(callback: Callback<ControlCenterStatusInfo>): void;
  offControlCenterEffectStatusChange(callback?: Callback<ControlCenterStatusInfo>): void;
  /** The macro mode was switched; never on Linux. */
  on(type: 'macroStatusChanged', callback: AsyncCallback<boolean>): void;
  once(type: 'macroStatusChanged', callback: AsyncCallback<boolean>): void;
  off(type: 'macroStatusChanged', callback?: AsyncCallback<boolean>): void;
  onMacroStatusChanged(callback: Callback<boolean>): void;
  offMacroStatusChanged(callback?: Callback<boolean>): void;
  /** The camera changed; never on Linux. */
  on(type: 'autoDeviceSwitchStatusChange', callback: AsyncCallback<AutoDeviceSwitchStatus>): void;
  once(type: 'autoDeviceSwitchStatusChange', callback: AsyncCallback<AutoDeviceSwitchStatus>): void;
  off(type: 'autoDeviceSwitchStatusChange', callback?: AsyncCallback<AutoDeviceSwitchStatus>): void;
  onAutoDeviceSwitchStatusChange(callback: Callback<AutoDeviceSwitchStatus>): void;
  offAutoDeviceSwitchStatusChange(callback?: Callback<AutoDeviceSwitchStatus>): void;
  /** The device is hot or busy; never on Linux. */
  on(type: 'systemPressureLevelChange', callback: AsyncCallback<SystemPressureLevel>): void;
  once(type: 'systemPressureLevelChange', callback: AsyncCallback<SystemPressureLevel>): void;
  off(type: 'systemPressureLevelChange', callback?: AsyncCallback<SystemPressureLevel>): void;
  onSystemPressureLevelChange(callback: Callback<SystemPressureLevel>): void;
  offSystemPressureLevelChange(callback?: Callback<SystemPressureLevel>): void;
  /** The camera chose another sensitivity. */
  onIsoInfoChange(callback: Callback<IsoInfo>): void;
  offIsoInfoChange(callback?: Callback<IsoInfo>): void;
  /** The camera chose another exposure time. */
  onExposureInfoChange(callback: Callback<ExposureInfo>): void;
  offExposureInfoChange(callback?: Callback<ExposureInfo>): void;
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

/** A session with a secure camera. There is none on Linux: createSession() makes none. */
export interface SecureSession extends Session, Flash, AutoExposure, WhiteBalance, Focus, Zoom {
  /** Makes a preview secure. Codes: 7400101, 7400102, 7400103. */
  addSecureOutput(previewOutput: PreviewOutput): void;
  /** The camera was unplugged (7400108), or failed (7400201). */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Focus is looked for, found, or not found. */
  on(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  once(type: 'focusStateChange', callback: AsyncCallback<FocusState>): void;
  off(type: 'focusStateChange', callback?: AsyncCallback<FocusState>): void;
  onFocusStateChange(callback: Callback<FocusState>): void;
  offFocusStateChange(callback?: Callback<FocusState>): void;
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
