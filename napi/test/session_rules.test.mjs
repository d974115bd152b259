// SPDX-License-Identifier: Apache-2.0

/* What the contract says beside its table: arguments, inputs, outputs, commit, devices that go. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JPEG, SceneMode, awake, cameras, codeOf, next, outputOf, profileOf, profiles, rig } from './rig.mjs';

const INVALID_ARGUMENT = 7400101;
const NOT_ALLOWED = 7400102;
const CONFLICT_CAMERA = 7400107;
const DEVICE_DISABLED = 7400108;
const FATAL = 7400201;

test('wrong arguments are refused before the state is looked at', async () => {
  const { manager } = cameras();
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  const { output } = await outputOf(manager, 'photo', profiles(manager, ...manager.getSupportedCameras()));
  for (const released of [false, true]) {
    if (released) await session.release();
    for (const method of ['canAddInput', 'addInput', 'removeInput'])
      for (const wrong of [undefined, null, 7, {}, output, session])
        assert.throws(() => session[method](wrong), { code: INVALID_ARGUMENT, detail: /^the input / }, `${method}(${wrong})`);
    for (const method of ['canAddOutput', 'addOutput', 'removeOutput'])
      for (const wrong of [undefined, null, 'preview', {}, session])
        assert.throws(() => session[method](wrong), { code: INVALID_ARGUMENT, detail: /^the output / }, `${method}(${wrong})`);
    assert.throws(() => session.addOutput(output, output), { code: INVALID_ARGUMENT, detail: 'addOutput() takes 1 argument, not 2' });
    assert.throws(() => session.addOutput(), { code: INVALID_ARGUMENT, detail: 'addOutput() takes 1 argument, not 0' });
    for (const method of ['commitConfig', 'start', 'stop', 'release']) {
      assert.throws(() => session[method](7), { code: INVALID_ARGUMENT, detail: /callback must be a function, not the number 7/ });
      assert.throws(() => session[method](() => {}, 7), { code: INVALID_ARGUMENT }, 'nothing follows the callback');
    }
  }
  await output.release();
});

test('methods need a session as `this`, and classes make no objects', async () => {
  const made = await rig({ state: 'config' });
  try {
    const { session, input } = made;
    for (const other of [undefined, null, {}, input, made.outputs.preview])
      for (const method of ['beginConfig', 'addInput', 'start', 'hasFlash', 'isMacroSupported', 'setZoomRatio', 'on'])
        assert.throws(() => session[method].call(other, input), /Illegal invocation|Parameter missing/, method);
    assert.throws(() => new session.constructor(), { code: INVALID_ARGUMENT });
  } finally {
    await made.end();
  }
});

test('a capture session takes previews, photos and videos, without a mode', async () => {
  const { manager, device } = cameras();
  const capability = manager.getSupportedOutputCapability(device);
  const chosen = {
    preview: profileOf(capability.previewProfiles),
    photo: profileOf(capability.photoProfiles, { format: JPEG }),
    video: profileOf(capability.videoProfiles),
  };
  const input = manager.createCameraInput(device);
  const session = manager.createCaptureSession();
  const made = [];
  try {
    await input.open();
    session.beginConfig();
    session.addInput(input);
    for (const kind of ['preview', 'photo', 'video']) {
      made.push(await outputOf(manager, kind, chosen));
      session.addOutput(made.at(-1).output);
    }
    await session.commitConfig();
    await session.start();
    await made[2].output.start();
    await made[2].output.stop();
    await session.stop();
  } finally {
    await session.release();
    for (const { output } of made) await output.release();
  }
});

/* ---- inputs ---- */

test('an input may be added before it is open; commit wants it open', async () => {
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  const { output } = await outputOf(manager, 'photo', profiles(manager, device));
  session.beginConfig();
  session.addInput(input);
  session.addOutput(output);
  assert.equal(await codeOf(() => session.commitConfig()), FATAL);
  await input.open();
  await session.commitConfig();
  await session.release();
  assert.equal(await codeOf(() => input.close()), 0, 'one close after the release of its session');
  assert.equal(await codeOf(() => input.close()), FATAL);
  await output.release();
});

