/* preview: shows how many frames come from a camera, and how many are lost.
 *
 * Shows how to pull frames with camera_surface_acquire() in a loop that waits with poll(), and the
 * two places where frames get lost: before the library has them (a gap in the driver's numbers),
 * and at a surface whose consumer is slow (camera_surface_get_statistics()). A camera that is
 * unplugged is waited for: the session opens it again and goes on.
 *
 * Build:  cc preview.c $(pkg-config --cflags --libs camera-session) -o preview
 * Use:    ./preview [seconds] [camera-id]      defaults: 5, the first camera
 */
#define _POSIX_C_SOURCE 200809L
#include <camera_session.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

/* The first camera unless one was asked for; YUYV or NV12 if it has that, nearest to 640x480. */
static bool choose(camera_manager *manager, const char *wanted, camera_description *camera, camera_profile *best)
{
    camera_list *list;
    camera_capability *offer;
    camera_profile profile = CAMERA_PROFILE_INIT;
    uint32_t count;
    long least = 0;
    if (wanted != NULL)
        snprintf(camera->id, sizeof camera->id, "%s", wanted);
    else if (failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
             failed("take the first camera", camera_list_get(list, 0, camera)))
        return false;
    if (strcmp(camera->driver, "virtual") == 0 && getenv("CAMERA_SESSION_CAMERAS") == NULL)
        printf("No real camera was found: this is the built-in virtual one, which draws a moving picture.\n");
    if (failed("ask what the camera offers",
               camera_manager_get_capability(manager, camera->id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) ||
        failed("count profiles", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_PREVIEW, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read a profile", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_PREVIEW, i, &profile)))
            return false;
        long distance = labs((long)profile.width - 640) + labs((long)profile.height - 480);
        if (profile.format != CAMERA_FOURCC('Y', 'U', 'Y', 'V') && profile.format != CAMERA_FOURCC('N', 'V', '1', '2'))
            distance += 1000000;
        if (best->width == 0 || distance < least) {
            least = distance;
            *best = profile;
        }
    }
    return true;
}

/* Runs on the library's thread for completions and events. */
static void on_session(camera_session *session, const camera_session_event *event, void *user_data)
{
    (void)session, (void)user_data;
    if (event->type == CAMERA_SESSION_EVENT_TYPE_ERROR)
        fprintf(stderr, "\n%s: %s\n", camera_error_name(event->code), event->detail);
    else if (event->type == CAMERA_SESSION_EVENT_TYPE_REATTACHED)
        fprintf(stderr, "The camera is back after %.1f s.\n", (double)event->away_ms / 1000);
}

static double now(void)
{
    struct timespec time;
    return clock_gettime(CLOCK_MONOTONIC, &time) == 0 ? (double)time.tv_sec + (double)time.tv_nsec / 1e9 : 0;
}

/* Takes the frames that wait, counts them, and keeps the facts of the first and the last one. */
static bool take_frames(camera_surface *surface, uint64_t *frames, camera_frame_info *first, camera_frame_info *last)
{
    camera_frame *frame;
    while (!failed("acquire a frame", camera_surface_acquire(surface, 0, &frame))) {
        if (frame == NULL)
            return true;
        /* A program that shows the picture would do so here: see camera_frame_get_plane(). */
        bool unknown = failed("look at the frame", camera_frame_get_info(frame, last));
        if (failed("release the frame", camera_frame_release(frame)) || unknown)
            return false;
        if ((*frames)++ == 0)
            *first = *last;
    }
    return false;
}

static bool watch(camera_surface *surface, double seconds)
{
    struct pollfd ready = {.events = POLLIN};
    bool terminal = isatty(STDOUT_FILENO) == 1;
    camera_frame_info first = CAMERA_FRAME_INFO_INIT, last = CAMERA_FRAME_INFO_INIT;
    camera_surface_statistics counts = CAMERA_SURFACE_STATISTICS_INIT;
    uint64_t frames = 0, dropped, numbered;
    double begin = now(), time = begin, next = begin + 1;

    if (failed("get the surface's descriptor", camera_surface_get_fd(surface, &ready.fd)))
        return false;
    while (time < begin + seconds) {
        if (poll(&ready, 1, 100) < 0) {
            perror("poll");
            return false;
        }
        if (!take_frames(surface, &frames, &first, &last) ||
            failed("read the statistics", camera_surface_get_statistics(surface, &counts)))
            return false;
        time = now();
        if (frames < 2 || (time < begin + seconds && time < next && !terminal))
            continue;
        next += 1;
        dropped = counts.dropped_full + counts.dropped_held;
        numbered = last.sequence - first.sequence + 1;
        printf("%s%5.1f s  %llu frames  %.2f/s  lost in the kernel %llu  dropped by the surface %llu%s",
               terminal ? "\r" : "", time - begin, (unsigned long long)frames,
               (double)(frames - 1) * 1e9 / (double)(last.timestamp_ns - first.timestamp_ns),
               (unsigned long long)(numbered > frames + dropped ? numbered - frames - dropped : 0),
               (unsigned long long)dropped, terminal ? "  " : "\n");
        fflush(stdout);
    }
    if (frames < 2)
        fprintf(stderr, "The camera gave no frames.\n");
    else if (terminal)
        printf("\n");
    return frames >= 2;
}

int main(int argc, char **argv)
{
    camera_manager *manager = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview;
    camera_session *session;
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener;
    options.reattach = 1;
    bool bad =
        failed("create a manager", camera_manager_create(NULL, &manager)) ||
        !choose(manager, argc > 2 ? argv[2] : NULL, &camera, &profile) ||
        failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &surface)) ||
        failed("create the preview", camera_manager_create_preview_output(manager, &profile, surface, &preview)) ||
        failed("create a session", camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session)) ||
        failed("set the session's options", camera_session_set_options(session, &options)) ||
        failed("listen to the session", camera_session_add_listener(session, on_session, NULL, NULL, &listener)) ||
        failed("begin", camera_session_begin_config(session)) ||
        failed("add the input", camera_session_add_input(session, input)) ||
        failed("add the preview", camera_session_add_output(session, preview)) ||
        failed("commit", camera_session_commit_config(session)) || failed("start", camera_session_start(session)) ||
        !watch(surface, argc > 1 ? strtod(argv[1], NULL) : 5) || failed("stop", camera_session_stop(session));
    /* Everything made from the manager ends with it. */
    if (manager != NULL)
        bad = failed("release the manager", camera_manager_release(manager)) || bad;
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
