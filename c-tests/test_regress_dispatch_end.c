/* camera_manager_release() returns when no function of the application is being called any
 * more, also when another thread is inside camera_manager_dispatch() meanwhile.
 * TSAN: its threads meet in many ways. */
#include "regress.h"
#include <stdatomic.h>

static rig r;
static atomic_int inside, ended;

static void slow(int32_t code, const char *detail, void *data)
{
    (void)code, (void)detail, (void)data;
    atomic_store(&inside, 1);
    sleep_ms(300);
    atomic_fetch_add(&ended, 1);
}

static void *dispatch(void *data)
{
    (void)data;
    while (camera_manager_dispatch(r.manager, NULL) == CAMERA_OK)
        sleep_ms(1);
    return NULL;
}

int main(void)
{
    pthread_t thread;

    watchdog(9);
    make_rig(&r, CAMERA_DISPATCH_CALLER);
    CHECK(pthread_create(&thread, NULL, dispatch, NULL) == 0);
    OK(camera_session_start_async(r.session, slow, NULL));
    OK(camera_session_stop_async(r.session, slow, NULL));
    while (!atomic_load(&inside))
        sleep_ms(1);
    OK(camera_manager_release(r.manager));
    CHECK(atomic_load(&ended) == 2);
    CHECK(pthread_join(thread, NULL) == 0);
    return 0;
}
