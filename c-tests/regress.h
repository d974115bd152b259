/* regress.h: what the test_regress_*.c programs share: checks, a watchdog, a running session. */
#ifndef REGRESS_H
#define REGRESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <camera_session.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

/* Ends the test: `what` is the expression that was expected to hold. */
#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: not so: %s (detail: %s)\n", __FILE__, __LINE__, #what,         \
                    camera_error_detail());                                                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)
#define OK(call) CHECK((call) == CAMERA_OK)

UNUSED static void hung(int signal)
{
    static const char text[] = "the test hangs\n";
    (void)signal;
    if (write(2, text, sizeof text - 1) < 0)
        _exit(2);
    _exit(1);
}

/* Ends the test when it takes longer than this. */
UNUSED static void watchdog(unsigned seconds)
{
    signal(SIGALRM, hung);
    alarm(seconds);
}

UNUSED static void sleep_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

/* A session with a preview and a photo output of one virtual camera. */
typedef struct {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview, *photo;
    camera_session *session;
} rig;

UNUSED static camera_manager *make_manager(int32_t dispatch)
{
    camera_manager *manager = NULL;
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    options.dispatch = dispatch;
    options.cameras = "virtual:2";
    OK(camera_manager_create(&options, &manager));
    return manager;
}

UNUSED static camera_profile small_profile(uint32_t format)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    profile.format = format;
    profile.width = 320;
    profile.height = 240;
    return profile;
}

/* Everything up to commit, for a manager that is there. */
UNUSED static void commit_rig(rig *r)
{
    camera_profile moving = small_profile(CAMERA_FOURCC('Y', 'U', 'Y', 'V'));
    camera_profile still = small_profile(CAMERA_FORMAT_JPEG);

    OK(camera_manager_create_input(r->manager, "virtual:0", &r->input));
    OK(camera_input_open(r->input));
    OK(camera_manager_create_surface(r->manager, NULL, &r->surface));
    OK(camera_manager_create_preview_output(r->manager, &moving, r->surface, &r->preview));
    OK(camera_manager_create_photo_output(r->manager, &still, NULL, &r->photo));
    OK(camera_manager_create_session(r->manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &r->session));
    OK(camera_session_begin_config(r->session));
    OK(camera_session_add_input(r->session, r->input));
    OK(camera_session_add_output(r->session, r->preview));
    OK(camera_session_add_output(r->session, r->photo));
    OK(camera_session_commit_config(r->session));
}

UNUSED static void make_rig(rig *r, int32_t dispatch)
{
    memset(r, 0, sizeof *r);
    r->manager = make_manager(dispatch);
    commit_rig(r);
}

#endif
