// SPDX-License-Identifier: Apache-2.0

/* The asynchronous methods of a session with promises, and with the modules' older names. */

import camera from '@ohos.multimedia.camera';
import type { BusinessError } from '@ohos.base';

export function commitConfig(session: camera.Session): void {
  session.commitConfig()
    .then(() => console.info('commitConfig resolved'))
    .catch((error: BusinessError) => console.error(`commitConfig rejected: ${error.code}`));
}

export function start(session: camera.Session): void {
  session.start()
    .then(() => console.info('start resolved'))
    .catch((error: BusinessError) => console.error(`start rejected: ${error.code}`));
}

export function stop(session: camera.Session): void {
  session.stop()
    .then(() => console.info('stop resolved'))
    .catch((error: BusinessError) => console.error(`stop rejected: ${error.code}`));
}

export function release(session: camera.Session): void {
  session.release()
    .then(() => console.info('release resolved'))
    .catch((error: BusinessError) => console.error(`release rejected: ${error.code}`));
}
