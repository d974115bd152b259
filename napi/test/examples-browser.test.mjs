// SPDX-License-Identifier: Apache-2.0

/* The page of the web example in a real browser. It needs Chromium and the npm package playwright-core, which this
 * package does not install: where either is missing, the tests are skipped. NODE_PATH may say where the package is. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { startServer } from '../examples/web-server.mjs';
import { camera } from './rig.mjs';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
let chromium;
try {
  ({ chromium } = createRequire(import.meta.url)('playwright-core'));
} catch {
  // Not installed.
}
const skip = (!executablePath && 'there is no Chromium: apt-get install chromium') ||
  (!chromium && 'there is no playwright-core: npm install --no-save playwright-core');
const options = { skip: skip || undefined, timeout: 60000 };

let browser;
before(async () => {
  if (skip) return;
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
});
after(() => browser?.close());

/* A test with the page open, for these cameras. Whatever the page complains of fails the test. */
function pageTest(name, cameras, size, body) {
  test(name, options, async () => {
    const server = await startServer(camera.getCameraManager({ cameras }), { linger: 0 });
    const page = await browser.newPage({ viewport: size });
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    try {
      await page.goto(server.url);
      await page.waitForFunction(() => document.getElementById('live').naturalWidth > 0);
      await body({ page, server });
      assert.deepEqual(complaints, []);
    } finally {
      await page.close();
      await server.close();
    }
  });
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const stateIs = (page, pattern) => page.waitForFunction((text) => new RegExp(text).test(document.getElementById('state').textContent),
  pattern.source);
/* Nothing is wider than the screen. */
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

pageTest('shows the live picture, takes photos, sets controls', 'virtual:1', desktop, async ({ page, server }) => {
  const live = await page.evaluate(() => [document.getElementById('live').naturalWidth, document.getElementById('live').naturalHeight]);
  assert.deepEqual(live, [1280, 720]);
  await stateIs(page, /Virtual camera 0.*1280×720 MJPG.*fps.*lost/s);
  assert.equal(await page.isVisible('#chooser'), false, 'there is nothing to choose');
  assert.ok(await fits(page));

  for (let count = 1; count <= 3; count++) {
    await page.click('#shutter:enabled');
    await page.waitForFunction((n) => [...document.querySelectorAll('#photos img')].filter((img) => img.naturalWidth === 1280).length === n,
      count);
  }
  assert.match(await page.innerText('#photos li:first-child'), /\d:\d\d.*\n1280×720, \d+ KB/);
  const photo = await page.request.get(new URL(await page.getAttribute('#photos li:first-child a', 'href'), server.url).href);
  assert.equal(photo.headers()['content-type'], 'image/jpeg');

  await page.locator('input[name=zoom]').fill('2');
  await page.getByText('Light', { exact: true }).click();
  const { report } = server.camera('virtual:0');
  // The slider and the radio buttons are sent by the page, in this order.
  while (report.controls.flashMode.value !== 3) await page.waitForTimeout(10);
  assert.equal(report.controls.zoom.value, 2);
  assert.equal(await page.innerText('.control:has([name=zoom]) output'), '2.0×');
});

pageTest('changes the camera, and lets one go that nobody sees', 'virtual:2', phone, async ({ page, server }) => {
  await stateIs(page, /Virtual camera 0.*fps/s);
  const stopped = once(server.camera('virtual:0'), 'stopped');
  await page.selectOption('#camera', 'virtual:1');
  await stateIs(page, /Virtual camera 1.*fps/s);
  await stopped;
  for (let i = 1; i <= 3; i++) {
    await page.click('#shutter:enabled');
    await page.waitForSelector(`#photos li:nth-child(${i})`);
  }
  assert.ok(await fits(page));

  const rests = once(server.camera('virtual:1'), 'stopped');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await rests;
  const runs = once(server.camera('virtual:1'), 'started');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: false });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await runs;
  const ended = once(server.camera('virtual:1'), 'stopped');
  await page.close();
  await ended;
});

pageTest('says that the camera is unplugged, and that it is back', 'virtual:1+unplug@20f+return@3s', desktop, async ({ page }) => {
  await page.waitForSelector('text=The camera is unplugged');
  assert.ok(await page.isDisabled('#shutter'));
  await page.waitForSelector('text=The camera is back.');
  await page.waitForSelector('#message', { state: 'hidden' });
  await page.click('#shutter:enabled');
  await page.waitForFunction(() => document.querySelector('#photos img')?.naturalWidth === 1280);
});
