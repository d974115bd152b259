/* record: records a video to a Matroska file, which players and video editors open.
 *
 * Shows a camera_recorder as the end of a video output: what it writes, what it counts, and how it
 * tells that the disk is full. Motion-JPEG and H.264 go into the file as they come from the camera;
 * other pictures are stored uncompressed, which takes about 14 MB for each second.
 *
 * Build:  cc record.c $(pkg-config --cflags --libs camera-session) -o record
 * Use:    ./record [seconds] [file.mkv] [camera-id]      defaults: 5, video.mkv, the first camera
 */
#define _POSIX_C_SOURCE 200809L
#include <camera_session.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

/* The first camera unless one was asked for. */
static bool choose_camera(camera_manager *manager, const char *wanted, camera_description *camera)
{
    camera_list *list;
    if (wanted != NULL)
        return snprintf(camera->id, sizeof camera->id, "%s", wanted) > 0;
    return !failed("list the cameras", camera_manager_list_cameras(manager, &list)) &&
           !failed("take the first camera", camera_list_get(list, 0, camera));
}

/* How far a profile is from 640x480 at 30 frames per second; formats that take little room first. */
static long distance(const camera_profile *profile)
{
    long far = labs((long)profile->width - 640) + labs((long)profile->height - 480) +
               100 * labs((long)profile->max_frame_rate - 30) + (long)(profile->max_frame_rate - profile->min_frame_rate);
    if (profile->format == CAMERA_FOURCC('M', 'J', 'P', 'G') || profile->format == CAMERA_FOURCC('H', '2', '6', '4'))
        return far;
    return far + (profile->format == CAMERA_FOURCC('N', 'V', '1', '2') ? 1000 : 2000);
}

/* A video output to this surface, in the nearest profile that the recorder's file can hold. */
static camera_output *make_video(camera_manager *manager, const char *camera, camera_surface *surface,
                                 camera_profile *best)
{
    camera_capability *offer;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_output *output, *chosen = NULL;
    uint32_t count;
    if (failed("ask what the camera offers",
               camera_manager_get_capability(manager, camera, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) ||
        failed("count profiles", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_VIDEO, &count)))
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read a profile", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_VIDEO, i, &profile)))
            return NULL;
        if (chosen != NULL && distance(&profile) >= distance(best))
            continue;
        if (camera_manager_create_video_output(manager, &profile, surface, &output) != CAMERA_OK)
            continue; /* the file cannot hold this format; camera_error_detail() tells what it can */
        if (chosen != NULL && failed("release an output", camera_output_release(chosen)))
            return NULL;
        chosen = output;
        *best = profile;
    }
    if (chosen == NULL)
        fprintf(stderr, "%s offers no video that can be recorded: %s\n", camera, camera_error_detail());
    return chosen;
}

/* Runs on a thread of the library. */
static void on_event(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    (void)recorder, (void)user_data;
    if (event->type == CAMERA_RECORDER_EVENT_TYPE_ERROR)
        fprintf(stderr, "recording: %s: %s\n", camera_error_name(event->code), event->detail);
}

static bool print_counts(camera_recorder *recorder)
{
    camera_recorder_statistics counts = CAMERA_RECORDER_STATISTICS_INIT;
    if (failed("count", camera_recorder_get_statistics(recorder, &counts)))
        return false;
    printf("%6.2f s  %llu frames, %.1f MB, %llu dropped because of a slow disk, %llu of no use\n",
           (double)counts.duration_ns / 1e9, (unsigned long long)counts.frames, (double)counts.bytes / 1e6,
           (unsigned long long)counts.dropped, (unsigned long long)counts.skipped);
    return true;
}

int main(int argc, char **argv)
{
    int result = EXIT_FAILURE, seconds = argc > 1 ? atoi(argv[1]) : 5;
    int32_t state = CAMERA_RECORDER_STATE_RECORDING;
    char format[32];
    camera_manager *manager = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_input *input;
    camera_recorder *recorder;
    camera_surface *surface;
    camera_output *video;
    camera_session *session;
    uint64_t listener;

    options.path = argc > 2 ? argv[2] : "video.mkv";
    if (failed("create a manager", camera_manager_create(NULL, &manager)) ||
        !choose_camera(manager, argc > 3 ? argv[3] : NULL, &camera) ||
        failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a recorder", camera_manager_create_recorder(manager, &options, &recorder)) ||
        failed("listen", camera_recorder_add_listener(recorder, on_event, NULL, NULL, &listener)) ||
        failed("take its surface", camera_recorder_get_surface(recorder, &surface)) ||
        (video = make_video(manager, camera.id, surface, &profile)) == NULL ||
        failed("create a session", camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session)) ||
        failed("begin", camera_session_begin_config(session)) ||
        failed("add the input", camera_session_add_input(session, input)) ||
        failed("add the video", camera_session_add_output(session, video)) ||
        failed("commit", camera_session_commit_config(session)) || failed("start", camera_session_start(session)) ||
        failed("start to record", camera_recorder_start(recorder)) ||
        failed("start the video", camera_output_start(video)) ||
        failed("name the format", camera_format_name(profile.format, format, sizeof format)))
        goto end;
    printf("%s: %s %ux%u, up to %u frames per second\n", options.path, format, (unsigned)profile.width,
           (unsigned)profile.height, (unsigned)profile.max_frame_rate);
    for (int second = 0; second < seconds && state == CAMERA_RECORDER_STATE_RECORDING; second++) {
        nanosleep(&(struct timespec){ 1, 0 }, NULL);
        if (!print_counts(recorder) || failed("ask for the state", camera_recorder_get_state(recorder, &state)))
            goto end;
    }
    /* After this the file is complete, and on the disk. */
    if (!failed("stop the recording", camera_recorder_stop(recorder)) && print_counts(recorder))
        result = EXIT_SUCCESS;

end:
    /* The end of the manager is that of everything made from it; a recording is finished too. */
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
