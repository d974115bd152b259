// SPDX-License-Identifier: Apache-2.0

/* The loader for `import`, where Node runs hooks in a thread of their own: see register.js. */

import { explained, kitOf } from './names.js';

export async function resolve(specifier, context, nextResolve) {
  const kit = kitOf(specifier);
  if (kit !== null)
    return nextResolve(kit, { ...context, parentURL: import.meta.url });
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    throw explained(specifier, error);
  }
}
