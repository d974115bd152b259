// SPDX-License-Identifier: Apache-2.0

/* The camera manager and the camera's input. */

import type { AsyncCallback, Callback, ErrorCallback } from '../base';
import type { CaptureSession } from './capture-session';
import type {
  CameraConcurrentInfo, CameraDevice, CameraOutputCapability, CameraStatusInfo, FoldStatusInfo, Profile,
  TorchStatusInfo, VideoProfile,
} from './devices';
import type {
  CameraConcurrentType, CameraPosition, CameraType, ConnectionType, MetadataObjectType, SceneMode,
  TorchMode,
} from './enums';
import type { MetadataOutput } from './metadata';
import type { PreviewOutput, VideoOutput } from './outputs';
import type { PhotoOutput } from './photos';
import type { Session } from './sessions';
import type * as image from '../image';

/**
 * Lists cameras and makes inputs, outputs and sessions. One for each list of cameras; inputs, outputs and sessions of
 * different managers may be combined.
 */
export interface CameraManager {
  /** The cameras that are there. */
  getSupportedCameras(): CameraDevice[];
  /** What a camera offers in a mode; without a mode, in NORMAL_PHOTO. @deprecated */
  getSupportedOutputCapability(camera: CameraDevice): CameraOutputCapability;
  /** The modes of a camera. */
  getSupportedSceneModes(camera: CameraDevice): SceneMode[];
  /** What a camera offers in a mode; without a mode, in NORMAL_PHOTO. */
  getSupportedOutputCapability(camera: CameraDevice, mode: SceneMode): CameraOutputCapability;
  /** The same as getSupportedOutputCapability(): nothing is hidden there. */
  getSupportedFullOutputCapability(camera: CameraDevice, mode: SceneMode): CameraOutputCapability;
  /** Whether cameras are switched off for all programs; false on Linux. */
  isCameraMuted(): boolean;
  /**
   * An input for a camera; it is not open yet. 7400201: there is no such camera. Codes: 7400101, 7400102,
   * 7400201.
   */
  createCameraInput(camera: CameraDevice): CameraInput;
  createCameraInput(position: CameraPosition, type: CameraType): CameraInput;
  /**
   * A preview, for a surface from image.ImageReceiver or media.AVRecorder. Without a profile: for preconfig().
   * Codes: 7400101, 7400201.
   */
  createPreviewOutput(profile: Profile, surfaceId: string): PreviewOutput;
  createPreviewOutput(surfaceId: string): PreviewOutput;
  /**
   * A photo output: its photos come with the event photoAvailable. With a surface id each photo goes there as well, and
   * both must be released, the surface's image and the event's photo. Without a profile: for preconfig(). Codes: 7400101,
   * 7400201. @deprecated
   */
  createPhotoOutput(profile: Profile, surfaceId: string): PhotoOutput;
  createPhotoOutput(profile?: Profile): PhotoOutput;
  /**
   * A video, for a surface from media.AVRecorder or image.ImageReceiver. Without a profile: for preconfig().
   * Codes: 7400101, 7400201.
   */
  createVideoOutput(profile: VideoProfile, surfaceId: string): VideoOutput;
  createVideoOutput(surfaceId: string): VideoOutput;
  /**
   * Finds things in the pictures. Linux cameras find none themselves: supportedMetadataObjectTypes is empty,
   * and its start() fails with 7400102. Codes: 7400101, 7400201.
   */
  createMetadataOutput(metadataObjectTypes: MetadataObjectType[]): MetadataOutput;
  /** A session as of before API 11. Codes: 7400201. @deprecated */
  createCaptureSession(): CaptureSession;
  /** A session: PhotoSession for NORMAL_PHOTO, VideoSession for NORMAL_VIDEO. Codes: 7400101, 7400201. */
  createSession<T extends Session>(mode: SceneMode): T;
  /** A preview that gets its surface later: addDeferredSurface(). Codes: 7400101, 7400201. */
  createDeferredPreviewOutput(profile: Profile): PreviewOutput;
  /** Whether there is a torch. */
  isTorchSupported(): boolean;
  /** Whether the torch can do this. */
  isTorchModeSupported(mode: TorchMode): boolean;
  /** What it does. */
  getTorchMode(): TorchMode;
  /** Switches it. Codes: 7400101, 7400102, 7400201. */
  setTorchMode(mode: TorchMode): void;
  /** Whether its brightness can be set; false on Linux. */
  isTorchLevelControlSupported(): boolean;
  /** Always throws on Linux: the brightness cannot be set. Codes: 7400102, 7400201. */
  setTorchModeOnWithLevel(torchLevel: number): void;
  /** The camera of a position and type. Codes: 7400201. */
  getCameraDevice(position: CameraPosition, type: CameraType): CameraDevice;
  /** What these cameras can do together: on Linux all that each can do. Codes: 7400201. */
  getCameraConcurrentInfos(cameras: CameraDevice[]): CameraConcurrentInfo[];
  /** The cameras of a position, of any of these types, and connected so. Codes: 7400201. */
  getCameraDevices(position: CameraPosition, types: CameraType[], connectType: ConnectionType): CameraDevice[];
  /** A camera came, went, was taken or became free. A new function first hears of every camera. */
  on(type: 'cameraStatus', callback: AsyncCallback<CameraStatusInfo>): void;
  once(type: 'cameraStatus', callback: AsyncCallback<CameraStatusInfo>): void;
  off(type: 'cameraStatus', callback?: AsyncCallback<CameraStatusInfo>): void;
  onCameraStatus(callback: Callback<CameraStatusInfo>): void;
  offCameraStatus(callback?: Callback<CameraStatusInfo>): void;
  /** Never on Linux. */
  on(type: 'foldStatusChange', callback: AsyncCallback<FoldStatusInfo>): void;
  once(type: 'foldStatusChange', callback: AsyncCallback<FoldStatusInfo>): void;
  off(type: 'foldStatusChange', callback?: AsyncCallback<FoldStatusInfo>): void;
  onFoldStatusChange(callback: Callback<FoldStatusInfo>): void;
  offFoldStatusChange(callback?: Callback<FoldStatusInfo>): void;
  /** The torch was switched. */
  on(type: 'torchStatusChange', callback: AsyncCallback<TorchStatusInfo>): void;
  once(type: 'torchStatusChange', callback: AsyncCallback<TorchStatusInfo>): void;
  off(type: 'torchStatusChange', callback?: AsyncCallback<TorchStatusInfo>): void;
  onTorchStatusChange(callback: Callback<TorchStatusInfo>): void;
  offTorchStatusChange(callback?: Callback<TorchStatusInfo>): void;
}