test('a closed input cannot be added', async () => {
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  await input.open();
  await input.close();
  session.beginConfig();
  assert.equal(session.canAddInput(input), false);
  assert.equal(await codeOf(() => session.addInput(input)), DEVICE_DISABLED);
  await session.release();
});

test('a camera is in one session at a time, until its input is removed or the session released', async () => {
  const made = await rig({ state: 'config' });
  const other = made.manager.createSession(SceneMode.NORMAL_PHOTO);
  const second = made.manager.createCameraInput(made.device);
  try {
    await second.open();
    other.beginConfig();
    assert.equal(other.canAddInput(second), false);
    assert.equal(await codeOf(() => other.addInput(second)), NOT_ALLOWED);
    made.session.removeInput(made.input);
    assert.equal(other.canAddInput(second), true);
    other.addInput(second);
    assert.equal(await codeOf(() => made.session.addInput(made.input)), NOT_ALLOWED);
    await other.release();
    made.session.addInput(made.input);
    assert.equal(await codeOf(() => made.session.commitConfig()), 0, 'the outputs had stayed in it');
  } finally {
    await other.release().catch(() => {});
    await made.end();
  }
});

test('closing the input of a started session stops its streams, not its state', async () => {
  const made = await rig({ state: 'started' });
  try {
    const { session, input } = made;
    await input.close();
    assert.equal(await codeOf(() => session.start()), FATAL, 'it is started');
    assert.equal(await codeOf(() => session.stop()), FATAL);
    assert.equal(await codeOf(() => session.start()), DEVICE_DISABLED, 'it was stopped all the same');
    session.beginConfig();
    session.removeInput(input);
    assert.equal(await codeOf(() => session.addInput(input)), DEVICE_DISABLED);
  } finally {
    await made.end();
  }
});

/* ---- outputs ---- */

test('an output is in one session', async () => {
  const made = await rig({ list: 'virtual:2', state: 'config' });
  const [, device] = made.manager.getSupportedCameras();
  const other = made.manager.createSession(SceneMode.NORMAL_VIDEO);
  const input = made.manager.createCameraInput(device);
  try {
    const { preview } = made.outputs;
    await input.open();
    other.beginConfig();
    other.addInput(input);
    assert.equal(other.canAddOutput(preview), false);
    assert.equal(await codeOf(() => other.addOutput(preview)), FATAL);
    assert.equal(await codeOf(() => other.removeOutput(preview)), FATAL);
    made.session.removeOutput(preview);
    assert.equal(other.canAddOutput(preview), true);
    other.addOutput(preview);
    await other.commitConfig();
    assert.equal(await codeOf(() => made.session.commitConfig()), FATAL, 'nothing is left in it');
  } finally {
    await other.release();
    await made.end();
  }
});

test('a profile that the camera does not offer is refused, by name', async () => {
  const made = await rig({ state: 'config' });
  const odd = { ...made.profiles.preview, size: { width: 642, height: 360 } };
  const { output } = await outputOf(made.manager, 'preview', { preview: odd });
  try {
    assert.equal(made.session.canAddOutput(output), false);
    assert.throws(() => made.session.addOutput(output), { code: FATAL, detail: /642x360/ });
  } finally {
    await output.release();
    await made.end();
  }
});

test('removing an output and releasing it come in either order', async () => {
  const made = await rig({ kinds: ['preview', 'photo', 'video'], state: 'config' });
  try {
    const { preview, photo, video } = made.outputs;
    const { session } = made;
    session.removeOutput(preview);
    await preview.release();
    assert.equal(session.canAddOutput(preview), false);
    assert.equal(await codeOf(() => session.addOutput(preview)), FATAL);
    await photo.release();
    assert.equal(await codeOf(() => session.removeOutput(photo)), FATAL);
    await video.release();
    assert.equal(await codeOf(() => session.commitConfig()), FATAL, 'released outputs do not count');
  } finally {
    await made.end();
  }
});

/* ---- commit ---- */

test('commit tells which check failed, and leaves everything as it was', async () => {
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  const { output } = await outputOf(manager, 'preview', profiles(manager, device));
  const commit = (code, detail) => assert.rejects(session.commitConfig(), (error) => {
    assert.equal(error.code, code);
    assert.equal(error.message, { [NOT_ALLOWED]: 'Operation not allowed.', [FATAL]: 'Camera service fatal error.' }[code]);
    assert.match(error.detail, detail);
    return true;
  });
  try {
    await commit(NOT_ALLOWED, /begin/);
    session.beginConfig();
    await commit(FATAL, /no input/);
    session.addInput(input);
    await commit(FATAL, /no output/);
    session.addOutput(output);
    await commit(FATAL, /never opened/);
    await input.open();
    await session.commitConfig();
  } finally {
    await session.release();
    await output.release();
  }
});

