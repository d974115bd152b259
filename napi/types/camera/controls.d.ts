// SPDX-License-Identifier: Apache-2.0

/* The controls of a session, family by family. What a camera has is asked with has...(), is...Supported(),
   getSupported...(), get...Range() and getExposureBiasStep(), which answer from addInput() on; all else does from
   commitConfig() on. Before, each throws 7400103. What a camera does not have cannot be set, and most of it cannot
   be asked how it is: 7400102. Flash mode, exposure mode, zoom, stabilisation and colour space always answer. */

import type { Callback } from '../base';
import type { Point } from './devices';
import type {
  ControlCenterEffectType, ExposureMeteringMode, ExposureMode, ExposureState, FlashMode, FlashState,
  FocusMode, OISAxes, OISMode, SmoothZoomMode, VideoStabilizationMode, WhiteBalanceMode,
} from './enums';
import type * as colorSpaceManager from '../color-space-manager';

/** What flash there is. */
export interface FlashQuery {
  /** Whether there is one. Codes: 7400103. */
  hasFlash(): boolean;
  /** Whether it can be used so. Codes: 7400103. */
  isFlashModeSupported(flashMode: FlashMode): boolean;
}

/** The flash. */
export interface Flash extends FlashQuery {
  /** How it is used. Codes: 7400103. */
  getFlashMode(): FlashMode;
  /** Says how it is to be used. Codes: 7400102, 7400103. */
  setFlashMode(flashMode: FlashMode): void;
  /** The flash is ready, charging or lit. */
  onFlashStateChange(callback: Callback<FlashState>): void;
  offFlashStateChange(callback?: Callback<FlashState>): void;
}

/** What can be set of exposure. */
export interface AutoExposureQuery {
  /** Whether exposure can be found so. Codes: 7400103. */
  isExposureModeSupported(aeMode: ExposureMode): boolean;
  /** The least and the greatest bias, in EV; empty when there is none. Codes: 7400103. */
  getExposureBiasRange(): number[];
  /** Whether it can be measured so. Codes: 7400101, 7400103. */
  isExposureMeteringModeSupported(aeMeteringMode: ExposureMeteringMode): boolean;
}

/** Exposure. */
export interface AutoExposure extends AutoExposureQuery {
  /** How it is found; -1 where that is unknown. Codes: 7400103. */
  getExposureMode(): ExposureMode;
  /** Says how it is to be found. Codes: 7400102, 7400103. */
  setExposureMode(aeMode: ExposureMode): void;
  /** Where it is measured. Codes: 7400102, 7400103. */
  getMeteringPoint(): Point;
  /** Says where it is to be measured. Codes: 7400102, 7400103. */
  setMeteringPoint(point: Point): void;
  /** Brighter or darker, in EV. Codes: 7400102, 7400103. */
  setExposureBias(exposureBias: number): void;
  /** The bias in EV. Codes: 7400102, 7400103. */
  getExposureValue(): number;
  /** How it is measured. Codes: 7400102, 7400103. */
  getExposureMeteringMode(): ExposureMeteringMode;
  /** Says how it is to be measured. Codes: 7400101, 7400102, 7400103. */
  setExposureMeteringMode(aeMeteringMode: ExposureMeteringMode): void;
  /** Exposure is looked for, or found. */
  onExposureStateChange(callback: Callback<ExposureState>): void;
  offExposureStateChange(callback?: Callback<ExposureState>): void;
}

/** What can be set of focus. */
export interface FocusQuery {
  /** Whether focus can be found so. Codes: 7400103. */
  isFocusModeSupported(afMode: FocusMode): boolean;
  /** Whether focus can follow a thing; false on Linux. Codes: 7400103. */
  isLockFocusTrackingSupported(): boolean;
}

/** Focus. */
export interface Focus extends FocusQuery {
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
  /** Not available on Linux. Codes: 7400102, 7400103, 7400201. */
  lockFocusTracking(focusPoint: Point): void;
  /** Not available on Linux. Codes: 7400102, 7400103, 7400201. */
  unlockFocusTracking(): void;
}

/** What can be set of the focus distance. */
export interface ManualFocusQuery {
  /** Whether it can be set. Codes: 7400103. */
  isFocusDistanceSupported(): boolean;
}

/** Focus set by hand. */
export interface ManualFocus extends ManualFocusQuery {
  /** From 0, the nearest, to 1. Codes: 7400102, 7400103. */
  getFocusDistance(): number;
  /** From 0, the nearest, to 1. Codes: 7400101, 7400102, 7400103. */
  setFocusDistance(distance: number): void;
}

