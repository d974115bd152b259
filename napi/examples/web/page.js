// SPDX-License-Identifier: Apache-2.0

/* The page of web.mjs: shows the live picture, asks every moment what the camera does, and takes photos. */

const $ = (id) => document.getElementById(id);
const viewer = Math.random().toString(36).slice(2);
const pollMs = 500;
const keptPhotos = 24; // as many as the server keeps

let chosen; // the camera's id
let last = {}; // what the server said last
let lastDevices = ''; // what the chooser and the controls were made from
let lastControls = '';
let connected = true;

/* ---- the server ---- */

async function ask(method, path, body) {
  const response = await fetch(`${path}?${new URLSearchParams({ ...(chosen && { camera: chosen }), viewer })}`, {
    method, body: body && JSON.stringify(body), headers: method === 'POST' ? { 'X-Camera-Session': '1' } : {},
  });
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.error, answer.detail].filter(Boolean).join(' '));
  return answer;
}

/* ---- the live picture ---- */

function watch() {
  $('live').src = `/stream?${new URLSearchParams({ camera: chosen, viewer, time: Date.now() })}`;
}

/* A page that nobody sees lets the camera rest. */
function rest() {
  $('live').removeAttribute('src');
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) rest();
  else if (chosen) watch();
});

/* ---- what the camera does ---- */

function say(title = '', text = '', detail = '', canRetry = false) {
  $('message').hidden = title === '';
  $('message-title').textContent = title;
  $('message-text').textContent = text;
  $('message-detail').textContent = detail;
  $('retry').hidden = !canRetry;
  $('frame').classList.toggle('dim', title !== '');
}

let toastTimer;
function toast(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $('toast').hidden = true; }, 4000);
}

/* A camera that was unplugged is in no list, but had a name. */
const names = new Map();
function nameOf(id) {
  return names.get(id) ?? id;
}

function stateParts({ state, id, profile, rate, lost, skipped, ofPhotos }) {
  if (id === undefined) return [];
  if (state !== 'running') return [nameOf(id)];
  const parts = [nameOf(id), profile.replace('x', '×'), `${rate.toFixed(1)} fps`];
  if (ofPhotos) parts.push('made of photos');
  else parts.push(`${lost} lost`);
  if (skipped > 0) parts.push(`${skipped} skipped here`);
  return parts;
}

function showState(now) {
  const before = last.state;
  last = now;
  $('lamp').className = now.state ?? '';
  $('state-text').replaceChildren(...stateParts(now).map((textContent) =>
    Object.assign(document.createElement('span'), { textContent })));
  $('controls').inert = now.state !== 'running';
  $('shutter').disabled = now.state !== 'running' || shooting;
  if (now.size) $('frame').style.setProperty('--shape', `${now.size.width} / ${now.size.height}`);
  if (now.size) $('photos').style.setProperty('--shape', `${now.size.width} / ${now.size.height}`);
  switch (now.state) {
    case 'running':
      say();
      if (before === 'away') toast('The camera is back.');
      break;
    case 'away':
      say('The camera is unplugged', 'The picture goes on when it is back.', now.problem);
      break;
    case 'failed':
      say('The camera does not work', '', now.problem, true);
      break;
    default:
      if (now.id === undefined) say('There is no camera', 'Plug one in, and the picture comes.');
      else say(document.hidden ? '' : 'Starting …');
  }
  const notice = now.cameras.find(({ id }) => id === now.id)?.notice;
  $('notice').hidden = !notice;
  $('notice').textContent = notice ?? '';
}

function showCameras({ cameras, id }) {
  for (const camera of cameras) names.set(camera.id, camera.name);
  // One that was unplugged stays chosen.
  const away = id !== undefined && !cameras.some((camera) => camera.id === id);
  const listed = away ? [{ id, name: `${nameOf(id)} (away)` }, ...cameras] : cameras;
  const made = JSON.stringify([listed, id]);
  if (made === lastDevices) return;
  lastDevices = made;
  $('chooser').hidden = listed.length < 2;
  $('camera').replaceChildren(...listed.map((camera) => new Option(camera.name, camera.id, false, camera.id === id)));
}

$('camera').addEventListener('change', () => {
  chosen = $('camera').value;
  lastControls = '';
  watch();
  poll();
});

async function poll() {
  try {
    const now = await ask('GET', '/state');
    // Another camera was chosen meanwhile.
    if (chosen !== undefined && now.id !== chosen) return;
    showCameras(now);
    showState(now);
    showControls(now.controls ?? {});
    const first = chosen === undefined && now.id !== undefined;
    chosen = now.id;
    if ((first || !connected) && !document.hidden) watch();
    connected = true;
  } catch {
    connected = false;
    $('lamp').className = 'failed';
    $('shutter').disabled = true;
    say('The program has ended', 'Start it again, and this page goes on.');
  }
}

