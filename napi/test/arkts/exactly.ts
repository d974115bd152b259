// SPDX-License-Identifier: Apache-2.0

/* For programs that are compiled and never run. */

/** A value of this type. */
export declare function some<T>(): T;

/** Takes values of exactly this type, not all that can be assigned to it. */
export declare function exactly<T>(): <U>(value: U & (Same<T, U> extends true ? unknown : never)) => void;

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true : false;
