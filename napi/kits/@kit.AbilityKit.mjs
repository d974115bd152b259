// SPDX-License-Identifier: Apache-2.0

/* Types only: the contexts that getCameraManager() takes. The names exist, so that a program whose types were
 * stripped without a look at what they are for can still import them. */
export const BaseContext = undefined;
export const Context = undefined;
export const UIAbilityContext = undefined;
export const common = undefined;
export default {};
