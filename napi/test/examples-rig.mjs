// SPDX-License-Identifier: Apache-2.0

/* What the tests of the examples have in common: programs that run, pictures that are looked at, requests. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
export const examples = path.join(root, 'examples');

/** A folder for files; `remove()` it. */
export function scratch() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-session-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Width and height of a JPEG picture; fails when it is not one, or not whole. */
export function jpegSize(bytes) {
  assert.equal(bytes.readUInt16BE(0), 0xffd8, 'a JPEG picture begins so');
  assert.equal(bytes.readUInt16BE(bytes.length - 2), 0xffd9, 'a JPEG picture ends so');
  for (let at = 2; at < bytes.length;) {
    const marker = bytes.readUInt16BE(at);
    assert.equal(marker >> 8, 0xff, 'markers follow each other');
    if (marker >= 0xffc0 && marker <= 0xffc2) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return assert.fail('a JPEG picture has a size');
}

/** Starts a program with these cameras. `done` gives {status, out, err}; one that does not end is killed. */
export function start(args, cameras, { cwd = root } = {}) {
  const running = spawn(process.execPath, args, {
    cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CAMERA_SESSION_CAMERAS: cameras },
  });
  const guard = setTimeout(() => running.kill('SIGKILL'), 30000);
  const text = { out: '', err: '' };
  running.stdout.on('data', (data) => { text.out += data; });
  running.stderr.on('data', (data) => { text.err += data; });
  const done = new Promise((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (status, signal) => {
      clearTimeout(guard);
      resolve({ ...text, status, signal });
    });
  });
  /* What it has printed, once that matches. */
  const printed = (pattern) => new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(text.out);
      if (match) resolve(match);
    };
    running.stdout.on('data', look);
    running.on('close', () => reject(new Error(`ended without ${pattern}: ${text.out}${text.err}`)));
    look();
  });
  return { process: running, done, printed };
}

/** An example with arguments, until it has ended. */
export function run(name, args, cameras, options) {
  return start([path.join(examples, name), ...args], cameras, options).done;
}

/** One request: {status, headers, body}. Unlike fetch() it sends any header, and any path as it is. */
export function request(url, { method = 'GET', headers = {}, body, path: as = url.pathname + url.search } = {}) {
  return new Promise((resolve, reject) => {
    const asked = http.request(url, { method, headers, path: as, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A viewer of a stream of pictures: next() is the next one; pause() and resume() its reading; close() ends it. */
export async function watch(url) {
  const response = await new Promise((resolve, reject) => {
    http.get(url, { agent: false }, resolve).on('error', reject);
  });
  assert.equal(response.statusCode, 200);
  const boundary = /^multipart\/x-mixed-replace; boundary=(.+)$/.exec(response.headers['content-type'])[1];
  const pictures = [];
  const waiting = [];
  let rest = Buffer.alloc(0);
  const ended = new Promise((resolve) => response.on('close', resolve));
  response.on('error', () => {}); // the server may cut it off
  response.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const begin = `--${boundary}\r\n`;
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = rest.toString('latin1', 0, end);
      const length = Number(/^Content-Length: (\d+)$/m.exec(head)?.[1]);
      assert.ok(head.startsWith(`${begin}Content-Type: image/jpeg\r\n`) && length > 0, `a part's head: ${head}`);
      if (rest.length < end + 4 + length + 2) return;
      const picture = rest.subarray(end + 4, end + 4 + length);
      rest = rest.subarray(end + 4 + length + 2);
      if (waiting.length > 0) waiting.shift()(picture);
      else pictures.push(picture);
    }
  });
  return {
    next: () => (pictures.length > 0 ? Promise.resolve(pictures.shift()) : new Promise((resolve) => waiting.push(resolve))),
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => response.destroy(),
    ended,
  };
}
