// SPDX-License-Identifier: Apache-2.0

/* The package as users get it: packed, installed elsewhere against an installed library, and the README's program run
 * there. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { complaints, root } from './typescript.mjs';

const source = path.join(root, '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-session-package-'));
const user = path.join(folder, 'user');
const installed = path.join(user, 'node_modules', 'camera-session');
const pkgConfig = path.join(folder, 'prefix', 'lib', 'pkgconfig');

/* npm hands its settings down to what it runs, and this may be run by npm. */
function environment(more) {
  const clean = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name));
  return { ...Object.fromEntries(clean), ...more };
}

function run(command, args, { cwd = user, env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env: environment(env), timeout: 300000 });
  assert.equal(error, undefined);
  return { status, stdout, stderr, all: `${stdout}${stderr}` };
}

/* What `make install PREFIX=` puts into a folder. Not make itself: it might compile the library first. */
function installLibrary() {
  const [from, to] = [path.join(source, 'build', 'lib'), path.join(folder, 'prefix', 'lib')];
  mkdirSync(pkgConfig, { recursive: true });
  mkdirSync(path.join(folder, 'prefix', 'include'));
  for (const file of readdirSync(from).filter((name) => name.startsWith('libcamera_session.so')))
    copyFileSync(path.join(from, file), path.join(to, file));
  copyFileSync(path.join(source, 'include', 'camera_session.h'), path.join(folder, 'prefix', 'include', 'camera_session.h'));
  const values = {
    PREFIX: path.join(folder, 'prefix'), LIBDIR: '${prefix}/lib', INCLUDEDIR: '${prefix}/include', VERSION: '0', LIBS_PRIVATE: '',
  };
  writeFileSync(path.join(pkgConfig, 'camera-session.pc'),
    readFileSync(path.join(source, 'camera-session.pc.in'), 'utf8').replace(/@(\w+)@/g, (whole, name) => values[name] ?? whole));
}

/* Why the package cannot be installed here; false: it was. */
let skip = 'not installed';
let tarball;

before(() => {
  installLibrary();
  mkdirSync(user);
  writeFileSync(path.join(user, 'package.json'), '{"private": true}\n');
  const packed = run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  assert.equal(packed.status, 0, packed.all);
  [tarball] = JSON.parse(packed.stdout);
  const { status, all } = run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--foreground-scripts',
    path.join(folder, tarball.filename)], { env: { PKG_CONFIG_PATH: pkgConfig } });
  if (status !== 0 && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(all)) {
    skip = 'npm\'s registry cannot be reached';
    console.error(`The package is not tried: ${skip}.\n${all}`);
    return;
  }
  assert.equal(status, 0, all);
  symlinkSync(path.join(root, 'node_modules', '@types'), path.join(user, 'node_modules', '@types'));
  skip = false;
});

after(() => rmSync(folder, { recursive: true, force: true }));

/* A test that needs the installed package. */
const installedTest = (name, body) => test(name, async (t) => {
  if (skip) t.skip(skip);
  else await body(t);
});

function runProgram(file, source_, ...options) {
  writeFileSync(path.join(user, file), source_);
  return run(process.execPath, [...options, file], { env: { CAMERA_SESSION_CAMERAS: 'virtual:1' } });
}

/* The README's first program. */
function readmeProgram() {
  const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(installed, 'README.md'), 'utf8'));
  return program;
}

