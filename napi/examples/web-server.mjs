// SPDX-License-Identifier: Apache-2.0

/* The server of web.mjs: the page, live pictures as multipart/x-mixed-replace, photos, controls.
 *
 *   GET  /                                 the page; /style.css, /page.js, /icon.svg
 *   GET  /stream?camera=ID&viewer=NAME     live pictures
 *   GET  /state?camera=ID&viewer=NAME      the cameras, and what the one does
 *   POST /photo?camera=ID                  takes a photo: {url, width, height, bytes, time}
 *   GET  /photos/N.jpg                     one of the last photos
 *   POST /control?camera=ID                {"zoom": 2}, {"exposureBias": -1} or {"flashMode": 1}
 *   POST /retry?camera=ID                  once more, after a failure
 *
 * A camera is private, so that only pages of this server can use it: it listens on 127.0.0.1 alone; the Host header
 * must be its own, against names of other sites that resolve to this address; what comes from pages of other sites is
 * refused; and what changes something needs a header that such pages cannot send. */

import { readFile } from 'node:fs/promises';
import http from 'node:http';

import { virtualNotice } from './common.mjs';
import { WebCamera } from './web-camera.mjs';

const boundary = 'camera-session-frame';
const keptPhotos = 24;
const mostBody = 1000;

/* Nothing else of the file system is read. */
const pages = new Map([
  ['/', { file: 'index.html', type: 'text/html; charset=utf-8' }],
  ['/style.css', { file: 'style.css', type: 'text/css; charset=utf-8' }],
  ['/icon.svg', { file: 'icon.svg', type: 'image/svg+xml' }],
  ['/page.js', { file: 'page.js', type: 'text/javascript; charset=utf-8' }],
]);

