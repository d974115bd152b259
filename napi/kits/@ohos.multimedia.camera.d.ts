// SPDX-License-Identifier: Apache-2.0

import * as camera from '../types/camera/index';

export { camera };
export default camera;
