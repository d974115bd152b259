/* camera_surface_set_callback() waits for a call of the earlier consumer only. The new one may
 * be called at once, and may wait for what the thread in set_callback() does next.
 * TSAN: its threads meet in many ways. */
#include "regress.h"

static rig r;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void slow(camera_surface *surface, camera_frame *frame, void *data)
{
    (void)surface, (void)frame, (void)data;
    sleep_ms(60);
}

static void locking(camera_surface *surface, camera_frame *frame, void *data)
{
    (void)surface, (void)frame, (void)data;
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    camera_surface_options options = CAMERA_SURFACE_OPTIONS_INIT;

    watchdog(9);
    make_rig(&r, CAMERA_DISPATCH_LIBRARY);
    (void)options;
    OK(camera_session_start(r.session));
    for (int i = 0; i < 20; i++) {
        OK(camera_surface_set_callback(r.surface, slow, NULL, NULL));
        sleep_ms(100);
        pthread_mutex_lock(&lock);
        OK(camera_surface_set_callback(r.surface, locking, NULL, NULL));
        pthread_mutex_unlock(&lock);
    }
    OK(camera_manager_release(r.manager));
    return 0;
}
