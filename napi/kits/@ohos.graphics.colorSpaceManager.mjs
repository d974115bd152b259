// SPDX-License-Identifier: Apache-2.0

import { colorSpaceManager } from 'camera-session';

export { colorSpaceManager };
export default colorSpaceManager;
