/* three_outputs: a preview, a video in a file and photos from one camera at the same time, each in a
 * size of its own, all made from the one stream that a camera gives.
 *
 * Shows camera_session_explain_config(), which tells before commit how each output is made; a
 * recorder; and the ledger of each output: what became of every frame.
 *
 * Build:  cc three_outputs.c $(pkg-config --cflags --libs camera-session) -o three_outputs
 * Use:    ./three_outputs [seconds]      default: 5; writes video.mkv (up to 41 MB a second), photo-1.jpg ...
 */
#define _POSIX_C_SOURCE 200809L
#include <camera_session.h>
#include <inttypes.h>
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

/* Here a program would show the frame. Runs on a thread of the library. */
static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame;
    ++*(uint64_t *)user_data;
}

/* Takes from what the camera offers: the fastest video of 1280x720 (up to 30 per second), compressed by
 * the camera if it can, and the largest 16:9 photo below a width. */
static bool choose(camera_capability *offer, uint32_t below, camera_profile *photo, camera_profile *video)
{
    const uint32_t nv12 = CAMERA_FOURCC('N', 'V', '1', '2'), mjpeg = CAMERA_FOURCC('M', 'J', 'P', 'G');
    camera_profile next = CAMERA_PROFILE_INIT;
    uint32_t count;
    if (failed("count", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_VIDEO, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_VIDEO, i, &next)))
            return false;
        bool fits = (next.format == nv12 || next.format == mjpeg) && next.width == 1280 && next.height == 720;
        uint32_t rate = next.max_frame_rate, best = video->max_frame_rate;
        if (fits && rate <= 30 && (rate > best || (rate == best && next.format == mjpeg)))
            *video = next;
    }
    if (failed("count", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_PHOTO, &count)))
        return false;
    photo->width = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_PHOTO, i, &next)))
            return false;
        if (next.width * 9 == next.height * 16 && next.width < below && next.width > photo->width)
            *photo = next;
    }
    if (photo->width != 0 && video->max_frame_rate != 0)
        return true;
    fprintf(stderr, "the camera has no photos in 16:9, or no video of 1280x720 can be made from it\n");
    return false;
}

static bool print_ledger(const char *name, camera_output *output)
{
    camera_output_statistics all = CAMERA_OUTPUT_STATISTICS_INIT;
    if (failed("read the ledger", camera_output_get_statistics(output, &all)))
        return false;
    printf("%-8s %9" PRIu64 " %5" PRIu64 " %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %7" PRIu64 " %8.1f ms %6.1f ms\n",
           name, all.delivered, all.lost, all.corrupt, all.dropped, all.converted, all.copied,
           (double)all.age_median_ns / 1e6, (double)all.age_worst_ns / 1e6);
    return true;
}

int main(int argc, char **argv)
{
    int result = EXIT_FAILURE, seconds = argc > 1 ? atoi(argv[1]) : 5;
    uint64_t shown = 0;
    char plan[2048], path[64];
    camera_manager *manager = NULL;
    camera_list *list;
    camera_capability *offer;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_profile view = CAMERA_PROFILE_INIT, tape = CAMERA_PROFILE_INIT, still = CAMERA_PROFILE_INIT;
    camera_recorder_options file = CAMERA_RECORDER_OPTIONS_INIT;
    camera_input *input;
    camera_recorder *recorder;
    camera_surface *screen, *to_file;
    camera_output *preview, *video, *photo;
    camera_session *session;

    view.format = CAMERA_FOURCC('N', 'V', '1', '2'), view.width = 640, view.height = 360;
    file.path = "video.mkv";
    if (failed("create a manager", camera_manager_create(NULL, &manager)) ||
        failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
        failed("take the first camera", camera_list_get(list, 0, &camera)) ||
        failed("ask what the camera offers",
               camera_manager_get_capability(manager, camera.id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) ||
        !choose(offer, UINT32_MAX, &still, &tape) ||
        failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &screen)) ||
        failed("set a callback", camera_surface_set_callback(screen, on_frame, &shown, NULL)) ||
        failed("create a recorder", camera_manager_create_recorder(manager, &file, &recorder)) ||
        failed("take its surface", camera_recorder_get_surface(recorder, &to_file)) ||
        failed("create the preview", camera_manager_create_preview_output(manager, &view, screen, &preview)) ||
        failed("create the video", camera_manager_create_video_output(manager, &tape, to_file, &video)) ||
        failed("create a session", camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session)) ||
        failed("begin", camera_session_begin_config(session)) ||
        failed("add the input", camera_session_add_input(session, input)) ||
        failed("add the preview", camera_session_add_output(session, preview)) ||
        failed("add the video", camera_session_add_output(session, video)))
        goto end;
    for (;;) { /* the largest photo that the camera can give at the video's rate */
        if (failed("create the photos", camera_manager_create_photo_output(manager, &still, NULL, &photo)) ||
            failed("add the photos", camera_session_add_output(session, photo)) ||
            failed("explain", camera_session_explain_config(session, plan, sizeof plan, NULL)))
            goto end;
        if (strncmp(plan, "refused", 7) != 0)
            break;
        if (failed("release the photos", camera_output_release(photo)) || !choose(offer, still.width, &still, &tape))
            goto end;
    }
    printf("%s (%s)\n%s", camera.name, camera.id, plan);
    if (failed("commit", camera_session_commit_config(session)) || failed("start", camera_session_start(session)) ||
        failed("record", camera_recorder_start(recorder)) || failed("start the video", camera_output_start(video)))
        goto end;
    for (int second = 1; second <= seconds; second++) {
        camera_photo *picture;
        nanosleep(&(struct timespec){ 1, 0 }, NULL);
        snprintf(path, sizeof path, "photo-%d.jpg", second);
        if (failed("take a photo", camera_output_take_photo(photo, NULL, 5000, &picture)) ||
            failed("save the photo", camera_photo_save(picture, path)) ||
            failed("release the photo", camera_photo_release(picture)))
            goto end;
    }
    if (failed("stop", camera_session_stop(session)) || failed("finish the file", camera_recorder_stop(recorder)))
        goto end;
    printf("         delivered  lost  corrupt  dropped  converted  copied  median age   worst\n");
    if (print_ledger("preview", preview) && print_ledger("video", video) && print_ledger("photos", photo))
        result = EXIT_SUCCESS;

end:
    /* The end of the manager is that of everything made from it. */
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
