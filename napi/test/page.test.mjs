// SPDX-License-Identifier: Apache-2.0

/* Every example of Camera Kit's reference page of Session compiles and runs as it is written. The page is not part of
 * this project: ARKTS_SESSION_PAGE names a file with its text (Markdown; its line breaks may be lost). */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { examplesOf, methodOf, methods, runExamples } from './examples.mjs';
import { complaints, programFolder } from './typescript.mjs';

/* The page's examples: what stands in its blocks of ArkTS. Where a page lost its line breaks, a comment would swallow
 * the code behind it: the break comes back after the comment's sentence. */
function blocks(page) {
  return [...page.matchAll(/```ts\s+([\s\S]*?)\s+```/g)].map(([, code]) => code.replace(/(\/\/[^。\n]*。) /g, '$1\n'));
}

function readPage() {
  const file = process.env.ARKTS_SESSION_PAGE;
  if (file === undefined || file === '')
    return { why: 'ARKTS_SESSION_PAGE is not set: it names the text of the reference page' };
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { why: `ARKTS_SESSION_PAGE: ${error.message}` };
  }
}

const { text, why } = readPage();
const skip = why === undefined ? false : why;
if (skip)
  console.error(`The reference page's examples are not tried. ${why}.`);

let programs;
let examples = [];

before(() => {
  if (skip) return;
  programs = programFolder();
  /* The first block is the import that all others presume. */
  const [imports, ...bodies] = blocks(text);
  examples = bodies.map((body, index) => {
    const source = `${imports}\n${body}\n`;
    const functions = examplesOf(source);
    const file = `example${index}.ts`;
    writeFileSync(path.join(programs.folder, file), `${source}export { ${functions.map(({ name }) => name).join(', ')} };\n`);
    return { file, functions };
  });
});

after(() => programs?.remove());

test('the page has its examples: each method, the asynchronous ones twice', { skip }, () => {
  const count = (method) => examples.flatMap(({ functions }) => functions).filter(({ name }) => methodOf(name) === method).length;
  const twice = ['commitConfig', 'start', 'stop', 'release'];
  assert.deepEqual(Object.fromEntries(methods.map((method) => [method, count(method)])),
    Object.fromEntries(methods.map((method) => [method, twice.includes(method) ? 2 : 1])));
});

test('they compile with tsc --strict', { skip }, () => {
  assert.equal(complaints(programs.folder, examples.map(({ file }) => file)), '');
  /* And tsc does look: a wrong argument in one of them is found. */
  const bad = 'bad.ts';
  writeFileSync(path.join(programs.folder, bad),
    'import { camera } from \'@kit.CameraKit\';\nexport function f(session: camera.Session): void { session.addInput(1); }\n');
  assert.match(complaints(programs.folder, [bad]), /TS2345/);
});

for (const system of ['esm', 'cjs'])
  test(`they run as the page says, types stripped (${system})`, { skip }, async (t) => {
    for (const { file, functions } of examples)
      await runExamples(t, programs.folder, file, functions, system);
  });
