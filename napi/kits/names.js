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

/* What to throw when a name could not be resolved: for OpenHarmony's other modules an error that says what there is,
 * for all else the error as it was. Asked afterwards only, since a program may have a loader of its own for them. */
exports.explained = (specifier, error) => {
  const notFound = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_INVALID_MODULE_SPECIFIER'].includes(error?.code);
  if (!notFound || !/^@(kit|ohos)\./.test(specifier))
    return error;
  const text = `camera-session has no module '${specifier}'. It has ${exports.names.join(', ')}. ` +
    'For the rest use Node.js\'s own modules: node:fs for fileIo, console for hilog, node:worker_threads for worker and taskpool.';
  const code = error.code === 'MODULE_NOT_FOUND' ? error.code : 'ERR_MODULE_NOT_FOUND';
  return Object.assign(new Error(text, { cause: error }), { code });
};
