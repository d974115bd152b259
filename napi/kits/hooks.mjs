// SPDX-License-Identifier: Apache-2.0

/* The loader for `import`, where Node runs hooks in a thread of their own: see register.js. */

import { kitOf } from './names.js';

export function resolve(specifier, context, nextResolve) {
  const kit = kitOf(specifier);
  return kit === null ? nextResolve(specifier, context) : nextResolve(kit, { ...context, parentURL: import.meta.url });
}
