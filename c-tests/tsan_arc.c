/*
 * tsan_arc.c: how ThreadSanitizer learns of the order that Rust's reference counts give.
 *
 * The last owner of an Arc sees what the others wrote: each lowers the count with release order, and
 * whoever takes it to zero passes a fence with acquire order before the value is dropped. ThreadSanitizer
 * does not understand fences. The standard library has a way around that, but only when it is itself
 * compiled for the sanitizer, and its sources do not come with the compiler. So the count is lowered
 * with both orders here, which is what that way around amounts to. It orders the owners of the same count
 * and nobody else.
 */
#include <stdint.h>

uint64_t __real___tsan_atomic64_fetch_sub(volatile uint64_t *at, uint64_t by, int order);
uint64_t __wrap___tsan_atomic64_fetch_sub(volatile uint64_t *at, uint64_t by, int order);

uint64_t __wrap___tsan_atomic64_fetch_sub(volatile uint64_t *at, uint64_t by, int order)
{
    return __real___tsan_atomic64_fetch_sub(at, by, order == __ATOMIC_RELEASE ? __ATOMIC_ACQ_REL : order);
}
