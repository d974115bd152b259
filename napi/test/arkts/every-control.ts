// SPDX-License-Identifier: Apache-2.0

/* Controls: every public member of Camera Kit's interfaces, used with exactly the types that
 * Camera Kit gives it. This program is compiled and never run. */

import { camera } from '@kit.CameraKit';
import { colorSpaceManager } from '@kit.ArkGraphics2D';
import { Callback } from '@kit.BasicServicesKit';

import { exactly, some } from './exactly.js';

export function useFlashQuery(it: camera.FlashQuery): void {
  exactly<boolean>()(it.hasFlash());
  exactly<boolean>()(it.isFlashModeSupported(some<camera.FlashMode>()));
}

export function useFlash(it: camera.Flash): void {
  exactly<camera.FlashMode>()(it.getFlashMode());
  exactly<void>()(it.setFlashMode(some<camera.FlashMode>()));
  it.onFlashStateChange(some<Callback<camera.FlashState>>());
  it.offFlashStateChange(some<Callback<camera.FlashState>>());
  it.offFlashStateChange();
  useFlashQuery(it);
}

export function useAutoExposureQuery(it: camera.AutoExposureQuery): void {
  exactly<boolean>()(it.isExposureModeSupported(some<camera.ExposureMode>()));
  exactly<Array<number>>()(it.getExposureBiasRange());
  exactly<boolean>()(it.isExposureMeteringModeSupported(some<camera.ExposureMeteringMode>()));
}

export function useAutoExposure(it: camera.AutoExposure): void {
  exactly<camera.ExposureMode>()(it.getExposureMode());
  exactly<void>()(it.setExposureMode(some<camera.ExposureMode>()));
  exactly<camera.Point>()(it.getMeteringPoint());
  exactly<void>()(it.setMeteringPoint(some<camera.Point>()));
  exactly<void>()(it.setExposureBias(some<number>()));
  exactly<number>()(it.getExposureValue());
  exactly<camera.ExposureMeteringMode>()(it.getExposureMeteringMode());
  exactly<void>()(it.setExposureMeteringMode(some<camera.ExposureMeteringMode>()));
  it.onExposureStateChange(some<Callback<camera.ExposureState>>());
  it.offExposureStateChange(some<Callback<camera.ExposureState>>());
  it.offExposureStateChange();
  useAutoExposureQuery(it);
}

export function useFocusQuery(it: camera.FocusQuery): void {
  exactly<boolean>()(it.isFocusModeSupported(some<camera.FocusMode>()));
  exactly<boolean>()(it.isLockFocusTrackingSupported());
}

export function useFocus(it: camera.Focus): void {
  exactly<camera.FocusMode>()(it.getFocusMode());
  exactly<void>()(it.setFocusMode(some<camera.FocusMode>()));
  exactly<void>()(it.setFocusPoint(some<camera.Point>()));
  exactly<camera.Point>()(it.getFocusPoint());
  exactly<number>()(it.getFocalLength());
  exactly<void>()(it.lockFocusTracking(some<camera.Point>()));
  exactly<void>()(it.unlockFocusTracking());
  useFocusQuery(it);
}

export function useManualFocusQuery(it: camera.ManualFocusQuery): void {
  exactly<boolean>()(it.isFocusDistanceSupported());
}

export function useManualFocus(it: camera.ManualFocus): void {
  exactly<number>()(it.getFocusDistance());
  exactly<void>()(it.setFocusDistance(some<number>()));
  useManualFocusQuery(it);
}

export function useWhiteBalanceQuery(it: camera.WhiteBalanceQuery): void {
  exactly<boolean>()(it.isWhiteBalanceModeSupported(some<camera.WhiteBalanceMode>()));
  exactly<Array<number>>()(it.getWhiteBalanceRange());
  exactly<Array<number>>()(it.getColorTintRange());
}

export function useWhiteBalance(it: camera.WhiteBalance): void {
  exactly<camera.WhiteBalanceMode>()(it.getWhiteBalanceMode());
  exactly<void>()(it.setWhiteBalanceMode(some<camera.WhiteBalanceMode>()));
  exactly<number>()(it.getWhiteBalance());
  exactly<void>()(it.setWhiteBalance(some<number>()));
  exactly<void>()(it.setColorTint(some<number>()));
  exactly<number>()(it.getColorTint());
  useWhiteBalanceQuery(it);
}

export function useManualIsoQuery(it: camera.ManualIsoQuery): void {
  exactly<number[]>()(it.getSupportedIsoRange());
}

export function useManualIso(it: camera.ManualIso): void {
  exactly<number>()(it.getIso());
  exactly<void>()(it.setIso(some<number>()));
  useManualIsoQuery(it);
}

export function useSmoothZoomInfo(it: camera.SmoothZoomInfo): void {
  exactly<number>()(it.duration);
}

export function useZoomPointInfo(it: camera.ZoomPointInfo): void {
  exactly<number>()(it.zoomRatio);
  exactly<number>()(it.equivalentFocalLength);
}

export function useZoomQuery(it: camera.ZoomQuery): void {
  exactly<Array<number>>()(it.getZoomRatioRange());
  exactly<Array<camera.ZoomPointInfo>>()(it.getZoomPointInfos());
  exactly<Array<number>>()(it.getRAWCaptureZoomRatioRange());
}

