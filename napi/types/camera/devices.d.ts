// SPDX-License-Identifier: Apache-2.0

/* Cameras, what they offer, and values that several interfaces use. */

import type {
  AutomotiveCameraPosition, CameraConcurrentType, CameraFormat, CameraPosition, CameraStatus, CameraType,
  ConnectionType, FoldStatus, HostDeviceType, MetadataObjectType, SceneMode, SensorColorFilterArrangement,
} from './enums';

/** A camera. A plain value: it says what there was when it was asked for. */
export interface CameraDevice {
  /** Known to createCameraInput(); stays the same when the camera is unplugged and comes back. */
  cameraId: string;
  /**
   * Where it is. 0 where unknown: virtual cameras have 0, unless they are made with `virtual+back` or `virtual+front`.
   */
  cameraPosition: CameraPosition;
  /** What lens it has. */
  cameraType: CameraType;
  /** How it is connected. */
  connectionType: ConnectionType;
  /** Of a remote camera; empty on Linux. */
  hostDeviceName: string;
  /** Of a remote camera; UNKNOWN_TYPE on Linux. */
  hostDeviceType: HostDeviceType;
  /** Degrees clockwise by which its pictures must be turned to be upright. */
  cameraOrientation: number;
  /** Millimetres; empty where unknown. */
  lensEquivalentFocalLength?: number[];
  /** Whether it is made of several cameras; false on Linux. */
  isLogicalCamera?: boolean;
  /** Those that it is made of. */
  constituentCameraDevices?: CameraDevice[];
  /** Millimetres; 0 where unknown. */
  lensFocalLength?: number;
  /** Dioptres; 0 where unknown. */
  minimumFocusDistance?: number;
  /** Coefficients; empty where unknown. */
  lensDistortion?: number[];
  /** Coefficients; empty where unknown. */
  lensIntrinsicCalibration?: number[];
  /** Millimetres; empty where unknown. */
  sensorPhysicalSize?: number[];
  /** Pixels; empty where unknown. */
  sensorPixelArraySize?: number[];
  /** -1 where unknown. */
  sensorColorFilterArrangement?: SensorColorFilterArrangement;
  /** -1 where it is in no vehicle. */
  automotiveCameraPosition?: AutomotiveCameraPosition;
  /** Addition of this package: how people call the camera. */
  readonly name?: string;
}

/** Pixels. */
export interface Size {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
}

/** A point of the picture, from (0, 0) at the upper left to (1, 1). */
export interface Point {
  /** To the right. */
  x: number;
  /** Downwards. */
  y: number;
}

/** A part of the picture, in the same measure as Point. */
export interface Rect {
  /** Left edge. */
  topLeftX: number;
  /** Upper edge. */
  topLeftY: number;
  /** To the right. */
  width: number;
  /** Downwards. */
  height: number;
}

/** What an output delivers. */
export interface Profile {
  /** One of CameraFormat, or the camera's own format as a FourCC. */
  format: CameraFormat;
  /** Of the picture. */
  size: Size;
}

/** Frames per second. */
export interface FrameRateRange {
  /** The least. */
  min: number;
  /** The most. */
  max: number;
}

/** What a video output delivers. */
export interface VideoProfile extends Profile {
  /** Frames per second. */
  frameRateRange: FrameRateRange;
}

/** What a camera offers in a mode. */
export interface CameraOutputCapability {
  /** For createPreviewOutput(). */
  previewProfiles: Profile[];
  /** For createPhotoOutput(). */
  photoProfiles: Profile[];
  /** For createVideoOutput(). */
  videoProfiles: VideoProfile[];
  /** For createMetadataOutput(). */
  supportedMetadataObjectTypes: MetadataObjectType[];
}

/** What a camera can do while other cameras run. */
export interface CameraConcurrentInfo {
  /** The camera. */
  device: CameraDevice;
  /** The modes that it has then. */
  modes: SceneMode[];
  /** What it offers in each of them. */
  outputCapabilities: CameraOutputCapability[];
  /** Whether that is all it can do. */
  type: CameraConcurrentType;
}

/** What happened to which camera. */
export interface CameraStatusInfo {
  /** The camera. */
  camera: CameraDevice;
  /** What happened. */
  status: CameraStatus;
}

/** How the device is folded. */
export interface FoldStatusInfo {
  /** The cameras that it has then. */
  supportedCameras: CameraDevice[];
  /** How it is folded. */
  foldStatus: FoldStatus;
}

/** What the torch does. */
export interface TorchStatusInfo {
  /** Whether it can be switched. */
  isTorchAvailable: boolean;
  /** Whether it is lit. */
  isTorchActive: boolean;
  /** Its brightness, 0 to 1. */
  torchLevel: number;
}

/** Where a photo was taken; it is written into the photo. */
export interface Location {
  /** Degrees to the north. */
  latitude: number;
  /** Degrees to the east. */
  longitude: number;
  /** Metres. */
  altitude: number;
}
