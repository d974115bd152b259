// SPDX-License-Identifier: Apache-2.0

/* Sessions: every public member of Camera Kit's interfaces, used with exactly the types that
 * Camera Kit gives it. This program is compiled and never run. */

import { camera } from '@kit.CameraKit';
import { AsyncCallback, Callback, ErrorCallback } from '@kit.BasicServicesKit';

import { exactly, some } from './exactly.js';
import {
  useAperture, useAutoDeviceSwitch, useAutoExposure, useColorManagement, useControlCenter, useFlash,
  useFocus, useMacro, useManualExposure, useManualFocus, useManualIso, useOIS, useStabilization,
  useWhiteBalance, useZoom,
} from './every-control.js';

export function useSession(it: camera.Session): void {
  exactly<void>()(it.beginConfig());
  exactly<void>()(it.commitConfig(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.commitConfig());
  exactly<boolean>()(it.canAddInput(some<camera.CameraInput>()));
  exactly<void>()(it.addInput(some<camera.CameraInput>()));
  exactly<void>()(it.removeInput(some<camera.CameraInput>()));
  exactly<boolean>()(it.canAddOutput(some<camera.CameraOutput>()));
  exactly<void>()(it.addOutput(some<camera.CameraOutput>()));
  exactly<void>()(it.removeOutput(some<camera.CameraOutput>()));
  exactly<void>()(it.start(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.start());
  exactly<void>()(it.stop(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.stop());
  exactly<void>()(it.release(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.release());
}

export function usePhotoSession(it: camera.PhotoSession): void {
  exactly<boolean>()(it.canPreconfig(some<camera.PreconfigType>(), some<camera.PreconfigRatio>()));
  exactly<boolean>()(it.canPreconfig(some<camera.PreconfigType>()));
  exactly<void>()(it.preconfig(some<camera.PreconfigType>(), some<camera.PreconfigRatio>()));
  exactly<void>()(it.preconfig(some<camera.PreconfigType>()));
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  it.on('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.once('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange');
  it.onFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange();
  it.on('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.once('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.off('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.off('smoothZoomInfoAvailable');
  it.onSmoothZoomInfoAvailable(some<Callback<camera.SmoothZoomInfo>>());
  it.offSmoothZoomInfoAvailable(some<Callback<camera.SmoothZoomInfo>>());
  it.offSmoothZoomInfoAvailable();
  it.on('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.once('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.off('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.off('macroStatusChanged');
  it.onMacroStatusChanged(some<Callback<boolean>>());
  it.offMacroStatusChanged(some<Callback<boolean>>());
  it.offMacroStatusChanged();
  it.on('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.once('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.off('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.off('autoDeviceSwitchStatusChange');
  it.onAutoDeviceSwitchStatusChange(some<Callback<camera.AutoDeviceSwitchStatus>>());
  it.offAutoDeviceSwitchStatusChange(some<Callback<camera.AutoDeviceSwitchStatus>>());
  it.offAutoDeviceSwitchStatusChange();
  it.on('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.once('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.off('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.off('systemPressureLevelChange');
  it.onSystemPressureLevelChange(some<Callback<camera.SystemPressureLevel>>());
  it.offSystemPressureLevelChange(some<Callback<camera.SystemPressureLevel>>());
  it.offSystemPressureLevelChange();
  it.onIsoInfoChange(some<Callback<camera.IsoInfo>>());
  it.offIsoInfoChange(some<Callback<camera.IsoInfo>>());
  it.offIsoInfoChange();
  it.onExposureInfoChange(some<Callback<camera.ExposureInfo>>());
  it.offExposureInfoChange(some<Callback<camera.ExposureInfo>>());
  it.offExposureInfoChange();
  useSession(it);
  useFlash(it);
  useAutoExposure(it);
  useWhiteBalance(it);
  useFocus(it);
  useZoom(it);
  useColorManagement(it);
  useAutoDeviceSwitch(it);
  useMacro(it);
  useManualExposure(it);
  useManualFocus(it);
  useManualIso(it);
  useOIS(it);
  useAperture(it);
}

export function useVideoSession(it: camera.VideoSession): void {
  exactly<boolean>()(it.canPreconfig(some<camera.PreconfigType>(), some<camera.PreconfigRatio>()));
  exactly<boolean>()(it.canPreconfig(some<camera.PreconfigType>()));
  exactly<void>()(it.preconfig(some<camera.PreconfigType>(), some<camera.PreconfigRatio>()));
  exactly<void>()(it.preconfig(some<camera.PreconfigType>()));
  exactly<void>()(it.setQualityPrioritization(some<camera.QualityPrioritization>()));
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  it.on('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.once('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange');
  it.onFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange();
  it.on('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.once('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.off('smoothZoomInfoAvailable', some<AsyncCallback<camera.SmoothZoomInfo>>());
  it.off('smoothZoomInfoAvailable');
  it.onSmoothZoomInfoAvailable(some<Callback<camera.SmoothZoomInfo>>());
  it.offSmoothZoomInfoAvailable(some<Callback<camera.SmoothZoomInfo>>());
  it.offSmoothZoomInfoAvailable();
  it.on('controlCenterEffectStatusChange', some<AsyncCallback<camera.ControlCenterStatusInfo>>());
  it.once('controlCenterEffectStatusChange', some<AsyncCallback<camera.ControlCenterStatusInfo>>());
  it.off('controlCenterEffectStatusChange', some<AsyncCallback<camera.ControlCenterStatusInfo>>());
  it.off('controlCenterEffectStatusChange');
  it.onControlCenterEffectStatusChange(some<Callback<camera.ControlCenterStatusInfo>>());
  it.offControlCenterEffectStatusChange(some<Callback<camera.ControlCenterStatusInfo>>());
  it.offControlCenterEffectStatusChange();
  it.on('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.once('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.off('macroStatusChanged', some<AsyncCallback<boolean>>());
  it.off('macroStatusChanged');
  it.onMacroStatusChanged(some<Callback<boolean>>());
  it.offMacroStatusChanged(some<Callback<boolean>>());
  it.offMacroStatusChanged();
  it.on('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.once('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.off('autoDeviceSwitchStatusChange', some<AsyncCallback<camera.AutoDeviceSwitchStatus>>());
  it.off('autoDeviceSwitchStatusChange');
  it.onAutoDeviceSwitchStatusChange(some<Callback<camera.AutoDeviceSwitchStatus>>());
  it.offAutoDeviceSwitchStatusChange(some<Callback<camera.AutoDeviceSwitchStatus>>());
  it.offAutoDeviceSwitchStatusChange();
  it.on('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.once('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.off('systemPressureLevelChange', some<AsyncCallback<camera.SystemPressureLevel>>());
  it.off('systemPressureLevelChange');
  it.onSystemPressureLevelChange(some<Callback<camera.SystemPressureLevel>>());
  it.offSystemPressureLevelChange(some<Callback<camera.SystemPressureLevel>>());
  it.offSystemPressureLevelChange();
  it.onIsoInfoChange(some<Callback<camera.IsoInfo>>());
  it.offIsoInfoChange(some<Callback<camera.IsoInfo>>());
  it.offIsoInfoChange();
  it.onExposureInfoChange(some<Callback<camera.ExposureInfo>>());
  it.offExposureInfoChange(some<Callback<camera.ExposureInfo>>());
  it.offExposureInfoChange();
  useSession(it);
  useFlash(it);
  useAutoExposure(it);
  useWhiteBalance(it);
  useFocus(it);
  useZoom(it);
  useStabilization(it);
  useColorManagement(it);
  useControlCenter(it);
  useAutoDeviceSwitch(it);
  useMacro(it);
  useManualExposure(it);
  useManualFocus(it);
  useManualIso(it);
  useOIS(it);
  useAperture(it);
}

export function useSecureSession(it: camera.SecureSession): void {
  exactly<void>()(it.addSecureOutput(some<camera.PreviewOutput>()));
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
  it.on('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.once('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange');
  it.onFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange();
  useSession(it);
  useFlash(it);
  useAutoExposure(it);
  useWhiteBalance(it);
  useFocus(it);
  useZoom(it);
}

export function useCaptureSession(it: camera.CaptureSession): void {
  exactly<void>()(it.beginConfig());
  exactly<void>()(it.commitConfig(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.commitConfig());
  exactly<void>()(it.addInput(some<camera.CameraInput>()));
  exactly<void>()(it.removeInput(some<camera.CameraInput>()));
  exactly<void>()(it.addOutput(some<camera.CameraOutput>()));
  exactly<void>()(it.removeOutput(some<camera.CameraOutput>()));
  exactly<void>()(it.start(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.start());
  exactly<void>()(it.stop(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.stop());
  exactly<void>()(it.release(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.release());
  exactly<boolean>()(it.hasFlash());
  exactly<boolean>()(it.isFlashModeSupported(some<camera.FlashMode>()));
  exactly<camera.FlashMode>()(it.getFlashMode());
  exactly<void>()(it.setFlashMode(some<camera.FlashMode>()));
  exactly<boolean>()(it.isExposureModeSupported(some<camera.ExposureMode>()));
  exactly<camera.ExposureMode>()(it.getExposureMode());
  exactly<void>()(it.setExposureMode(some<camera.ExposureMode>()));
  exactly<camera.Point>()(it.getMeteringPoint());
  exactly<void>()(it.setMeteringPoint(some<camera.Point>()));
  exactly<Array<number>>()(it.getExposureBiasRange());
  exactly<void>()(it.setExposureBias(some<number>()));
  exactly<number>()(it.getExposureValue());
  exactly<boolean>()(it.isFocusModeSupported(some<camera.FocusMode>()));
  exactly<camera.FocusMode>()(it.getFocusMode());
  exactly<void>()(it.setFocusMode(some<camera.FocusMode>()));
  exactly<void>()(it.setFocusPoint(some<camera.Point>()));
  exactly<camera.Point>()(it.getFocusPoint());
  exactly<number>()(it.getFocalLength());
  exactly<Array<number>>()(it.getZoomRatioRange());
  exactly<number>()(it.getZoomRatio());
  exactly<void>()(it.setZoomRatio(some<number>()));
  exactly<boolean>()(it.isVideoStabilizationModeSupported(some<camera.VideoStabilizationMode>()));
  exactly<camera.VideoStabilizationMode>()(it.getActiveVideoStabilizationMode());
  exactly<void>()(it.setVideoStabilizationMode(some<camera.VideoStabilizationMode>()));
  it.on('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.once('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange', some<AsyncCallback<camera.FocusState>>());
  it.off('focusStateChange');
  it.onFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange(some<Callback<camera.FocusState>>());
  it.offFocusStateChange();
  it.on('error', some<ErrorCallback>());
  it.once('error', some<ErrorCallback>());
  it.off('error', some<ErrorCallback>());
  it.off('error');
  it.onError(some<ErrorCallback>());
  it.offError(some<ErrorCallback>());
  it.offError();
}
