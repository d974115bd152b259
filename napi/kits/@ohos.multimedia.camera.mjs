// SPDX-License-Identifier: Apache-2.0

import { camera } from 'camera-session';

export { camera };
export default camera;
