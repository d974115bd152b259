// SPDX-License-Identifier: Apache-2.0

/* What errors say: in the words of JavaScript, with the place of the call. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { camera, cameras, SceneMode } from './rig.mjs';

test('details name methods and fields as JavaScript has them', async () => {
  const { manager, device } = cameras();
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  const detail = async (run) => {
    try {
      await run();
    } catch (error) {
      return error.detail;
    }
    return assert.fail('it did not fail');
  };
  assert.match(await detail(() => session.addInput(manager.createCameraInput(device))), /call beginConfig\(\) first/);
  session.beginConfig();
  session.addInput(manager.createCameraInput(device));
  session.addOutput(manager.createPhotoOutput(manager.getSupportedOutputCapability(device, 1).photoProfiles[0]));
  assert.match(await detail(() => session.commitConfig()), /call open\(\) first/);
  assert.match(await detail(() => session.setOptions({ settleMs: 3 })), /^settleMs is 3/);
  assert.match(await detail(() => manager.createCameraInput({ ...device, cameraId: 'nonsense' })), /getSupportedCameras\(\)/);
  for (const one of [camera.getCameraManager({ cameras: 'virtual:1+plain' })])
    assert.match(await detail(() => one.setTorchMode(1)), /isTorchModeSupported\(\)/);
  await session.release();
});

test('a rejection knows where its call was', async () => {
  const { manager } = cameras();
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  const startTooEarly = () => session.start();
  const error = await startTooEarly().catch((wrong) => wrong);
  assert.equal(error.code, 7400103);
  assert.match(error.stack, /^Error: Session not config\.\n {4}at startTooEarly /);
  assert.deepEqual(Object.keys(error), ['code', 'detail']);
  await session.release();
});
