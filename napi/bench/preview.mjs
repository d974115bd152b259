// SPDX-License-Identifier: Apache-2.0
/* Reads preview frames as bench/preview.c does, in JavaScript.
 *
 * Usage: node preview.mjs CAMERAS FORMAT WIDTH HEIGHT FRAMES [callback|promise] */
import camera_session from '../index.js';

const { camera, image } = camera_session;
const WARM_UP = 60;
const [cameras, format, width, height, wanted, form = 'callback'] = process.argv.slice(2)
  .map((word, at) => (at >= 1 && at <= 4 ? Number(word) : word));

const manager = camera.getCameraManager({ cameras });
const [device] = manager.getSupportedCameras();
const input = manager.createCameraInput(device);
await input.open();
const receiver = image.createImageReceiver(width, height, image.ImageFormat.JPEG, 3);
const preview = manager.createPreviewOutput({ format, size: { width, height } }, await receiver.getReceivingSurfaceId());
const session = manager.createSession(camera.SceneMode.NORMAL_PHOTO);
session.beginConfig();
session.addInput(input);
session.addOutput(preview);
await session.commitConfig();
preview.setFrameRate(60, 60);

let frames = 0;
let sum = 0;
let begun, cpu;
const finished = new Promise((resolve) => {
  /* A byte of each row, so that the picture is really there. */
  const look = ({ byteBuffer, rowStride }) => {
    const bytes = new Uint8Array(byteBuffer);
    for (let at = 0; at < bytes.length; at += rowStride || 4096)
      sum += bytes[at];
    frames++;
    if (frames === WARM_UP) {
      begun = process.hrtime.bigint();
      cpu = process.cpuUsage();
    } else if (frames === WARM_UP + wanted) {
      const used = process.cpuUsage(cpu);
      resolve({
        frames: wanted,
        seconds: Number(process.hrtime.bigint() - begun) / 1e9,
        cpu_us: (used.user + used.system) / wanted,
        sum,
      });
    }
  };
  if (form === 'promise')
    receiver.on('imageArrival', async () => {
      const picture = await receiver.readNextImage();
      look(await picture.getComponent(image.ComponentType.JPEG));
      await picture.release();
    });
  else
    receiver.on('imageArrival', () => receiver.readNextImage((error, picture) => {
      if (error)
        throw error;
      picture.getComponent(image.ComponentType.JPEG, (wrong, component) => {
        if (wrong)
          throw wrong;
        look(component);
        picture.release(() => {});
      });
    }));
});
await session.start();
const result = await finished;
receiver.off('imageArrival');
await session.release();
console.log(JSON.stringify(result));
