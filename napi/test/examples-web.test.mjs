// SPDX-License-Identifier: Apache-2.0

/* The server of the web example: live pictures, photos, controls, cameras that go and come, and whom it refuses. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { startServer } from '../examples/web-server.mjs';
import { examples, jpegSize, request, scratch, start, watch } from './examples-rig.mjs';
import { camera } from './rig.mjs';

/* A test with a server for these cameras. */
function serverTest(name, cameras, body, options = {}) {
  test(name, { timeout: 20000 }, async (t) => {
    const list = typeof cameras === 'function' ? cameras(t) : cameras;
    const server = await startServer(camera.getCameraManager({ cameras: list }), { linger: 0, ...options });
    const at = (what) => new URL(what, server.url);
    const own = { 'X-Camera-Session': '1' };
    const post = async (what, body) => {
      const answer = await request(at(what), { method: 'POST', headers: own, body: body && JSON.stringify(body) });
      return { status: answer.status, ...JSON.parse(answer.body) };
    };
    const state = async (id = 'virtual:0', viewer = '') =>
      JSON.parse((await request(at(`/state?camera=${id}&viewer=${viewer}`))).body);
    /* Asks until it is so; a server tells its state to who asks. */
    const until = async (condition, what, viewer) => {
      for (const end = Date.now() + 15000; Date.now() < end;) {
        const now = await state('virtual:0', viewer);
        if (condition(now)) return now;
      }
      return assert.fail(`never: ${what}`);
    };
    try {
      await body({ server, at, post, state, until, own });
    } finally {
      await server.close();
    }
  });
}

serverTest('a viewer gets whole pictures, and the camera runs while there is one', 'virtual:2', async ({ server, at, state }) => {
  assert.equal((await state()).state, undefined, 'nobody watches');
  const { cameras } = await state();
  assert.deepEqual(cameras.map(({ id }) => id), ['virtual:0', 'virtual:1']);

  const viewer = await watch(at('/stream?camera=virtual:0'));
  const sizes = new Set();
  for (let i = 0; i < 15; i++) {
    const picture = await viewer.next();
    assert.deepEqual(jpegSize(picture), { width: 1280, height: 720 });
    sizes.add(picture.length);
  }
  assert.ok(sizes.size > 1, 'the picture moves');
  const now = await state();
  assert.deepEqual([now.state, now.profile, now.viewers, now.ofPhotos], ['running', '1280x720 MJPG', 1, false]);
  assert.ok(now.rate > 10 && now.rate < 60, `${now.rate} frames per second`);
  assert.equal((await state('virtual:1')).state, undefined, 'the other camera rests');

  const stopped = once(server.camera('virtual:0'), 'stopped');
  viewer.close();
  await stopped;
  assert.equal((await state()).state, 'idle');
});

serverTest('several viewers share the camera, which stops with the last and starts for the next', 'virtual:1',
  async ({ server, at, until }) => {
    const webCamera = server.camera('virtual:0');
    let stops = 0;
    webCamera.on('stopped', () => stops++);
    const [one, two] = await Promise.all([watch(at('/stream')), watch(at('/stream'))]);
    for (const viewer of [one, two]) for (let i = 0; i < 3; i++) jpegSize(await viewer.next());
    one.close();
    await until(({ viewers }) => viewers === 1, 'one viewer is left');
    for (let i = 0; i < 5; i++) jpegSize(await two.next());
    assert.equal(stops, 0, 'it runs on for the other');

    const stopped = once(webCamera, 'stopped');
    two.close();
    await stopped;
    const third = await watch(at('/stream'));
    for (let i = 0; i < 3; i++) jpegSize(await third.next());
    assert.equal(stops, 1);
  });

serverTest('a page that is loaded again finds the camera running', 'virtual:1', async ({ server, at, until }) => {
  server.camera('virtual:0').on('stopped', () => assert.fail('the camera was stopped'));
  const one = await watch(at('/stream'));
  await one.next();
  one.close();
  await until(({ viewers }) => viewers === 0, 'nobody watches');
  const two = await watch(at('/stream'));
  await two.next();
  server.camera('virtual:0').removeAllListeners('stopped');
}, { linger: 60000 });

serverTest('a slow viewer loses pictures, and the other one none', 'virtual:1', async ({ at, until }) => {
  const slow = await watch(at('/stream?viewer=slow'));
  await slow.next();
  slow.pause();
  const quick = await watch(at('/stream?viewer=quick'));
  let seen = 0;
  let watching = true;
  const looking = (async () => {
    for (; watching; seen++) jpegSize(await quick.next());
  })();
  await until(({ skipped }) => skipped >= 3, 'pictures are skipped', 'slow');
  const { skipped } = await until(() => true, 'an answer', 'quick');
  assert.equal(skipped, 0);
  assert.ok(seen > 3);
  watching = false;
  await looking;
  // What it gets is whole all the same, and after what was under way it is the present again.
  slow.resume();
  for (let i = 0; i < 5; i++) jpegSize(await slow.next());
});