/** What can be set of white balance. */
export interface WhiteBalanceQuery {
  /** Whether it can be found so. Codes: 7400101, 7400103. */
  isWhiteBalanceModeSupported(mode: WhiteBalanceMode): boolean;
  /** The least and the greatest, in kelvin; empty when it cannot be set. Codes: 7400103. */
  getWhiteBalanceRange(): number[];
  /** The least and the greatest; empty when it cannot be set. Codes: 7400103. */
  getColorTintRange(): number[];
}

/** White balance. */
export interface WhiteBalance extends WhiteBalanceQuery {
  /** How it is found. Codes: 7400102, 7400103. */
  getWhiteBalanceMode(): WhiteBalanceMode;
  /** Says how it is to be found. Codes: 7400101, 7400102, 7400103. */
  setWhiteBalanceMode(mode: WhiteBalanceMode): void;
  /** Kelvin. Codes: 7400102, 7400103. */
  getWhiteBalance(): number;
  /** Kelvin. Codes: 7400101, 7400102, 7400103. */
  setWhiteBalance(whiteBalance: number): void;
  /** Between green and magenta. Codes: 7400102, 7400103. */
  setColorTint(colorTint: number): void;
  /** Between green and magenta. Codes: 7400102, 7400103. */
  getColorTint(): number;
}

/** What can be set of the sensitivity. */
export interface ManualIsoQuery {
  /** The values that it can have; empty when it cannot be set. Codes: 7400103. */
  getSupportedIsoRange(): number[];
}

/** Sensitivity. */
export interface ManualIso extends ManualIsoQuery {
  /** The sensitivity. Codes: 7400102, 7400103. */
  getIso(): number;
  /** Sets it. Codes: 7400101, 7400102, 7400103. */
  setIso(iso: number): void;
}

/** A smooth zoom that began. */
export interface SmoothZoomInfo {
  /** Milliseconds that it takes. */
  duration: number;
}

/** A zoom at which another lens takes over. */
export interface ZoomPointInfo {
  /** The zoom. */
  zoomRatio: number;
  /** Millimetres. */
  equivalentFocalLength: number;
}

/** What can be set of zoom. */
export interface ZoomQuery {
  /** The least and the greatest. Codes: 7400103. */
  getZoomRatioRange(): number[];
  /** Where other lenses take over; empty on Linux. Codes: 7400103. */
  getZoomPointInfos(): ZoomPointInfo[];
  /** The range for raw photos; empty when there are none. Codes: 7400103. */
  getRAWCaptureZoomRatioRange(): number[];
}

/** Zoom. */
export interface Zoom extends ZoomQuery {
  /** The zoom. Codes: 7400103, 7400201. */
  getZoomRatio(): number;
  /** Zooms at once. Codes: 7400102, 7400103. */
  setZoomRatio(zoomRatio: number): void;
  /**
   * Zooms little by little; the event smoothZoomInfoAvailable says how long it takes. Codes: 7400102, 7400103.
   */
  setSmoothZoom(targetRatio: number, mode?: SmoothZoomMode): void;
}

/** What can be set of stabilisation. */
export interface StabilizationQuery {
  /** Whether videos can be stabilised so. Codes: 7400103. */
  isVideoStabilizationModeSupported(vsMode: VideoStabilizationMode): boolean;
}

/** Stabilisation of videos. */
export interface Stabilization extends StabilizationQuery {
  /** How much they are. Codes: 7400103. */
  getActiveVideoStabilizationMode(): VideoStabilizationMode;
  /** Says how much they are to be. Codes: 7400102, 7400103. */
  setVideoStabilizationMode(mode: VideoStabilizationMode): void;
}

/** What colour spaces there are. */
export interface ColorManagementQuery {
  /** Those that can be set. Codes: 7400103. */
  getSupportedColorSpaces(): colorSpaceManager.ColorSpace[];
}

/** The colour space of pictures. */
export interface ColorManagement extends ColorManagementQuery {
  /** The one that is used. Codes: 7400103. */
  getActiveColorSpace(): colorSpaceManager.ColorSpace;
  /** Sets it. Codes: 7400101, 7400102, 7400103, 7400201. */
  setColorSpace(colorSpace: colorSpaceManager.ColorSpace): void;
}

