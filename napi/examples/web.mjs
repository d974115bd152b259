// SPDX-License-Identifier: Apache-2.0

/* web: a page with the live picture of a camera, a shutter button, and the controls that the camera has.
 *
 *   node web.mjs [port]      default: any free port
 *
 * Only this computer can open the page. Ctrl-C ends it.
 *
 * web-camera.mjs has the session, web-server.mjs the server, web/ the page. */

import { cameraManager, chooseCamera, runProgram, virtualNotice } from './common.mjs';
import { startServer } from './web-server.mjs';

function readPort(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`The port must be a number from 0 to 65535, not "${text}".`);
  return port;
}

await runProgram('web', async ([portText = '0']) => {
  const port = readPort(portText);
  const manager = cameraManager();
  const notice = virtualNotice(chooseCamera(manager));
  if (notice) console.log(notice);
  const server = await startServer(manager, { port });
  console.log(`Open ${server.url} in a browser on this computer; Ctrl-C ends.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
});
