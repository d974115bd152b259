// SPDX-License-Identifier: Apache-2.0
'use strict';

/* Types only: the contexts that getCameraManager() takes. The name exists, so that a program whose types were
 * stripped without a look at what they are for can still import it. */
module.exports = { common: undefined, default: {} };
