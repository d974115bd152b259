/* The library may be called while a thread or the process ends: from destructors of
 * thread-specific data and from functions of atexit(), which run after a language's own
 * thread-local variables are gone. Calls then work, fail and tell their detail as always. */
#include "regress.h"

static pthread_key_t key;
static rig r;

static void use_everything(void)
{
    int32_t state;
    camera_frame *frame;

    CHECK(camera_session_release(NULL) == CAMERA_ERROR_INVALID_ARGUMENT);
    CHECK(strcmp(camera_error_detail(), "session is NULL") == 0);
    OK(camera_session_start(r.session));
    OK(camera_surface_acquire(r.surface, 5000, &frame));
    OK(camera_frame_release(frame));
    OK(camera_session_stop(r.session));
    CHECK(camera_session_stop(r.session) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(strstr(camera_error_detail(), "stop") != NULL);
    OK(camera_session_get_state(r.session, &state));
    CHECK(state == CAMERA_SESSION_STATE_COMMITTED);
}

static void at_thread_end(void *data)
{
    (void)data;
    use_everything();
}

static void at_process_end(void)
{
    use_everything();
    OK(camera_manager_release(r.manager));
    CHECK(camera_manager_release(r.manager) == CAMERA_ERROR_INVALID_ARGUMENT);
}

static void *work(void *data)
{
    use_everything();
    CHECK(pthread_setspecific(key, data) == 0);
    return NULL;
}

int main(void)
{
    pthread_t thread;

    watchdog(9);
    CHECK(atexit(at_process_end) == 0);
    CHECK(pthread_key_create(&key, at_thread_end) == 0);
    make_rig(&r, CAMERA_DISPATCH_LIBRARY);
    CHECK(pthread_create(&thread, NULL, work, &r) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    use_everything();
    return 0;
}
