// SPDX-License-Identifier: Apache-2.0

/* Exceptions where the bridge calls JavaScript, and rejections that nobody takes: as from any other module. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './guest.mjs';

const FATAL = 7400201;

for (const [how, code, text] of [
  ['listener', 1, /Error: from a listener\n    at .*exceptions\.mjs:/],
  ['callback', 1, /Error: from a callback\n    at .*exceptions\.mjs:/],
  ['rejection', 1, /Operation not allowed[^]*code: 7400102/],
  ['thrown', 1, /Camera service fatal error[^]*code: 7400201/],
  ['notAnError', 1, /a string/],
  ['handlerThrows', 7, /from the handler/],
]) {
  test(`without a handler the process ends with the stack: ${how}`, async () => {
    const { status, signal, lines, err } = await program('exceptions.mjs', how);
    assert.deepEqual({ status, signal, lines }, { status: code, signal: null, lines: [] }, err);
    assert.match(err, text);
  });
}

for (const [how, lines] of [
  ['handledListener', ['uncaughtException first', 'second', 'uncaughtException third', 'uncaughtException fourth, once', 'fifth',
    'uncaughtException first', 'second', 'uncaughtException third', 'fifth']],
  ['handledCallback', ['uncaughtException first', `second ${FATAL}`, 'uncaughtException Camera service fatal error.',
    'uncaughtException null', `third ${FATAL}`]],
  ['handledRejection', ['unhandledRejection Operation not allowed.', 'unhandledRejection Camera service fatal error.']],
  ['asyncListener', ['unhandledRejection from an async listener']],
]) {
  test(`a handler hears of each, and all goes on: ${how}`, async () => {
    const result = await program('exceptions.mjs', how);
    assert.deepEqual(result.lines, lines, result.err);
    assert.deepEqual({ status: result.status, signal: result.signal, err: result.err }, { status: 0, signal: null, err: '' });
  });
}

test('a handler for one exception does not take the next', async () => {
  const { lines, status, err } = await program('exceptions.mjs', 'handledOnce');
  assert.deepEqual({ lines, status }, { lines: ['once handled'], status: 1 }, err);
  assert.match(err, /not handled/);
});
