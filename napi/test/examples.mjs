// SPDX-License-Identifier: Apache-2.0

/* Examples of a session's methods, as documentation has them: functions that call one method and print how it went.
 * Each is run in the states in which it succeeds and in which it fails, and must print what its source says for
 * that. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

import { cameras, codeOf, rig, SceneMode } from './rig.mjs';
import { stripFile } from './typescript.mjs';

const require = createRequire(import.meta.url);
require('../register.js');

/* ---- an example's source ---- */

/* The text that a call prints, with a value put in for what is computed: its first argument, a string or template. */
function printed(call) {
  const [text] = call.arguments;
  if (ts.isTemplateExpression(text))
    return (value) => text.head.text + text.templateSpans.map((span) => value + span.literal.text).join('');
  assert.ok(ts.isStringLiteralLike(text), `a text is printed: ${text.getText()}`);
  return () => text.text;
}

/** The functions of a source: [{name, info, error}]; the last two make the texts that it prints, or are undefined. */
export function examplesOf(source) {
  const file = ts.createSourceFile('example.ts', source, ts.ScriptTarget.ES2022, true);
  return file.statements.filter(ts.isFunctionDeclaration).map((declaration) => {
    const example = { name: declaration.name.text };
    const visit = (node) => {
      if (ts.isCallExpression(node) && ['console.info', 'console.error'].includes(node.expression.getText()))
        example[node.expression.name.text] = printed(node);
      ts.forEachChild(node, visit);
    };
    visit(declaration);
    return example;
  });
}

/* ---- what is printed ---- */

/* Calls a function and collects what it prints. With `waits`, until the first line is there. */
async function listen(call, waits) {
  const original = { info: console.info, error: console.error };
  const lines = [];
  try {
    await new Promise((resolve, reject) => {
      for (const kind of ['info', 'error'])
        console[kind] = (text) => {
          lines.push({ kind, text });
          if (waits) resolve();
        };
      try {
        assert.equal(call(), undefined);
        if (!waits) resolve();
      } catch (error) {
        reject(error);
      }
    });
    /* Whatever else it has to say comes in the same turn. */
    await new Promise(setImmediate);
  } finally {
    Object.assign(console, original);
  }
  return lines;
}

/* ---- the states ---- */

/* A session that was only made, and what can be put into it. */
async function fresh() {
  const made = await rig({ state: 'config' });
  const session = made.manager.createSession(SceneMode.NORMAL_VIDEO);
  return { ...made, session, end: async () => { await session.release().catch(() => {}); await made.end(); } };
}

async function released() {
  const made = await rig();
  await made.session.release();
  return made;
}

/* Being configured, with an open input that is not in it. */
async function withoutInput() {
  const made = await rig({ state: 'config' });
  made.session.removeOutput(made.outputs.preview);
  made.session.removeInput(made.input);
  return made;
}

async function withoutOutput() {
  const made = await rig({ state: 'config' });
  made.session.removeOutput(made.outputs.preview);
  return made;
}

/* A preview and a video whose shapes differ: the page's own example of a commit that fails. */
async function shapesThatDiffer() {
  const made = await rig({ state: 'config' });
  const { videoProfiles } = made.manager.getSupportedOutputCapability(made.device, SceneMode.NORMAL_VIDEO);
  const { size } = made.profiles.preview;
  const other = videoProfiles.find((profile) =>
    Math.abs(profile.size.width * size.height / (profile.size.height * size.width) - 1) > 0.01);
  assert.ok(other, 'the camera offers another shape');
  const id = await made.surfaces[0].getReceivingSurfaceId();
  made.outputs.video = made.manager.createVideoOutput(other, id);
  made.session.addOutput(made.outputs.video);
  return made;
}

const configuring = () => rig({ state: 'config' });
const committed = () => rig();
const started = () => rig({ state: 'started' });

/* ---- what is promised ---- */

const input = (made) => [made.input];
const output = (made) => [made.outputs.preview];
const nothing = () => [];
const wrong = () => [undefined];

/* Whether what was called has happened: the code of another call, which tells the states apart. */
const isConfiguring = async (made) => assert.equal(await codeOf(() => made.session.beginConfig()), 7400105);
const isCommitted = async (made) => assert.equal(await codeOf(() => made.session.commitConfig()), 7400102);
const isStarted = async (made) => assert.equal(await codeOf(() => made.session.start()), 7400201);
const isStopped = async (made) => assert.equal(await codeOf(() => made.session.stop()), 7400201);
const isReleased = async (made) => assert.equal(await codeOf(() => made.session.release()), 7400201);
const hasInput = async (made) => assert.equal(await codeOf(() => made.session.addInput(made.input)), 7400201);
const hasNoInput = async (made) => assert.equal(made.session.canAddInput(made.input), true);
const hasOutput = async (made) =>
  assert.equal(await codeOf(() => made.session.addOutput(made.outputs.preview)), 7400201);