serverTest('a photo is taken, kept, and can be had', 'virtual:1', async ({ at, post }) => {
  const refused = await post('/photo?camera=virtual:0');
  assert.equal(refused.status, 409);
  assert.match(refused.error, /nobody watches/);

  const viewer = await watch(at('/stream'));
  await viewer.next();
  const before = Date.now();
  const taken = await Promise.all([post('/photo'), post('/photo'), post('/photo')]);
  assert.deepEqual(taken.map(({ url }) => url).sort(), ['/photos/1.jpg', '/photos/2.jpg', '/photos/3.jpg']);
  for (const { status, url, width, height, bytes, time } of taken) {
    assert.equal(status, 200);
    assert.ok(time >= before && time <= Date.now());
    const { headers, body } = await request(at(url));
    assert.equal(headers['content-type'], 'image/jpeg');
    assert.equal(body.length, bytes);
    assert.deepEqual(jpegSize(body), { width, height });
    assert.deepEqual([width, height], [1280, 720]);
  }
  for (let i = 0; i < 24; i++) await post('/photo');
  assert.equal((await request(at('/photos/3.jpg'))).status, 404, 'old ones go');
  assert.equal((await request(at('/photos/27.jpg'))).status, 200);
});

serverTest('controls are set, checked, and outlive a stop', 'virtual:1', async ({ server, at, post, state }) => {
  const viewer = await watch(at('/stream'));
  await viewer.next();
  const { controls } = await state();
  assert.deepEqual([controls.zoom.min, controls.zoom.max, controls.zoom.value], [1, 4, 1]);
  assert.deepEqual([controls.exposureBias.min, controls.exposureBias.max], [-2, 2]);
  assert.deepEqual(controls.flashMode.modes.map(({ name }) => name), ['off', 'on', 'light']);

  assert.equal((await post('/control', { zoom: 2 })).zoom.value, 2);
  assert.equal((await post('/control', { exposureBias: -1 })).exposureBias.value, -1);
  assert.equal((await post('/control', { flashMode: 1 })).flashMode.value, 1);
  const wrong = [
    [{ flashMode: 77 }, 409], [{ constructor: 1 }, 409], [{ focus: 1 }, 409], [{ zoom: 'x' }, 400], [{}, 400],
    [{ zoom: 1, exposureBias: 1 }, 400], [null, 400], [[], 400], [{ zoom: 1, more: 'x'.repeat(2000) }, 413],
  ];
  for (const [wish, status] of wrong) assert.equal((await post('/control', wish)).status, status, JSON.stringify(wish));

  const stopped = once(server.camera('virtual:0'), 'stopped');
  viewer.close();
  await stopped;
  assert.equal((await post('/control', { zoom: 1 })).status, 409, 'nobody watches');
  await (await watch(at('/stream'))).next();
  const again = (await state()).controls;
  assert.deepEqual([again.zoom.value, again.exposureBias.value, again.flashMode.value], [2, -1, 1]);
});

serverTest('a camera that is unplugged and comes back goes on in the same stream', 'virtual:1+unplug@10f+return@700ms',
  async ({ at, post, until }) => {
    const viewer = await watch(at('/stream'));
    await viewer.next();
    const away = await until(({ state }) => state === 'away', 'it is away');
    assert.match(away.problem, /^7400108: .*unplugged/);
    assert.equal((await post('/photo?camera=virtual:0')).status, 409);
    await until(({ state }) => state === 'running', 'it is back');
    for (let i = 0; i < 20; i++) jpegSize(await viewer.next());
    assert.equal((await post('/photo')).status, 200);
  });

serverTest('a camera that fails says so, and starts when a viewer wants it again', 'virtual:1+fail@start=1',
  async ({ at, post, until }) => {
    const viewer = await watch(at('/stream'));
    const failed = await until(({ state }) => state === 'failed', 'it has failed');
    assert.match(failed.problem, /^7400201: .*EIO/);
    assert.equal((await post('/retry')).status, 200);
    jpegSize(await viewer.next());
    await until(({ state }) => state === 'running', 'it runs');
  });

serverTest('a camera that fails while it runs says so', 'virtual:1+fail@5f', async ({ at, post, until }) => {
  const viewer = await watch(at('/stream'));
  await until(({ state }) => state === 'failed', 'it has failed');
  assert.equal((await post('/photo')).status, 409);
  await post('/retry');
  jpegSize(await viewer.next());
});

