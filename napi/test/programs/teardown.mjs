// SPDX-License-Identifier: Apache-2.0

/* Programs that end in the way that they are told. */

import { setTimeout as later } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { gc } from '../guest.mjs';
import { image, media, next, rig } from '../rig.mjs';

const [how, file] = process.argv.slice(2);

const busy = () => rig({ kinds: ['preview', 'photo', 'video'], state: 'started' });

const ways = {
  async exitWhileStreaming() {
    const made = await busy();
    await next(made.surfaces[0], 'imageArrival');
    process.exit(5);
  },
  async exitInListener() {
    const made = await busy();
    made.surfaces[0].on('imageArrival', () => process.exit(6));
  },
  async exitInCallback() {
    const made = await busy();
    made.session.stop(() => process.exit(7));
  },
  async exitWithPending() {
    const made = await busy();
    for (let i = 0; i < 10; i++) {
      made.session.stop();
      made.session.start(() => console.log('never'));
      made.outputs.photo.capture();
    }
    process.exit(8);
  },
  async exitWithWorkers() {
    const workers = ['stream', 'captures'].map((task) =>
      new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { task } }));
    await Promise.all(workers.map((worker) => new Promise((resolve) => { worker.once('message', resolve); })));
    const made = await busy();
    await next(made.surfaces[0], 'imageArrival');
    process.exit(9);
  },
  async exitWhileRecording() {
    const made = await rig({ state: 'config' });
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
    await next(made.surfaces[0], 'imageArrival');
    process.exit(10);
  },
  /* A signal's default action, in the middle of everything. */
  async killed() {
    const made = await busy();
    await next(made.surfaces[0], 'imageArrival');
    process.kill(process.pid, 'SIGTERM');
    await later(10000);
  },
  /* Nobody keeps anything: the end of the session is that of the process. */
  async naturalEnd() {
    await (async () => {
      const { session, surfaces } = await busy();
      let count = 0;
      surfaces[0].on('imageArrival', () => {
        gc();
        if (++count === 5) session.stop(() => console.log('stopped'));
      });
    })();
  },
  /* Neither objects nor listeners keep a process that streams nothing. */
  async idleEnd() {
    const made = await rig({ kinds: ['preview', 'photo', 'video'] });
    for (const object of [made.manager, made.session, made.input, made.outputs.preview]) object.on(
      object === made.manager ? 'cameraStatus' : 'error', () => {});
    made.surfaces[0].on('imageArrival', () => {});
    globalThis.kept = [made, image.createImageReceiver(640, 360, 2000, 8), await media.createAVRecorder()];
  },
  /* The last thing that JavaScript does is to begin things. */
  async exitEvent() {
    const made = await busy();
    process.on('exit', () => {
      made.session.stop();
      made.manager.createSession(1).commitConfig(() => console.log('never'));
      made.outputs.photo.capture();
      try {
        made.session.beginConfig();
      } catch (error) {
        console.log(error.code);
      }
    });
    process.exit(11);
  },
  async failsWhileStreaming() {
    await busy();
    throw new Error('the program failed');
  },
};

await ways[how]();
