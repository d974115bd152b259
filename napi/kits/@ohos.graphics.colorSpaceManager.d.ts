// SPDX-License-Identifier: Apache-2.0

import * as colorSpaceManager from '../types/color-space-manager';

export { colorSpaceManager };
export default colorSpaceManager;