/* Pictures without Motion-JPEG: a recording of uncompressed ones. */
function plainRecording(t) {
  const { folder, remove } = scratch();
  t.after(remove);
  const [width, height] = [320, 240];
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(width * height, 100), Buffer.alloc(width * height / 2, 128)]);
  const file = path.join(folder, 'plain.y4m');
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip C420jpeg\n`), ...Array(30).fill(frame)]));
  return `replay:${file}`;
}

serverTest('the live picture of a camera without Motion-JPEG is made of photos', plainRecording, async ({ at, post, state }) => {
  const viewer = await watch(at('/stream'));
  for (let i = 0; i < 10; i++) assert.deepEqual(jpegSize(await viewer.next()), { width: 320, height: 240 });
  const { cameras: [{ id }] } = await state();
  const now = await state(id);
  assert.deepEqual([now.state, now.ofPhotos, now.profile], ['running', true, '320x240 JPEG']);
  assert.ok(now.rate > 3 && now.rate <= 20, `${now.rate} pictures per second`);
  const photo = await post('/photo');
  assert.deepEqual([photo.status, photo.width, photo.height], [200, 320, 240]);
});

serverTest('only its own pages can use it', 'virtual:1', async ({ server, at, own, state }) => {
  const { host, port } = at('/');
  const status = async (what, options) => (await request(at(what), options)).status;
  assert.equal(await status('/'), 200);
  assert.equal(await status('/', { headers: { Host: `localhost:${port}` } }), 200);
  for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`])
    assert.equal(await status('/', { headers: { Host: name } }), 403, name);

  // A link from elsewhere opens the page; pages from elsewhere get no pictures, even into an <img>.
  const elsewhere = { 'Sec-Fetch-Site': 'cross-site' };
  assert.equal(await status('/', { headers: { ...elsewhere, 'Sec-Fetch-Mode': 'navigate' } }), 200);
  for (const what of ['/', '/stream', '/state', '/page.js']) assert.equal(await status(what, { headers: elsewhere }), 403, what);
  assert.equal(await status('/state', { headers: { 'Sec-Fetch-Site': 'same-site' } }), 403);
  assert.equal(await status('/state', { headers: { 'Sec-Fetch-Site': 'same-origin' } }), 200);

  for (const what of ['/photo', '/control', '/retry']) {
    assert.equal(await status(what, { method: 'POST' }), 403, `${what} without the header`);
    assert.equal(await status(what, { method: 'POST', headers: { ...own, Origin: 'http://evil.example' } }), 403);
    assert.equal(await status(what, { method: 'POST', headers: { ...own, Origin: 'null' } }), 403);
  }
  assert.equal(await status('/retry', { method: 'POST', headers: { ...own, Origin: `http://${host}` } }), 200);
  assert.equal((await state()).viewers ?? 0, 0, 'nothing of that started the camera');

  const { headers } = await request(at('/'));
  assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.equal(new URL(server.url).hostname, '127.0.0.1');
});

serverTest('nothing but the page is served', 'virtual:1', async ({ at, own }) => {
  const status = async (what, options) => (await request(at(what), options)).status;
  for (const what of ['/', '/style.css', '/page.js', '/icon.svg']) assert.equal(await status(what), 200, what);
  for (const what of ['/index.html', '/web.mjs', '/../web.mjs', '/..%2fweb.mjs', '/%2e%2e/package.json', '/photos/', '/photos/1.jpg',
    '/photos/../page.js/', '//evil.example/x', '/photos/1.jpg/../../web.mjs'])
    assert.equal(await status('/', { path: what }), 404, what);
  assert.equal(await status('/stream?camera=none'), 404);
  assert.equal(await status('/', { method: 'POST', headers: own }), 405);
  assert.equal(await status('/photos/1.jpg', { method: 'DELETE', headers: own }), 404);
});

test('a port that is taken is told', async () => {
  const one = await startServer(camera.getCameraManager({ cameras: 'virtual:1' }));
  try {
    const { status, err } = await start([path.join(examples, 'web.mjs'), new URL(one.url).port], 'virtual:1').done;
    assert.match(err, /^web: .*EADDRINUSE/);
    assert.equal(status, 1);
    const wrong = await start([path.join(examples, 'web.mjs'), '99999'], 'virtual:1').done;
    assert.match(wrong.err, /^web: The port must be a number/);
    assert.equal(wrong.status, 1);
  } finally {
    await one.close();
  }
});

test('the program says where the page is, and Ctrl-C ends it while somebody watches', async () => {
  const program = start([path.join(examples, 'web.mjs')], 'virtual:1');
  const [, url] = await program.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
  const viewer = await watch(new URL('/stream', url));
  jpegSize(await viewer.next());
  program.process.kill('SIGINT');
  const { status, err } = await program.done;
  assert.deepEqual({ status, err }, { status: 0, err: '' });
  await viewer.ended;
});