export function useZoom(it: camera.Zoom): void {
  exactly<number>()(it.getZoomRatio());
  exactly<void>()(it.setZoomRatio(some<number>()));
  exactly<void>()(it.setSmoothZoom(some<number>(), some<camera.SmoothZoomMode>()));
  exactly<void>()(it.setSmoothZoom(some<number>()));
  useZoomQuery(it);
}

export function useStabilizationQuery(it: camera.StabilizationQuery): void {
  exactly<boolean>()(it.isVideoStabilizationModeSupported(some<camera.VideoStabilizationMode>()));
}

export function useStabilization(it: camera.Stabilization): void {
  exactly<camera.VideoStabilizationMode>()(it.getActiveVideoStabilizationMode());
  exactly<void>()(it.setVideoStabilizationMode(some<camera.VideoStabilizationMode>()));
  useStabilizationQuery(it);
}

export function useColorManagementQuery(it: camera.ColorManagementQuery): void {
  exactly<Array<colorSpaceManager.ColorSpace>>()(it.getSupportedColorSpaces());
}

export function useColorManagement(it: camera.ColorManagement): void {
  exactly<colorSpaceManager.ColorSpace>()(it.getActiveColorSpace());
  exactly<void>()(it.setColorSpace(some<colorSpaceManager.ColorSpace>()));
  useColorManagementQuery(it);
}

export function useControlCenterQuery(it: camera.ControlCenterQuery): void {
  exactly<boolean>()(it.isControlCenterSupported());
  exactly<Array<camera.ControlCenterEffectType>>()(it.getSupportedEffectTypes());
}

export function useControlCenter(it: camera.ControlCenter): void {
  exactly<void>()(it.enableControlCenter(some<boolean>()));
  useControlCenterQuery(it);
}

export function useControlCenterStatusInfo(it: camera.ControlCenterStatusInfo): void {
  exactly<camera.ControlCenterEffectType>()(it.effectType);
  exactly<boolean>()(it.isActive);
}

export function useAutoDeviceSwitchQuery(it: camera.AutoDeviceSwitchQuery): void {
  exactly<boolean>()(it.isAutoDeviceSwitchSupported());
}

export function useAutoDeviceSwitch(it: camera.AutoDeviceSwitch): void {
  exactly<void>()(it.enableAutoDeviceSwitch(some<boolean>()));
  useAutoDeviceSwitchQuery(it);
}

export function useAutoDeviceSwitchStatus(it: camera.AutoDeviceSwitchStatus): void {
  exactly<boolean>()(it.isDeviceSwitched);
  exactly<boolean>()(it.isDeviceCapabilityChanged);
}

export function useMacroQuery(it: camera.MacroQuery): void {
  exactly<boolean>()(it.isMacroSupported());
}

export function useMacro(it: camera.Macro): void {
  exactly<void>()(it.enableMacro(some<boolean>()));
  useMacroQuery(it);
}

export function useZoomRange(it: camera.ZoomRange): void {
  exactly<number>()(it.min);
  exactly<number>()(it.max);
}

export function usePhysicalAperture(it: camera.PhysicalAperture): void {
  exactly<camera.ZoomRange>()(it.zoomRange);
  exactly<Array<number>>()(it.apertures);
}

export function useApertureQuery(it: camera.ApertureQuery): void {
  exactly<Array<camera.PhysicalAperture>>()(it.getSupportedPhysicalApertures());
}

export function useAperture(it: camera.Aperture): void {
  exactly<number>()(it.getPhysicalAperture());
  exactly<void>()(it.setPhysicalAperture(some<number>()));
  useApertureQuery(it);
}

export function useManualExposureQuery(it: camera.ManualExposureQuery): void {
  exactly<Array<number>>()(it.getSupportedExposureDurationRange());
  exactly<number>()(it.getExposureBiasStep());
}

export function useManualExposure(it: camera.ManualExposure): void {
  exactly<number>()(it.getExposureDuration());
  exactly<void>()(it.setExposureDuration(some<number>()));
  useManualExposureQuery(it);
}

export function useIsoInfo(it: camera.IsoInfo): void {
  exactly<number | undefined>()(it.iso);
}

export function useExposureInfo(it: camera.ExposureInfo): void {
  exactly<number | undefined>()(it.exposureTime);
}

export function useOISQuery(it: camera.OISQuery): void {
  exactly<boolean>()(it.isOISModeSupported(some<camera.OISMode>()));
  exactly<Array<number>>()(it.getSupportedOISBiasRange(some<camera.OISAxes>()));
  exactly<number>()(it.getSupportedOISBiasStep(some<camera.OISAxes>()));
  exactly<camera.OISMode>()(it.getCurrentOISMode());
  exactly<number>()(it.getCurrentCustomOISBias(some<camera.OISAxes>()));
}

export function useOIS(it: camera.OIS): void {
  exactly<void>()(it.setOISMode(some<camera.OISMode>()));
  exactly<void>()(it.setOISModeCustom(some<number>(), some<number>()));
  useOISQuery(it);
}
