/* three_outputs: a preview, a video and photos from one camera at the same time, each in a size of
 * its own, all made from the one stream that a camera gives.
 *
 * Shows camera_session_explain_config(), which tells before commit how each output is made, and what
 * became of the frames of each (camera_surface_get_statistics()).
 *
 * Build:  cc three_outputs.c $(pkg-config --cflags --libs camera-session) -o three_outputs
 * Use:    ./three_outputs [seconds]      default: 5; writes photo-1.jpg, photo-2.jpg ...
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

/* Looks at a frame: here a consumer would show or encode it. Runs on a thread of the library. */
static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    (void)surface;
    if (!failed("look at a frame", camera_frame_get_info(frame, &info)))
        *(uint64_t *)user_data += (uint64_t)info.width * info.height;
}

/* Takes from what the camera offers: the fastest video (up to 30 per second) in the format and size
 * that are wanted, and the largest 16:9 photo below a width. */
static bool choose(camera_capability *offer, uint32_t below, camera_profile *photo, camera_profile *video)
{
    camera_profile next = CAMERA_PROFILE_INIT;
    uint32_t count;
    if (failed("count", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_VIDEO, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_VIDEO, i, &next)))
            return false;
        if (next.format == video->format && next.width == video->width && next.height == video->height &&
            next.max_frame_rate > video->max_frame_rate && next.max_frame_rate <= 30)
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
    if (photo->width == 0 || video->max_frame_rate == 0)
        fprintf(stderr, "the camera has no photos in 16:9, or no video of 1280x720 can be made from it\n");
    return photo->width != 0 && video->max_frame_rate != 0;
}

static bool print_counts(const char *name, camera_surface *surface)
{
    camera_surface_statistics counts = CAMERA_SURFACE_STATISTICS_INIT;
    if (failed("count frames", camera_surface_get_statistics(surface, &counts)))
        return false;
    printf("%-8s %6llu frames, %llu delivered, %llu dropped\n", name, (unsigned long long)counts.arrived,
           (unsigned long long)counts.delivered, (unsigned long long)(counts.dropped_full + counts.dropped_held));
    return true;
}

int main(int argc, char **argv)
{
    const uint32_t nv12 = CAMERA_FOURCC('N', 'V', '1', '2');
    int result = EXIT_FAILURE, seconds = argc > 1 ? atoi(argv[1]) : 5;
    uint64_t shown = 0, taped = 0;
    char plan[2048], path[64];
    camera_manager *manager = NULL;
    camera_list *list;
    camera_capability *offer;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_profile view = CAMERA_PROFILE_INIT, tape = CAMERA_PROFILE_INIT, still = CAMERA_PROFILE_INIT;
    camera_input *input;
    camera_surface *screen, *file;
    camera_output *preview, *video, *photo;
    camera_session *session;

    view.format = nv12, view.width = 640, view.height = 360;
    tape.format = nv12, tape.width = 1280, tape.height = 720;
    if (failed("create a manager", camera_manager_create(NULL, &manager)) ||
        failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
        failed("take the first camera", camera_list_get(list, 0, &camera)) ||
        failed("ask what the camera offers",
               camera_manager_get_capability(manager, camera.id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &offer)) ||
        !choose(offer, UINT32_MAX, &still, &tape) ||
        failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &screen)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &file)) ||
        failed("set a callback", camera_surface_set_callback(screen, on_frame, &shown, NULL)) ||
        failed("set a callback", camera_surface_set_callback(file, on_frame, &taped, NULL)) ||
        failed("create the preview", camera_manager_create_preview_output(manager, &view, screen, &preview)) ||
        failed("create the video", camera_manager_create_video_output(manager, &tape, file, &video)) ||
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
        failed("start the video", camera_output_start(video)))
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
    if (failed("stop", camera_session_stop(session)))
        goto end;
    if (print_counts("preview", screen) && print_counts("video", file)) {
        printf("photos   %6d, %ux%u, in photo-1.jpg ...\n", seconds, (unsigned)still.width, (unsigned)still.height);
        result = EXIT_SUCCESS;
    }

end:
    /* The end of the manager is that of everything made from it. */
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
