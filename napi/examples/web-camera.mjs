// SPDX-License-Identifier: Apache-2.0

/* One camera for the page of web.mjs: it runs while somebody watches, and gives JPEG pictures, photos and controls.
 *
 * A viewer is {picture(bytes), lost()}: picture() takes a frame, or drops it when its viewer is slow. */

import { EventEmitter } from 'node:events';

import { camera, image } from 'camera-session';

import { bestProfile, endAll, errorText, MJPG, profileName, sameSize, takePhoto } from './common.mjs';

const { CameraFormat, FlashMode, QualityLevel, SceneMode } = camera;

/* The camera goes on for a moment without viewers, so that a page that is loaded again does not restart it. */
const lingerMs = 1000;
/* Frames per second of a preview that is made of photos. */
const photoRate = 15;
/* CAMERA_FRAME_RESUMED: the frames before this one were not lost, the camera was away. */
const resumed = 16;

/* Preview, photos, and the size of the live picture. A camera with Motion-JPEG gives pictures that a browser shows as
 * they are. Of another one the preview only keeps the camera running, and the live picture is made of photos, which
 * the library compresses: smaller ones, since that costs processor time. */
function chooseProfiles(manager, device) {
  const offer = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_PHOTO);
  const previewFor = (photo, formats) => offer.previewProfiles.find((preview) =>
    formats.includes(preview.format) && sameSize(preview, photo));
  const jpeg = [CameraFormat.CAMERA_FORMAT_JPEG];
  const best = (size, formats) =>
    bestProfile(offer.photoProfiles.filter((photo) => previewFor(photo, formats)), size, jpeg);

  const direct = best({ width: 1280, height: 720 }, [MJPG]);
  if (direct) return { photo: direct, preview: previewFor(direct, [MJPG]), live: undefined };

  const raw = [CameraFormat.CAMERA_FORMAT_YUV_420_SP, CameraFormat.CAMERA_FORMAT_RGBA_8888];
  const photo = best({ width: 1280, height: 720 }, raw);
  if (!photo) throw new Error(`${device.name} (${device.cameraId}) offers no JPEG photos.`);
  const shape = ({ size }) => size.width / size.height;
  const alike = offer.photoProfiles.filter((other) => Math.abs(shape(other) / shape(photo) - 1) < 0.01);
  const live = bestProfile(alike, { width: 640, height: Math.round(640 / shape(photo)) }, jpeg);
  return { photo, preview: previewFor(photo, raw), live };
}

/* How fast pictures come, and how many of the camera's frames did not. */
class Meter {
  #times = [];
  #last = -1;
  lost = 0;