/* ---- photos ---- */

let shooting = false;

function addPhoto({ url, width, height, bytes, time }) {
  const picture = Object.assign(document.createElement('img'), { src: url, alt: 'Photo' });
  const text = document.createElement('small');
  text.append(new Date(time).toLocaleTimeString(), document.createElement('br'),
    `${width}×${height}, ${Math.ceil(bytes / 1024)} KB`);
  const link = Object.assign(document.createElement('a'), { href: url, target: '_blank', title: 'The full picture' });
  link.append(picture, text);
  const item = document.createElement('li');
  item.append(link);
  $('photos').prepend(item);
  while ($('photos').children.length > keptPhotos) $('photos').lastElementChild.remove();
  $('no-photos').hidden = true;
}

$('shutter').addEventListener('click', async () => {
  shooting = true;
  $('shutter').disabled = true;
  $('flash').classList.remove('lit');
  void $('flash').offsetWidth; // begins the animation anew
  $('flash').classList.add('lit');
  try {
    addPhoto(await ask('POST', '/photo'));
  } catch (error) {
    toast(`No photo: ${error.message}`);
  }
  shooting = false;
  $('shutter').disabled = last.state !== 'running';
  $('shutter').focus({ preventScroll: true });
});

$('retry').addEventListener('click', () => ask('POST', '/retry').catch((error) => toast(error.message)).then(poll));

/* ---- controls ---- */

const titles = { zoom: 'Zoom', exposureBias: 'Exposure', flashMode: 'Flash' };
const texts = {
  zoom: (value) => `${value.toFixed(1)}×`,
  exposureBias: (value) => {
    // The steps of a slider need not meet 0 exactly.
    const bias = Math.round(value * 10) / 10 || 0;
    return `${bias > 0 ? '+' : ''}${bias.toFixed(1)} EV`;
  },
};

/* Sends the newest value of a control; while one is on its way, later ones wait. */
const waiting = new Map();
let sending = false;
async function set(name, value) {
  waiting.set(name, value);
  if (sending) return;
  sending = true;
  while (waiting.size > 0) {
    const [next] = waiting;
    waiting.delete(next[0]);
    await ask('POST', '/control', { [next[0]]: next[1] }).catch((error) => toast(error.message));
  }
  sending = false;
}

function slider(name, { min, max, step, value }) {
  const label = document.createElement('label');
  label.className = 'control';
  const line = Object.assign(document.createElement('span'), { className: 'name', textContent: titles[name] });
  const shown = Object.assign(document.createElement('output'), { textContent: texts[name](value) });
  const input = Object.assign(document.createElement('input'), { type: 'range', min, max, step, name });
  input.value = value;
  input.addEventListener('input', () => {
    shown.textContent = texts[name](input.valueAsNumber);
    set(name, input.valueAsNumber);
  });
  line.append(shown);
  label.append(line, input);
  return label;
}

function choices(name, { modes, value }) {
  const group = document.createElement('fieldset');
  group.className = 'control';
  const list = document.createElement('div');
  list.className = 'choices';
  for (const mode of modes) {
    const label = document.createElement('label');
    const input = Object.assign(document.createElement('input'), { type: 'radio', name, checked: mode.value === value });
    input.addEventListener('change', () => set(name, mode.value));
    const text = mode.name[0].toUpperCase() + mode.name.slice(1);
    label.append(input, Object.assign(document.createElement('span'), { textContent: text }));
    list.append(label);
  }
  group.append(Object.assign(document.createElement('legend'), { className: 'name', textContent: titles[name] }), list);
  return group;
}

/* They are made anew when the camera has others, or somebody else set them; not while one is used here. */
function showControls(controls) {
  const made = JSON.stringify(controls);
  if (made === lastControls || sending || $('control-list').matches(':active')) return;
  if (made === '{}' && last.state !== 'failed' && last.state !== 'running') return;
  lastControls = made;
  const focused = document.activeElement?.name;
  $('controls').hidden = made === '{}';
  $('control-list').replaceChildren(...Object.entries(controls).map(([name, control]) =>
    (control.modes ? choices(name, control) : slider(name, control))));
  if (focused in controls) document.querySelector(`#control-list [name="${focused}"]${controls[focused].modes ? ':checked' : ''}`)?.focus();
}

/* ---- the course of things ---- */

for (;;) {
  await poll();
  await new Promise((resolve) => setTimeout(resolve, pollMs));
}