/** What the control centre can do; nothing on Linux. */
export interface ControlCenterQuery {
  /** Whether there is one; false on Linux. */
  isControlCenterSupported(): boolean;
  /** Its effects; empty on Linux. */
  getSupportedEffectTypes(): ControlCenterEffectType[];
}

/** The control centre; not available on Linux. */
export interface ControlCenter extends ControlCenterQuery {
  /** Not available on Linux. Codes: 7400102, 7400103. */
  enableControlCenter(enabled: boolean): void;
}

/** An effect that was switched. */
export interface ControlCenterStatusInfo {
  /** Which. */
  effectType: ControlCenterEffectType;
  /** Whether it is on. */
  isActive: boolean;
}

/** Whether the camera can change by itself. */
export interface AutoDeviceSwitchQuery {
  /** Whether it can; false on Linux. Codes: 7400103. */
  isAutoDeviceSwitchSupported(): boolean;
}

/** A change of the camera when the device is folded; not available on Linux. */
export interface AutoDeviceSwitch extends AutoDeviceSwitchQuery {
  /** Not available on Linux. Codes: 7400101, 7400102, 7400103, 7400201. */
  enableAutoDeviceSwitch(enabled: boolean): void;
}

/** A change of the camera. */
export interface AutoDeviceSwitchStatus {
  /** Whether it changed. */
  isDeviceSwitched: boolean;
  /** Whether it offers something else. */
  isDeviceCapabilityChanged: boolean;
}

/** Whether there is a macro mode. */
export interface MacroQuery {
  /** Whether there is one. */
  isMacroSupported(): boolean;
}

/** The macro mode. */
export interface Macro extends MacroQuery {
  /** Switches it. Codes: 7400102, 7400103. */
  enableMacro(enabled: boolean): void;
}

/** A range of zoom. */
export interface ZoomRange {
  /** The least. */
  min: number;
  /** The greatest. */
  max: number;
}

/** Apertures in a range of zoom. */
export interface PhysicalAperture {
  /** The range. */
  zoomRange: ZoomRange;
  /** The apertures. */
  apertures: number[];
}

/** What can be set of the aperture. */
export interface ApertureQuery {
  /** Those that can be set; empty when none can. Codes: 7400103. */
  getSupportedPhysicalApertures(): PhysicalAperture[];
}

/** The aperture. */
export interface Aperture extends ApertureQuery {
  /** The f-number. Codes: 7400102, 7400103. */
  getPhysicalAperture(): number;
  /** The f-number. Codes: 7400102, 7400103. */
  setPhysicalAperture(aperture: number): void;
}

/** What can be set of the exposure time. */
export interface ManualExposureQuery {
  /** The shortest and the longest, in microseconds; empty when it cannot be set. Codes: 7400102, 7400103. */
  getSupportedExposureDurationRange(): number[];
  /** The step of the bias, in EV. Codes: 7400102, 7400103. */
  getExposureBiasStep(): number;
}

/** Exposure time set by hand. */
export interface ManualExposure extends ManualExposureQuery {
  /** Microseconds. Codes: 7400102, 7400103. */
  getExposureDuration(): number;
  /** Microseconds. Codes: 7400102, 7400103. */
  setExposureDuration(exposureDuration: number): void;
}

/** The sensitivity as the camera chose it. */
export interface IsoInfo {
  /** The sensitivity. */
  iso?: number;
}

/** The exposure as the camera chose it. */
export interface ExposureInfo {
  /** Microseconds. */
  exposureTime?: number;
}

/** What can be set of the stabilised lens; nothing on Linux. */
export interface OISQuery {
  /** Whether it can be used so; false on Linux. Codes: 7400102, 7400103. */
  isOISModeSupported(mode: OISMode): boolean;
  /** The least and the greatest; empty on Linux. Codes: 7400102, 7400103. */
  getSupportedOISBiasRange(oisAxis: OISAxes): number[];
  /** The step. Codes: 7400102, 7400103. */
  getSupportedOISBiasStep(oisAxis: OISAxes): number;
  /** How it is used. Codes: 7400102, 7400103. */
  getCurrentOISMode(): OISMode;
  /** Where it is. Codes: 7400102, 7400103. */
  getCurrentCustomOISBias(oisAxis: OISAxes): number;
}

/** The stabilised lens; not available on Linux. */
export interface OIS extends OISQuery {
  /** Not available on Linux. Codes: 7400102, 7400103. */
  setOISMode(mode: OISMode): void;
  /** Not available on Linux. Codes: 7400102, 7400103. */
  setOISModeCustom(pitch: number, yaw: number): void;
}
