// SPDX-License-Identifier: Apache-2.0

/// <reference path="./types/kits.d.ts" />
