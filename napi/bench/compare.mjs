// SPDX-License-Identifier: Apache-2.0
/* What reading preview frames costs in JavaScript, beside the same program in C: runs of both by turns, and the
 * median of each. CPU time is that of the whole process: camera, conversion, library, program.
 *
 * Usage: node compare.mjs PROGRAM-IN-C [ROUNDS [FRAMES]] */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [program, rounds = '5', frames = '300'] = process.argv.slice(2);
const script = fileURLToPath(new URL('preview.mjs', import.meta.url));
const fourcc = (name) => [...name].reduce((sum, letter, at) => sum + letter.charCodeAt(0) * 2 ** (8 * at), 0);
const recorded = process.env.CAMERA_BENCH_JPEG; /* a file of 1280x720 pictures, Motion-JPEG */
const cases = [
  ['YUV_420_SP, converted from the camera\'s NV12', 'virtual', 1003],
  ['RGBA_8888, converted', 'virtual', 3],
  ['NV12 as the camera gives it, no conversion', 'virtual', fourcc('NV12')],
  ['MJPG as the camera gives it', 'virtual', fourcc('MJPG')],
  ...(recorded ? [['YUV_420_SP, decoded from the camera\'s Motion-JPEG', `replay:${recorded}`, 1003]] : []),
];
const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

console.log('Microseconds of CPU for each frame of 1280x720, 60 per second unless the file says otherwise\n');
console.log(`${''.padEnd(52)}${'C'.padStart(8)}${'callback'.padStart(10)}${'promise'.padStart(9)}   frames per second`);
for (const [name, cameras, format] of cases) {
  const args = [cameras, String(format), '1280', '720', frames];
  const results = { c: [], callback: [], promise: [] };
  let rates;
  let sum; /* of the bytes that were looked at: all programs see the same pictures, but for one that a busy machine lost */
  for (let round = 0; round < Number(rounds); round++) {
    const one = JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
    results.c.push(one.cpu_us);
    sum = one.sum;
    rates = [one.frames / one.seconds];
    for (const form of ['callback', 'promise']) {
      const other = JSON.parse(execFileSync(process.execPath, [script, ...args, form], { encoding: 'utf8' }));
      if (Math.abs(other.sum - sum) > sum / 50)
        throw new Error(`${name}: other bytes in JavaScript (${other.sum}) than in C (${sum})`);
      results[form].push(other.cpu_us);
      rates.push(other.frames / other.seconds);
    }
  }
  const c = median(results.c);
  const shown = [c, median(results.callback), median(results.promise)];
  console.log(name.padEnd(52) + shown.map((us, at) => us.toFixed(0).padStart([8, 10, 9][at])).join('') +
    '   ' + rates.map((rate) => rate.toFixed(1)).join(' ') +
    `   x${(shown[1] / c).toFixed(2)} x${(shown[2] / c).toFixed(2)}`);
}
