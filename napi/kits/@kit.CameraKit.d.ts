// SPDX-License-Identifier: Apache-2.0

import * as camera from '../types/camera/index';

export { camera };
declare const kit: { camera: typeof camera };
export default kit;
