// SPDX-License-Identifier: Apache-2.0

import all from './index.js';

export const { camera, image, media, colorSpaceManager, version } = all;
export default all;