  count(sequence, flags) {
    if (this.#last >= 0 && sequence > this.#last + 1 && (flags & resumed) === 0) this.lost += sequence - this.#last - 1;
    this.#last = sequence;
    this.tick();
  }

  tick() {
    this.#times.push(performance.now());
    if (this.#times.length > 31) this.#times.shift();
  }

  /* Of the last second or so; 0 when nothing came for a while. */
  get rate() {
    const times = this.#times;
    if (times.length < 2 || performance.now() - times.at(-1) > 1000) return 0;
    return (times.length - 1) * 1000 / (times.at(-1) - times[0]);
  }
}

/** Emits 'started' and 'stopped'. */
export class WebCamera extends EventEmitter {
  /** 'idle', 'starting', 'running', 'away' (unplugged), 'failed'. */
  state = 'idle';
  /** A sentence for 'away' and 'failed'. */
  problem = '';
  #manager;
  #id;
  #linger;
  #waits = false; // could not be had, and starts when it can
  #viewers = new Set();
  #arranging = false;
  #lingering; // the timer
  #parts; // what runs: session, outputs, profiles
  #made = []; // how that is ended
  #meter = new Meter();
  #photos = Promise.resolve(); // photos are taken one after the other
  #wanted = new Map(); // controls that were set, by name; they outlive a stop

  constructor(manager, id, { linger = lingerMs } = {}) {
    super();
    this.#manager = manager;
    this.#id = id;
    this.#linger = linger;
  }

  /* ---- viewers ---- */

  add(viewer) {
    this.#viewers.add(viewer);
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    this.#arrange();
  }

  remove(viewer) {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    this.#lingering = setTimeout(() => {
      this.#lingering = undefined;
      this.#arrange();
    }, this.#linger);
  }

  /** A viewer wants it once more. */
  retry() {
    this.#arrange();
  }

  /** The camera came, or another program let go of it. Its other failures are not cured by that; and to try then would
   * go on for ever, since a failed start lets go of the camera, too. */
  appeared() {
    if (this.#waits) this.#arrange();
  }

  /** Ends everything. */
  async close() {
    for (const viewer of this.#viewers) viewer.lost();
    this.#viewers.clear();
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    this.#arrange();
    if (this.#arranging) await new Promise((resolve) => this.once('arranged', resolve));
  }

  /* Starts or stops the camera until it does what the viewers need; one step at a time. */
  async #arrange() {
    if (this.#arranging) return;
    this.#arranging = true;
    for (;;) {
      if (this.#viewers.size > 0 && this.#parts === undefined) {
        if (!(await this.#tryToStart())) break;
      } else if (this.#viewers.size === 0 && this.#lingering === undefined && this.#parts !== undefined) {
        await this.#stop();
      } else {
        break;
      }
    }
    this.#arranging = false;
    this.emit('arranged');
  }

  /* ---- the camera ---- */

  async #tryToStart() {
    this.#is('starting');
    this.#waits = false;
    try {
      await this.#start();
      // It may have been unplugged already.
      if (this.state === 'starting') this.#is('running');
      this.emit('started');
      return true;
    } catch (error) {
      await this.#end();
      const { DEVICE_DISABLED, CONFLICT_CAMERA } = camera.CameraErrorCode;
      const gone = error.code === DEVICE_DISABLED || this.#device() === undefined;
      this.#is(gone ? 'away' : 'failed', errorText(error));
      this.#waits = gone || error.code === CONFLICT_CAMERA;
      return false;
    }
  }

  #device() {
    return this.#manager.getSupportedCameras().find(({ cameraId }) => cameraId === this.#id);
  }

  async #start() {
    const device = this.#device();
    if (device === undefined) throw new Error(`The camera ${this.#id} is not there.`);
    const profiles = chooseProfiles(this.#manager, device);
    const made = this.#made;
    const input = this.#manager.createCameraInput(device);
    await input.open();
    made.push(() => input.close());
    const receiver = image.createImageReceiver(profiles.preview.size, image.ImageFormat.JPEG, 4);
    made.push(() => receiver.release());
    const preview = this.#manager.createPreviewOutput(profiles.preview, await receiver.getReceivingSurfaceId());
    made.push(() => preview.release());
    const photos = this.#manager.createPhotoOutput(profiles.photo);
    made.push(() => photos.release());
    const live = profiles.live && this.#manager.createPhotoOutput(profiles.live);
    if (live) made.push(() => live.release());

    const session = this.#manager.createSession(SceneMode.NORMAL_PHOTO);
    made.push(() => session.release());
    // A camera that was unplugged and is back goes on by itself.
    session.setOptions({ reattach: true });
    session.on('error', (error) => this.#lose(error));
    session.on('reattached', () => this.#is('running'));
    session.beginConfig();
    session.addInput(input);
    for (const output of [preview, photos, live]) if (output) session.addOutput(output);
    await session.commitConfig();
    this.#meter = new Meter();
    this.#parts = { session, photos, profiles, controls: controlsOf(session) };
    for (const [name, value] of this.#wanted) this.#apply(name, value);
    if (!live) receiver.on('imageArrival', () => this.#frame(receiver));
    await session.start();
    if (live) this.#streamPhotos(live, this.#parts);
  }

  async #stop() {
    await this.#end();
    this.#is('idle');
    this.emit('stopped');
  }

  async #end() {
    this.#parts = undefined;
    await endAll(this.#made.splice(0));
  }

  #is(state, problem = '') {
    this.state = state;
    this.problem = problem;
  }

  /* The camera was unplugged and may come back, or it failed, and is ended: whoever still watches can try again. */
  async #lose(error) {
    if (this.#parts === undefined) return;
    if (error.code === camera.CameraErrorCode.DEVICE_DISABLED) return this.#is('away', errorText(error));
    await this.#end();
    this.#is('failed', errorText(error));
  }

  /* ---- pictures ---- */

  #show(bytes) {
    for (const viewer of this.#viewers) viewer.picture(bytes);
  }

  async #frame(receiver) {
    try {
      const frame = await receiver.readNextImage();
      this.#meter.count(frame.sequence, frame.flags);
      const { byteBuffer } = await frame.getComponent(image.ComponentType.JPEG);
      // The memory is the camera's, and a viewer may take long: one copy for all of them.
      const bytes = Buffer.from(new Uint8Array(byteBuffer));
      await frame.release();
      this.#show(bytes);
    } catch {
      // The receiver was released, or a newer frame took this one's place.
    }
  }

  /* The live picture of a camera without Motion-JPEG. */
  async #streamPhotos(output, parts) {
    while (this.#parts === parts) {
      const next = new Promise((resolve) => setTimeout(resolve, 1000 / photoRate));
      if (this.state !== 'away') {
        try {
          const { bytes } = await takePhoto(output, { quality: QualityLevel.QUALITY_LEVEL_MEDIUM });
          this.#meter.tick();
          this.#show(bytes);
        } catch {
          // The session's error says what it is.
        }
      }
      await next;
    }
  }

  /** Takes a photo: {bytes, width, height}. */
  photo() {
    const taken = this.#photos.then(() => {
      if (this.#parts === undefined) throw new Error(this.problem || 'The camera does not run: nobody watches it.');
      return takePhoto(this.#parts.photos, { quality: QualityLevel.QUALITY_LEVEL_HIGH });
    });
    this.#photos = taken.catch(() => {});
    return taken;
  }

  /* ---- controls ---- */

  /** Sets 'zoom', 'exposureBias' or 'flashMode'. */
  set(name, value) {
    if (this.#parts === undefined) throw new Error(this.problem || 'The camera does not run: nobody watches it.');
    if (!Object.hasOwn(this.#parts.controls, name)) throw new Error(`The camera has no ${name}.`);
    setters[name](this.#parts.session, value);
    this.#parts.controls[name].value = value;
    this.#wanted.set(name, value);
  }

  /* A control that was set before the camera was stopped. */
  #apply(name, value) {
    try {
      this.set(name, value);
    } catch {
      this.#wanted.delete(name);
    }
  }

  /** What the page shows. */
  get report() {
    const { profiles, controls } = this.#parts ?? {};
    return {
      state: this.state,
      problem: this.problem,
      viewers: this.#viewers.size,
      profile: profiles && profileName(profiles.live ?? profiles.preview),
      size: profiles && (profiles.live ?? profiles.preview).size,
      photoSize: profiles?.photo.size,
      ofPhotos: profiles?.live !== undefined,
      rate: Math.round(this.#meter.rate * 10) / 10,
      lost: this.#meter.lost,
      controls: controls ?? {},
    };
  }
}

const setters = {
  zoom: (session, value) => session.setZoomRatio(value),
  exposureBias: (session, value) => session.setExposureBias(value),
  flashMode: (session, value) => session.setFlashMode(value),
};

/* The controls that a camera has: {min, max, step, value}, or {modes, value}. */
function controlsOf(session) {
  const controls = {};
  // Of what a camera does not have, only the range can be asked.
  const range = (name, [min, max], rest) => {
    if (min < max) controls[name] = { min, max, ...rest() };
  };
  range('zoom', session.getZoomRatioRange(), () => ({ step: 0.1, value: session.getZoomRatio() }));
  range('exposureBias', session.getExposureBiasRange(), () =>
    ({ step: session.getExposureBiasStep(), value: session.getExposureValue() }));
  const flash = { off: FlashMode.FLASH_MODE_CLOSE, on: FlashMode.FLASH_MODE_OPEN, auto: FlashMode.FLASH_MODE_AUTO,
    light: FlashMode.FLASH_MODE_ALWAYS_OPEN };
  const modes = session.hasFlash()
    ? Object.entries(flash).filter(([, mode]) => session.isFlashModeSupported(mode)).map(([name, value]) => ({ name, value }))
    : [];
  if (modes.length > 1) controls.flashMode = { modes, value: session.getFlashMode() };
  return controls;
}
