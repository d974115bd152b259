// SPDX-License-Identifier: Apache-2.0
'use strict';

/* Types only: the contexts that getCameraManager() takes. The names exist, so that a program whose types were
 * stripped without a look at what they are for can still import them. */
module.exports = {
  BaseContext: undefined,
  Context: undefined,
  UIAbilityContext: undefined,
  common: undefined,
  default: {},
};
