// SPDX-License-Identifier: Apache-2.0

/* Cameras and their manager: every public member of Camera Kit's interfaces, used with exactly the types that
 * Camera Kit gives it. This program is compiled and never run. */

import { camera } from '@kit.CameraKit';
import { AsyncCallback, Callback, ErrorCallback } from '@kit.BasicServicesKit';

import { exactly, some } from './exactly.js';

export function useCameraDevice(it: camera.CameraDevice): void {
  exactly<string>()(it.cameraId);
  exactly<camera.CameraPosition>()(it.cameraPosition);
  exactly<camera.CameraType>()(it.cameraType);
  exactly<camera.ConnectionType>()(it.connectionType);
  exactly<string>()(it.hostDeviceName);
  exactly<camera.HostDeviceType>()(it.hostDeviceType);
  exactly<number>()(it.cameraOrientation);
  exactly<Array<number> | undefined>()(it.lensEquivalentFocalLength);
  exactly<boolean | undefined>()(it.isLogicalCamera);
  exactly<Array<camera.CameraDevice> | undefined>()(it.constituentCameraDevices);
  exactly<number | undefined>()(it.lensFocalLength);
  exactly<number | undefined>()(it.minimumFocusDistance);
  exactly<Array<number> | undefined>()(it.lensDistortion);
  exactly<Array<number> | undefined>()(it.lensIntrinsicCalibration);
  exactly<Array<number> | undefined>()(it.sensorPhysicalSize);
  exactly<Array<number> | undefined>()(it.sensorPixelArraySize);
  exactly<camera.SensorColorFilterArrangement | undefined>()(it.sensorColorFilterArrangement);
  exactly<camera.AutomotiveCameraPosition | undefined>()(it.automotiveCameraPosition);
}

export function useSize(it: camera.Size): void {
  exactly<number>()(it.height);
  exactly<number>()(it.width);
}

export function usePoint(it: camera.Point): void {
  exactly<number>()(it.x);
  exactly<number>()(it.y);
}

export function useRect(it: camera.Rect): void {
  exactly<number>()(it.topLeftX);
  exactly<number>()(it.topLeftY);
  exactly<number>()(it.width);
  exactly<number>()(it.height);
}

export function useProfile(it: camera.Profile): void {
  exactly<camera.CameraFormat>()(it.format);
  exactly<camera.Size>()(it.size);
}

export function useFrameRateRange(it: camera.FrameRateRange): void {
  exactly<number>()(it.min);
  exactly<number>()(it.max);
}

export function useVideoProfile(it: camera.VideoProfile): void {
  exactly<camera.FrameRateRange>()(it.frameRateRange);
  useProfile(it);
}

export function useCameraOutputCapability(it: camera.CameraOutputCapability): void {
  exactly<Array<camera.Profile>>()(it.previewProfiles);
  exactly<Array<camera.Profile>>()(it.photoProfiles);
  exactly<Array<camera.VideoProfile>>()(it.videoProfiles);
  exactly<Array<camera.MetadataObjectType>>()(it.supportedMetadataObjectTypes);
}

export function useCameraConcurrentInfo(it: camera.CameraConcurrentInfo): void {
  exactly<camera.CameraDevice>()(it.device);
  exactly<Array<camera.SceneMode>>()(it.modes);
  exactly<Array<camera.CameraOutputCapability>>()(it.outputCapabilities);
  exactly<camera.CameraConcurrentType>()(it.type);
}

export function useCameraStatusInfo(it: camera.CameraStatusInfo): void {
  exactly<camera.CameraDevice>()(it.camera);
  exactly<camera.CameraStatus>()(it.status);
}

export function useFoldStatusInfo(it: camera.FoldStatusInfo): void {
  exactly<Array<camera.CameraDevice>>()(it.supportedCameras);
  exactly<camera.FoldStatus>()(it.foldStatus);
}

export function useTorchStatusInfo(it: camera.TorchStatusInfo): void {
  exactly<boolean>()(it.isTorchAvailable);
  exactly<boolean>()(it.isTorchActive);
  exactly<number>()(it.torchLevel);
}

export function useLocation(it: camera.Location): void {
  exactly<number>()(it.latitude);
  exactly<number>()(it.longitude);
  exactly<number>()(it.altitude);
}

