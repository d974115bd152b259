// SPDX-License-Identifier: Apache-2.0

/* The methods of a session as ArkTS programs call them; the asynchronous ones with a callback. */

import { camera } from '@kit.CameraKit';
import { BusinessError } from '@kit.BasicServicesKit';

export function beginConfig(session: camera.Session): void {
  try {
    session.beginConfig();
  } catch (error) {
    console.error(`beginConfig refused: ${(error as BusinessError).code}`);
  }
}

export function commitConfig(session: camera.Session): void {
  session.commitConfig((error: BusinessError): void => {
    if (error) {
      console.error(`commitConfig failed: ${error.code}`);
    } else {
      console.info('commitConfig done');
    }
  });
}

export function canAddInput(session: camera.Session, input: camera.CameraInput): void {
  const answer: boolean = session.canAddInput(input);
  console.info(`canAddInput answers ${answer}`);
}

export function addInput(session: camera.Session, input: camera.CameraInput): void {
  try {
    session.addInput(input);
  } catch (error) {
    console.error(`addInput refused: ${(error as BusinessError).code}`);
  }
}

export function removeInput(session: camera.Session, input: camera.CameraInput): void {
  try {
    session.removeInput(input);
  } catch (error) {
    console.error(`removeInput refused: ${(error as BusinessError).code}`);
  }
}

export function canAddOutput(session: camera.Session, output: camera.CameraOutput): void {
  const answer: boolean = session.canAddOutput(output);
  console.info(`canAddOutput answers ${answer}`);
}

export function addOutput(session: camera.Session, output: camera.CameraOutput): void {
  try {
    session.addOutput(output);
  } catch (error) {
    console.error(`addOutput refused: ${(error as BusinessError).code}`);
  }
}

export function removeOutput(session: camera.Session, output: camera.CameraOutput): void {
  try {
    session.removeOutput(output);
  } catch (error) {
    console.error(`removeOutput refused: ${(error as BusinessError).code}`);
  }
}

export function start(session: camera.Session): void {
  session.start((error: BusinessError): void => {
    if (error) {
      console.error(`start failed: ${error.code}`);
    } else {
      console.info('start done');
    }
  });
}

export function stop(session: camera.Session): void {
  session.stop((error: BusinessError): void => {
    if (error) {
      console.error(`stop failed: ${error.code}`);
    } else {
      console.info('stop done');
    }
  });
}

export function release(session: camera.Session): void {
  session.release((error: BusinessError): void => {
    if (error) {
      console.error(`release failed: ${error.code}`);
    } else {
      console.info('release done');
    }
  });
}
