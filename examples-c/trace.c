/* trace: records what a camera does, for a bug report: a file that replays as the same camera.
 *
 * Shows camera_session_start_trace(): what it writes, what it counts, and that it goes on whatever
 * happens to the camera. Your own program is the better place for a trace: call it there.
 *
 * Build:  cc trace.c $(pkg-config --cflags --libs camera-session) -o trace
 * Use:    ./trace [seconds] [file.mkv] [camera-id]       defaults: 10, trace.mkv, the first camera
 * Look:   ffmpeg -v error -i trace.mkv -map 0:s -c copy -f srt -        what happened, line by line
 * Replay: CAMERA_SESSION_CAMERAS=replay:trace.mkv ./preview
 */
#define _POSIX_C_SOURCE 200809L
#include <camera_session.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

/* Runs on a thread of the library. */
static void on_error(int32_t code, const char *detail, void *user_data)
{
    (void)user_data;
    fprintf(stderr, "the session failed: %s: %s\n", camera_error_name(code), detail);
}

/* The first camera unless one was asked for, and the first preview that it offers. */
static bool choose(camera_manager *manager, const char *wanted, camera_description *camera, camera_profile *profile)
{
    camera_list *list;
    camera_capability *offer;
    if (failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
        failed("take the first camera", camera_list_get(list, 0, camera)))
        return false;
    if (wanted != NULL)
        snprintf(camera->id, sizeof camera->id, "%s", wanted);
    return !failed("ask what the camera offers",
                   camera_manager_get_capability(manager, camera->id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) &&
           !failed("take its first profile",
                   camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_PREVIEW, 0, profile));
}

static bool print_counts(camera_session *session)
{
    camera_trace_statistics counts = CAMERA_TRACE_STATISTICS_INIT;
    if (failed("count", camera_session_get_trace_statistics(session, &counts)))
        return false;
    printf("%llu frames, %.1f MB, %llu left out because of a slow disk\n", (unsigned long long)counts.frames,
           (double)counts.bytes / 1e6, (unsigned long long)counts.frames_left_out);
    return counts.running;
}

int main(int argc, char **argv)
{
    int result = EXIT_FAILURE, seconds = argc > 1 ? atoi(argv[1]) : 10;
    const char *path = argc > 2 ? argv[2] : "trace.mkv";
    camera_manager *manager = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview;
    camera_session *session;
    uint64_t listener;

    if (failed("create a manager", camera_manager_create(NULL, &manager)) ||
        !choose(manager, argc > 3 ? argv[3] : NULL, &camera, &profile) ||
        failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &surface)) ||
        failed("create a preview", camera_manager_create_preview_output(manager, &profile, surface, &preview)) ||
        failed("create a session", camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session)) ||
        failed("listen", camera_session_add_error_listener(session, on_error, NULL, NULL, &listener)) ||
        failed("start the trace", camera_session_start_trace(session, path)) ||
        failed("begin", camera_session_begin_config(session)) ||
        failed("add the input", camera_session_add_input(session, input)) ||
        failed("add the preview", camera_session_add_output(session, preview)) ||
        failed("commit", camera_session_commit_config(session)))
        goto end;
    /* A start that fails is in the trace too. */
    for (int second = failed("start", camera_session_start(session)) ? seconds : 0; second < seconds; second++) {
        nanosleep(&(struct timespec){ 1, 0 }, NULL);
        if (!print_counts(session))
            break;
    }
    /* After this the file is complete, and on the disk. */
    if (!failed("stop the trace", camera_session_stop_trace(session)))
        result = EXIT_SUCCESS;

end:
    /* The end of the manager is that of everything made from it. */
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
