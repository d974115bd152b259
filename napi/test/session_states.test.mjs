// SPDX-License-Identifier: Apache-2.0

/* The contract's table of operations and states, through JavaScript, and the order of calls that are not
 * awaited. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SceneMode, codeOf, codeOfCallback, rig } from './rig.mjs';

const STATES = ['INIT', 'CONFIG', 'COMMITTED', 'STARTED', 'RELEASED'];
const KINDS = ['preview', 'photo', 'video'];

/* What one call makes of a session in each state: "0" or the last digits of the code, "true" or "false" for
 * questions, and the state that follows when it is another. `alone`: in CONFIG there is nothing in the session
 * yet. Asynchronous calls are made in both forms. */
const TABLE = [
  { call: 'beginConfig', cells: ['0>CONFIG', '105', '0>CONFIG', '0>CONFIG', '201'], run: ({ session }) => session.beginConfig() },
  { call: 'commitConfig', cells: ['102', '0>COMMITTED', '102', '102', '102'], of: ({ session }) => session },
  { call: 'commitConfig', title: 'commitConfig, nothing added', cells: ['102', '201', '102', '102', '102'], alone: true, of: ({ session }) => session },
  { call: 'canAddInput', cells: ['false', 'false', 'false', 'false', 'false'], run: ({ session, input }) => session.canAddInput(input) },
  { call: 'canAddInput', title: 'canAddInput, nothing added', cells: ['false', 'true', 'false', 'false', 'false'], alone: true, run: ({ session, input }) => session.canAddInput(input) },
  { call: 'addInput', cells: ['102', '201', '102', '102', '102'], run: ({ session, input }) => session.addInput(input) },
  { call: 'addInput', title: 'addInput, nothing added', cells: ['102', '0', '102', '102', '102'], alone: true, run: ({ session, input }) => session.addInput(input) },
  { call: 'removeInput', cells: ['102', '0', '102', '102', '102'], run: ({ session, input }) => session.removeInput(input) },
  { call: 'removeInput', title: 'removeInput, nothing added', cells: ['102', '201', '102', '102', '102'], alone: true, run: ({ session, input }) => session.removeInput(input) },
  { call: 'canAddOutput', cells: ['false', 'true', 'false', 'false', 'false'], run: ({ session, outputs }) => session.canAddOutput(outputs.preview) },
  { call: 'canAddOutput', title: 'canAddOutput, nothing added', cells: ['false', 'false', 'false', 'false', 'false'], alone: true, run: ({ session, outputs }) => session.canAddOutput(outputs.preview) },
  { call: 'addOutput', cells: ['102', '201', '102', '102', '102'], run: ({ session, outputs }) => session.addOutput(outputs.preview) },
  { call: 'addOutput', title: 'addOutput, with an input', cells: ['102', '0', '102', '102', '102'], alone: true,
    run: ({ session, input, outputs }) => { if (session.canAddInput(input)) session.addInput(input); session.addOutput(outputs.preview); } },
  { call: 'addOutput', title: 'addOutput, nothing added', cells: ['102', '201', '102', '102', '102'], alone: true, run: ({ session, outputs }) => session.addOutput(outputs.preview) },
  { call: 'removeOutput', cells: ['102', '0', '102', '102', '102'], run: ({ session, outputs }) => session.removeOutput(outputs.preview) },
  { call: 'removeOutput', title: 'removeOutput, nothing added', cells: ['102', '201', '102', '102', '102'], alone: true, run: ({ session, outputs }) => session.removeOutput(outputs.preview) },
  { call: 'start', cells: ['103', '103', '0>STARTED', '201', '103'], of: ({ session }) => session },
  { call: 'stop', cells: ['201', '201', '201', '0>COMMITTED', '201'], of: ({ session }) => session },
  { call: 'release', cells: ['0>RELEASED', '0>RELEASED', '0>RELEASED', '0>RELEASED', '201'], of: ({ session }) => session },
  { call: 'setZoomRatio', cells: ['103', '103', '0', '0', '103'], run: ({ session }) => session.setZoomRatio(2) },
  { call: 'getFlashMode', cells: ['103', '103', '0', '0', '103'], run: ({ session }) => session.getFlashMode() },
  { call: 'hasFlash', cells: ['103', 'true', 'true', 'true', '103'], run: ({ session }) => session.hasFlash() },
  { call: 'hasFlash', title: 'hasFlash, nothing added', cells: ['103', '103', 'true', 'true', '103'], alone: true, run: ({ session }) => session.hasFlash() },
  { call: 'isMacroSupported', cells: ['103', 'false', 'false', 'false', '103'], run: ({ session }) => session.isMacroSupported() },
  { call: 'isMacroSupported', title: 'isMacroSupported, nothing added', cells: ['103', '103', 'false', 'false', '103'], alone: true, run: ({ session }) => session.isMacroSupported() },
  { call: 'enableMacro', cells: ['103', '103', '102', '102', '103'], run: ({ session }) => session.enableMacro(true) },
  { call: 'setQualityPrioritization', cells: ['103', '103', '0', '0', '103'], run: ({ session }) => session.setQualityPrioritization(1) },
  { call: 'canPreconfig', cells: ['true', 'true', 'true', 'true', '201'], run: ({ session }) => session.canPreconfig(0) },
  { call: 'preconfig', cells: ['0', '0', '102', '102', '201'], run: ({ session }) => session.preconfig(0) },
  { call: 'setOptions', cells: ['0', '0', '0', '0', '201'], run: ({ session }) => session.setOptions({}) },
  { call: 'start', title: 'preview.start', cells: ['103', '103', '0', '201', '103'], of: ({ outputs }) => outputs.preview },
  { call: 'start', title: 'video.start', cells: ['103', '103', '0', '0', '103'], of: ({ outputs }) => outputs.video },
  { call: 'stop', title: 'preview.stop', cells: ['201', '201', '201', '0', '201'], of: ({ outputs }) => outputs.preview },
  { call: 'stop', title: 'video.stop', cells: ['201', '201', '201', '201', '201'], of: ({ outputs }) => outputs.video },
  { call: 'capture', title: 'photo.capture', cells: ['104', '104', '0', '0', '104'], of: ({ outputs }) => outputs.photo },
  { call: 'setFrameRate', title: 'preview.setFrameRate', cells: ['103', '0', '0', '0', '103'], run: ({ outputs }) => outputs.preview.setFrameRate(15, 30) },
];

