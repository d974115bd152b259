// SPDX-License-Identifier: Apache-2.0

/* Programs as ArkTS programmers write them (test/arkts): they compile with tsc --strict, and run. */

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { examplesOf, methodOf, methods, runExamples } from './examples.mjs';
import { camera } from './rig.mjs';
import { complaints, programFolder, root, stripFile } from './typescript.mjs';

const require = createRequire(import.meta.url);
const sources = path.join(root, 'test', 'arkts');
const files = readdirSync(sources).filter((name) => name.endsWith('.ts'));
let programs;

before(() => {
  programs = programFolder();
  for (const file of files)
    copyFileSync(path.join(sources, file), path.join(programs.folder, file));
});

after(() => programs.remove());

/* The exports of a program, types stripped, as one of the two module systems loads it. */
function load(file, system) {
  const program = stripFile(programs.folder, file, system);
  return system === 'esm' ? import(pathToFileURL(program)) : require(program);
}

const resolutions = {
  nodenext: {},
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node10: { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true },
};
/* The package is a link in the folder, as npm makes one of a folder that it installs. */
for (const [name, options] of Object.entries(resolutions))
  test(`they compile with tsc --strict: ${name}`, () => {
    assert.ok(files.length >= 4);
    assert.equal(complaints(programs.folder, files, options), '');
  });

test('every method of a session has its example, the asynchronous ones two', () => {
  const names = ['session-callbacks.ts', 'session-promises.ts']
    .flatMap((file) => examplesOf(readFileSync(path.join(sources, file), 'utf8'))).map(({ name }) => methodOf(name));
  assert.deepEqual(names.sort(), [...methods, 'commitConfig', 'start', 'stop', 'release'].sort());
});

for (const system of ['esm', 'cjs']) {
  for (const file of ['session-callbacks.ts', 'session-promises.ts'])
    test(`${file} runs (${system})`, async (t) => {
      await runExamples(t, programs.folder, file, examplesOf(readFileSync(path.join(sources, file), 'utf8')), system);
    });

  test(`the photo program takes a photo (${system})`, async () => {
    const { PhotoPage } = await load('photo.ts', system);
    const file = path.join(programs.folder, `photo-${system}.jpg`);
    const page = new PhotoPage({ cameras: 'virtual:1' }, file);
    try {
      await page.start();
      assert.equal(await page.takePhoto(), file);
      assert.ok(await page.firstFrame > 0, 'the preview runs');
    } finally {
      await page.stop();
    }
    const bytes = readFileSync(file);
    assert.deepEqual([...bytes.subarray(0, 2), ...bytes.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
    assert.equal(page.captureIds.length, 1);
  });

  test(`the video program records a video that plays (${system})`, async () => {
    const { videoRecording } = await load('video.ts', system);
    const file = path.join(programs.folder, `video-${system}.mkv`);
    const states = await videoRecording({ cameras: 'virtual:1' }, file, 15);
    assert.deepEqual(states, ['prepared 1', 'started 1', 'stopped 1', 'released 1']);
    /* What was recorded is a camera itself. */
    const [device] = camera.getCameraManager({ cameras: `replay:${file}` }).getSupportedCameras();
    assert.ok(device, 'the file is a video');
  });
}