/** One camera for sessions. */
export interface CameraInput {
  /**
   * Opens the camera. With `true`, as a secure camera: there is none on Linux, the sequence number is 0n.
   * Codes: 7400102, 7400107, 7400108, 7400201.
   */
  open(callback: AsyncCallback<void>): void;
  open(): Promise<void>;
  open(isSecureEnabled: boolean): Promise<bigint>;
  /** Closes it, for good. Codes: 7400201. */
  close(callback: AsyncCallback<void>): void;
  close(): Promise<void>;
  /** Whether the orientation changes when the device is folded; false on Linux. */
  isPhysicalCameraOrientationVariable(): boolean;
  /** Degrees clockwise. */
  getPhysicalCameraOrientation(): number;
  /** Not available on Linux. Codes: 7400102, 7400201. */
  usePhysicalCameraOrientation(isUsed: boolean): void;
  /**
   * Opens the camera. With `true`, as a secure camera: there is none on Linux, the sequence number is 0n.
   * Codes: 7400102, 7400107, 7400108, 7400201.
   */
  open(type: CameraConcurrentType): Promise<void>;
  /** The camera was unplugged (7400108), taken (7400107, 7400109), or failed (7400201). */
  on(type: 'error', camera: CameraDevice, callback: ErrorCallback): void;
  once(type: 'error', camera: CameraDevice, callback: ErrorCallback): void;
  off(type: 'error', camera: CameraDevice, callback?: ErrorCallback): void;
  onError(camera: CameraDevice, callback: ErrorCallback): void;
  offError(camera: CameraDevice, callback?: ErrorCallback): void;
  /** Never on Linux. */
  on(type: 'cameraOcclusionDetection', callback: AsyncCallback<CameraOcclusionDetectionResult>): void;
  once(type: 'cameraOcclusionDetection', callback: AsyncCallback<CameraOcclusionDetectionResult>): void;
  off(type: 'cameraOcclusionDetection', callback?: AsyncCallback<CameraOcclusionDetectionResult>): void;
  onCameraOcclusionDetection(callback: Callback<CameraOcclusionDetectionResult>): void;
  offCameraOcclusionDetection(callback?: Callback<CameraOcclusionDetectionResult>): void;
}

/** What is in front of the lens. */
export interface CameraOcclusionDetectionResult {
  /** Whether something covers it. */
  isCameraOccluded: boolean;
  /** Whether it is dirty. */
  isCameraLensDirty: boolean;
}
