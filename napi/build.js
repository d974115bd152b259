// SPDX-License-Identifier: Apache-2.0
'use strict';

/* Builds build/camera_session.node from src/: what npm runs when the package is installed.
 *
 * It needs a C++17 compiler and libcamera_session: the one that pkg-config knows, or, inside the project's
 * own tree, the one that `make lib` built. Variables: CXX, CXXFLAGS and LDFLAGS, as usual. */

const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const here = __dirname;
const out = path.join(here, 'build');
const addon = path.join(out, 'camera_session.node');

function words(text) {
  return (text || '').split(/\s+/).filter((word) => word !== '');
}

function pkgConfig(...options) {
  try {
    return execFileSync('pkg-config', [...options, 'camera-session'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/* Where the library is: {compile, link} flags. */
function findLibrary() {
  const tree = path.join(here, '..');
  if (fs.existsSync(path.join(tree, 'include', 'camera_session.h')) && fs.existsSync(path.join(tree, 'cbindgen.toml'))) {
    const lib = path.join(tree, 'build', 'lib');
    if (!fs.existsSync(path.join(lib, 'libcamera_session.so')))
      throw new Error(`there is no ${lib}/libcamera_session.so: run \`make lib\` first`);
    return { compile: ['-I' + path.join(tree, 'include')], link: ['-L' + lib, '-lcamera_session', '-Wl,-rpath,' + lib] };
  }
  const compile = pkgConfig('--cflags');
  const link = pkgConfig('--libs');
  if (compile === null || link === null)
    throw new Error('pkg-config does not know camera-session: install the library first (`make install` in its source), ' +
      'or set PKG_CONFIG_PATH to the folder with camera-session.pc');
  const folders = words(link).filter((flag) => flag.startsWith('-L')).map((flag) => flag.slice(2));
  const libdir = pkgConfig('--variable=libdir');
  if (libdir !== null && libdir !== '')
    folders.push(libdir);
  return { compile: words(compile), link: [...words(link), ...folders.map((folder) => '-Wl,-rpath,' + folder)] };
}

/* The folder with node_api.h: of the package that npm installs with this one, or, when npm has only linked to this
 * folder, those that came with Node.js. */
function nodeApiHeaders() {
  try {
    return require('node-api-headers').include_dir;
  } catch {
    const own = path.join(process.execPath, '..', '..', 'include', 'node');
    if (fs.existsSync(path.join(own, 'node_api.h')))
      return own;
    throw new Error(`the package node-api-headers is missing, and Node.js came without node_api.h: run \`npm ci\` in ${here}, ` +
      'or install with `npm install --install-links`');
  }
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)));
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} failed (${signal || code}): ${args.join(' ')}`)));
  });
}

function newest(files) {
  return Math.max(...files.map((file) => fs.statSync(file).mtimeMs));
}

async function main() {
  const library = findLibrary();
  const compiler = words(process.env.CXX || 'c++');
  const src = path.join(here, 'src');
  const sources = fs.readdirSync(src).filter((name) => name.endsWith('.cc'));
  const headers = newest(fs.readdirSync(src).filter((name) => name.endsWith('.h')).map((name) => path.join(src, name)));
  const compile = [
    ...compiler.slice(1), '-std=c++17', '-O2', '-g', '-fPIC', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden',
    '-Wall', '-Wextra', '-DNAPI_VERSION=8', '-isystem', nodeApiHeaders(), ...library.compile,
    ...words(process.env.CXXFLAGS),
  ];
  /* Node.js unloads an addon with the last worker that has it; nodelete keeps it, and what it made for the life of the
   * process, for the next one. */
  const link = ['-shared', '-Wl,--as-needed', '-Wl,-z,nodelete', ...words(process.env.LDFLAGS), ...library.link];

  /* Objects are kept; all are made anew when the flags changed. */
  fs.mkdirSync(out, { recursive: true });
  const stamp = path.join(out, 'flags.txt');
  const flags = [...compiler, ...compile, ...link].join('\n');
  const same = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === flags;
  const waiting = sources.map((name) => ({ source: path.join(src, name), object: path.join(out, name + '.o') }))
    .filter(({ source, object }) => !same || !fs.existsSync(object) ||
      fs.statSync(object).mtimeMs < Math.max(headers, fs.statSync(source).mtimeMs));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await run(compiler[0], [...compile, '-c', next.source, '-o', next.object]);
  };
  await Promise.all(Array.from({ length: Math.max(1, os.cpus().length) }, work));
  /* Into a new file first: a process may have the old one loaded. */
  await run(compiler[0], [...compiler.slice(1), ...words(process.env.CXXFLAGS),
    ...sources.map((name) => path.join(out, name + '.o')), ...link, '-o', addon + '.new']);
  fs.renameSync(addon + '.new', addon);
  fs.writeFileSync(stamp, flags);
}

main().catch((error) => {
  console.error(`camera-session: the addon was not built: ${error.message}`);
  process.exitCode = 1;
});