/** A rig whose session is in a state; with `alone` and CONFIG nothing is in it. */
async function at(state, alone) {
  const made = await rig({ mode: SceneMode.NORMAL_VIDEO, kinds: KINDS, state: state === 'STARTED' ? 'started' : state === 'CONFIG' ? 'config' : 'committed' });
  if (state === 'RELEASED') await made.session.release();
  if (state === 'CONFIG' && alone) {
    for (const output of Object.values(made.outputs)) made.session.removeOutput(output);
    made.session.removeInput(made.input);
  }
  if (state === 'INIT') {
    // Outputs and input are those of the rig, which no session has any more.
    made.session.beginConfig();
    for (const output of Object.values(made.outputs)) made.session.removeOutput(output);
    made.session.removeInput(made.input);
    await made.session.release();
    made.session = made.manager.createSession(SceneMode.NORMAL_VIDEO);
  }
  return made;
}

/** Which state a session is in. Nothing tells in Camera Kit: it is tried, and is another state afterwards. */
async function stateOf(session) {
  const stopped = await codeOf(() => session.stop());
  if (stopped === 0) return 'STARTED';
  if ((await codeOf(() => session.getZoomRatio())) === 0) return 'COMMITTED';
  return { 0: 'INIT', 7400105: 'CONFIG', 7400201: 'RELEASED' }[await codeOf(() => session.beginConfig())];
}

function shortened(code) {
  return code === 0 ? '0' : String(code - 7400000);
}

