// SPDX-License-Identifier: Apache-2.0

/* A worker with cameras of its own, that is busy in the way that it is told until somebody ends it. */

import { parentPort, workerData } from 'node:worker_threads';
import { image, media, rig } from '../rig.mjs';

const { task, list = 'virtual:1', file } = workerData;
const ready = (more) => parentPort.postMessage({ ready: task, ...more });

async function readAll(receiver, seen) {
  receiver.on('imageArrival', async () => {
    const shown = await receiver.readNextImage();
    seen(shown);
    if (shown.sequence % 2 === 0) await shown.release(); // the others are left to the collector
  });
}

const tasks = {
  async stream() {
    const { surfaces } = await rig({ list, kinds: ['preview', 'video'], state: 'started' });
    let count = 0;
    for (const surface of surfaces)
      readAll(surface, () => {
        if (++count === 5) ready();
        if (count > 5) parentPort.postMessage({ frame: count });
      });
  },
  async record() {
    const made = await rig({ list, state: 'config' });
    const recorder = await media.createAVRecorder();
    await recorder.prepare({ videoSourceType: media.VideoSourceType.VIDEO_SOURCE_TYPE_SURFACE_YUV, url: `file://${file}`,
      profile: { fileFormat: media.ContainerFormatType.CFT_MKV, videoCodec: media.CodecMimeType.VIDEO_MJPEG,
        videoFrameWidth: 640, videoFrameHeight: 360, videoFrameRate: 30, videoBitrate: 1000000 } });
    const output = made.manager.createVideoOutput(made.profiles.video, await recorder.getInputSurface());
    made.session.addOutput(output);
    await made.session.commitConfig();
    await made.session.start();
    await output.start();
    await recorder.start();
    let count = 0;
    made.surfaces[0].on('imageArrival', () => {
      if (++count === 4) ready(); // some frames are in the file
    });
    recorder.on('stateChange', () => made);
  },
  async operations() {
    const made = await rig({ list, state: 'config' });
    for (let i = 0; i < 20; i++) {
      made.session.commitConfig().catch(() => {});
      made.session.start(() => {});
      made.session.stop().catch(() => {});
      made.outputs.preview.stop().catch(() => {});
      made.input.open();
    }
    ready();
  },
  async captures() {
    const { outputs: { photo } } = await rig({ list, kinds: ['photo'], state: 'started' });
    photo.on('photoAvailable', (error, { main }) => main.getComponent(image.ComponentType.JPEG));
    photo.on('captureEnd', () => photo.capture().catch(() => {}));
    for (let i = 0; i < 5; i++) photo.capture().catch(() => {});
    photo.once('photoAvailable', () => ready());
  },
  /* Streams, then fails. */
  async throws() {
    const { surfaces } = await rig({ list, state: 'started' });
    surfaces[0].on('imageArrival', () => { throw new Error('from a listener in a worker'); });
  },
  /* Ends by itself, with everything forgotten but the session, which it stops. */
  async ends() {
    const { session, surfaces } = await rig({ list, state: 'started' });
    surfaces[0].once('imageArrival', () => session.stop());
    ready();
  },
  /* Ends from inside of a listener. */
  async exits() {
    const { surfaces } = await rig({ list, state: 'started' });
    surfaces[0].on('imageArrival', () => process.exit(3));
    ready();
  },
};

await tasks[task]();
