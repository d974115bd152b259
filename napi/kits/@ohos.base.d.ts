// SPDX-License-Identifier: Apache-2.0

export type { AsyncCallback, BusinessError, Callback, ErrorCallback } from '../types/base';
