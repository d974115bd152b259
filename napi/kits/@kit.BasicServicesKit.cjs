// SPDX-License-Identifier: Apache-2.0
'use strict';

/* Types only. The names exist, so that a program whose types were stripped without a look at what they are
 * for can still import them. */
module.exports = {
  AsyncCallback: undefined,
  BusinessError: undefined,
  Callback: undefined,
  ErrorCallback: undefined,
  default: {},
};
