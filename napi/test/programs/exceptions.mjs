// SPDX-License-Identifier: Apache-2.0

/* Programs that throw where the bridge calls them, and handle it or do not. */

import { next, rig } from '../rig.mjs';

const [how] = process.argv.slice(2);
const made = await rig({ kinds: ['preview', 'photo'], state: 'committed' });
const { session, outputs } = made;

function handled(event) {
  process.on(event, (error) => console.log(event, error?.message ?? error));
}

const ways = {
  listener() {
    outputs.preview.on('frameStart', () => { throw new Error('from a listener'); });
    session.start();
  },
  callback() {
    session.start(() => { throw new Error('from a callback'); });
  },
  thrown() {
    session.beginConfig();
    session.addOutput(outputs.preview);
  },
  rejection() {
    session.commitConfig();
  },
  notAnError() {
    session.start(() => { throw 'a string'; });
  },
  async handledListener() {
    handled('uncaughtException');
    outputs.preview.on('frameStart', () => { throw new Error('first'); });
    outputs.preview.on('frameStart', () => console.log('second'));
    outputs.preview.on('frameStart', () => { throw new Error('third'); });
    outputs.preview.once('frameStart', () => { throw new Error('fourth, once'); });
    outputs.preview.on('frameStart', () => console.log('fifth'));
    for (let i = 0; i < 2; i++) {
      const began = next(outputs.preview, 'frameStart');
      await session.start();
      await began;
      await session.stop();
    }
    await made.end();
  },
  async handledCallback() {
    handled('uncaughtException');
    session.start(() => { throw new Error('first'); });
    session.start((error) => { console.log('second', error.code); throw error; });
    session.stop(() => { throw null; });
    await session.stop().catch((error) => console.log('third', error.code));
    await made.end();
  },
  async handledRejection() {
    handled('unhandledRejection');
    session.commitConfig();
    await session.stop().catch(() => {});
    (async () => session.stop())();
    await made.end();
  },
  /* An async listener's rejection belongs to nobody. */
  async asyncListener() {
    handled('unhandledRejection');
    outputs.preview.on('frameStart', async () => { throw new Error('from an async listener'); });
    const ended = next(outputs.preview, 'frameEnd');
    await session.start();
    await next(made.surfaces[0], 'imageArrival');
    await session.stop();
    await ended;
    await made.end();
  },
  /* What a handler itself throws ends the process. */
  handlerThrows() {
    process.on('uncaughtException', () => { throw new Error('from the handler'); });
    session.start(() => { throw new Error('from a callback'); });
  },
  async handledOnce() {
    process.once('uncaughtException', (error) => console.log('once', error.message));
    session.start(() => { throw new Error('handled'); });
    session.stop(() => { throw new Error('not handled'); });
  },
};

await ways[how]();
