/* A destroy function may call every function of the library on the object whose end called it,
 * also synchronous ones: released by a blocking call, by an asynchronous one, and with the
 * manager. In caller-driven mode it runs on the application's thread like everything else.
 * TSAN: its threads meet in many ways. */
#include "regress.h"

static rig r;
static pthread_t application;
static bool own_thread_only;
static int destroyed, completed;

static void on_error(int32_t code, const char *detail, void *data)
{
    (void)code, (void)detail, (void)data;
}

static void on_photo(camera_output *output, uint32_t id, int32_t code, const char *detail, camera_photo *photo,
                     void *data)
{
    (void)output, (void)id, (void)code, (void)detail, (void)photo, (void)data;
}

static void on_destroy(void *data)
{
    bool can;

    (void)data;
    if (own_thread_only)
        CHECK(pthread_equal(pthread_self(), application));
    /* Their answers do not matter here: only that they come. */
    (void)camera_session_stop(r.session);
    (void)camera_session_can_add_input(r.session, r.input, &can);
    (void)camera_output_start(r.preview);
    (void)camera_output_stop(r.photo);
    (void)camera_session_release(r.session);
    (void)camera_output_release(r.photo);
    (void)camera_input_close(r.input);
    destroyed++;
}

static void on_done(int32_t code, const char *detail, void *data)
{
    (void)detail, (void)data;
    CHECK(code == CAMERA_OK);
    completed++;
}

static void prepare(int32_t dispatch)
{
    uint64_t listener;

    make_rig(&r, dispatch);
    destroyed = completed = 0;
    application = pthread_self();
    own_thread_only = dispatch == CAMERA_DISPATCH_CALLER;
    OK(camera_session_add_error_listener(r.session, on_error, NULL, on_destroy, &listener));
    OK(camera_output_add_photo_listener(r.photo, on_photo, NULL, on_destroy, &listener));
    OK(camera_session_start(r.session));
}

static void finish(int completions)
{
    OK(camera_manager_release(r.manager));
    CHECK(destroyed == 2);
    CHECK(completed == completions);
}

int main(void)
{
    watchdog(9);
    for (int32_t dispatch = CAMERA_DISPATCH_LIBRARY; dispatch <= CAMERA_DISPATCH_CALLER; dispatch++) {
        prepare(dispatch);
        OK(camera_session_release(r.session));
        finish(0);

        prepare(dispatch);
        OK(camera_output_release(r.photo));
        finish(0);

        prepare(dispatch);
        OK(camera_session_release_async(r.session, on_done, NULL));
        finish(1);

        prepare(dispatch);
        OK(camera_output_release_async(r.photo, on_done, NULL));
        finish(1);

        prepare(dispatch);
        finish(0);
    }
    return 0;
}
