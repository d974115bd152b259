// SPDX-License-Identifier: Apache-2.0

import * as image from '../types/image';

export { image };
export default image;
