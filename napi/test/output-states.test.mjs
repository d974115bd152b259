// SPDX-License-Identifier: Apache-2.0

/* Outputs in each state of their session, as the contract's table has it, in both forms of each asynchronous
 * method; release, and use after it; arguments. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cameras, codeOf, JPEG, profiles, receiver, rig, YUV_420_SP } from './rig.mjs';

/* The promise of a call's callback form. */
function called(object, name, ...args) {
  return new Promise((resolve, reject) => {
    const answer = object[name](...args, (error, ...rest) => {
      assert.equal(rest.length, 1, 'a callback gets (error, result)');
      return error === undefined ? resolve(rest[0]) : reject(error);
    });
    assert.equal(answer, undefined, 'the callback form returns nothing');
  });
}

/* One call in one of the forms. */
const forms = {
  promise: (object, name) => object[name](),
  callback: (object, name) => called(object, name),
};

for (const [form, call] of Object.entries(forms)) {
  test(`start, stop and capture by state, as a ${form}`, async () => {
    const { session, outputs: { preview, video, photo }, end } = await rig({ kinds: ['preview', 'video', 'photo'], state: 'config' });
    const code = (object, name) => codeOf(() => call(object, name));
    try {
      for (const output of [preview, video]) {
        assert.equal(await code(output, 'start'), 7400103, 'start in CONFIG');
        assert.equal(await code(output, 'stop'), 7400201, 'stop in CONFIG');
      }
      assert.equal(await code(photo, 'capture'), 7400104, 'capture in CONFIG');

      await session.commitConfig();
      for (const output of [preview, video]) {
        assert.equal(await code(output, 'stop'), 7400201, 'stop of what does not run');
        assert.equal(await code(output, 'start'), 0, 'start in COMMITTED');
        assert.equal(await code(output, 'start'), 7400201, 'start of what runs');
        assert.equal(await code(output, 'stop'), 0, 'stop of what runs');
      }
      assert.equal(await code(photo, 'capture'), 0, 'capture in COMMITTED');

      await session.start();
      assert.equal(await code(preview, 'start'), 7400201, 'the preview runs with its session');
      assert.equal(await code(preview, 'stop'), 0);
      assert.equal(await code(preview, 'start'), 0);
      assert.equal(await code(video, 'start'), 0);
      assert.equal(await code(video, 'start'), 7400201);
      assert.equal(await code(video, 'stop'), 0);
      assert.equal(await code(video, 'stop'), 7400201);
      assert.equal(await code(photo, 'capture'), 0, 'capture in STARTED');

      await session.release();
      for (const output of [preview, video]) {
        assert.equal(await code(output, 'start'), 7400103, 'start after the session');
        assert.equal(await code(output, 'stop'), 7400201, 'stop after the session');
      }
      assert.equal(await code(photo, 'capture'), 7400104, 'capture after the session');
    } finally {
      await end();
    }
  });

  test(`release of outputs, as a ${form}, and use after it`, async () => {
    const { session, outputs, end } = await rig({ kinds: ['preview', 'video', 'photo'], state: 'started' });
    const code = (object, name) => codeOf(() => call(object, name));
    try {
      for (const output of Object.values(outputs)) {
        assert.equal(await call(output, 'release'), undefined);
        assert.equal(await code(output, 'release'), 7400201, 'a second release');
        assert.equal(await codeOf(() => output.getActiveProfile()), 7400201);
        assert.equal(await codeOf(() => output.on('error', () => {})), 7400201, 'it has no events any more');
        assert.equal(output.off('error'), undefined);
      }
      for (const output of [outputs.preview, outputs.video]) {
        assert.equal(await code(output, 'start'), 7400103);
        assert.equal(await code(output, 'stop'), 7400201);
        assert.equal(await codeOf(() => output.setFrameRate(10, 10)), 7400103);
        assert.equal(await codeOf(() => output.getSupportedFrameRates()), 7400103);
        assert.equal(await codeOf(() => output.getActiveFrameRate()), 7400103);
      }
      assert.equal(await codeOf(() => outputs.video.isMirrorSupported()), 7400201);
      assert.equal(await codeOf(() => outputs.video.enableMirror(true)), 7400201);
      session.beginConfig();
      assert.equal(await codeOf(() => session.addOutput(outputs.preview)), 7400201);
    } finally {
      await end();
    }
  });

  test(`a metadata output, as a ${form}`, async () => {
    const { manager, session, outputs: { preview }, end } = await rig({ state: 'config' });
    const output = manager.createMetadataOutput([0, 7]);
    const code = (name) => codeOf(() => call(output, name));
    try {
      assert.equal(await code('start'), 7400103);
      assert.equal(await code('stop'), 7400201);
      session.addOutput(output);
      assert.equal(await codeOf(() => output.lockMetadataObjectTracking({ x: 0.5, y: 0.5 })), 7400103);
      assert.equal(await codeOf(() => output.unlockMetadataObjectTracking()), 7400103);
      await session.commitConfig();
      assert.equal(await code('start'), 7400102, 'nothing detects objects');
      assert.equal(await code('stop'), 7400201);
      assert.equal(output.addMetadataObjectTypes([1]), undefined);
      assert.equal(output.removeMetadataObjectTypes([1, 7]), undefined);
      assert.equal(output.isLockMetadataObjectTrackingSupported(), false);
      assert.equal(await codeOf(() => output.lockMetadataObjectTracking({ x: 0.5, y: 0.5 })), 7400102);
      assert.equal(await codeOf(() => output.lockMetadataObjectTracking({ x: 0.5 })), 7400101);
      assert.equal(await codeOf(() => output.unlockMetadataObjectTracking()), 7400102);
      for (const types of [[], [99], ['face'], [0.5], 'face', undefined, { length: 1 }])
        assert.equal(await codeOf(() => output.addMetadataObjectTypes(types)), 7400101, JSON.stringify(types));
      output.on('metadataObjectsAvailable', () => {});
      assert.equal(await call(output, 'release'), undefined);
      assert.equal(await code('release'), 7400201);
      assert.equal(await codeOf(() => output.addMetadataObjectTypes([1])), 7400201);
      assert.equal(await codeOf(() => output.removeMetadataObjectTypes([1])), 7400201);
      assert.ok(preview);
    } finally {
      await end();
    }
  });
}

