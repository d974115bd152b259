// SPDX-License-Identifier: Apache-2.0

/* The example programs: what they write, what they say, and how they end. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { examples, jpegSize, root, run, scratch, start } from './examples-rig.mjs';
import { camera } from './rig.mjs';

let files;
before(() => { files = scratch(); });
after(() => files.remove());

/* ---- snapshot ---- */

test('snapshot saves a photo and says with which camera', async () => {
  const file = path.join(files.folder, 'one.jpg');
  const { status, out, err } = await run('snapshot.mjs', [file], 'virtual:2');
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  const bytes = readFileSync(file);
  assert.deepEqual(jpegSize(bytes), { width: 1920, height: 1080 });
  assert.equal(out, `${file}: 1920x1080, ${Math.floor(bytes.length / 1024)} KiB, taken with Virtual camera 0 (virtual:0)\n`);
});

test('snapshot takes the camera that it is given, and photo.jpg without a name', async () => {
  const { status, out } = await run('snapshot.mjs', ['photo.jpg', 'virtual:1'], 'virtual:2', { cwd: files.folder });
  assert.equal(status, 0);
  assert.match(out, /^photo\.jpg: .*\(virtual:1\)\n$/);
  assert.equal((await run('snapshot.mjs', [], 'virtual:1', { cwd: files.folder })).status, 0);
  assert.deepEqual(jpegSize(readFileSync(path.join(files.folder, 'photo.jpg'))), { width: 1920, height: 1080 });
});

test('snapshot tells why there is no photo, and exits with 1', async () => {
  const cases = [
    [['x.jpg', 'virtual:7'], 'virtual:2', /^snapshot: There is no camera "virtual:7"\. There are: virtual:0 .*, virtual:1 /],
    [['x.jpg'], 'virtual:1+busy@open', /^snapshot: 7400107: Can not use camera cause of conflict\. virtual:0: .*EBUSY/],
    [['x.jpg'], 'virtual:1+unplug@3f', /^snapshot: 7400108: Camera disabled .*ENODEV/],
    [['x.jpg'], 'virtual:1+fail@start', /^snapshot: 7400201: Camera service fatal error\. .*EIO/],
    [['no/x.jpg'], 'virtual:1', /^snapshot: ENOENT: .*no\/x\.jpg/],
  ];
  for (const [args, cameras, expected] of cases) {
    const { status, err } = await run('snapshot.mjs', args, cameras, { cwd: files.folder });
    assert.match(err, expected);
    assert.equal(err.trim().split('\n').length, 1, `one sentence: ${err}`);
    assert.equal(status, 1);
  }
  assert.ok(!existsSync(path.join(files.folder, 'x.jpg')));
});

/* ---- record ---- */

/* The recording as a camera, whose only profile is what was recorded. */
function replayed(file) {
  const manager = camera.getCameraManager({ cameras: `replay:${file}` });
  const [device] = manager.getSupportedCameras();
  assert.ok(device, `${file} is a video`);
  return manager.getSupportedOutputCapability(device, camera.SceneMode.NORMAL_VIDEO).videoProfiles;
}

/* What ffprobe says, if it is there. */
function probe(file) {
  if (spawnSync('ffprobe', ['-version']).error) return undefined;
  const { streams: [stream], format } = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-of', 'json',
    '-show_entries', 'stream=codec_name,width,height,nb_read_frames:format=duration', file], { encoding: 'utf8' }));
  return { ...stream, frames: Number(stream.nb_read_frames), seconds: Number(format.duration) };
}

/* The number of frames that record told; the file must have them. */
function checkRecording(file, out) {
  const told = /: ([\d.]+) seconds, (\d+) frames, 1280x720 MJPG in Matroska, [\d.]+ MB\n$/.exec(out);
  assert.ok(told, out);
  const [seconds, frames] = told.slice(1).map(Number);
  assert.ok(replayed(file).some(({ size, format }) => size.width === 1280 && size.height === 720 && format === 0x47504a4d));
  const found = probe(file);
  if (found !== undefined) {
    assert.deepEqual([found.codec_name, found.width, found.height, found.frames], ['mjpeg', 1280, 720, frames]);
    assert.ok(Math.abs(found.seconds - seconds) < 0.5, `${found.seconds} seconds, and not ${seconds}`);
  }
  return frames;
}

test('record records so many seconds while a preview shows its rate', async () => {
  const file = path.join(files.folder, 'a video, 100%.mkv');
  const { status, out, err } = await run('record.mjs', [file, '1.5', 'virtual:1'], 'virtual:2');
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  assert.match(out, /^Recording Virtual camera 1 \(virtual:1\), 1280x720 MJPG, for 1\.5 seconds/);
  assert.match(out, /\n\d+ frames per second\n/);
  const plain = path.join(files.folder, 'plain.mkv');
  execFileSync('cp', [file, plain]); // a list of cameras has its own meaning for a comma and a percent sign
  const frames = checkRecording(plain, out);
  assert.ok(frames >= 15 && frames <= 60, `${frames} frames`);
});

test('record finishes the file at Ctrl-C', async () => {
  const file = path.join(files.folder, 'interrupted.mkv');
  const running = start([path.join(examples, 'record.mjs'), file, '3600'], 'virtual:1');
  await running.printed(/frames per second/);
  running.process.kill('SIGINT');
  const { status, out } = await running.done;
  assert.equal(status, 0);
  assert.ok(checkRecording(file, out) > 0);
});

test('record finishes the file of a camera that is unplugged, and exits with 1', async () => {
  const file = path.join(files.folder, 'unplugged.mkv');
  const { status, out, err } = await run('record.mjs', [file, '3600'], 'virtual:1+unplug@20f');
  assert.equal(status, 1);
  assert.match(err, /^record: 7400108: .*unplugged/);
  const frames = checkRecording(file, out);
  assert.ok(frames > 0 && frames <= 20, `${frames} frames`);
});

test('record refuses seconds that are none', async () => {
  for (const seconds of ['x', '0', '-1', 'Infinity']) {
    const { status, err } = await run('record.mjs', ['x.mkv', seconds], 'virtual:1', { cwd: files.folder });
    assert.match(err, /^record: The seconds must be a number/);
    assert.equal(status, 1);
  }
});

/* ---- arkts_photo ---- */

test('the ArkTS program compiles with the command in its head, and takes a photo', async (t) => {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) return t.skip('TypeScript is not installed: npm install in napi/');
  execFileSync(process.execPath, [tsc, '-p', 'examples'], { cwd: root, encoding: 'utf8' });
  const file = path.join(files.folder, 'arkts.jpg');
  const program = ['--import', 'camera-session/register', 'build/examples/arkts_photo.js', file];
  const { status, out, err } = await start(program, 'virtual:1').done;
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  const { width, height } = jpegSize(readFileSync(file));
  assert.match(out, new RegExp(`: ${width}x${height}\n$`));

  const failed = await start(program, 'virtual:1+busy@open').done;
  assert.equal(failed.status, 1);
  assert.match(failed.err, /error code: 7400107, .*EBUSY/);
});
