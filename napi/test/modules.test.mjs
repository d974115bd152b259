// SPDX-License-Identifier: Apache-2.0

/* The module names of ArkTS programs, with the loader: each form of loading it, in both module systems. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { programFolder, root } from './typescript.mjs';

const require = createRequire(import.meta.url);
const { explained, names } = require('../kits/names.js');

let programs;
before(() => { programs = programFolder(); });
after(() => programs.remove());

/* Runs a program in a process of its own; what it printed, as JSON. */
function run(file, source, ...options) {
  writeFileSync(path.join(programs.folder, file), source);
  const { stdout, stderr, status } = spawnSync(process.execPath, [...options, file],
    { cwd: programs.folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' }, timeout: 60000 });
  return { status, stderr, value: status === 0 ? JSON.parse(stdout) : undefined };
}

const esm = `
  import { camera } from '@kit.CameraKit';
  import cameraKit from '@kit.CameraKit';
  import { image } from '@kit.ImageKit';
  import { media } from '@kit.MediaKit';
  import { colorSpaceManager } from '@kit.ArkGraphics2D';
  import { BusinessError, AsyncCallback, Callback, ErrorCallback } from '@kit.BasicServicesKit';
  import { BaseContext, Context, UIAbilityContext, common } from '@kit.AbilityKit';
  import camera2, { camera as camera3 } from '@ohos.multimedia.camera';
  import image2 from '@ohos.multimedia.image';
  import media2 from '@ohos.multimedia.media';
  import colorSpaceManager2 from '@ohos.graphics.colorSpaceManager';
  import base from '@ohos.base';
  import all, * as named from 'camera-session';
  import { createRequire } from 'node:module';
  const required = createRequire(import.meta.url)('@kit.CameraKit');
  console.log(JSON.stringify([
    [cameraKit.camera, camera2, camera3, named.camera, all.camera, required.camera].every((each) => each === camera),
    image2 === image && named.image === image && media2 === media && named.media === media,
    colorSpaceManager2 === colorSpaceManager && named.colorSpaceManager === colorSpaceManager,
    [BusinessError, AsyncCallback, Callback, ErrorCallback, BaseContext, Context, UIAbilityContext, common].every((each) => each === undefined) && typeof base,
    camera.SceneMode.NORMAL_PHOTO, typeof image.createImageReceiver, typeof media.createAVRecorder,
    colorSpaceManager.ColorSpace.SRGB, named.version,
  ]));
`;

const cjs = `
  const { camera } = require('@kit.CameraKit');
  const { default: kit } = require('@kit.CameraKit');
  const { image } = require('@kit.ImageKit');
  const { media } = require('@kit.MediaKit');
  const { colorSpaceManager } = require('@kit.ArkGraphics2D');
  const { BusinessError } = require('@kit.BasicServicesKit');
  const whole = require('@ohos.multimedia.camera');
  const all = require('camera-session');
  import('@kit.CameraKit').then((imported) => console.log(JSON.stringify([
    [kit.camera, whole.default, all.camera, imported.camera, imported.default.camera].every((each) => each === camera),
    require('@ohos.multimedia.image').default === image && require('@ohos.multimedia.media').default === media,
    require('@ohos.graphics.colorSpaceManager').ColorSpace === colorSpaceManager.ColorSpace,
    BusinessError === undefined && typeof require('@ohos.base'),
    whole.SceneMode.NORMAL_PHOTO, typeof image.createImageReceiver, typeof media.createAVRecorder,
    colorSpaceManager.ColorSpace.SRGB, all.version,
  ])));
`;

const expected = [true, true, true, 'object', 1, 'function', 'function', 4, require('../index.js').version];

for (const option of ['--import', '--require'])
  for (const [file, source] of [['program.mjs', esm], ['program.cjs', cjs]])
    test(`node ${option} camera-session/register ${file}`, () => {
      const { status, stderr, value } = run(file, source, option, 'camera-session/register');
      assert.equal(status, 0, stderr);
      assert.deepEqual(value, expected);
      assert.equal(stderr, '');
    });

test('a program can load the loader itself', () => {
  const { status, stderr, value } = run('itself.mjs', `
    import 'camera-session/register';
    const { camera } = await import('@kit.CameraKit');
    console.log(camera.SceneMode.NORMAL_VIDEO);`);
  assert.equal(status, 0, stderr);
  assert.equal(value, 2);
});

test('loaded twice it works once more', () => {
  const { status, stderr, value } = run('program.mjs', esm, '--require', 'camera-session/register', '--import', 'camera-session/register');
  assert.equal(status, 0, stderr);
  assert.deepEqual(value, expected);
});

const workers = {
  'worker.mjs': `
    import { Worker, isMainThread, parentPort } from 'node:worker_threads';
    import { camera } from '@kit.CameraKit';
    if (isMainThread)
      new Worker(new URL(import.meta.url)).once('message', (mode) => console.log(mode));
    else
      parentPort.postMessage(camera.SceneMode.NORMAL_VIDEO);`,
  'worker.cjs': `
    const { Worker, isMainThread, parentPort } = require('node:worker_threads');
    const { camera } = require('@kit.CameraKit');
    if (isMainThread)
      new Worker(__filename).once('message', (mode) => console.log(mode));
    else
      parentPort.postMessage(camera.SceneMode.NORMAL_VIDEO);`,
};

for (const [file, source] of Object.entries(workers))
  for (const option of ['--import', '--require'])
    test(`a worker has the loader of its process: ${option}, ${file}`, () => {
      const { status, stderr, value } = run(file, source, option, 'camera-session/register');
      assert.equal(status, 0, stderr);
      assert.equal(value, 2);
    });

test('a worker made from a text has the loader with --require, and with --import when it loads it itself', () => {
  const worker = (text) => `
    import { Worker } from 'node:worker_threads';
    const worker = new Worker(${JSON.stringify(text)}, { eval: true });
    worker.once('message', (mode) => console.log(mode));
    worker.once('error', ({ code }) => console.log(JSON.stringify(code)));`;
  const text = 'require(\'node:worker_threads\').parentPort.postMessage(require(\'@kit.CameraKit\').camera.SceneMode.NORMAL_VIDEO);';
  assert.equal(run('text.mjs', worker(text), '--require', 'camera-session/register').value, 2);
  assert.equal(run('text.mjs', worker(`require('camera-session/register');${text}`), '--import', 'camera-session/register').value, 2);
});

test('without the loader the names are unknown, and with it all others stay as they are', () => {
  assert.match(run('program.mjs', esm).stderr, /ERR_\w+[\s\S]*@kit\.CameraKit/);
  assert.match(run('other.mjs', 'import \'@kit.NoSuchKit\';', '--import', 'camera-session/register').stderr, /@kit\.NoSuchKit/);
  assert.match(run('other.cjs', 'require(\'@kit.NoSuchKit\');', '--require', 'camera-session/register').stderr, /MODULE_NOT_FOUND/);
  const { value } = run('files.mjs', `
    import fs from 'node:fs';
    import path from 'path';
    console.log(typeof fs.openSync === typeof path.join);`, '--import', 'camera-session/register');
  assert.equal(value, true);
});

const elsewhere = ['@kit.CoreFileKit', '@kit.ArkTS', '@kit.PerformanceAnalysisKit', '@kit.MediaLibraryKit', '@ohos.file.fs'];
const forms = {
  'static.mjs': (name) => `import * as it from '${name}'; console.log(it);`,
  'dynamic.mjs': (name) => `
    const error = await import('${name}').catch((caught) => caught);
    console.log(JSON.stringify([error.message, error.code]));`,
  'dynamic.cjs': (name) => `import('${name}').catch((error) => console.log(JSON.stringify([error.message, error.code])));`,
  'require.cjs': (name) => `
    try {
      require('${name}');
    } catch (error) {
      console.log(JSON.stringify([error.message, error.code]));
    }`,
  'require.mjs': (name) => `
    import { createRequire } from 'node:module';
    try {
      createRequire(import.meta.url)('${name}');
    } catch (error) {
      console.log(JSON.stringify([error.message, error.code]));
    }`,
};
for (const option of ['--import', '--require'])
  for (const [file, source] of Object.entries(forms))
    test(`OpenHarmony's other modules: the error says what there is, ${option}, ${file}`, () => {
      for (const name of elsewhere) {
        const { status, stderr, value } = run(file, source(name), option, 'camera-session/register');
        if (file === 'static.mjs') assert.equal(status, 1);
        const [message, code] = file === 'static.mjs' ? [stderr, 'ERR_MODULE_NOT_FOUND'] : value;
        assert.ok(message.includes(`camera-session has no module '${name}'. It has ${names.join(', ')}. `), message);
        assert.ok(message.includes('node:fs for fileIo'), message);
        assert.equal(code, file.startsWith('require') ? 'MODULE_NOT_FOUND' : 'ERR_MODULE_NOT_FOUND');
      }
    });

test('other errors stay as they are, and what a program has under such a name is found', () => {
  for (const [name, code] of [['./none.js', 'ERR_MODULE_NOT_FOUND'], ['@kit.ArkTS', 'ERR_PACKAGE_PATH_NOT_EXPORTED'], ['@kit/ArkTS', 'MODULE_NOT_FOUND']]) {
    const error = Object.assign(new Error('not this one'), { code });
    assert.equal(explained(name, error), error);
  }
  const own = path.join(programs.folder, 'node_modules', '@kit.ArkTS');
  mkdirSync(own);
  try {
    writeFileSync(path.join(own, 'index.js'), 'module.exports = 7;');
    const { value } = run('own.cjs', 'console.log(require(\'@kit.ArkTS\'));', '--require', 'camera-session/register');
    assert.equal(value, 7);
  } finally {
    rmSync(own, { recursive: true });
  }
});

test('where the addon was not built, the error says how it is', () => {
  const bare = path.join(programs.folder, 'node_modules', 'bare');
  mkdirSync(bare);
  try {
    for (const file of ['index.js', 'index.mjs', 'package.json', 'kits'])
      cpSync(path.join(root, file), path.join(bare, file), { recursive: true });
    const texts = [path.join(bare, 'build', 'camera_session.node'), '`npm rebuild camera-session`', `\`node build.js\` in ${bare}`,
      'allow its install script'];
    const required = run('bare.cjs', `
      try {
        require('bare');
      } catch (error) {
        console.log(JSON.stringify([error.message, error.code, error.cause.message]));
      }`);
    assert.equal(required.status, 0, required.stderr);
    const [message, code, cause] = required.value;
    const imported = run('bare.mjs', 'import { camera } from \'bare\';\nconsole.log(typeof camera);');
    assert.equal(imported.status, 1);
    for (const text of texts) {
      assert.ok(message.includes(text), message);
      assert.ok(imported.stderr.includes(text), imported.stderr);
    }
    assert.equal(code, 'MODULE_NOT_FOUND');
    for (const original of [cause, imported.stderr])
      assert.match(original, /Cannot find module .*camera_session\.node/);
  } finally {
    rmSync(bare, { recursive: true });
  }
});

test('every name has its two files and its declarations, and is also a path of the package', async () => {
  assert.equal(names.length, 11);
  for (const name of names) {
    for (const file of [`kits/${name}.cjs`, `kits/${name}.mjs`, `kits/${name}.d.ts`])
      assert.ok(existsSync(path.join(root, file)), file);
    const { status, stderr, value } = run('path.mjs', `
      import * as imported from 'camera-session/kits/${name}';
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('camera-session/kits/${name}');
      console.log(JSON.stringify([Object.keys(imported).sort(), Object.keys(required).length > 0]));`);
    assert.equal(status, 0, stderr);
    assert.ok(value[0].length > 1 || value[0].includes('default'), name);
    assert.equal(value[1], true, name);
  }
});
