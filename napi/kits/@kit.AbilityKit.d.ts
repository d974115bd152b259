// SPDX-License-Identifier: Apache-2.0

import * as common from '../types/common';

export type { common };
export type { BaseContext, Context, UIAbilityContext } from '../types/common';
