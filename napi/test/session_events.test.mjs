// SPDX-License-Identifier: Apache-2.0

/* What sessions tell. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SceneMode, cameras, child, codeOf, next, rig } from './rig.mjs';

const DEVICE_DISABLED = 7400108;
const FATAL = 7400201;

const OF_ALL = ['error', 'focusStateChange', 'settled', 'reattached'];
const OF_PHOTOS = [...OF_ALL, 'flashStateChange', 'exposureStateChange', 'smoothZoomInfoAvailable', 'macroStatusChanged',
  'autoDeviceSwitchStatusChange', 'systemPressureLevelChange', 'isoInfoChange', 'exposureInfoChange'];
const OF_VIDEOS = [...OF_PHOTOS, 'controlCenterEffectStatusChange'];

function methodOf(verb, event) {
  return verb + event[0].toUpperCase() + event.slice(1);
}

/** Collects what an object tells until `done` says that it is enough. */
function until(object, event, done) {
  return new Promise((resolve) => {
    const told = [];
    const hear = (...args) => {
      told.push(args);
      if (!done(told)) return;
      object.off(event, hear);
      resolve(told);
    };
    object.on(event, hear);
  });
}

test('each class takes functions for its events, those that Linux never sends included', async () => {
  const { manager } = cameras();
  for (const [session, events] of [
    [manager.createSession(SceneMode.NORMAL_PHOTO), OF_PHOTOS],
    [manager.createSession(SceneMode.NORMAL_VIDEO), OF_VIDEOS],
    [manager.createCaptureSession(), OF_ALL],
  ]) {
    const listener = () => assert.fail('nothing happens');
    for (const event of OF_VIDEOS) {
      const on = methodOf('on', event);
      if (!events.includes(event)) {
        assert.throws(() => session.on(event, listener), { code: 7400101, detail: /has no event/ }, event);
        assert.equal(session[on], undefined, on);
        continue;
      }
      for (const change of [() => session.on(event, listener), () => session.once(event, listener), () => session.off(event, listener),
        () => session.off(event), () => session[on](listener), () => session[methodOf('off', event)](listener)])
        assert.equal(change(), undefined, event);
      assert.throws(() => session.on(event, 'a string'), { code: 7400101 });
    }
    await session.release();
    // A released session has nothing to tell; to say so is no mistake.
    session.on('error', listener);
    session.on('settled', listener);
  }
});

test('focus: scanning, then focused; (undefined, state) with on(), (state) with onXxx()', async () => {
  const made = await rig({ state: 'started' });
  try {
    const { session } = made;
    const focused = (told) => told.at(-1).at(-1) !== 0;
    const short = [];
    session.onFocusStateChange((...args) => short.push(args));
    const told = until(session, 'focusStateChange', focused);
    session.setFocusMode(2);
    assert.deepEqual(await told, [[undefined, 0], [undefined, 1]]);
    assert.deepEqual(short, [[0], [1]]);
  } finally {
    await made.end();
  }
});

test('a smooth zoom tells how long it takes', async () => {
  const made = await rig({ state: 'started' });
  try {
    const { session } = made;
    const info = next(session, 'smoothZoomInfoAvailable');
    session.setSmoothZoom(2);
    assert.deepEqual(await info, { duration: 400 });
    const short = new Promise((resolve) => session.onSmoothZoomInfoAvailable((...args) => resolve(args)));
    session.setZoomRatio(2);
    session.setSmoothZoom(1.9, 0);
    assert.deepEqual(await short, [{ duration: 100 }]);
  } finally {
    await made.end();
  }
});

test('the flash is lit, and ready again', async () => {
  const made = await rig({ state: 'started' });
  try {
    const { session } = made;
    const states = until(session, 'flashStateChange', (told) => told.length === 2);
    session.setFlashMode(3);
    session.setFlashMode(0);
    assert.deepEqual(await states, [[2], [1]]);
  } finally {
    await made.end();
  }
});

