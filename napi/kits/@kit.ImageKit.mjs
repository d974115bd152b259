// SPDX-License-Identifier: Apache-2.0

import { image } from 'camera-session';

export { image };
export default { image };
