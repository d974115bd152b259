// SPDX-License-Identifier: Apache-2.0

import { media } from 'camera-session';

export { media };
export default media;
