// SPDX-License-Identifier: Apache-2.0

/* The module `image`: receivers, which are the surfaces that outputs deliver to, and images. */

import type { AsyncCallback, Callback } from './base';
import type { ColorSpace } from './color-space-manager';

/** Pixels. */
export interface Size {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
}

/** A part of an image. */
export interface Region {
  size: Size;
  x: number;
  y: number;
}

/** Formats of receivers. */
export declare enum ImageFormat {
  YCBCR_422_SP = 1000,
  JPEG = 2000,
}

/** The parts of an image. */
export declare enum ComponentType {
  YUV_Y = 1,
  YUV_U = 2,
  YUV_V = 3,
  /** The whole image, whatever its format is. */
  JPEG = 4,
}

/** A part of an image, in memory. */
export interface Component {
  readonly componentType: ComponentType;
  /** Bytes from one row to the next. */
  readonly rowStride: number;
  /** Bytes from one pixel to the next. */
  readonly pixelStride: number;
  /** Not a copy where that is possible: after the image's release() its length is 0. */
  readonly byteBuffer: ArrayBuffer;
}

/** A picture. Release it when it is used: the camera has few buffers. */
export interface Image {
  /** What of it counts: all of it. */
  readonly clipRect: Region;
  readonly size: Size;
  /** One of camera.CameraFormat, or the camera's own format as a FourCC. */
  readonly format: number;
  /** Nanoseconds of the monotonic clock. */
  readonly timestamp: number;
  /** What its colours mean. */
  readonly colorSpace: ColorSpace;
  /** Addition of this package: its number among the frames of the camera. */
  readonly sequence: number;
  /** Addition of this package: CAMERA_FRAME_... of camera_session.h, added up. */
  readonly flags: number;
  /** A part of it; twice the same part is twice the same buffer. */
  getComponent(componentType: ComponentType, callback: AsyncCallback<Component>): void;
  getComponent(componentType: ComponentType): Promise<Component>;
  /** Gives its memory back. Buffers that it gave are empty then. */
  release(callback: AsyncCallback<void>): void;
  release(): Promise<void>;
}

/** A surface whose frames the program reads. */
export interface ImageReceiver {
  /** As it was made; frames have the size that their output has. */
  readonly size: Size;
  /** How many unread images wait at most; newer ones then take the place of older ones. A program may hold about as many more. */
  readonly capacity: number;
  /** As it was made; frames have the format that their output has. */
  readonly format: ImageFormat;
  /** The id that outputs are made with. */
  getReceivingSurfaceId(callback: AsyncCallback<string>): void;
  getReceivingSurfaceId(): Promise<string>;
  /** The newest image; older ones that were not read are given back. An error when there is none. */
  readLatestImage(callback: AsyncCallback<Image>): void;
  readLatestImage(): Promise<Image>;
  /** The oldest image that was not read. An error when there is none. */
  readNextImage(callback: AsyncCallback<Image>): void;
  readNextImage(): Promise<Image>;
  /** An image came. */
  on(type: 'imageArrival', callback: AsyncCallback<void>): void;
  once(type: 'imageArrival', callback: AsyncCallback<void>): void;
  off(type: 'imageArrival', callback?: AsyncCallback<void>): void;
  onImageArrival(callback: Callback<void>): void;
  offImageArrival(callback?: Callback<void>): void;
  /** Ends it; images that were read stay. */
  release(callback: AsyncCallback<void>): void;
  release(): Promise<void>;
}

/**
 * A receiver in which at most `capacity` unread images wait; a program may hold about as many more. Size and format
 * are hints: frames come as their output delivers them.
 */
export declare function createImageReceiver(size: Size, format: ImageFormat, capacity: number): ImageReceiver;
/** @deprecated since API 11: use the form with a size. */
export declare function createImageReceiver(
  width: number, height: number, format: number, capacity: number): ImageReceiver;