const hasNoOutput = async (made) =>
  assert.equal(await codeOf(() => made.session.removeOutput(made.outputs.preview)), 7400201);

/* Each: the state, the arguments behind the session, and what is printed: {info: value}, {code}, or nothing;
 * `after` looks whether it has happened. */
const scenarios = {
  beginConfig: [
    { state: fresh, args: nothing, after: isConfiguring },
    { state: started, args: nothing, after: isConfiguring },
    { state: configuring, args: nothing, code: 7400105 },
    { state: released, args: nothing, code: 7400201 },
  ],
  commitConfig: [
    { state: configuring, args: nothing, info: '', after: isCommitted },
    { state: committed, args: nothing, code: 7400102 },
    { state: released, args: nothing, code: 7400102 },
    { state: withoutInput, args: nothing, code: 7400201 },
    { state: shapesThatDiffer, args: nothing, code: 7400201 },
  ],
  canAddInput: [
    { state: withoutInput, args: input, info: 'true' },
    { state: configuring, args: input, info: 'false' },
    { state: fresh, args: input, info: 'false' },
  ],
  addInput: [
    { state: withoutInput, args: input, after: hasInput },
    { state: withoutInput, args: wrong, code: 7400101 },
    { state: committed, args: input, code: 7400102 },
    { state: configuring, args: input, code: 7400201 },
  ],
  removeInput: [
    { state: configuring, args: input, after: hasNoInput },
    { state: configuring, args: wrong, code: 7400101 },
    { state: committed, args: input, code: 7400102 },
    { state: withoutInput, args: input, code: 7400201 },
  ],
  canAddOutput: [
    { state: withoutOutput, args: output, info: 'true' },
    { state: withoutInput, args: output, info: 'false' },
    { state: committed, args: output, info: 'false' },
  ],
  addOutput: [
    { state: withoutOutput, args: output, after: hasOutput },
    { state: withoutOutput, args: wrong, code: 7400101 },
    { state: committed, args: output, code: 7400102 },
    { state: configuring, args: output, code: 7400201 },
  ],
  removeOutput: [
    { state: configuring, args: output, after: hasNoOutput },
    { state: configuring, args: wrong, code: 7400101 },
    { state: committed, args: output, code: 7400102 },
    { state: withoutOutput, args: output, code: 7400201 },
  ],
  start: [
    { state: committed, args: nothing, info: '', after: isStarted },
    { state: fresh, args: nothing, code: 7400103 },
    { state: configuring, args: nothing, code: 7400103 },
    { state: started, args: nothing, code: 7400201 },
  ],
  stop: [
    { state: started, args: nothing, info: '', after: isStopped },
    { state: fresh, args: nothing, code: 7400201 },
    { state: committed, args: nothing, code: 7400201 },
  ],
  release: [
    { state: fresh, args: nothing, info: '', after: isReleased },
    { state: started, args: nothing, info: '', after: isReleased },
    { state: released, args: nothing, code: 7400201 },
  ],
};

/* How the reference page calls its examples of three of them. */
const otherNames = { startCaptureSession: 'start', stopCaptureSession: 'stop', releaseCaptureSession: 'release' };

/** The methods that examples can be of. */
export const methods = Object.keys(scenarios);

/** The method that an example of this name is of. */
export const methodOf = (name) => otherNames[name] ?? name;

async function runOne(call, example, scenario) {
  const made = await scenario.state();
  const fails = scenario.code !== undefined;
  const says = fails || scenario.info !== undefined;
  try {
    const lines = await listen(() => call(made.session, ...scenario.args(made)), says);
    const expected = !says ? [] : fails
      ? [{ kind: 'error', text: example.error(String(scenario.code)) }]
      : [{ kind: 'info', text: example.info(scenario.info) }];
    assert.deepEqual(lines, expected);
    await scenario.after?.(made);
  } finally {
    await made.end();
  }
}

/** Strips a file of a folder and runs each of its examples, exported by name, in all its scenarios. */
export async function runExamples(t, folder, file, examples, system) {
  const program = stripFile(folder, file, system);
  const loaded = system === 'esm' ? await import(pathToFileURL(program)) : require(program);
  for (const example of examples) {
    const cases = scenarios[methodOf(example.name)];
    assert.ok(cases, `it is known what ${example.name}() should do`);
    for (const scenario of cases) {
      const result = scenario.code ?? (scenario.info === undefined ? 'succeeds' : `succeeds ${scenario.info}`.trim());
      await t.test(`${example.name}, ${scenario.state.name}, ${scenario.args.name}: ${result}`,
        () => runOne(loaded[example.name], example, scenario));
    }
  }
}
