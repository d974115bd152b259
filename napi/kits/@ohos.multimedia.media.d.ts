// SPDX-License-Identifier: Apache-2.0

import * as media from '../types/media';

export { media };
export default media;
