// SPDX-License-Identifier: Apache-2.0

/* The module `camera`. Every method throws 7400101 at once for an argument that is missing or wrong; the codes
   that are given with a method are those that it has beside this. An asynchronous method with a callback calls it
   with the error, and without one rejects its promise. */

import type { CameraManager } from './manager';

export * from './capture-session';
export * from './controls';
export * from './devices';
export * from './enums';
export * from './manager';
export * from './metadata';
export * from './outputs';
export * from './photos';
export * from './sessions';

/** What getCameraManager() takes: any object. */
export interface CameraContext {
  /**
   * Addition of this package: the list of cameras that the manager has instead of the computer's, such as
   * 'virtual:2' or 'replay:FILE'. What can be in it is told in camera_session.h, at camera_manager_options.
   */
  readonly cameras?: string;
}

/** The camera manager: for the same list of cameras the same each time. Codes: 7400101, 7400201. */
export declare function getCameraManager(context: CameraContext | object): CameraManager;