test('what is packed is what is needed, and no tests', () => {
  const files = tarball.files.map((file) => file.path);
  for (const needed of ['index.js', 'index.mjs', 'register.js', 'register.d.ts', 'build.js', 'README.md', 'package.json', 'src/module.cc',
    'src/bridge.h', 'kits/hooks.mjs', 'types/index.d.ts', 'types/kits.d.ts', 'types/kits-all.d.ts', 'kits/@kit.CameraKit.d.ts'])
    assert.ok(files.includes(needed), needed);
  assert.deepEqual(files.filter((file) => /^(test|build|node_modules)\//.test(file)), []);
});

installedTest('the README\'s program takes a photo', () => {
  const program = readmeProgram();
  assert.ok(program.split('\n').length <= 30, 'it is short');
  const { status, stdout, all } = runProgram('photo.mjs', program);
  assert.equal(status, 0, all);
  assert.match(stdout, /^photo\.jpg: \d+x\d+, taken with .+\n$/);
  const bytes = readFileSync(path.join(user, 'photo.jpg'));
  assert.deepEqual([...bytes.subarray(0, 2), ...bytes.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
});

const forms = {
  'require.cjs': `
    const { camera, image, media, colorSpaceManager, version } = require('camera-session');
    console.log([camera, image, media, colorSpaceManager, version].every(Boolean));`,
  'named.mjs': `
    import { camera, image, media, colorSpaceManager, version } from 'camera-session';
    console.log([camera, image, media, colorSpaceManager, version].every(Boolean));`,
  'default.mjs': `
    import all from 'camera-session';
    console.log([all.camera, all.image, all.media, all.colorSpaceManager, all.version].every(Boolean));`,
};
for (const [file, program] of Object.entries(forms))
  installedTest(`it is loaded: ${file}`, () => {
    const { status, stdout, all } = runProgram(file, program);
    assert.equal(status, 0, all);
    assert.equal(stdout, 'true\n');
  });

installedTest('the loader works from there', () => {
  const program = 'import { camera } from \'@kit.CameraKit\';\nconsole.log(camera.SceneMode.NORMAL_PHOTO);\n';
  for (const option of ['--import', '--require']) {
    const { status, stdout, all } = runProgram('kit.mjs', program, option, 'camera-session/register');
    assert.equal(status, 0, all);
    assert.equal(stdout, '1\n');
  }
});

installedTest('the addon has the library of the prefix', () => {
  const addon = path.join(installed, 'build', 'camera_session.node');
  const { stdout } = run('ldd', [addon], { env: { LD_LIBRARY_PATH: '' } });
  assert.match(stdout, new RegExp(`=> ${path.join(folder, 'prefix', 'lib', 'libcamera_session')}`));
});

const program = `
  import { camera } from '@kit.CameraKit';
  import media from '@ohos.multimedia.media';
  import { BusinessError } from '@kit.BasicServicesKit';
  export const session: camera.PhotoSession = camera.getCameraManager({}).createSession(camera.SceneMode.NORMAL_PHOTO);
  export const recorder: Promise<media.AVRecorder> = media.createAVRecorder();
  session.on('error', (error: BusinessError) => console.error(error.code));`;
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node10: { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true },
  'paths of the README': { module: 'esnext', moduleResolution: 'bundler', types: [], paths: 'README', lib: ['es2022', 'dom'] },
};
for (const [name, options] of Object.entries(resolutions))
  installedTest(`declarations are found: ${name}`, () => {
    if (options.paths === 'README') {
      const [, json] = /```json\n([\s\S]*?)```/.exec(readFileSync(path.join(installed, 'README.md'), 'utf8'));
      options.paths = JSON.parse(json).compilerOptions.paths;
    }
    writeFileSync(path.join(user, 'program.ts'), program);
    assert.equal(complaints(user, ['program.ts'], options), '');
  });

installedTest('without the library build.js says plainly what to do', () => {
  const nowhere = path.join(folder, 'nowhere');
  const { status, stdout, stderr } = run(process.execPath, [path.join(installed, 'build.js')],
    { env: { PKG_CONFIG_PATH: nowhere, PKG_CONFIG_LIBDIR: nowhere } });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, 'camera-session: the addon was not built: pkg-config does not know camera-session: install the library first ' +
    '(`make install` in its source), or set PKG_CONFIG_PATH to the folder with camera-session.pc\n');
  assert.ok(existsSync(path.join(installed, 'build', 'camera_session.node')), 'what was built before stays');
});

installedTest('a compiler that is not there is named', () => {
  const { status, stderr } = run(process.execPath, [path.join(installed, 'build.js')],
    { env: { PKG_CONFIG_PATH: pkgConfig, CXX: 'no-such-compiler' } });
  assert.equal(status, 1);
  assert.match(stderr, /^camera-session: the addon was not built: no-such-compiler: /);
});
