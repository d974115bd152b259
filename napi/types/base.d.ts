// SPDX-License-Identifier: Apache-2.0

/* What every module needs: errors and callbacks, as in @kit.BasicServicesKit. */

/** An error with a numeric code. */
export interface BusinessError<T = void> extends Error {
  /** One of camera.CameraErrorCode, or of the module that threw it. */
  code: number;
  data?: T;
  /** Addition of this package: one sentence that says which check failed, on what, and what to do. */
  detail?: string;
}

/** Called with an error, or with undefined and the data. */
export interface AsyncCallback<T, E = void> {
  (err: BusinessError<E>, data: T): void;
}

/** Called with the data. */
export interface Callback<T> {
  (data: T): void;
}

/** Called with the error. */
export interface ErrorCallback<T extends Error = BusinessError> {
  (err: T): void;
}