test('a driver that refuses keeps the session in its configuration: the next commit may succeed', async () => {
  for (const [fault, code] of [['busy@commit=1', CONFLICT_CAMERA], ['fail@commit=1', FATAL]]) {
    const made = await rig({ list: `virtual:1+${fault}`, state: 'config' });
    try {
      assert.equal(await codeOf(() => made.session.commitConfig()), code);
      assert.equal(await codeOf(() => made.session.beginConfig()), 7400105, 'still configuring');
      assert.equal(await codeOf(() => made.session.commitConfig()), 0);
      assert.equal(await codeOf(() => made.session.start()), 0);
    } finally {
      await made.end();
    }
  }
});

test('a start that fails leaves the session committed, and may be tried again', async () => {
  const made = await rig({ list: 'virtual:1+fail@start=1' });
  try {
    assert.equal(await codeOf(() => made.session.start()), FATAL);
    assert.equal(await codeOf(() => made.session.stop()), FATAL, 'it is not started');
    assert.equal(await codeOf(() => made.session.start()), 0);
  } finally {
    await made.end();
  }
});

test('a session with a photo output alone starts, stops, and captures in both states', async () => {
  const made = await rig({ kinds: ['photo'], mode: SceneMode.NORMAL_PHOTO });
  try {
    const { session, outputs } = made;
    for (const started of [false, true]) {
      if (started) await session.start();
      const end = next(outputs.photo, 'captureEnd');
      await outputs.photo.capture();
      assert.equal((await end).frameCount, 1);
    }
    await session.stop();
    await session.start();
  } finally {
    await made.end();
  }
});

/* ---- options ---- */

test('options: each may be left out, and wrong ones are named', async () => {
  const { manager } = cameras();
  const session = manager.createSession(SceneMode.NORMAL_VIDEO);
  for (const options of [{}, { reattach: true }, { silenceMs: 100, settleMs: -1 }, { reattach: undefined, silenceMs: 0 }])
    assert.equal(session.setOptions(options), undefined);
  for (const [options, detail] of [
    [undefined, /the options must be an object, not undefined/],
    [{ reattach: 1 }, /the options object's reattach must be a boolean, not the number 1/],
    [{ silenceMs: '1s' }, /the options object's silenceMs must be an integer of 32 bits, not a string/],
    [{ settleMs: 19 }, /settleMs is 19/],
  ])
    assert.throws(() => session.setOptions(options), { code: INVALID_ARGUMENT, detail });
  const getter = new Error('a getter');
  assert.throws(() => session.setOptions({ get reattach() { throw getter; } }), (error) => error === getter);
  await session.release();
  assert.equal(await codeOf(() => session.setOptions({})), FATAL);
});

/* ---- a device that goes ---- */

test('an unplugged camera: one error, and nothing hangs', async () => {
  const made = await rig({ list: 'virtual:1+unplug@60ms+return@120ms' });
  try {
    const { manager, session } = made;
    const errors = [];
    session.on('error', (error) => errors.push(error));
    const lost = next(session, 'error');
    await session.start();
    assert.equal((await lost).code, DEVICE_DISABLED);
    assert.ok([0, FATAL].includes(await codeOf(() => session.stop())));
    assert.equal(await codeOf(() => session.release()), 0);
    assert.deepEqual(errors.map(({ code }) => code), [DEVICE_DISABLED]);
    assert.match(errors[0].detail, /gone|unplugged/);
    // The one that came back opens with a new input.
    await awake(new Promise((resolve) => {
      const heard = (_, { status }) => {
        if (status !== 0) return;
        manager.off('cameraStatus', heard);
        resolve();
      };
      manager.on('cameraStatus', heard); // tells of a camera that is there already, too
    }));
    const input = manager.createCameraInput(made.device);
    await input.open();
    await input.close();
  } finally {
    await made.end();
  }
});
