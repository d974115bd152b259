// SPDX-License-Identifier: Apache-2.0

/* The contexts of an application's parts. On Linux there are no such parts: any object is one. */

export interface BaseContext {
  [name: string]: unknown;
}

export interface Context extends BaseContext {}

export interface UIAbilityContext extends Context {}