export function useCameraManager(it: camera.CameraManager): void {
  exactly<Array<camera.CameraDevice>>()(it.getSupportedCameras());
  exactly<camera.CameraOutputCapability>()(it.getSupportedOutputCapability(some<camera.CameraDevice>()));
  exactly<Array<camera.SceneMode>>()(it.getSupportedSceneModes(some<camera.CameraDevice>()));
  exactly<camera.CameraOutputCapability>()(
    it.getSupportedOutputCapability(some<camera.CameraDevice>(), some<camera.SceneMode>()));
  exactly<camera.CameraOutputCapability>()(
    it.getSupportedFullOutputCapability(some<camera.CameraDevice>(), some<camera.SceneMode>()));
  exactly<boolean>()(it.isCameraMuted());
  exactly<camera.CameraInput>()(it.createCameraInput(some<camera.CameraDevice>()));
  exactly<camera.CameraInput>()(it.createCameraInput(some<camera.CameraPosition>(), some<camera.CameraType>()));
  exactly<camera.PreviewOutput>()(it.createPreviewOutput(some<camera.Profile>(), some<string>()));
  exactly<camera.PreviewOutput>()(it.createPreviewOutput(some<string>()));
  exactly<camera.PhotoOutput>()(it.createPhotoOutput(some<camera.Profile>(), some<string>()));
  exactly<camera.PhotoOutput>()(it.createPhotoOutput(some<camera.Profile>()));
  exactly<camera.PhotoOutput>()(it.createPhotoOutput());
  exactly<camera.VideoOutput>()(it.createVideoOutput(some<camera.VideoProfile>(), some<string>()));
  exactly<camera.VideoOutput>()(it.createVideoOutput(some<string>()));
  exactly<camera.MetadataOutput>()(it.createMetadataOutput(some<Array<camera.MetadataObjectType>>()));
  exactly<camera.CaptureSession>()(it.createCaptureSession());
  exactly<camera.PhotoSession>()(it.createSession<camera.PhotoSession>(some<camera.SceneMode>()));
  exactly<camera.PreviewOutput>()(it.createDeferredPreviewOutput(some<camera.Profile>()));
  exactly<boolean>()(it.isTorchSupported());
  exactly<boolean>()(it.isTorchModeSupported(some<camera.TorchMode>()));
  exactly<camera.TorchMode>()(it.getTorchMode());
  exactly<void>()(it.setTorchMode(some<camera.TorchMode>()));
  exactly<boolean>()(it.isTorchLevelControlSupported());
  exactly<void>()(it.setTorchModeOnWithLevel(some<number>()));
  exactly<camera.CameraDevice>()(it.getCameraDevice(some<camera.CameraPosition>(), some<camera.CameraType>()));
  exactly<Array<camera.CameraConcurrentInfo>>()(it.getCameraConcurrentInfos(some<Array<camera.CameraDevice>>()));
  exactly<Array<camera.CameraDevice>>()(
    it.getCameraDevices(some<camera.CameraPosition>(), some<Array<camera.CameraType>>(), some<camera.ConnectionType>()));
  it.on('cameraStatus', some<AsyncCallback<camera.CameraStatusInfo>>());
  it.once('cameraStatus', some<AsyncCallback<camera.CameraStatusInfo>>());
  it.off('cameraStatus', some<AsyncCallback<camera.CameraStatusInfo>>());
  it.off('cameraStatus');
  it.onCameraStatus(some<Callback<camera.CameraStatusInfo>>());
  it.offCameraStatus(some<Callback<camera.CameraStatusInfo>>());
  it.offCameraStatus();
  it.on('foldStatusChange', some<AsyncCallback<camera.FoldStatusInfo>>());
  it.once('foldStatusChange', some<AsyncCallback<camera.FoldStatusInfo>>());
  it.off('foldStatusChange', some<AsyncCallback<camera.FoldStatusInfo>>());
  it.off('foldStatusChange');
  it.onFoldStatusChange(some<Callback<camera.FoldStatusInfo>>());
  it.offFoldStatusChange(some<Callback<camera.FoldStatusInfo>>());
  it.offFoldStatusChange();
  it.on('torchStatusChange', some<AsyncCallback<camera.TorchStatusInfo>>());
  it.once('torchStatusChange', some<AsyncCallback<camera.TorchStatusInfo>>());
  it.off('torchStatusChange', some<AsyncCallback<camera.TorchStatusInfo>>());
  it.off('torchStatusChange');
  it.onTorchStatusChange(some<Callback<camera.TorchStatusInfo>>());
  it.offTorchStatusChange(some<Callback<camera.TorchStatusInfo>>());
  it.offTorchStatusChange();
}

export function useCameraInput(it: camera.CameraInput): void {
  exactly<void>()(it.open(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.open());
  exactly<Promise<bigint>>()(it.open(some<boolean>()));
  exactly<void>()(it.close(some<AsyncCallback<void>>()));
  exactly<Promise<void>>()(it.close());
  exactly<boolean>()(it.isPhysicalCameraOrientationVariable());
  exactly<number>()(it.getPhysicalCameraOrientation());
  exactly<void>()(it.usePhysicalCameraOrientation(some<boolean>()));
  exactly<Promise<void>>()(it.open(some<camera.CameraConcurrentType>()));
  it.on('error', some<camera.CameraDevice>(), some<ErrorCallback>());
  it.once('error', some<camera.CameraDevice>(), some<ErrorCallback>());
  it.off('error', some<camera.CameraDevice>(), some<ErrorCallback>());
  it.off('error', some<camera.CameraDevice>());
  it.onError(some<camera.CameraDevice>(), some<ErrorCallback>());
  it.offError(some<camera.CameraDevice>(), some<ErrorCallback>());
  it.offError(some<camera.CameraDevice>());
  it.on('cameraOcclusionDetection', some<AsyncCallback<camera.CameraOcclusionDetectionResult>>());
  it.once('cameraOcclusionDetection', some<AsyncCallback<camera.CameraOcclusionDetectionResult>>());
  it.off('cameraOcclusionDetection', some<AsyncCallback<camera.CameraOcclusionDetectionResult>>());
  it.off('cameraOcclusionDetection');
  it.onCameraOcclusionDetection(some<Callback<camera.CameraOcclusionDetectionResult>>());
  it.offCameraOcclusionDetection(some<Callback<camera.CameraOcclusionDetectionResult>>());
  it.offCameraOcclusionDetection();
}

export function useCameraOcclusionDetectionResult(it: camera.CameraOcclusionDetectionResult): void {
  exactly<boolean>()(it.isCameraOccluded);
  exactly<boolean>()(it.isCameraLensDirty);
}
