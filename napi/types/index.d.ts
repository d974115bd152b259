// SPDX-License-Identifier: Apache-2.0

/* What `camera-session` exports. The modules' names that ArkTS programs use are declared in kits.d.ts. */

/// <reference path="./kits.d.ts" />

export * as camera from './camera/index';
export * as colorSpaceManager from './color-space-manager';
export * as image from './image';
export * as media from './media';
export type { AsyncCallback, BusinessError, Callback, ErrorCallback } from './base';

/** The version of libcamera_session. */
export declare const version: string;
