// SPDX-License-Identifier: Apache-2.0

/* TypeScript for tests: a folder for programs that finds this package as an installed one, the compiler's
 * complaints, and programs without their types. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A new folder whose programs can import this package; `remove()` it. */
export function programFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-session-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'camera-session'));
  symlinkSync(path.join(root, 'node_modules', '@types'), path.join(folder, 'node_modules', '@types'));
  writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}\n');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What `tsc --strict` says of these files of the folder: '' when it finds nothing. */
export function complaints(folder, files, options = {}) {
  const config = path.join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext',
      types: ['node', 'camera-session/register'], ...options,
    },
    files,
  }));
  try {
    execFileSync(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config],
      { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    return '';
  } catch (error) {
    return `${error.stdout}${error.stderr}`;
  }
}

/** The program without its types, for one of the two module systems: 'esm' or 'cjs'. */
export function strip(source, system) {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: system === 'esm' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
      esModuleInterop: true,
    },
  }).outputText;
}

/** Strips a file of the folder; the new file's path. */
export function stripFile(folder, file, system) {
  const made = path.join(folder, file.replace(/\.ts$/, system === 'esm' ? '.mjs' : '.cjs'));
  writeFileSync(made, strip(readFileSync(path.join(folder, file), 'utf8'), system));
  return made;
}
