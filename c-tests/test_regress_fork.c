/* A child of fork() cannot use the library, and does its parent no harm: every call is refused
 * with a detail, and the parent's frames go on. */
#include "regress.h"
#include <sys/wait.h>

static rig r;
static pid_t parent;

static void on_done(int32_t code, const char *detail, void *data)
{
    (void)code, (void)detail, (void)data;
    CHECK(getpid() == parent);
}

static void at_process_end(void)
{
    if (getpid() == parent) {
        OK(camera_manager_release(r.manager));
        return;
    }
    CHECK(camera_manager_release(r.manager) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(strstr(camera_error_detail(), "fork") != NULL);
}

static void use_in_child(void)
{
    camera_manager *manager;

    CHECK(camera_session_stop(r.session) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(camera_session_stop_async(r.session, on_done, NULL) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(camera_input_close(r.input) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(camera_surface_release(r.surface) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(camera_manager_create(NULL, &manager) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(strstr(camera_error_detail(), "fork") != NULL);
}

int main(void)
{
    camera_frame *frame, *held;
    int status;
    pid_t child;

    watchdog(9);
    parent = getpid();
    CHECK(atexit(at_process_end) == 0);
    /* A process that has not used it yet may fork and use it in both. */
    child = fork();
    CHECK(child >= 0);
    make_rig(&r, CAMERA_DISPATCH_LIBRARY);
    OK(camera_session_start(r.session));
    OK(camera_surface_acquire(r.surface, 5000, &held));
    if (child == 0) {
        OK(camera_frame_release(held));
        OK(camera_manager_release(r.manager));
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);

    for (int i = 0; i < 3; i++) {
        child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            CHECK(camera_frame_release(held) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
            use_in_child();
            at_process_end();
            /* Not exit(): checkers would look for the memory of threads that are not here. */
            execl("/bin/true", "true", (char *)NULL);
            _exit(1);
        }
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        for (int frames = 0; frames < 5; frames++) {
            OK(camera_surface_acquire(r.surface, 5000, &frame));
            CHECK(frame != NULL);
            OK(camera_frame_release(frame));
        }
    }
    OK(camera_frame_release(held));
    OK(camera_session_stop(r.session));
    return 0;
}
