// SPDX-License-Identifier: Apache-2.0

import * as colorSpaceManager from '../types/color-space-manager';

export { colorSpaceManager };
declare const kit: { colorSpaceManager: typeof colorSpaceManager };
export default kit;
