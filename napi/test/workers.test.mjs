// SPDX-License-Identifier: Apache-2.0

/* Worker threads: each has an environment of its own, which may end at any moment. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { held, memory, sanitized } from './guest.mjs';
import { arrivals, stream } from './image-rig.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'camera-workers-'));
test.after(() => fs.rmSync(folder, { recursive: true }));

const program = new URL('./programs/worker.mjs', import.meta.url);
const begin = (task, more) => new Worker(program, { workerData: { task, ...more } });

/** The first message of a worker with this key. */
function told(worker, key) {
  return new Promise((resolve, reject) => {
    worker.on('message', (message) => { if (key in message) resolve(message[key]); });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the worker has ended with ${code}`)));
  });
}

const ended = (worker) => new Promise((resolve) => { worker.once('exit', resolve); });

/* The threads of a worker's manager end shortly after it; of this one's there may be some more or less. */
async function heldIsAtMost(wanted) {
  for (let tries = 0; tries < 200; tries++) {
    const now = held();
    if (now.files <= wanted.files && now.threads <= wanted.threads) return;
    await later(10);
  }
  assert.deepEqual(held(), wanted);
}

/* A Matroska file has its table of cues from when it is finished on. */
function assertFinished(file) {
  const bytes = fs.readFileSync(file);
  assert.ok(bytes.length > 0 && bytes.includes(Buffer.from([0x1c, 0x53, 0xbb, 0x6b])), `${file} is finished`);
  fs.rmSync(file);
}

test('four workers stream at the same time, each with its own environment', async () => {
  const workers = ['virtual:1', 'virtual:1', 'virtual:2', 'virtual:1'].map((list) => begin('stream', { list }));
  await Promise.all(workers.map((worker) => told(worker, 'frame')));
  // The end of some is nothing to the others.
  await Promise.all([workers[0].terminate(), workers[1].terminate()]);
  await Promise.all([told(workers[2], 'frame'), told(workers[3], 'frame')]);
  await Promise.all([workers[2].terminate(), workers[3].terminate()]);
});

test('workers are ended while they stream, record, operate and capture, and this thread streams on', async () => {
  const own = await stream();
  const tasks = ['stream', 'record', 'operations', 'captures'];
  const rounds = sanitized ? 16 : 52;
  let before;
  try {
    for (let round = 0; round < rounds; round++) {
      const task = tasks[round % tasks.length];
      const worker = begin(task, { file: path.join(folder, `${round}.mkv`) });
      await told(worker, 'ready');
      await worker.terminate();
      if (task === 'record') assertFinished(path.join(folder, `${round}.mkv`));
      if (round === 11) before = { ...held(), memory: memory() };
    }
    await arrivals(own.receiver, 3);
    await heldIsAtMost({ files: before.files, threads: before.threads + 8 });
    const growth = (memory() - before.memory) / (rounds - 12);
    // An environment and its cameras that stay behind take several MiB.
    if (!sanitized) assert.ok(growth < 1500000, `each worker left ${Math.round(growth)} bytes`);
  } finally {
    await own.end();
  }
});

test('workers that begin and end at the same time', async () => {
  for (let round = 0; round < 4; round++) {
    const workers = ['stream', 'operations', 'captures', 'operations'].map((task) => begin(task));
    await told(workers[round % 4], 'ready');
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

test('a worker that is ended before it is ready', async () => {
  for (let round = 0; round < 10; round++) {
    const worker = begin('stream');
    await new Promise((resolve) => { worker.once('online', resolve); });
    await later(round * 5); // somewhere between loading and streaming
    await worker.terminate();
  }
});

test('an exception in a listener ends its worker, and is told here', async () => {
  const worker = begin('throws');
  const over = ended(worker);
  const error = await new Promise((resolve) => { worker.once('error', resolve); });
  assert.equal(error.message, 'from a listener in a worker');
  assert.equal(await over, 1);
});

test('a worker ends by itself when its session has stopped', async () => {
  assert.equal(await ended(begin('ends')), 0);
});

test('process.exit() in a listener ends the worker', async () => {
  assert.equal(await ended(begin('exits')), 3);
});