const safety = {
  'Content-Security-Policy': "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** An answer that is no success. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function send(response, status, type, body) {
  response.writeHead(status, { ...safety, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function sendJson(response, status, value) {
  send(response, status, 'application/json', JSON.stringify(value));
}

/* The body of a request as JSON; a page sends short ones. */
async function readJson(request) {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > mostBody) throw new Refusal(413, 'The body is too long.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body is no JSON.');
  }
}

/* Writes pictures to one browser. A slow one loses pictures: they do not pile up in memory. */
class Viewer {
  skipped = 0;
  #response;

  constructor(response) {
    this.#response = response;
    // A browser shows a picture when it sees the boundary behind it, so that comes at once and not with the next one.
    response.writeHead(200, { ...safety, 'Content-Type': `multipart/x-mixed-replace; boundary=${boundary}` });
    response.write(`--${boundary}\r\n`);
  }

  picture(bytes) {
    const response = this.#response;
    // Until what was written before has left.
    if (response.writableNeedDrain) {
      this.skipped++;
      return;
    }
    response.cork();
    response.write(`Content-Type: image/jpeg\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    response.write(bytes);
    response.write(`\r\n--${boundary}\r\n`);
    response.uncork();
  }

  lost() {
    this.#response.destroy();
  }
}

class WebServer {
  #manager;
  #options;
  #cameras = new Map(); // WebCamera by id; one for each that somebody watched
  #devices = [];
  #viewers = new Map(); // by the name that the page gave them
  #photos = new Map(); // the last ones, by number
  #taken = 0;
  #status;
  #server;
  url;

  constructor(manager, options) {
    this.#manager = manager;
    this.#options = options;
    this.#devices = manager.getSupportedCameras();
    this.#status = () => {
      this.#devices = manager.getSupportedCameras();
      for (const webCamera of this.#cameras.values()) webCamera.appeared();
    };
    manager.on('cameraStatus', this.#status);
    this.#server = http.createServer((request, response) => this.#answer(request, response));
  }

  async listen(port) {
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${this.#server.address().port}/`;
  }

  async close() {
    this.#manager.off('cameraStatus', this.#status);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await Promise.all([...this.#cameras.values()].map((webCamera) => webCamera.close()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** The camera with this id, for who wants to hear of its events. */
  camera(id) {
    if (!this.#cameras.has(id)) this.#cameras.set(id, new WebCamera(this.#manager, id, this.#options));
    return this.#cameras.get(id);
  }

  /* ---- requests ---- */

  async #answer(request, response) {
    try {
      const url = new URL(request.url, this.url);
      this.#check(request, url);
      const route = this.#routes[`${request.method} ${url.pathname}`];
      if (route) return await route(url, response, request);
      if (request.method !== 'GET') throw new Refusal(pages.has(url.pathname) ? 405 : 404, 'There is no such thing here.');
      if (pages.has(url.pathname)) return await this.#page(url.pathname, response);
      return this.#photoFile(url.pathname, response);
    } catch (error) {
      // Errors of a camera are 409: the request was good, but the camera does not do it now.
      const status = error.status ?? (error.code === 'ERR_INVALID_URL' ? 400 : 409);
      if (response.headersSent) return response.destroy();
      sendJson(response, status, { error: error.message, code: error.code, detail: error.detail });
    }
  }

  #check(request, url) {
    const { headers } = request;
    const port = this.#server.address().port;
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    if (!hosts.includes(headers.host)) throw new Refusal(403, 'The Host header names another server.');
    // A link from another site may open the page; its pages may use nothing.
    const site = headers['sec-fetch-site'];
    const opensPage = url.pathname === '/' && headers['sec-fetch-mode'] === 'navigate';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opensPage)
      throw new Refusal(403, 'The request comes from a page of another site.');
    if (request.method === 'GET') return;
    if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
      throw new Refusal(403, 'The request comes from a page of another site.');
    if (headers['x-camera-session'] !== '1') throw new Refusal(403, 'The header X-Camera-Session: 1 is missing.');
  }

  #routes = {
    'GET /stream': (url, response) => this.#stream(url, response),
    'GET /state': (url, response) => sendJson(response, 200, this.#state(url)),
    'POST /photo': (url, response) => this.#photo(url, response),
    'POST /control': (url, response, request) => this.#control(url, response, request),
    'POST /retry': (url, response) => {
      this.#of(url).retry();
      sendJson(response, 200, {});
    },
  };

  /* The camera of a request: one in the list, or one that was there before. */
  #of(url) {
    const id = url.searchParams.get('camera') ?? this.#devices[0]?.cameraId;
    if (id === undefined) throw new Refusal(404, 'There is no camera.');
    if (!this.#cameras.has(id) && !this.#devices.some(({ cameraId }) => cameraId === id))
      throw new Refusal(404, `There is no camera "${id}".`);
    return this.camera(id);
  }

  async #page(name, response) {
    const { file, type } = pages.get(name);
    send(response, 200, type, await readFile(new URL(`./web/${file}`, import.meta.url)));
  }

  #stream(url, response) {
    const webCamera = this.#of(url);
    const viewer = new Viewer(response);
    const name = url.searchParams.get('viewer') ?? '';
    this.#viewers.set(name, viewer);
    response.on('close', () => {
      webCamera.remove(viewer);
      if (this.#viewers.get(name) === viewer) this.#viewers.delete(name);
    });
    webCamera.add(viewer);
  }

  #state(url) {
    const cameras = this.#devices.map((device) =>
      ({ id: device.cameraId, name: device.name, notice: virtualNotice(device) }));
    const id = url.searchParams.get('camera') ?? cameras[0]?.id;
    const viewer = this.#viewers.get(url.searchParams.get('viewer'));
    return { cameras, id, skipped: viewer?.skipped ?? 0, ...this.#cameras.get(id)?.report };
  }

  /* ---- photos and controls ---- */

  async #photo(url, response) {
    const { bytes, width, height } = await this.#of(url).photo();
    const number = ++this.#taken;
    this.#photos.set(number, bytes);
    this.#photos.delete(number - keptPhotos);
    sendJson(response, 200, { url: `/photos/${number}.jpg`, width, height, bytes: bytes.length, time: Date.now() });
  }

  #photoFile(name, response) {
    const number = /^\/photos\/(\d{1,9})\.jpg$/.exec(name)?.[1];
    const bytes = this.#photos.get(Number(number));
    if (bytes === undefined) throw new Refusal(404, 'There is no such thing here.');
    send(response, 200, 'image/jpeg', bytes);
  }

  async #control(url, response, request) {
    const wishes = Object.entries(await readJson(request) ?? {});
    if (wishes.length !== 1 || typeof wishes[0][1] !== 'number')
      throw new Refusal(400, 'The body must have one control with a number.');
    const webCamera = this.#of(url);
    webCamera.set(...wishes[0]);
    sendJson(response, 200, webCamera.report.controls);
  }
}

/** Starts a server for the manager's cameras: {url, camera(id), close()}. */
export async function startServer(manager, { port = 0, ...options } = {}) {
  const server = new WebServer(manager, options);
  try {
    await server.listen(port);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
