// SPDX-License-Identifier: Apache-2.0

/* Types only: the contexts that getCameraManager() takes. The name exists, so that a program whose types were
 * stripped without a look at what they are for can still import it. */
export const common = undefined;
export default {};