test('arguments of the factories', async () => {
  const { manager, device } = cameras();
  const { preview, photo, video } = profiles(manager, device);
  const surface = receiver(preview);
  const id = await surface.getReceivingSurfaceId();
  try {
    const with_size = (profile, size) => ({ ...profile, size: { ...profile.size, ...size } });
    const wrong = [
      ['createPreviewOutput', []], ['createPreviewOutput', [preview, id, 1]], ['createPreviewOutput', [preview, 5]],
      ['createPreviewOutput', [preview, '']], ['createPreviewOutput', [preview, '0']], ['createPreviewOutput', [preview, 'abc']],
      ['createPreviewOutput', [preview]], ['createPreviewOutput', [null, id]], ['createPreviewOutput', [undefined, id]],
      ['createPreviewOutput', [{ format: YUV_420_SP }, id]], ['createPreviewOutput', [with_size(preview, { width: 0 }), id]],
      ['createPreviewOutput', [with_size(preview, { width: -1 }), id]], ['createPreviewOutput', [{ ...preview, format: JPEG }, id]],
      ['createPreviewOutput', [{ ...preview, format: 'yuv' }, id]],
      ['createDeferredPreviewOutput', []], ['createDeferredPreviewOutput', [undefined]],
      ['createDeferredPreviewOutput', [with_size(preview, { height: 0 })]],
      ['createPhotoOutput', [id]], ['createPhotoOutput', [null]], ['createPhotoOutput', [{ ...photo, format: YUV_420_SP }]],
      ['createPhotoOutput', [photo, 7]], ['createPhotoOutput', [photo, 'abc']], ['createPhotoOutput', [photo, id, id]],
      ['createVideoOutput', [preview, id]], ['createVideoOutput', [{ ...video, frameRateRange: { min: 0, max: 0 } }, id]],
      ['createVideoOutput', [{ ...video, frameRateRange: 30 }, id]], ['createVideoOutput', []], ['createVideoOutput', [video, 'abc']],
      ['createMetadataOutput', []], ['createMetadataOutput', [0]], ['createMetadataOutput', [[-1]]], ['createMetadataOutput', [['0']]],
      ['createMetadataOutput', [[]]],
    ];
    for (const [name, args] of wrong)
      assert.equal(await codeOf(() => manager[name](...args)), 7400101, `${name}(${JSON.stringify(args)})`);

    const outputs = [
      manager.createPreviewOutput(preview, id), manager.createPreviewOutput(id), manager.createDeferredPreviewOutput(preview),
      manager.createPhotoOutput(), manager.createPhotoOutput(undefined), manager.createPhotoOutput(photo),
      manager.createPhotoOutput(photo, id), manager.createVideoOutput(video, id), manager.createVideoOutput(id),
    ];
    const known = [preview, null, preview, null, null, photo, photo, video, null];
    for (const [index, output] of outputs.entries()) {
      if (known[index] === null)
        assert.equal(await codeOf(() => output.getActiveProfile()), 7400201, 'a session will decide');
      else
        assert.deepEqual(output.getActiveProfile(), known[index]);
      await output.release();
    }
  } finally {
    await surface.release();
  }
  assert.equal(await codeOf(() => manager.createPreviewOutput(preview, id)), 7400101, 'the surface is gone');
});