test('exposure converges, and the picture settles with a frame', async () => {
  const made = await rig({ list: 'virtual:1+settle=3' });
  try {
    const { session } = made;
    const states = until(session, 'exposureStateChange', (told) => told.at(-1)[0] === 1);
    const settled = until(session, 'settled', () => true);
    await session.start();
    assert.deepEqual(await states, [[0], [1]]);
    const [[error, info]] = await settled;
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(info), ['sequence']);
    assert.ok(info.sequence >= 3, `not before the camera's own third frame: ${info.sequence}`);
  } finally {
    await made.end();
  }
});

test('a picture that is not looked at never settles', async () => {
  const made = await rig({ list: 'virtual:1+fail@300ms', prepare: (session) => session.setOptions({ settleMs: -1 }) });
  const other = await rig({ list: 'virtual:1+fail@301ms', prepare: (session) => session.setOptions({ settleMs: 100 }) });
  try {
    const told = [];
    made.session.on('settled', () => told.push('not looked at'));
    other.session.on('settled', () => told.push('looked at'));
    const ends = [made, other].map(({ session }) => next(session, 'error'));
    await Promise.all([made.session.start(), other.session.start()]);
    await Promise.all(ends);
    assert.deepEqual(told, ['looked at']);
  } finally {
    await made.end();
    await other.end();
  }
});

test('an error is an Error, and the same for all functions', async () => {
  const made = await rig({ list: 'virtual:1+fail@60ms' });
  try {
    const { session } = made;
    const told = [];
    session.on('error', (...args) => told.push(args));
    const last = new Promise((resolve) => session.onError((...args) => resolve(args)));
    await session.start();
    const [error] = await last;
    assert.ok(error instanceof Error);
    assert.equal(error.code, FATAL);
    assert.equal(error.message, 'Camera service fatal error.');
    assert.notEqual(error.detail, '');
    assert.deepEqual(told, [[error]]);
    // It is started until it is stopped.
    assert.equal(await codeOf(() => session.start()), FATAL);
    await session.stop().catch(() => {});
    assert.equal(await codeOf(() => session.start()), 0);
  } finally {
    await made.end();
  }
});

test('what one function throws keeps nothing from the next, and is an uncaught exception', async () => {
  const { text, status } = await child(`
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    const { session } = await rig({ list: 'virtual:1+fail@60ms' });
    session.on('error', () => { throw new Error('from a listener'); });
    session.on('error', ({ code }) => console.log('told', code));
    await session.start();`);
  assert.deepEqual(text, ['uncaught from a listener', `told ${FATAL}`]);
  assert.equal(status, 0);
});

test('listeners may change listeners, and stop and release their session', async () => {
  const made = await rig({ list: 'virtual:1+fail@60ms' });
  try {
    const { session } = made;
    const released = new Promise((resolve) => {
      session.on('error', () => {
        session.off('error');
        session.on('error', () => assert.fail('registered too late'));
        session.stop().catch(() => {});
        session.release(resolve);
      });
    });
    await session.start();
    assert.equal(await released, undefined);
  } finally {
    await made.end();
  }
});

test('a camera that comes back: lost, then attached again, and running', async () => {
  const made = await rig({ list: 'virtual:1+unplug@60ms+return@200ms', prepare: (session) => session.setOptions({ reattach: true }) });
  try {
    const { session } = made;
    const lost = next(session, 'error');
    const back = until(session, 'reattached', () => true);
    await session.start();
    assert.equal((await lost).code, DEVICE_DISABLED);
    const [[error, info]] = await back;
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(info).sort(), ['awayMs', 'running']);
    assert.equal(info.running, 1);
    assert.ok(info.awayMs > 0 && info.awayMs < 10000, `${info.awayMs}`);
    assert.equal(await codeOf(() => session.stop()), 0, 'it runs');
  } finally {
    await made.end();
  }
});

test('a camera that is silent is an error after the time that was set', async () => {
  const made = await rig({ list: 'virtual:1+silent@0f', prepare: (session) => session.setOptions({ silenceMs: 60 }) });
  try {
    const failed = next(made.session, 'error');
    await made.session.start();
    assert.equal((await failed).code, FATAL);
  } finally {
    await made.end();
  }
});
