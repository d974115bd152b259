// SPDX-License-Identifier: Apache-2.0

/* Types only. The names exist, so that a program whose types were stripped without a look at what they are
 * for can still import them. */
export const AsyncCallback = undefined;
export const BusinessError = undefined;
export const Callback = undefined;
export const ErrorCallback = undefined;
export default {};