test('arguments of methods and events', async () => {
  const { outputs, end } = await rig({ kinds: ['preview', 'video', 'photo'] });
  const { preview, video, photo } = outputs;
  try {
    const never = () => assert.fail('a callback of a call that threw was called');
    for (const output of Object.values(outputs)) {
      for (const args of [[5], [null], [undefined], [never, 1], ['x', never]])
        assert.equal(await codeOf(() => output.release(...args)), 7400101, `release(${args})`);
      for (const args of [[], ['error'], ['error', 5], ['none', never], [5, never], ['error', never, 1]])
        assert.equal(await codeOf(() => output.on(...args)), 7400101, `on(${args})`);
    }
    for (const output of [preview, video]) {
      for (const name of ['start', 'stop'])
        for (const args of [[5], [never, never]])
          assert.equal(await codeOf(() => output[name](...args)), 7400101, `${name}(${args})`);
      for (const args of [[], [30], ['30', 30], [30, 29], [0, 30], [-1, 30], [10.5, 30], [30, 30, 30]])
        assert.equal(await codeOf(() => output.setFrameRate(...args)), 7400101, `setFrameRate(${args})`);
    }
    for (const value of [undefined, null, 1, 'true']) {
      assert.equal(await codeOf(() => video.enableMirror(value)), 7400101);
      assert.equal(await codeOf(() => preview.enableBandwidthCompression(value)), 7400101);
      assert.equal(await codeOf(() => photo.enableMovingPhoto(value)), 7400101);
    }
    // Methods of one class on an object of another: the runtime itself refuses.
    for (const self of [photo, {}, undefined])
      assert.throws(() => preview.getPreviewRotation.call(self), TypeError);
    assert.equal(await codeOf(() => new preview.constructor()), 7400101);
  } finally {
    await end();
  }
});

test('what Linux cameras do not have', async () => {
  const { session, outputs: { preview, photo }, end } = await rig({ kinds: ['preview', 'photo'], state: 'config' });
  const missing = async (code) => {
    assert.equal(await codeOf(() => preview.enableBandwidthCompression(true)), code);
    assert.equal(await codeOf(() => preview.setLogViewAssistEnable(true)), code);
    assert.equal(await codeOf(() => photo.enableAutoExtendedGainmapDelivery(true)), code);
  };
  try {
    await missing(7400103);
    await session.commitConfig();
    await missing(7400102);
    assert.equal(preview.isBandwidthCompressionSupported(), false);
    assert.equal(preview.isLogViewAssistSupported(), false);
    assert.equal(photo.isAutoExtendedGainmapDeliverySupported(), false);
    assert.equal(photo.isMovingPhotoSupported(), false);
    assert.deepEqual(photo.getSupportedMovingPhotoVideoCodecTypes(), []);
    assert.equal(photo.isPhotoQualityPrioritizationSupported(0), false);
    assert.equal(await codeOf(() => photo.isPhotoQualityPrioritizationSupported(2)), 7400101);
    assert.equal(await codeOf(() => photo.setPhotoQualityPrioritization(1)), 7400102);
    assert.equal(await codeOf(() => photo.setPhotoQualityPrioritization(-1)), 7400101);
    assert.equal(await codeOf(() => photo.setMovingPhotoVideoCodecType(0)), 7400102);
    assert.equal(await codeOf(() => photo.enableMovingPhoto(true)), 7400102);
  } finally {
    await end();
  }
});
