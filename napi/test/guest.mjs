// SPDX-License-Identifier: Apache-2.0

/* What the tests of a good guest have in common: the collector, what a process holds, and programs of their own. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setImmediate as turn, setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
export const gc = vm.runInNewContext('gc');

/** True when the addon is one that AddressSanitizer looks at: it keeps freed memory on purpose, and all takes longer. */
export const sanitized = (process.env.LD_PRELOAD ?? '').includes('asan');

/** Collects until something is so; fails when it does not become so. */
export async function collectUntil(what, isSo) {
  for (let tries = 0; tries < 100; tries++) {
    gc();
    await turn(); // finalisers run here
    if (await isSo()) return;
    await later(tries < 10 ? 1 : 20); // what goes on in threads of the library has to end
  }
  assert.fail(`not so after many collections: ${what}`);
}

/** Resolves when all of these are collected. */
export function collected(what, weakReferences) {
  return collectUntil(`${what} is collected`, () => weakReferences.every((reference) => reference.deref() === undefined));
}

/** Open files and threads of this process. */
export function held() {
  return { files: fs.readdirSync('/proc/self/fd').length, threads: fs.readdirSync('/proc/self/task').length };
}

/** Memory in bytes, after a collection. */
export function memory() {
  gc();
  return process.memoryUsage.rss();
}

/** The place in the library's table that the next surface gets: small when those before it are gone. */
export async function surfacePlace(image) {
  const receiver = image.createImageReceiver(16, 16, image.ImageFormat.JPEG, 1);
  const id = BigInt(await receiver.getReceivingSurfaceId());
  await receiver.release();
  return Number(id & 0xfffffffn);
}

/** Runs programs/NAME in a process of its own: what it printed, and how it ended. One that does not end is killed. */
export function program(name, ...args) {
  const file = fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const guard = setTimeout(() => running.kill('SIGKILL'), 30000);
    let out = '';
    let err = '';
    running.stdout.on('data', (data) => { out += data; });
    running.stderr.on('data', (data) => { err += data; });
    running.on('error', reject);
    running.on('close', (status, signal) => {
      clearTimeout(guard);
      resolve({ lines: out.split('\n').filter((line) => line !== ''), err, status, signal });
    });
  });
}