/** What one cell of the table is really. */
async function cell(row, state, form) {
  const made = await at(state, row.alone);
  try {
    let outcome;
    if (row.run !== undefined) {
      let answer;
      outcome = shortened(await codeOf(() => { answer = row.run(made); }));
      if (typeof answer === 'boolean') outcome = String(answer);
    } else if (form === 'callback') {
      outcome = shortened(await codeOfCallback(row.of(made), row.call));
    } else {
      outcome = shortened(await codeOf(() => row.of(made)[row.call]()));
    }
    const after = await stateOf(made.session);
    return after === state ? outcome : `${outcome}>${after}`;
  } finally {
    await made.end();
  }
}

for (const row of TABLE) {
  for (const form of row.run === undefined ? ['promise', 'callback'] : ['call']) {
    test(`${row.title ?? row.call}, ${form}: ${row.cells.join(' | ')}`, async () => {
      const found = {};
      const wanted = {};
      for (const [index, state] of STATES.entries()) {
        found[state] = await cell(row, state, form);
        wanted[state] = row.cells[index];
      }
      assert.deepEqual(found, wanted);
    });
  }
}

test('asynchronous calls that are not awaited run in their order, each with its own result', async () => {
  const made = await rig({ state: 'config' });
  try {
    const ended = [];
    const calls = ['commitConfig', 'start', 'start', 'stop', 'release', 'release'];
    const results = await Promise.all(calls.map((call, index) =>
      codeOf(() => made.session[call]()).finally(() => ended.push(index))));
    assert.deepEqual(results, [0, 0, 7400201, 0, 0, 7400201]);
    assert.deepEqual(ended, [0, 1, 2, 3, 4, 5]);
  } finally {
    await made.end();
  }
});

test('callbacks and promises mixed keep the order', async () => {
  const made = await rig({ state: 'config' });
  try {
    const ended = [];
    await Promise.all([
      codeOfCallback(made.session, 'commitConfig').then(() => ended.push('commit')),
      codeOf(() => made.session.start()).then(() => ended.push('start')),
      codeOfCallback(made.session, 'stop').then(() => ended.push('stop')),
    ]);
    assert.deepEqual(ended, ['commit', 'start', 'stop']);
  } finally {
    await made.end();
  }
});

test('a synchronous call waits for the asynchronous ones before it', async () => {
  const made = await rig({ state: 'started', list: 'virtual:1+slow@stop=60ms' });
  try {
    const stopped = codeOf(() => made.session.stop());
    made.session.beginConfig();
    assert.equal(await stopped, 0, 'the stop came first');
    assert.equal(await codeOf(() => made.session.beginConfig()), 7400105);
    const committed = codeOf(() => made.session.commitConfig());
    made.session.setZoomRatio(2);
    assert.equal(made.session.getZoomRatio(), 2);
    assert.equal(await committed, 0);
  } finally {
    await made.end();
  }
});

test('the state counts when an operation runs, not when it is called', async () => {
  const made = await rig({ state: 'committed' });
  try {
    const start = codeOf(() => made.session.start());
    made.session.beginConfig();
    const late = codeOf(() => made.session.start());
    assert.equal(await start, 0);
    assert.equal(await late, 7400103);
  } finally {
    await made.end();
  }
});

test('a completion never runs inside the call', async () => {
  const made = await rig({ state: 'committed' });
  try {
    for (const call of ['start', 'start', 'stop', 'stop']) {
      let inside = true;
      await new Promise((resolve) => {
        made.session[call](() => {
          assert.equal(inside, false, call);
          resolve();
        });
        inside = false;
      });
    }
  } finally {
    await made.end();
  }
});

test('a session does not wait for another whose camera is slow', async () => {
  const slow = await rig({ list: 'virtual:1+slow@start=300ms' });
  const quick = await rig({ list: 'virtual:2' });
  try {
    const order = [];
    await Promise.all([
      slow.session.start().then(() => order.push('slow')),
      quick.session.start().then(() => order.push('quick')),
    ]);
    assert.deepEqual(order, ['quick', 'slow']);
  } finally {
    await slow.end();
    await quick.end();
  }
});
