// SPDX-License-Identifier: Apache-2.0

/* What the modules of kits.d.ts consist of, under a name that it can use: declarations of module names may import
   nothing from a file beside them, and this package's own name leads nowhere where the package is a link. Programs
   do not use the name. */

export * as base from './base';
export * as camera from './camera/index';
export * as colorSpaceManager from './color-space-manager';
export * as common from './common';
export * as image from './image';
export * as media from './media';
export as namespace CameraSessionKits;
