/* event_loop: a camera in a program that has an event loop and one thread.
 *
 * Shows caller-driven dispatch: with CAMERA_DISPATCH_CALLER the library runs on_frame() and
 * on_done() only inside camera_manager_dispatch(), which the loop calls. Here the loop is epoll's,
 * with a timer; GLib, libuv and others watch a descriptor in the same way. What may take long
 * (open, commit, start, stop, release) is asynchronous and reports to a completion function.
 *
 * Build:  cc event_loop.c $(pkg-config --cflags --libs camera-session) -o event_loop
 * Use:    ./event_loop [seconds]      default: 3
 */
#define _POSIX_C_SOURCE 200809L
#include <camera_session.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum step { OPEN, COMMIT, START, STOP, RELEASE, END }; /* each is begun when the one before is done */
static const char *const step_names[] = {"open", "commit", "start", "stop", "release"};

struct app {
    camera_manager *manager;
    camera_session *session;
    enum step step; /* the operation that is under way */
    bool bad;
    unsigned long frames, passed, seconds;
    int timer;
};

/* True, and says what and why, when a call of the library failed, or one of the system (-1). */
static bool failed(const char *what, int32_t code)
{
    if (code == -1)
        perror(what);
    else if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame; /* valid until this returns; camera_frame_retain() keeps it longer */
    ((struct app *)user_data)->frames++;
}

static void on_done(int32_t code, const char *detail, void *user_data)
{
    static const struct itimerspec every_second = {{1, 0}, {0, 1}}; /* and once at once */
    struct app *app = user_data;

    if (code != CAMERA_OK) {
        fprintf(stderr, "%s: %s: %s\n", step_names[app->step], camera_error_name(code), detail);
        app->bad = true;
        return;
    }
    printf("%s: done\n", step_names[app->step++]);
    if (app->step == COMMIT)
        app->bad = failed("commit", camera_session_commit_config_async(app->session, on_done, app));
    else if (app->step == START)
        app->bad = failed("start", camera_session_start_async(app->session, on_done, app));
    else if (app->step == STOP) /* the timer does that later */
        app->bad = failed("set the timer", timerfd_settime(app->timer, 0, &every_second, NULL));
    else if (app->step == RELEASE)
        app->bad = failed("release", camera_session_release_async(app->session, on_done, app));
}

static void on_timer(struct app *app)
{
    uint64_t ticks;
    app->bad = failed("read the timer", read(app->timer, &ticks, sizeof ticks) < 0 ? -1 : 0);
    printf("%lu s: %lu frames\n", app->passed, app->frames);
    if (!app->bad && app->passed++ == app->seconds)
        app->bad = failed("stop", camera_session_stop_async(app->session, on_done, app));
}

/* Makes and configures all that is needed, and begins to open the camera. */
static bool set_up(struct app *app)
{
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_list *list;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_capability *offer;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_surface *surface;
    camera_input *input;
    camera_output *preview;
    uint32_t count;

    options.dispatch = CAMERA_DISPATCH_CALLER;
    if (failed("create a manager", camera_manager_create(&options, &app->manager)) ||
        failed("list the cameras", camera_manager_list_cameras(app->manager, &list)) ||
        failed("take the first camera", camera_list_get(list, 0, &camera)) ||
        failed("ask what it offers",
               camera_manager_get_capability(app->manager, camera.id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) ||
        failed("count profiles", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_PREVIEW, &count)))
        return false;
    if (strcmp(camera.driver, "virtual") == 0 && getenv("CAMERA_SESSION_CAMERAS") == NULL)
        printf("No real camera was found: this is the built-in virtual one, which draws a moving picture.\n");
    for (uint32_t i = 0; i < count && (profile.width != 640 || profile.height != 480); i++)
        if (failed("read a profile", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_PREVIEW, i, &profile)))
            return false;
    return !failed("create a surface", camera_manager_create_surface(app->manager, NULL, &surface)) &&
           !failed("set the callback", camera_surface_set_callback(surface, on_frame, app, NULL)) &&
           !failed("create the preview",
                   camera_manager_create_preview_output(app->manager, &profile, surface, &preview)) &&
           !failed("create the input", camera_manager_create_input(app->manager, camera.id, &input)) &&
           !failed("create a session",
                   camera_manager_create_session(app->manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &app->session)) &&
           !failed("begin", camera_session_begin_config(app->session)) &&
           !failed("add the input", camera_session_add_input(app->session, input)) &&
           !failed("add the preview", camera_session_add_output(app->session, preview)) &&
           !failed("open", camera_input_open_async(input, on_done, app));
}

static bool watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return !failed("epoll_ctl", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

int main(int argc, char **argv)
{
    struct app app = {.seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 3};
    struct epoll_event event;
    int fd, epoll = epoll_create1(EPOLL_CLOEXEC);

    app.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    app.bad = failed("epoll_create1", epoll < 0 ? -1 : 0) || failed("timerfd_create", app.timer < 0 ? -1 : 0) ||
              !set_up(&app) || failed("get the descriptor", camera_manager_get_dispatch_fd(app.manager, &fd)) ||
              !watch(epoll, fd) || !watch(epoll, app.timer);
    while (!app.bad && app.step != END) {
        if (failed("epoll_wait", epoll_wait(epoll, &event, 1, -1) < 0 ? -1 : 0))
            app.bad = true;
        else if (event.data.fd == app.timer)
            on_timer(&app);
        else /* runs on_frame() and on_done(), as often as they wait */
            app.bad = failed("dispatch", camera_manager_dispatch(app.manager, NULL)) || app.bad;
    }
    if (app.manager != NULL) /* everything made from it ends with it */
        app.bad = failed("release the manager", camera_manager_release(app.manager)) || app.bad;
    app.bad = (app.timer >= 0 && failed("close the timer", close(app.timer))) || app.bad;
    app.bad = (epoll >= 0 && failed("close epoll", close(epoll))) || app.bad;
    return app.bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
