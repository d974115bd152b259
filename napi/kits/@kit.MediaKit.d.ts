// SPDX-License-Identifier: Apache-2.0

import * as media from '../types/media';

export { media };
declare const kit: { media: typeof media };
export default kit;
