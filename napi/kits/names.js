// SPDX-License-Identifier: Apache-2.0
'use strict';

/* The module names that the loader knows; each is also `camera-session/kits/NAME`. */
exports.names = [
  '@kit.CameraKit',
  '@kit.ImageKit',
  '@kit.MediaKit',
  '@kit.BasicServicesKit',
  '@kit.AbilityKit',
  '@kit.ArkGraphics2D',
  '@ohos.base',
  '@ohos.graphics.colorSpaceManager',
  '@ohos.multimedia.camera',
  '@ohos.multimedia.image',
  '@ohos.multimedia.media',
];

/* The name of this package's module for a name that a program imports; null: it is none of these. */
exports.kitOf = (specifier) => (exports.names.includes(specifier) ? `camera-session/kits/${specifier}` : null);
